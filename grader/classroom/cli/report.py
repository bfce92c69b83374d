"""`grader report`: one HTML page a unit for the teacher."""

import argparse
from typing import TYPE_CHECKING

from grader.classroom.command_options import add_running, add_units, settings_of

if TYPE_CHECKING:
    from grader.classroom.cli import Subparsers


def add(subparsers: "Subparsers") -> None:
    """Declare `grader report`."""
    verb = subparsers.add_parser("report", help="write the class's page: who failed what and why")
    add_units(verb)
    add_running(verb)
    verb.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write a page for each unit that has submissions; exit code 1 where some have no mark."""
    from grader.classroom.class_state import all_graded, standing
    from grader.classroom.command_options import refuse_nothing, tell_waiting
    from grader.classroom.course_paths import find_course
    from grader.classroom.report.class_pages import class_page, course_page

    course = find_course()
    course.report.mkdir(parents=True, exist_ok=True)
    units = course.chosen_assignments(arguments.units)
    classes = {unit: standing(course, unit, settings_of(arguments)) for unit in units}
    refuse_nothing(course, classes)
    for unit, entries in classes.items():
        if any(entry.absent is None for entry in entries):
            path = course.report / f"{unit}.html"
            path.write_text(class_page(unit, entries), encoding="utf-8")
            print(f"{unit}: {path}")
            tell_waiting(entries)
        else:
            print(f"{unit}: no submissions")
    handed = [e for e in classes.values() if any(each.absent is None for each in e)]
    if len(handed) > 1:
        path = course.report / "course.html"
        path.write_text(course_page([e for entries in handed for e in entries]), encoding="utf-8")
        print(f"totals: {path}")
    return 0 if all(all_graded(entries) for entries in classes.values()) else 1
