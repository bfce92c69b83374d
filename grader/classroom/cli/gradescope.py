"""`grader gradescope`: the autograder zip of a unit for Gradescope."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from grader.classroom.cli import Subparsers


def add(subparsers: "Subparsers") -> None:
    """Declare `grader gradescope UNIT`."""
    verb = subparsers.add_parser("gradescope", help="make a unit's autograder for Gradescope")
    verb.add_argument("unit", metavar="UNIT", help="such as 01_rnn")
    verb.add_argument(
        "--to", metavar="FILE", type=Path, help="where to write it; never over another file"
    )
    verb.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the zip; say where it is and what it holds."""
    from grader.classroom.course_paths import find_course
    from grader.classroom.publish.gradescope_archive import make

    course = find_course()
    (unit,) = course.chosen([arguments.unit])
    path = make(course, unit, arguments.to)
    print(f"{path}, {path.stat().st_size / 1024 / 1024:.1f} MB")
    print(
        "It holds the unit's solutions and the class's secret: upload it under Configure "
        "Autograder, and give it to nobody else."
    )
    return 0
