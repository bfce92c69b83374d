"""`grader roster`: who belongs to the class, and who has withdrawn."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from grader.core.errors import UsageError

if TYPE_CHECKING:
    from grader.classroom.cli import Subparsers
    from grader.classroom.course_paths import Course


def add(subparsers: "Subparsers") -> None:
    """Declare `grader roster`."""
    verb = subparsers.add_parser(
        "roster", help="list the class, import it from a CSV file, note who has withdrawn"
    )
    actions = verb.add_subparsers(metavar="ACTION")
    taken = actions.add_parser("import", help="take people from a CSV file")
    taken.add_argument("file", metavar="CSV", type=Path)
    taken.set_defaults(run=import_people)
    for name, gone in (("withdraw", True), ("return", False)):
        told = "note that students have left" if gone else "take them in again"
        action = actions.add_parser(name, help=told)
        action.add_argument("students", nargs="+", metavar="ID")
        action.set_defaults(run=withdraw, gone=gone)
    verb.set_defaults(run=run)


def run(_: argparse.Namespace) -> int:
    """List everybody."""
    from grader.classroom.course_paths import find_course

    _list(find_course())
    return 0


def import_people(arguments: argparse.Namespace) -> int:
    """Take a file; who is in the roster and not in the file is named and stays."""
    from grader.classroom.course_paths import find_course
    from grader.classroom.nbgrader.student_table import enrol
    from grader.classroom.roster_file import read_people

    course = find_course()
    changes = enrol(course, read_people(arguments.file))
    print(
        f"{len(changes.added)} added, {len(changes.changed)} changed, {len(changes.same)} as before"
    )
    if changes.absent:
        print(
            f"In the class and not in {arguments.file}: {', '.join(changes.absent)}. They stay; "
            "`grader roster withdraw ID…` notes who has left."
        )
    return 0


def withdraw(arguments: argparse.Namespace) -> int:
    """Note who has left, or is back. Their work and marks stay where they are."""
    from grader.classroom.course_paths import find_course
    from grader.classroom.nbgrader.assignment_dates import refuse_unknown
    from grader.classroom.nbgrader.student_table import set_withdrawn

    course = find_course()
    for student in arguments.students:
        refuse_unknown(course, student)
    set_withdrawn(course, arguments.students, gone=arguments.gone)
    _list(course)
    return 0


def _list(course: "Course") -> None:
    from grader.classroom.nbgrader.student_table import roster, withdrawn

    people = roster(course)
    gone = withdrawn(course)
    if not people and not gone:
        message = "Nobody is in this class yet: `grader roster import CSV` takes a class list."
        raise UsageError(message)
    for name in sorted({*people, *gone}):
        person = people.get(name)
        words = [name, person.name if person else "", person.email if person else ""]
        told = "  ".join(word for word in words if word)
        print(f"{told}  (withdrawn)" if name in gone else told)
