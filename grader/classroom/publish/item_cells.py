"""Quiz items as Markdown: what stands above the cell in which to answer. No keys, no hints."""

from collections.abc import Sequence

from grader.core.names import CHALLENGE
from grader.core.quiz import Item


def item_text(item: Item) -> str:
    """One item under a small heading: its text, its code, its options.

    Practice and predict items are answered in a panel that shows the options again, so here they
    are folded; a problem of the challenge has its options in sight.
    """
    options = _options(item)
    if item.kind != CHALLENGE:
        options = f"<details><summary>The choices as text</summary>\n\n{options}\n\n</details>"
    return f"**{item.title}** · {item.level}\n\n{item.question}\n\n{options}"


def door_text(items: Sequence[Item]) -> str:
    """All items of a unit's door, numbered."""
    parts = [
        f"**{n}.** *({item.level})* {item.question}\n\n{_options(item)}"
        for n, item in enumerate(items, start=1)
    ]
    return "\n\n---\n\n".join(parts)


def _options(item: Item) -> str:
    return "\n".join(f"- **{option.key}** · {option.text}" for option in item.options)
