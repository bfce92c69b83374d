"""Hints that open one at a time. A lesson's cell holds `lab.hint("rnn-repair", 0)`.

How many are open is the number in the cell, so that Run All opens none and a restart forgets none.
Where somebody can click, a button opens the next one and writes the number into that cell.
"""

from pathlib import Path
from typing import Any

from grader.core import quiz_messages, unit_file
from grader.core.errors import GraderError
from grader.lab import frontend
from grader.lab.cards import MarkdownText, say
from grader.lab.progress_file import UnitProgress
from grader.lab.quiz.record import hints_of


def hint(question_id: str, number: int | None = None) -> None:
    """Show the first hints of a question or quiz item.

    In a graded run it does nothing.

    Args:
        question_id: str, such as "rnn-step".
        number: int, how many hints to show. Default None: one more than were ever open.

    Example:
        >>> lab.hint("rnn-step", 1)
        **Hint 1 of 3.** ...
    """
    if frontend.is_graded():
        return
    try:
        hints = _hints_of(question_id)
    except GraderError as error:
        say(str(error))
        return
    if not hints:
        say(quiz_messages.no_hints(question_id))
        return
    ladder = HintLadder(question_id, hints)
    ladder.open(ladder.opened + 1 if number is None else int(number))
    if frontend.has_panels():
        HintPanel(ladder).show()
    else:
        say(ladder.words() or quiz_messages.hint_closed(len(hints)))


def _hints_of(name: str) -> tuple[str, ...]:
    unit = unit_file.find(Path.cwd())
    item = unit.quiz.get(name)
    return hints_of(item) if item else tuple(unit.hints.get(name, ()))


class HintLadder:
    """The hints of one question; `shown` of them stand open in its cell."""

    def __init__(self, name: str, hints: tuple[str, ...]) -> None:
        """None is shown yet."""
        self.name, self.hints, self.shown = name, hints, 0
        self._progress = UnitProgress(Path.cwd())

    @property
    def opened(self) -> int:
        """How many were ever open."""
        return int(self._progress.get("hint", self.name).get("opened", 0))

    def open(self, count: int) -> None:
        """Show the first `count` hints, as many as there are."""
        self.shown = min(max(count, 0), len(self.hints))
        if self.shown > self.opened:
            self._progress.put("hint", self.name, {"opened": self.shown})

    def words(self) -> str:
        """The hints that are shown, in Markdown; "" for none."""
        return "\n\n".join(
            f"**{quiz_messages.hint_title(step, len(self.hints))}.** {text}"
            for step, text in enumerate(self.hints[: self.shown], start=1)
        )


class HintPanel:
    """A button for the next hint, and below it the hints, which stay in the notebook."""

    def __init__(self, ladder: HintLadder) -> None:
        self.ladder = ladder
        self._text = MarkdownText()
        self._panel: Any = None

    def show(self) -> None:
        """Show both."""
        from grader.lab.page.panels import Panel

        self._panel = Panel("hint.js", {"title": quiz_messages.HINTS}, self.state())
        self._panel.hear(self.press)
        self._panel.show()
        self._text.show(self.ladder.words())

    def press(self, content: dict[str, Any]) -> None:
        """Open the next hint when the page asks for it."""
        if content.get("press") == "hint":
            self.ladder.open(self.ladder.shown + 1)
            self._text.rewrite(self.ladder.words())
            self._panel.state = self.state(pressed=True)

    def state(self, *, pressed: bool = False) -> dict[str, Any]:
        """What the page draws; the cell's record only after a press: until then it stands there."""
        shown, count, name = self.ladder.shown, len(self.ladder.hints), self.ladder.name
        call = f'lab.hint("{name}"'
        record = {
            "pattern": rf'lab\.hint\("{name}"(, *\d+)?\)',
            "line": f"{call}, {shown})",
        }
        return {
            "said": quiz_messages.hints_open(shown, count),
            "open": quiz_messages.open_hint(shown + 1, count) if shown < count else "",
            "record": record if pressed else None,
        }
