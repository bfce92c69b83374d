"""`grader report`: one HTML page a unit for the teacher."""

import argparse
from typing import TYPE_CHECKING

from grader.classroom.options import add_running, add_units, settings_of

if TYPE_CHECKING:
    from grader.classroom.cli import Subparsers


def add(subparsers: "Subparsers") -> None:
    """Declare `grader report`."""
    verb = subparsers.add_parser("report", help="write the class's page: who failed what and why")
    add_units(verb)
    add_running(verb)
    verb.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write a page for each unit that has submissions."""
    from grader.classroom.course import find_course
    from grader.classroom.feedback.page import class_page
    from grader.classroom.gradebook.entries import entries
    from grader.classroom.gradebook.plan import plan

    course = find_course()
    course.report.mkdir(parents=True, exist_ok=True)
    for unit in course.chosen(arguments.units):
        works = plan(course, unit, settings_of(arguments))
        if works:
            path = course.report / f"{unit}.html"
            path.write_text(class_page(unit, entries(course, works)), encoding="utf-8")
            print(f"{unit}: {path}")
        else:
            print(f"{unit}: no submissions")
    return 0
