"""The door at a unit's top: all questions answered at once, each wrong one sent to a section."""

from pathlib import Path

from grader.core import quiz_messages, unit_file
from grader.core.errors import GraderError
from grader.core.names import DOOR, series_id
from grader.core.quiz import Item
from grader.lab import frontend
from grader.lab.cards import say
from grader.lab.progress_file import UnitProgress
from grader.lab.quiz.record import in_order

UNSURE = "-?"


def door(prefix: str, letters: str) -> None:
    """Answer all questions of a unit's door at once; wrong ones name a section to read.

    In a graded run it does nothing.

    Args:
        prefix: str, the unit's short name, such as "rnn".
        letters: str, a letter a question in their order, "-" for "not yet"; spaces and commas are
            free.

    Example:
        >>> lab.door("rnn", "")
        Write your 10 letters between the quotes, in order, ...
    """
    if not frontend.is_graded():
        say(_opened(prefix, letters))


def _opened(prefix: str, letters: str) -> str:
    try:
        quiz = unit_file.find(Path.cwd()).quiz.values()
    except GraderError as error:
        return str(error)
    items = in_order(quiz, DOOR, prefix)
    given = [letter for letter in str(letters).lower() if not letter.isspace() and letter != ","]
    if not items:
        return quiz_messages.no_item(series_id(prefix, DOOR))
    if not given:
        return quiz_messages.door_closed(len(items))
    if len(given) != len(items):
        return quiz_messages.door_form(len(given), len(items))
    right = [letter == item.answer for letter, item in zip(given, items, strict=True)]
    entry = {"letters": "".join(given), "right": sum(right), "of": len(items)}
    UnitProgress(Path.cwd()).put("door", prefix, entry)
    lines = [
        _door_line(number, item, letter)
        for number, (item, letter) in enumerate(zip(items, given, strict=True), start=1)
    ]
    return "\n".join([quiz_messages.door_result(sum(right), len(items)), "", *lines])


def _door_line(number: int, item: Item, letter: str) -> str:
    if letter == item.answer:
        return f"- ✔ {number} ({item.level})"
    place = f"[{item.section.replace('-', ' ')}](#{item.section})" if item.section else ""
    option = item.option(letter)
    why = "" if letter in UNSURE or option is None else f" {option.why}"
    return f"- ✘ {number} ({item.level}):{why} Read {place}." if place else f"- ✘ {number}:{why}"
