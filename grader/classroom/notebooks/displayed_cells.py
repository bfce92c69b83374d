"""A learner's own cells as others are shown them, in formgrader above all: bounded, and no markup.

Whoever opens the page of a submission renders its Markdown and colours its code, with a teacher's
rights and in a teacher's time; both cost more than their length for some texts. What was handed in
stays as it is in `submitted/`.
"""

import re
from collections.abc import Collection

from grader.classroom.notebooks.safe_markdown import harmless

# Characters of Markdown that are rendered as such, in a cell and in a notebook; honest answers in
# words have a few hundred. What is longer is shown as it was typed.
RENDERED, RENDERED_IN_ALL = 8_000, 32_000
# Characters of any cell that are shown.
SHOWN = 32_000
_REST = "[The rest of this cell is left out here; it is in the file that was handed in.]"
_FENCES = re.compile(r"`{3,}")


def shown_code(source: str) -> str:
    """Code, cut where no person has written so much."""
    return source if len(source) <= SHOWN else f"{source[:SHOWN]}\n# {_REST}"


class MarkdownCells:
    """Markdown cells of one notebook, one after another."""

    def __init__(self) -> None:
        self._left = RENDERED_IN_ALL

    def shown(self, source: str, pictures: Collection[str] = ()) -> str:
        """A cell's Markdown without tags and links, or as it was typed where it is long."""
        self._left -= len(source)
        if len(source) > RENDERED or self._left < 0:
            return _as_typed(source)
        return harmless(source, pictures)


def _as_typed(source: str) -> str:
    text = source if len(source) <= SHOWN else f"{source[:SHOWN]}\n{_REST}"
    longest = max((len(fence) for fence in _FENCES.findall(text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}text\n{text}\n{fence}"
