"""`grader release`: make the learners' notebooks from `solutions/`."""

import argparse

from grader.classroom.cli.main import Subparsers


def add(subparsers: Subparsers) -> None:
    """Declare the verb."""
    verb = subparsers.add_parser("release", help="make notebooks/ from solutions/")
    verb.add_argument("units", nargs="*", metavar="UNIT", help="such as 01_rnn; all when left out")
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
