"""`grader handout`: one zip with all that the learners of a class get, and no challenge keys."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from grader.classroom.command_options import add_units

if TYPE_CHECKING:
    from grader.classroom.cli import Subparsers

_KEYED = ": challenge keys left out, your grader marks them"


def add(subparsers: "Subparsers") -> None:
    """Declare `grader handout`."""
    verb = subparsers.add_parser("handout", help="make the zip that learners of a class get")
    add_units(verb)
    verb.add_argument(
        "--to", metavar="FILE", type=Path, help="where to write it; never over a file"
    )
    verb.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the zip; say where it is, what it holds, how large it is."""
    from grader.classroom.course_paths import find_course
    from grader.classroom.publish.handout_archive import make

    course = find_course()
    made = make(course, course.chosen(arguments.units), arguments.to)
    for name, release in made.releases.items():
        print(f"{name} {release}{_KEYED if name in made.keyed else ''}")
    size = made.path.stat().st_size / 1024 / 1024
    print(f"{made.path} {'written' if made.changed else 'unchanged'}, {size:.1f} MB")
    return 0
