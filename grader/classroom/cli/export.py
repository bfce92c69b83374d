"""`grader export FORMAT`: marks for other systems, as they stand in the gradebook."""

import argparse
from typing import TYPE_CHECKING

from grader.classroom.command_options import add_running, add_units, settings_of
from grader.classroom.export.formats import FORMATS, course_csv
from grader.core.errors import UsageError
from grader.core.suggestions import did_you_mean

if TYPE_CHECKING:
    from grader.classroom.cli import Subparsers


def add(subparsers: "Subparsers") -> None:
    """Declare `grader export`."""
    *names, last = FORMATS
    formats = f"{', '.join(names)} or {last}"
    verb = subparsers.add_parser("export", help=f"write marks as {formats}")
    verb.add_argument("format", metavar="FORMAT", help=formats)
    add_units(verb)
    add_running(verb)
    verb.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the files into the class's `report/`; exit code 1 where some have no mark.

    Manual scores and penalties count. What waits for a person or could not be read is blank.
    """
    from grader.classroom.class_state import all_graded, counted, standing
    from grader.classroom.command_options import refuse_nothing, tell_waiting
    from grader.classroom.course_paths import find_course

    if arguments.format not in FORMATS:
        message = f"There is no format {arguments.format!r}. There are: {', '.join(FORMATS)}."
        message += did_you_mean(arguments.format, list(FORMATS))
        raise UsageError(message)
    course = find_course()
    units = course.chosen_assignments(arguments.units)
    classes = {unit: standing(course, unit, settings_of(arguments)) for unit in units}
    refuse_nothing(course, classes)
    handed = {u: e for u, e in classes.items() if any(each.absent is None for each in e)}
    files: dict[str, str] = {}
    for unit, everybody in handed.items():
        files |= FORMATS[arguments.format](unit, counted(everybody))
    if arguments.format == "csv" and len(handed) > 1:
        files |= course_csv([entry for entries in handed.values() for entry in entries])
    for name, text in files.items():
        path = course.report / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for unit in units:
        if unit not in handed:
            print(f"{unit}: no submissions")
            continue
        entries = counted(handed[unit])
        given = sum(entry.score is not None for entry in entries)
        print(f"{unit}: {given} marks of {len(entries)} students in {course.report}")
        tell_waiting(handed[unit])
    return 0 if all(all_graded(entries) for entries in classes.values()) else 1
