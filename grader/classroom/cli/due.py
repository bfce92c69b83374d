"""`grader due`: show and set due dates, and other dates for single students."""

import argparse
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from grader.classroom.cli import Subparsers


def add(subparsers: "Subparsers") -> None:
    """Declare `grader due`."""
    verb = subparsers.add_parser("due", help="show or set due dates, for all or for one student")
    verb.add_argument("unit", nargs="?", metavar="UNIT", help="such as 01_rnn; all when left out")
    verb.add_argument(
        "date",
        nargs="?",
        metavar="DATE",
        help='such as 2026-11-21, "2026-11-21 18:00 Europe/Berlin", none; for one student '
        "also +2d or +36h",
    )
    verb.add_argument("--student", metavar="ID", help="another date for this student")
    verb.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Set the date where one is given; say the dates."""
    from grader.classroom.course_paths import find_course
    from grader.classroom.grading.due_dates import zone_of
    from grader.classroom.nbgrader.assignment_dates import due, set_due

    course = find_course()
    units = course.chosen_assignments([arguments.unit] if arguments.unit else [])
    if arguments.date:
        set_due(course, units[0], arguments.date, arguments.student)
    zone = zone_of(arguments.date or "")
    for unit in units:
        dates = due(course, unit)
        print(f"{unit}: {_told(dates.date, zone) if dates.date else 'no due date'}")
        for student, date in dates.own.items():
            if arguments.student in {None, student}:
                print(f"  {student}: {_told(date, zone)}")
    if arguments.date:
        print("Marks follow with the next `grader grade`; nothing is run again for it.")
    return 0


def _told(date: datetime, zone: tzinfo | None = None) -> str:
    """In the zone that was given, else in this machine's, with what it is ahead of UTC."""
    here = date.astimezone(zone)
    name = str(zone) if isinstance(zone, ZoneInfo) else f"{here:%Z}"
    ahead = f"UTC{here.isoformat()[-6:]}" if here.utcoffset() else "UTC"
    told = f"{here:%Y-%m-%d %H:%M:%S}"
    return f"{told} {ahead}" if name.startswith("UTC") else f"{told} {name} ({ahead})"
