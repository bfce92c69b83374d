"""Which student of the class each person of a source is.

A map (a CSV file) decides first, then the roster of the class, then the name itself. Two people who
would get the same id are told apart by their numbers, and said.
"""

import csv
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from grader.classroom.collect.platforms import Submitter
from grader.classroom.submissions.student_names import RULE, composed, is_student_name, shown, tidy
from grader.core.errors import UsageError

_LARGEST_MAP = 10 * 1024 * 1024


@dataclass(frozen=True)
class RosterStudent:
    """A student of the roster."""

    id: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    number: str = ""  # the learning platform's


@dataclass
class People:
    """Ids by the keys of a source's people; `problems`: why somebody has none; `notes` to tell."""

    ids: dict[str, list[str]] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def read_names(path: Path) -> dict[str, list[str]]:
    """Ids of the class by the names of a source, from a CSV file with two columns.

    A name may stand in several lines, as a team's does. Raises UsageError.
    """
    try:
        lines = path.read_bytes()[:_LARGEST_MAP].decode("utf-8-sig").splitlines()
        mark = max(",;\t", key="".join(lines[:1]).count)
        rows = list(csv.reader(lines, delimiter=mark))
    except (OSError, UnicodeError, csv.Error) as error:
        message = f"{path} cannot be read as CSV in UTF-8: {error}."
        raise UsageError(message) from error
    found: dict[str, list[str]] = defaultdict(list)
    for number, row in enumerate(rows, start=1):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) < 2 or not row[0].strip() or not row[1].strip():
            message = (
                f"{path}, line {number}: {','.join(row)!r} has not two columns. Expected a name as "
                "the archive has it and an id of the class, such as: Ann Lee,ann"
            )
            raise UsageError(message)
        found[_folded(row[0])].append(composed(row[1].strip()))
    return dict(found)


def identified(
    people: Iterable[Submitter], roster: Sequence[RosterStudent], names: dict[str, list[str]]
) -> People:
    """Find an id for each of `people`."""
    result = People()
    people = list(people)
    by_id: dict[str, list[Submitter]] = defaultdict(list)
    for whose in {each.key: each for each in people}.values():
        mapped = next((names[w] for w in map(_folded, _words(whose)) if w in names), None)
        if mapped is not None:
            result.ids[whose.key] = mapped
            continue
        found = _of_roster(whose, roster)
        if len(found) > 1:
            ids = ", ".join(student.id for student in found)
            result.problems[whose.key] = f"{whose.name} could be {ids}: {_SAY}"
        elif found:
            result.ids[whose.key] = [found[0].id]
        else:
            by_id[tidy(whose.login or whose.name)].append(whose)
    taken = {student for ids in result.ids.values() for student in ids}
    for student, several in by_id.items():
        _name(result, student, several, is_alone=len(several) == 1 and student not in taken)
        if roster:
            result.notes += [f"{shown(student)} is not in the roster" for _ in several[:1]]
    _refuse_namesakes(result, {each.key: each for each in people}, roster, names)
    for key, given in list(result.ids.items()):
        wrong = next((student for student in given if not is_student_name(student)), None)
        if wrong is not None:
            del result.ids[key]
            result.problems[key] = f"{shown(wrong)} cannot be a student's name ({RULE}): {_SAY}"
    return result


_SAY = "say who it is with --names FILE.csv"


def _name(result: People, student: str, several: Sequence[Submitter], *, is_alone: bool) -> None:
    if is_alone:
        result.ids[several[0].key] = [student]
        return
    for whose in several:
        own = f"{student} ({whose.number})" if whose.number else ""
        if own:
            result.ids[whose.key] = [own]
            result.notes.append(f"several people are called {student}: one is {own}")
        else:
            result.problems[whose.key] = f"several people are called {student}: {_SAY}"


def _refuse_namesakes(
    result: People,
    people: Mapping[str, Submitter],
    roster: Sequence[RosterStudent],
    names: dict[str, list[str]],
) -> None:
    """Two of one name, whom the platform numbers apart, are not one student of the roster."""
    known = {student.id: student for student in roster}
    claims: dict[str, list[Submitter]] = defaultdict(list)
    for key, ids in result.ids.items():
        is_mapped = any(_folded(word) in names for word in _words(people[key]))
        if len(ids) == 1 and ids[0] in known and not is_mapped:
            claims[ids[0]].append(people[key])
    for student, several in claims.items():
        numbers = {whose.number for whose in several}
        if len(several) == 1 or len(numbers) < len(several):
            continue
        for whose in several:
            if not any(is_he(whose, known[student]) for is_he in (_by_number, _by_email)):
                del result.ids[whose.key]
                result.problems[whose.key] = (
                    f"several people are called {whose.name}, and the roster knows {student} by "
                    f"that name alone: {_SAY}"
                )


def _words(whose: Submitter) -> list[str]:
    """What a map may know a person by, the surest first."""
    return [
        word for word in (whose.key, whose.login, whose.email, whose.number, whose.name) if word
    ]


def _of_roster(whose: Submitter, roster: Sequence[RosterStudent]) -> list[RosterStudent]:
    for is_he in (_by_login, _by_number, _by_email, _by_name):
        found = [student for student in roster if is_he(whose, student)]
        if found:
            return found
    return []


def _by_login(whose: Submitter, student: RosterStudent) -> bool:
    words = {_folded(word) for word in (whose.login, whose.name) if word}
    return _folded(student.id) in words


def _by_number(whose: Submitter, student: RosterStudent) -> bool:
    return bool(whose.number) and whose.number == student.number


def _by_email(whose: Submitter, student: RosterStudent) -> bool:
    return bool(whose.email) and whose.email.casefold() == student.email.casefold()


def _by_name(whose: Submitter, student: RosterStudent) -> bool:
    first, last = _letters(student.first_name), _letters(student.last_name)
    # Moodle writes a group before the name, as in `Group A-Ann Lee`
    names = {_letters(whose.name), _letters(whose.name.partition("-")[2])}
    names.add(_letters(re.sub(r"\d+", "", whose.name)))  # a number of the student's beside it
    return bool(first or last) and not names.isdisjoint({first + last, last + first})


def _folded(text: str) -> str:
    return tidy(text).casefold()


def _letters(text: str) -> str:
    """Letters alone and without accents, as Canvas writes names: `Lee, Zoë` is `leezoe`."""
    bare = unicodedata.normalize("NFKD", text.casefold())
    return re.sub(r"[\W_]+", "", "".join(c for c in bare if not unicodedata.combining(c)))
