"""Who belongs to a class: nbgrader's table of students, and beside it who has withdrawn.

Names and addresses stand in the gradebook, where formgrader and nbgrader's export find them;
`roster.json` in the class's folder holds what nbgrader has no place for.
"""

import json
import sqlite3
from collections.abc import Collection, Sequence
from contextlib import closing
from dataclasses import dataclass, field

from grader.classroom.course_paths import Course
from grader.classroom.nbgrader.inprocess import nbgrader_environment
from grader.classroom.submissions.student_names import composed
from grader.core.atomic_files import replace_file
from grader.core.errors import SetupError

FILE = "roster.json"


@dataclass(frozen=True)
class Person:
    """One student; `withdrawn`: has left the class, and counts nowhere. None: not said."""

    student: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    lms_id: str = ""
    withdrawn: bool | None = None

    @property
    def name(self) -> str:
        """First and last name, as far as they are known."""
        return " ".join(part for part in (self.first_name, self.last_name) if part)


@dataclass(frozen=True)
class Changes:
    """What an import did; `absent`: in the roster before, and not in the file."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)


def roster(course: Course) -> dict[str, Person]:
    """Everybody who belongs or belonged to the class, by id.

    Who only handed something in is known to the gradebook as well, once it has been graded.
    """
    gone = withdrawn(course)
    if not course.gradebook.is_file():
        return {}
    asked = "SELECT id, first_name, last_name, email, lms_user_id FROM student ORDER BY id"
    try:
        with closing(sqlite3.connect(course.gradebook)) as database:
            rows = database.execute(asked).fetchall()
    except sqlite3.OperationalError:  # no table: nothing has been graded
        return {}
    except sqlite3.DatabaseError as error:
        message = f"{course.gradebook} cannot be read: {error}. Copy a backup of it to its place."
        raise SetupError(message) from error
    found = {}
    for student, *words in rows:
        first, last, email, lms_id = (word or "" for word in words)
        name = composed(student)
        found[name] = Person(name, first, last, email, lms_id, name in gone)
    return found


def known_students(course: Course) -> list[str]:
    """All students of the roster and all who handed something in."""
    handed = {composed(p.name) for p in course.submitted.glob("*/") if not p.name.startswith(".")}
    return sorted({*roster(course), *handed})


def withdrawn(course: Course) -> frozenset[str]:
    """Who has left. Raises SetupError where the file was damaged."""
    path = course.classroom / FILE
    if not path.is_file():
        return frozenset()
    try:
        return frozenset(str(name) for name in json.loads(path.read_bytes())["withdrawn"])
    except (ValueError, KeyError, TypeError, OSError) as error:
        message = f"{path} cannot be read ({type(error).__name__}: {error}). Mend or remove it."
        raise SetupError(message) from error


def set_withdrawn(course: Course, students: Collection[str], *, gone: bool) -> None:
    """Note that students have left, or are back; their work and marks stay where they are."""
    before = withdrawn(course)
    named = {composed(student) for student in students}
    now = before | named if gone else before - named
    if now == before:
        return
    path = course.classroom / FILE
    text = json.dumps({"withdrawn": sorted(now)}, indent=1, ensure_ascii=False)
    replace_file(path, text + "\n")


def enrol(course: Course, people: Sequence[Person]) -> Changes:
    """Put people into the roster; what is known of somebody and not said now stays."""
    from nbgrader.api import Gradebook

    before = roster(course)
    course.classroom.mkdir(parents=True, exist_ok=True)
    changes = Changes(absent=sorted({*before} - {p.student for p in people} - withdrawn(course)))
    with nbgrader_environment(), Gradebook(f"sqlite:///{course.gradebook}") as gradebook:
        for person in people:
            said = {
                "first_name": person.first_name,
                "last_name": person.last_name,
                "email": person.email,
                "lms_user_id": person.lms_id,
            }
            gradebook.update_or_create_student(
                person.student, **{name: word for name, word in said.items() if word}
            )
    set_withdrawn(course, [p.student for p in people if p.withdrawn], gone=True)
    set_withdrawn(course, [p.student for p in people if p.withdrawn is False], gone=False)
    after = roster(course)
    for person in people:
        name = person.student
        rows = (
            changes.added
            if name not in before
            else changes.same
            if before[name] == after[name]
            else changes.changed
        )
        rows.append(name)
    return changes
