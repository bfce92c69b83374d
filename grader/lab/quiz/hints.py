"""Hints that open one at a time. A lesson's cell holds `lab.hint("rnn-repair", 0)`.

How many are open is the number in the cell, so that Run All opens none and a restart forgets none.
"""

from pathlib import Path

from grader.core import quiz_messages, unit_file
from grader.core.errors import GraderError
from grader.lab import frontend
from grader.lab.cards import say
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
    if not frontend.is_graded():
        say(_ladder(question_id, number))


def _ladder(question_id: str, number: int | None) -> str:
    try:
        checks = unit_file.find(Path.cwd())
    except GraderError as error:
        return str(error)
    item = checks.quiz.get(question_id)
    hints = hints_of(item) if item else checks.hints.get(question_id, ())
    if not hints:
        return quiz_messages.no_hints(question_id)
    progress = UnitProgress(Path.cwd())
    opened = int(progress.get("hint", question_id).get("opened", 0))
    wanted = opened + 1 if number is None else int(number)
    if wanted <= 0:
        return quiz_messages.hint_closed(len(hints))
    shown = min(wanted, len(hints))
    if shown > opened:
        progress.put("hint", question_id, {"opened": shown})
    return "\n\n".join(
        f"**{quiz_messages.hint_title(step, len(hints))}.** {text}"
        for step, text in enumerate(hints[:shown], start=1)
    )
