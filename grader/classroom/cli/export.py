"""`grader export FORMAT`: marks for other systems, as they stand in the gradebook."""

import argparse
from typing import TYPE_CHECKING

from grader.classroom.options import add_running, settings_of
from grader.core.errors import UsageError

if TYPE_CHECKING:
    from grader.classroom.cli import Subparsers


def add(subparsers: "Subparsers") -> None:
    """Declare `grader export`."""
    verb = subparsers.add_parser("export", help="write marks as csv, canvas, gradescope or moodle")
    verb.add_argument("format", metavar="FORMAT", help="csv, canvas, gradescope or moodle")
    verb.add_argument("units", nargs="*", metavar="UNIT", help="such as 01_rnn; all when left out")
    add_running(verb)
    verb.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the files into the class's `report/`; manual scores and penalties count."""
    from grader.classroom.course import find_course
    from grader.classroom.export.formats import FORMATS, Marked
    from grader.classroom.gradebook.entries import entries
    from grader.classroom.gradebook.marks import marks
    from grader.classroom.gradebook.plan import plan

    if arguments.format not in FORMATS:
        message = f"There is no format {arguments.format!r}. There are: {', '.join(FORMATS)}."
        raise UsageError(message)
    course = find_course()
    for unit in course.chosen(arguments.units):
        works = plan(course, unit, settings_of(arguments))
        known = {entry.student: entry for entry in entries(course, works)}
        marked = [Marked(mark, known.get(mark.student)) for mark in marks(course, unit)]
        if not marked:
            print(f"{unit}: nothing is recorded; `grader grade {unit}` comes first")
            continue
        waiting = sum(each.mark.waits for each in marked)
        for name, text in FORMATS[arguments.format](unit, marked).items():
            path = course.report / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        print(f"{unit}: {len(marked)} marks in {course.report}")
        if waiting:
            print(f"{unit}: {waiting} of them wait for a person (formgrader: Manual Grading)")
    return 0
