"""`grader watch`: grade submissions as they arrive in `submitted/`, until it is stopped."""

import argparse
import json
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.classroom.command_options import add_pool, add_running, add_units, pool_of, settings_of
from grader.core.errors import GraderError, UsageError
from grader.core.messages import points
from grader.core.plain_text import finite

if TYPE_CHECKING:
    from grader.classroom.cli import Subparsers
    from grader.classroom.course_paths import Course
    from grader.classroom.grading.entries import Entry
    from grader.classroom.submissions.arrival_watch import Arrivals

EVERY_SECONDS = 2.0
SETTLE_SECONDS = 5.0


def add(subparsers: "Subparsers") -> None:
    """Declare `grader watch`."""
    verb = subparsers.add_parser("watch", help="grade submissions as they arrive")
    add_units(verb)
    add_pool(verb)
    add_running(verb)
    verb.add_argument(
        "--settle",
        type=float,
        default=SETTLE_SECONDS,
        metavar="S",
        help="seconds that a file must stay unchanged before it is read (default: 5)",
    )
    verb.add_argument("--once", action="store_true", help="grade what is there, then end")
    verb.add_argument(
        "--json", metavar="FILE", help="append one report a line, for each submission; - prints it"
    )
    verb.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Watch. Exit code 1 where `--once` could not grade a submission."""
    from grader.classroom.course_paths import find_course
    from grader.classroom.submissions.arrival_watch import Arrivals

    if arguments.settle < 0:
        message = f"--settle is {arguments.settle:g}; expected seconds, 0 or more."
        raise UsageError(message)
    course = find_course()
    units = course.chosen_assignments(arguments.units)
    arrivals = Arrivals(course, units, arguments.settle)
    if not arguments.once:
        print(f"Watching {course.submitted}; Ctrl-C ends it.", file=sys.stderr)
    all_graded, strays = True, _Strays(course)
    while True:
        all_graded &= _pass(course, arrivals, arguments)
        ends = arguments.once and not arrivals.is_waiting()
        strays.tell(time.monotonic(), 0.0 if ends else arguments.settle)
        if ends:
            return 0 if all_graded else 1
        time.sleep(min(EVERY_SECONDS, arguments.settle or EVERY_SECONDS))


def _pass(course: "Course", arrivals: "Arrivals", arguments: argparse.Namespace) -> bool:
    """Grade what has come; whether all of it could be. What fails is tried again."""
    from grader.classroom.class_state import stand, works_of
    from grader.classroom.grade_class import grade
    from grader.classroom.grading_lock import only_one
    from grader.classroom.submissions.timestamps import read_timestamp

    found = arrivals.look(time.monotonic())
    if not found:
        return True
    settings = settings_of(arguments)
    try:
        with only_one(course):
            works = {
                unit: [w for w in works_of(course, unit, settings) if w.student in students]
                for unit, students in found.items()
            }
            graded = grade(course, works, settings, pool_of(arguments))
        entries = [
            entry
            for unit, planned in graded.works.items()
            for entry in stand(
                course, unit, planned, [e for e in graded.entries if e.unit == unit], whole=False
            )
        ]
    except GraderError as error:
        if arguments.once:
            raise
        print(f"grader: {error} It is tried again.", file=sys.stderr)
        return False
    arrivals.take(found)
    for entry in entries:
        _tell(entry, arguments.json)
        time_told = read_timestamp(course.submission(entry.unit, entry.student).parent)
        if time_told.problem:
            print(time_told.problem, file=sys.stderr)
    return all(entry.graded for entry in entries)


@dataclass
class _Strays:
    """What lies in `submitted/` and is graded by nobody: each told once, as `grader grade` does."""

    course: "Course"
    _since: dict[str, float] = field(default_factory=dict)
    _told: set[str] = field(default_factory=set)

    def tell(self, now: float, settle: float) -> None:
        """Name what has lain there for `settle` seconds: an upload may still be under way."""
        from grader.classroom.collect.stray_files import strays

        try:
            lines = strays(self.course)
        except OSError:  # a folder has just been taken away: the next look sees what is left
            return
        self._since = {line: self._since.get(line, now) for line in lines}
        for line, since in self._since.items():
            if line not in self._told and now - since >= settle:
                self._told.add(line)
                print(line, file=sys.stderr)


def _tell(entry: "Entry", target: str | None) -> None:
    told: dict[str, Any] = {"student": entry.student, "unit": entry.unit, "problem": entry.reason}
    if entry.report:
        told = entry.report.to_json()
    line = json.dumps(finite(told), ensure_ascii=False, allow_nan=False) + "\n"
    if target == "-":
        sys.stdout.write(line)
        sys.stdout.flush()
    elif target is not None:
        with Path(target).open("a", encoding="utf-8") as file:
            file.write(line)
    marked = entry.score is not None
    text = f"{entry.score:g} of {points(entry.maximum or 0.0)}" if marked else entry.reason
    print(f"{entry.student}, {entry.unit}: {text}", file=sys.stderr)
