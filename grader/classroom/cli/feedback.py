"""`grader feedback`: a page for each learner: outcome, message and mistake of every question."""

import argparse
from typing import TYPE_CHECKING

from grader.classroom.options import add_units

if TYPE_CHECKING:
    from grader.classroom.cli import Subparsers


def add(subparsers: "Subparsers") -> None:
    """Declare `grader feedback`."""
    verb = subparsers.add_parser("feedback", help="write the learners' feedback pages")
    add_units(verb)
    verb.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the pages of all that is recorded."""
    from grader.classroom.course import find_course
    from grader.classroom.gradebook.pages import write_feedback

    course = find_course()
    for unit in course.chosen(arguments.units):
        students = write_feedback(course, unit)
        print(f"{unit}: {len(students)} pages in {course.feedback}/<student>/{unit}/")
    return 0
