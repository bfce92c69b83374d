"""Multiple-choice items in a lesson: `answer` for practice, the `door` at the unit's top.

The learner's letter stands in a code cell, so it survives a restart; attempts stand in the unit's
progress file, and running a cell again with the same letter is no new attempt. Nothing here earns
points and nothing raises in a lesson: while a notebook is graded these calls do nothing.
"""

from collections.abc import Iterable
from pathlib import Path

from grader.core import messages, unit
from grader.core.errors import GraderError
from grader.core.quiz import DOOR, Item
from grader.lab import frontend
from grader.lab.card import say
from grader.lab.progress import Progress

UNSURE = "-?"


def answer(item: str, choice: str) -> None:
    """Answer one item with one of its letters; says right or wrong, and why.

    An empty choice asks for one. A wrong one gets the reason why it tempts and the item's hint, a
    right one the whole explanation.
    """
    if not frontend.is_graded():
        say(_answered(item, choice))


def door(prefix: str, letters: str) -> None:
    """Answer all questions of a unit's door at once: one letter each, "-" for "not yet"."""
    if not frontend.is_graded():
        say(_opened(prefix, letters))


def note_attempt(progress: Progress, name: str, choice: str, *, right: bool | None) -> int:
    """Record an attempt and give its number; the same letter once more is the same attempt."""
    entry = progress.get("item", name)
    tried = int(entry.get("attempts", 0))
    if entry.get("choice") == choice:
        return max(tried, 1)
    # Right once is right for good: trying the other letters afterwards is curiosity.
    first_right = entry.get("right_at") or (tried + 1 if right else None)
    progress.put("item", name, {"choice": choice, "attempts": tried + 1, "right_at": first_right})
    return tried + 1


def _answered(name: str, choice: str) -> str:
    try:
        item = unit.find(Path.cwd()).quiz.get(name)
    except GraderError as error:
        return str(error)
    if item is None:
        return messages.no_item(name)
    keys = [option.key for option in item.options]
    letter = str(choice).strip().lower()
    option = item.option(letter)
    if not letter:
        return messages.choose(keys)
    if option is None:
        return messages.not_an_option(choice, keys)
    right = None if item.answer is None else letter == item.answer
    tried = note_attempt(Progress(Path.cwd()), name, letter, right=right)
    if right is None:
        return messages.KEY_WITHHELD
    if right:
        return f"✔ **Right**, {messages.attempts(tried)}. {option.why}\n\n{item.explanation}"
    return f"✘ **Not yet**, {messages.attempts(tried)}. {option.why}\n\n*Hint:* {item.hint}"


def _opened(prefix: str, letters: str) -> str:
    try:
        quiz = unit.find(Path.cwd()).quiz.values()
    except GraderError as error:
        return str(error)
    items = in_order(quiz, DOOR, prefix)
    given = [letter for letter in str(letters).lower() if not letter.isspace() and letter != ","]
    if not items:
        return messages.no_item(f"{prefix}-{DOOR}")
    if not given:
        return messages.door_closed(len(items))
    if len(given) != len(items):
        return messages.door_form(len(given), len(items))
    right = [letter == item.answer for letter, item in zip(given, items, strict=True)]
    entry = {"letters": "".join(given), "right": sum(right), "of": len(items)}
    Progress(Path.cwd()).put("door", prefix, entry)
    lines = [
        _door_line(number, item, letter)
        for number, (item, letter) in enumerate(zip(items, given, strict=True), start=1)
    ]
    return "\n".join([messages.door_result(sum(right), len(items)), "", *lines])


def in_order(items: Iterable[Item], kind: str, prefix: str) -> list[Item]:
    """The items of a kind and unit by the number that ends their id: 10 comes after 9."""
    chosen = [i for i in items if i.kind == kind and i.id.startswith(f"{prefix}-{kind}-")]
    return sorted(chosen, key=lambda item: (len(item.id), item.id))


def _door_line(number: int, item: Item, letter: str) -> str:
    if letter == item.answer:
        return f"- ✔ {number} ({item.level})"
    place = f"[{item.section.replace('-', ' ')}](#{item.section})" if item.section else ""
    option = item.option(letter)
    why = "" if letter in UNSURE or option is None else f" {option.why}"
    return f"- ✘ {number} ({item.level}):{why} Read {place}." if place else f"- ✘ {number}:{why}"
