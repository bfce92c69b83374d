"""`grader check`: what an author can get wrong, found before learners do."""

import argparse
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from grader.classroom.command_options import add_units
from grader.core.messages import amount
from grader.core.typed_command import typed

if TYPE_CHECKING:
    from grader.classroom.cli import Subparsers
    from grader.classroom.course_paths import Course


def add(subparsers: "Subparsers") -> None:
    """Declare `grader check`."""
    verb = subparsers.add_parser("check", help="find what is wrong in solutions/")
    add_units(verb)
    verb.add_argument(
        "--quick", action="store_true", help="run no notebook and train no repair: seconds a unit"
    )
    verb.add_argument(
        "--write-minutes",
        action="store_true",
        help="first write the minutes that are counted into the lessons that tell minutes",
    )
    verb.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Check unit by unit, a line a part; exit code 1 where anything is wrong."""
    from grader.classroom.authoring.checking import check
    from grader.classroom.course_paths import find_course
    from grader.classroom.nbgrader.generation import generate

    course = find_course()
    units = course.chosen(arguments.units)
    if not units:
        print(f"There is no unit yet: {typed()} new unit NAME")
        return 0
    if arguments.write_minutes:
        _write_minutes(course, units)
    count = 0
    with tempfile.TemporaryDirectory(prefix="grader-check-") as folder:
        for done in check(course, units, generate, Path(folder), quick=arguments.quick):
            count += len(done.problems)
            state = "sound" if not done.problems else f"{len(done.problems)} wrong"
            print(f"{done.unit:<16} {done.part:<15} {state:<9} {done.seconds:6.1f} s", flush=True)
            for problem in done.problems:
                print(f"  {problem}", flush=True)
    rest = " (no notebook was run, no repair trained)" if arguments.quick else ""
    found = amount(count, "problem") if count else "sound"
    print(f"{amount(len(units), 'unit')}: {found}{rest}")
    return 1 if count else 0


def _write_minutes(course: "Course", units: list[str]) -> None:
    from grader.classroom.authoring.minutes import write_minutes
    from grader.referee.question_bank import load_unit

    for unit in units:
        write_minutes(course, load_unit(course.solutions / unit))
