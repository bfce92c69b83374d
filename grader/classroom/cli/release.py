"""`grader release`: make the learners' notebooks from `solutions/`."""

import argparse
from typing import TYPE_CHECKING

from grader.classroom.options import add_units

if TYPE_CHECKING:
    from grader.classroom.cli import Subparsers


def add(subparsers: "Subparsers") -> None:
    """Declare `grader release`."""
    verb = subparsers.add_parser("release", help="make notebooks/ from solutions/")
    add_units(verb)
    verb.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Release the units; say for each whether anything changed."""
    from grader.classroom.course import find_course
    from grader.classroom.publish.release import release

    course = find_course()
    for unit in course.chosen(arguments.units):
        made = release(course, unit)
        state = "released" if made.changed else "unchanged"
        print(f"{unit} {made.release} {state}: {made.folder.relative_to(course.root)}")
    return 0
