"""Quiz items as Markdown: what stands above the cell in which to answer. No keys, no hints."""

import re
from collections.abc import Sequence

from grader.core.quiz import Item


def item_text(item: Item) -> str:
    """One item under a small heading: its text, its code, its options."""
    return f"**{_title(item)}** · {item.level}\n\n{_body(item)}"


def door_text(items: Sequence[Item]) -> str:
    """All items of a unit's door, numbered."""
    parts = [f"**{n}.** *({item.level})* {_body(item)}" for n, item in enumerate(items, start=1)]
    return "\n\n---\n\n".join(parts)


def number(item: Item) -> int:
    """The number that ends an item's id; 0 where there is none."""
    found = re.search(r"(\d+)$", item.id)
    return int(found[1]) if found else 0


def _title(item: Item) -> str:
    """The end of its id as a heading: `text-trace-2` is "Trace 2"."""
    words = item.id.split("-")
    return " ".join(words[-2:] if number(item) else words[-1:]).capitalize()


def _body(item: Item) -> str:
    parts = [item.text]
    if item.code:
        parts.append(f"```python\n{item.code}\n```")
    parts.append("\n".join(f"- **{option.key}** · {option.text}" for option in item.options))
    return "\n\n".join(parts)
