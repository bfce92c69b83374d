"""`grader grade`: run what is new, record it in the gradebook, print the class's table."""

import argparse
import os
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from grader.classroom.command_options import (
    add_json,
    add_pool,
    add_running,
    add_units,
    pool_of,
    settings_of,
    write_json,
)
from grader.core.errors import UsageError

if TYPE_CHECKING:
    from grader.classroom.cli import Subparsers
    from grader.classroom.course_paths import Course
    from grader.classroom.grading.entries import Entry

SCHEMA = 1


def add(subparsers: "Subparsers") -> None:
    """Declare `grader grade`."""
    verb = subparsers.add_parser("grade", help="grade the class's submissions")
    add_units(verb)
    verb.add_argument("--student", metavar="ID", help="grade this student only")
    add_pool(verb)
    add_running(verb)
    verb.add_argument(
        "--again", action="store_true", help="run and record also what has a result already"
    )
    verb.add_argument(
        "--sample", action="store_true", help="grade the sample class and compare with what it says"
    )
    verb.add_argument(
        "--summary", action="store_true", help="print a row a question in place of a row a student"
    )
    add_json(verb)
    verb.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Plan, run, record. Exit code 1 where some submissions could not be graded."""
    from grader.classroom.collect.stray_files import noticed
    from grader.classroom.course_paths import find_course

    course = find_course()
    if arguments.sample:
        return _sample(course, arguments)
    entries = _grade_all(course, course.chosen_assignments(arguments.units), arguments)
    known = [(entry.student, entry.unit) for entry in entries if entry.absent != "missing"]
    lines = noticed(course, known)
    for line in lines:
        print(line, file=sys.stderr if arguments.json == "-" else sys.stdout)
    write_json({**report(entries), "noticed": lines}, arguments.json)
    return 0 if all(entry.graded for entry in entries) else 1


def _grade_all(
    course: "Course", units: "Sequence[str]", arguments: argparse.Namespace
) -> "list[Entry]":
    from grader.classroom.class_state import stand, works_of
    from grader.classroom.grade_class import grade
    from grader.classroom.grading_lock import only_one
    from grader.classroom.nbgrader.assignment_dates import refuse_unknown

    settings, pool = settings_of(arguments), pool_of(arguments)
    pattern = _pattern(arguments.student)
    with only_one(course):
        works = {unit: works_of(course, unit, settings, pattern) for unit in units}
        if not any(works.values()):
            if arguments.student is not None:
                refuse_unknown(course, arguments.student)
            raise UsageError(_nothing(course, units, arguments.student))
        graded = grade(course, works, settings, pool, again=arguments.again)
    entries = [
        entry
        for unit, planned in graded.works.items()
        for entry in stand(
            course,
            unit,
            planned,
            [entry for entry in graded.entries if entry.unit == unit],
            whole=arguments.student is None,
        )
    ]
    quiet, summary = arguments.json == "-", arguments.summary
    _tell(course, entries, graded.older, quiet=quiet, summary=summary)
    return entries


def _sample(course: "Course", arguments: argparse.Namespace) -> int:
    """Build, grade and compare the sample class; exit code 1 where anything is not as expected."""
    from grader.classroom import sample_class
    from grader.classroom.nbgrader.feedback_pages import write_feedback
    from grader.classroom.report.class_pages import class_page

    course = sample_class.sample_course(course)
    units = arguments.units or sample_class.sample_units(course)
    overlays = {
        unit: sample_class.build(course, unit, arguments.sandbox) for unit in course.chosen(units)
    }
    entries = _grade_all(course, units, arguments)
    course.report.mkdir(parents=True, exist_ok=True)
    write_json(report(entries), arguments.json or str(course.report / "grades.json"))
    wrong = []
    for unit, told in overlays.items():
        mine = [entry for entry in entries if entry.unit == unit]
        wrong += sample_class.differences(told, mine)
        write_feedback(course, unit)
        (course.report / f"{unit}.html").write_text(class_page(unit, mine), encoding="utf-8")
    out = sys.stderr if arguments.json == "-" else sys.stdout
    print(f"Feedback pages: {course.feedback}/<student>/", file=out)
    print(f"Class page and JSON report: {course.report}", file=out)
    for line in wrong:
        print(line, file=out)
    print(_conclusion(len(entries), len(wrong)), file=out)
    return 1 if wrong else 0


def _conclusion(students: int, wrong: int) -> str:
    if wrong:
        return f"{wrong} results are NOT what the sample class says."
    return f"All {students} results are what the sample class says."


def report(entries: "Sequence[Entry]") -> dict[str, object]:
    """The JSON report of a class.

    Every submission's own report, with what the grader found; the marks that count, with a person's
    scores and late penalties; each student's total; and what could not be graded.
    """
    from grader.classroom.grading.course_totals import totals

    return {
        "schema": SCHEMA,
        "reports": [entry.report.to_json() for entry in entries if entry.report],
        "marks": [
            {
                "student": entry.student,
                "unit": entry.unit,
                "state": str(entry.state),
                "score": entry.score,
                "max": entry.maximum,
                "late_penalty": entry.mark.penalty if entry.mark else 0.0,
                "by_hand": list(entry.mark.by_hand) if entry.mark else [],
                "excused": sorted(entry.excused),
                "reason": entry.reason,
            }
            for entry in entries
        ],
        "course": [
            {
                "student": total.student,
                "score": total.score,
                "max": total.maximum,
                "reason": total.reason,
            }
            for total in totals(entries)
        ],
        "not_graded": [
            {"student": e.student, "unit": e.unit, "problem": e.reason}
            for e in entries
            if not e.graded
        ],
    }


def _tell(
    course: "Course",
    entries: "Sequence[Entry]",
    older: "Mapping[str, Sequence[str]] | None" = None,
    *,
    quiet: bool = False,
    summary: bool = False,
) -> None:
    from grader.classroom.grading.entries import State
    from grader.classroom.report.tables import class_table, console, course_table, summary_table

    table = summary_table if summary else class_table
    out = console(sys.stderr if quiet else sys.stdout)
    units = list(dict.fromkeys(entry.unit for entry in entries))
    for unit in units:
        mine = [entry for entry in entries if entry.unit == unit]
        out.print(table(unit, mine))
        out.print(_counts(unit, mine), markup=False)
        gone = [entry.student for entry in mine if entry.absent is State.WITHDRAWN]
        if gone:
            out.print(f"{unit}: withdrawn, not counted: {', '.join(gone)}", markup=False)
    if len(units) > 1 and not summary:
        out.print(course_table(entries))
    for entry in entries:
        if not entry.graded:
            out.print(f"{entry.student}, {entry.unit}: {entry.reason}", markup=False)
    for unit, students in (older or {}).items():
        out.print(
            f"{unit}: released anew since these were graded, and they have to be run again: "
            f"{', '.join(students)}. `grader grade {unit}` does it; until then they have no mark.",
            markup=False,
        )
    for line in _ways(entries):
        out.print(line, markup=False)
    if os.geteuid() == 0:
        out.print(
            "Graded as root. Run it as an ordinary user (`su - NAME`, then the same command): "
            "then the system itself keeps the limit on processes, too."
        )
    out.print(f"Recorded in {course.gradebook}", markup=False)


def _counts(unit: str, entries: "Sequence[Entry]") -> str:
    """How many stand where, so that the counts above add up."""
    from grader.classroom.grading.entries import State, present

    handed, states = present(entries), Counter(entry.state for entry in entries)
    told = [f"{states[State.GRADED]} graded"]
    others = (State.WAITS, "for a person"), (State.NOT_GRADED, "")
    told += [f"{states[state]} {state} {more}".strip() for state, more in others if states[state]]
    absent = f"; {states[State.MISSING]} missing" if states[State.MISSING] else ""
    return f"{unit}: {len(handed)} handed in: {', '.join(told)}{absent}."


def _ways(entries: "Sequence[Entry]") -> "Iterator[str]":
    """Ways of running that a teacher has to know of."""
    from grader.classroom.grading.entries import tested

    within = sorted({entry.unit for entry in entries if tested([entry])})
    if within:
        yield (
            f"{', '.join(within)}: tests in the learner's process, which no wall parts from what "
            "they test (docs/security.md)."
        )
    kinds = {entry.report.sandbox for entry in entries if entry.report}
    if "none" in kinds:
        yield "Graded WITHOUT A SANDBOX: learner code ran as you, and the reports say so."
    if "user" in kinds:
        yield (
            "Graded WITHOUT A SANDBOX: learner code ran as another user of this machine, and the "
            "reports say so."
        )


def _pattern(student: str | None) -> str:
    import glob

    return "*" if student is None else glob.escape(student)


def _nothing(course: "Course", units: "Sequence[str]", student: str | None) -> str:
    who = f"from {student!r} " if student else ""
    path = course.submission(units[0], student or "<student>")
    return f"There is no submission {who}of {', '.join(units)}. Submissions lie at {path}."
