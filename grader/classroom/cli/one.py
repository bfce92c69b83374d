"""`grader one NOTEBOOK`: grade one file, with no class, no gradebook and nothing kept of it."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from grader.classroom.options import add_json, add_running, settings_of, write_json
from grader.core.errors import UsageError

if TYPE_CHECKING:
    from grader.classroom.cli import Subparsers


def add(subparsers: "Subparsers") -> None:
    """Declare `grader one`."""
    verb = subparsers.add_parser("one", help="grade one notebook; no class is needed")
    verb.add_argument("notebook", metavar="NOTEBOOK", type=Path)
    add_running(verb)
    add_json(verb)
    verb.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Grade it and print the verdicts. Exit code 1 where it could not be graded."""
    from dataclasses import replace

    from grader.classroom.course import find_course
    from grader.classroom.engine import Crew
    from grader.classroom.feedback.entry import Entry
    from grader.classroom.feedback.table import console, verdict_table
    from grader.classroom.gradebook.fill import run as run_works
    from grader.classroom.gradebook.plan import Planner
    from grader.classroom.handin import unit_of

    course = find_course()
    # its secret and the references' score cards: the same for every notebook graded like this
    course = replace(course, classroom=course.root / "build" / "one")
    settings = settings_of(arguments)
    data = _read(arguments.notebook)
    unit = unit_of(course.root, data)
    work = Planner.of(course, unit, settings).work(arguments.notebook.stem, data)
    _, result = next(iter(run_works(course, [work], settings, Crew())))
    entry = Entry(work.student, unit, result.report)
    out = console(sys.stderr if arguments.json == "-" else sys.stdout)
    out.print(verdict_table(list(entry.verdicts.values())))
    out.print(f"{unit}: {result.report['score']:g} of {result.report['max']:g} points")
    write_json(result.report, arguments.json)
    return 0 if entry.graded else 1


def _read(path: Path) -> bytes:
    from grader.classroom.notebook import LARGEST_FILE

    try:
        with path.open("rb") as file:
            return file.read(LARGEST_FILE + 1)
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror}."
        raise UsageError(message) from error
