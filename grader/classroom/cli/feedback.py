"""`grader feedback`: a page for each learner: outcome, message and mistake of every question."""

import argparse
from typing import TYPE_CHECKING

from grader.classroom.command_options import add_units

if TYPE_CHECKING:
    from grader.classroom.cli import Subparsers


def add(subparsers: "Subparsers") -> None:
    """Declare `grader feedback`."""
    verb = subparsers.add_parser("feedback", help="write the learners' feedback pages")
    add_units(verb)
    verb.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the pages of all that is recorded; exit code 1 where some have no mark."""
    from grader.classroom.class_state import all_graded, standing
    from grader.classroom.command_options import refuse_nothing, tell_waiting
    from grader.classroom.course_paths import find_course
    from grader.classroom.grading.settings import RunSettings
    from grader.classroom.nbgrader.feedback_pages import write_feedback

    course = find_course()
    units = course.chosen_assignments(arguments.units)
    classes = {unit: standing(course, unit, RunSettings()) for unit in units}
    refuse_nothing(course, classes)
    for unit, entries in classes.items():
        if any(entry.absent is None for entry in entries):
            students = write_feedback(course, unit)
            print(f"{unit}: {len(students)} pages in {course.feedback}/<student>/{unit}/")
            tell_waiting(entries)
        else:
            print(f"{unit}: no submissions")
    return 0 if all(all_graded(entries) for entries in classes.values()) else 1
