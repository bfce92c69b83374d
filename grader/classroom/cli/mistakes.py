"""`grader mistakes`: write docs/mistakes.md, which says where in the course each mistake is met."""

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from grader.classroom.cli import Subparsers


def add(subparsers: "Subparsers") -> None:
    """Declare `grader mistakes`."""
    verb = subparsers.add_parser("mistakes", help="write docs/mistakes.md: where each is met")
    verb.set_defaults(run=run)


def run(_arguments: argparse.Namespace) -> int:
    """Look every place up, write the page, say whether it changed."""
    from grader.classroom.course_paths import find_course
    from grader.classroom.publish.mistakes_page import write_page

    course = find_course()
    path, changed = write_page(course)
    print(f"{path.relative_to(course.root)} {'written' if changed else 'unchanged'}")
    return 0
