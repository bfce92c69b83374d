"""Read a class list that another system wrote: columns by many names, several encodings.

All or nothing: a line that cannot be used is named with its number, and nothing is taken.
"""

import codecs
import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from grader.classroom.nbgrader.student_table import Person
from grader.classroom.submissions.student_names import RULE, composed, is_student_name, tidy
from grader.core.errors import UsageError

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
LARGEST = 10 * 1024 * 1024
# Column heads, the surest first: of several in one file the first that is listed here counts.
COLUMNS: Mapping[str, Sequence[str]] = {
    "student": (
        *("student_id", "student id", "sis login id", "login id", "login", "username", "user name"),
        *("user id", "userid", "user", "net id", "netid", "id", "benutzername", "anmeldename"),
        *("id number", "idnumber", "sid", "matrikelnummer", "student number", "sis user id"),
    ),
    "first_name": ("first name", "first_name", "firstname", "given name", "forename", "vorname"),
    "last_name": (
        *("last name", "last_name", "lastname", "surname", "family name", "nachname", "name_last"),
    ),
    "whole_name": ("full name", "fullname", "student name", "student", "name"),
    "email": ("email", "email address", "e-mail", "mail", "e-mail address", "e-mail-adresse"),
    "lms_id": (
        *("lms_user_id", "lms id", "lms_id", "lms user id", "sis user id", "sis id", "id number"),
        *("idnumber", "sid"),
    ),
    "withdrawn": ("withdrawn", "dropped", "status", "enrollment status", "enrolment status"),
}
_GONE = frozenset(
    [
        *("1", "yes", "y", "true", "x", "withdrawn", "dropped", "inactive", "deleted", "left"),
        *("ja", "abgemeldet", "concluded", "suspended"),
    ]
)
_HERE = frozenset(
    [*("", "0", "no", "n", "false", "active", "enrolled", "student", "nein", "invited"), "current"]
)
# What Canvas adds to a list of people.
_NO_PERSON = re.compile(r"\s*points possible\s*|student, test|test student", re.IGNORECASE)


def read_people(path: Path) -> list[Person]:
    """The people of a file. Raises UsageError with the line and what would be right."""
    rows = list(csv.reader(io.StringIO(_text(path)), _dialect(_text(path))))
    filled = [(n, row) for n, row in enumerate(rows, start=1) if any(map(str.strip, row))]
    if not filled:
        message = f"{path} is empty; expected a line of column heads, then one line a student."
        raise UsageError(message)
    (_, heads), *lines = filled
    places = _places(path, heads)
    people: dict[str, tuple[int, Person]] = {}
    for number, row in lines:
        person = _person(path, number, row, places)
        if person is None:
            continue
        before = people.get(person.student)
        if before and before[1] != person:
            message = (
                f"{path}, line {number}: {person.student!r} stood in line {before[0]} already, "
                "with other details. Keep one of them. Nothing was taken."
            )
            raise UsageError(message)
        people.setdefault(person.student, (number, person))
    if not people:
        message = f"{path} has column heads and no student below them. Nothing was taken."
        raise UsageError(message)
    return [person for _, person in people.values()]


def _text(path: Path) -> str:
    try:
        if not path.is_file():
            message = f"{path} is no file. Name the class list, such as class.csv."
            raise UsageError(message)
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror}."
        raise UsageError(message) from error
    if len(data) > LARGEST or data[:4] == b"PK\x03\x04":
        message = f"{path} is no CSV file (a workbook, or too large). Save it as CSV, UTF-8."
        raise UsageError(message)
    try:
        text = data.decode("utf-16" if data[:2] in _UTF16 else "utf-8-sig")
    except UnicodeDecodeError:  # what a spreadsheet writes on Windows
        text = data.decode("cp1252", errors="replace")
    if "\0" in text:
        message = f"{path} is no text. Save the class list as CSV, UTF-8."
        raise UsageError(message)
    return composed(text)


def _dialect(text: str) -> type[csv.Dialect]:
    head = text.lstrip().partition("\n")[0]

    class Found(csv.excel):
        delimiter = max(",;\t", key=head.count)

    return Found


def _places(path: Path, heads: Sequence[str]) -> dict[str, int]:
    """Which column holds what."""
    plain = [re.sub(r"\s+", " ", head.strip().lower()) for head in heads]
    found = {}
    for what, names in COLUMNS.items():
        place = next((plain.index(name) for name in names if name in plain), None)
        if place is not None:
            found[what] = place
    if "student" not in found:
        message = (
            f"{path} has no column with the students' ids, which are the names of their folders in "
            f"submitted/: its columns are {', '.join(map(repr, heads))}. Call one of them "
            "student_id."
        )
        raise UsageError(message)
    if found.get("lms_id") == found["student"]:
        del found["lms_id"]
    return found


def _person(path: Path, number: int, row: Sequence[str], places: dict[str, int]) -> Person | None:
    said = {what: tidy(row[at]) for what, at in places.items() if at < len(row)}
    whole = said.pop("whole_name", "")
    student = said.get("student", "")
    if _NO_PERSON.fullmatch(whole) or _NO_PERSON.fullmatch(student):
        return None
    if not student:
        message = f"{path}, line {number}: the id is empty. Nothing was taken."
        raise UsageError(message)
    if not is_student_name(student):
        message = (
            f"{path}, line {number}: {student!r} cannot be a student's id, which is the name of a "
            f"folder: {RULE}. Nothing was taken."
        )
        raise UsageError(message)
    state = said.pop("withdrawn", "").lower()
    if state not in _GONE and state not in _HERE:
        message = (
            f"{path}, line {number}: {state!r} does not say whether {student} has withdrawn; "
            "expected yes or no, active or withdrawn. Nothing was taken."
        )
        raise UsageError(message)
    person = Person(**said, withdrawn=state in _GONE if "withdrawn" in places else None)
    if whole and not person.name:
        last, comma, first = whole.partition(",")
        if not comma:
            first, _, last = whole.rpartition(" ")
        person = replace(person, first_name=first.strip(), last_name=last.strip())
    return person
