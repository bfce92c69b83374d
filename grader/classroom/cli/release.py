"""`grader release`: make the learners' notebooks from `solutions/`."""

import argparse
from typing import TYPE_CHECKING

from grader.classroom.command_options import add_units

if TYPE_CHECKING:
    from grader.classroom.cli import Subparsers


def add(subparsers: "Subparsers") -> None:
    """Declare `grader release`."""
    verb = subparsers.add_parser("release", help="make notebooks/ from solutions/")
    add_units(verb)
    verb.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Release the units; say for each whether anything changed."""
    from grader.classroom.course_paths import find_course
    from grader.classroom.nbgrader.generation import generate
    from grader.classroom.nbgrader.ordinary_release import generate_ordinary
    from grader.classroom.publish.releasing import release

    course = find_course()
    for unit in course.chosen_assignments(arguments.units):
        if course.is_ordinary(unit):
            generate_ordinary(course, unit)
            print(f"{unit} released: {course.released(unit).relative_to(course.root)}")
            continue
        made = release(course, unit, generate)
        state = "released" if made.changed else "unchanged"
        print(f"{unit} {made.release} {state}: {made.folder.relative_to(course.root)}")
    return 0
