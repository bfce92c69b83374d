"""`grader similar`: which submissions of a class are alike beyond what the course gave them."""

import argparse
import sys
from typing import TYPE_CHECKING, Any

from grader.classroom.command_options import add_json, add_units, write_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.classroom.cli import Subparsers
    from grader.classroom.course_paths import Course
    from grader.classroom.similarity import Likeness

SCHEMA = 1


def add(subparsers: "Subparsers") -> None:
    """Declare `grader similar`."""
    verb = subparsers.add_parser("similar", help="name submissions that are alike; runs nothing")
    add_units(verb)
    verb.add_argument(
        "--least", type=_percent, metavar="PERCENT", help="how much must be alike (default: 80)"
    )
    add_json(verb)
    verb.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Compare every unit's submissions, print the pairs, or write them as JSON."""
    from grader.classroom.course_paths import find_course
    from grader.classroom.similarity import LEAST, likeness

    course = find_course()
    least = LEAST if arguments.least is None else arguments.least
    found, unread = [], []
    for unit in course.chosen(arguments.units):
        cells, problems = _written(course, unit)
        unread += problems
        if cells:
            found.append(likeness(unit, cells, _given(course, unit), least))
    if arguments.json != "-":
        _print(found, unread, least)
    report = {
        "schema": SCHEMA,
        "least": least,
        "units": [_row(likeness) for likeness in found],
        "unread": unread,
    }
    write_json(report, arguments.json)
    return 0


def _percent(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 1 <= number <= 100:
        message = f"{text!r} is no percentage; give a number from 1 to 100, such as 80"
        raise argparse.ArgumentTypeError(message)
    return number


def _written(course: "Course", unit: str) -> tuple[dict[str, dict[str, str]], list[str]]:
    """The code cells of each student's submission, and who has handed in what cannot be read."""
    from grader.classroom.grading.planning import obstacle, read_release
    from grader.classroom.notebooks.rebuilding import (
        LARGEST_FILE,
        learner_cells,
        read_submission,
        rebuild,
    )
    from grader.classroom.submissions.student_names import shown
    from grader.classroom.submissions.untrusted_files import read_ordinary
    from grader.core.errors import SubmissionError
    from grader.core.names import ANSWER_SUFFIX

    students = course.students(unit)
    if not students:
        return {}, []
    master = read_release(course, unit)
    cells, problems = {}, []
    for student in students:
        path = course.submission(unit, student)
        try:
            problem = obstacle(path.parent, path.name)
            if problem:
                raise SubmissionError(problem)  # noqa: TRY301 - one of several reasons
            rebuilt = rebuild(master, read_submission(read_ordinary(path, LARGEST_FILE)))
        except (SubmissionError, OSError):
            problems.append(f"{shown(student)} ({unit})")
            continue
        cells[student] = {
            name.removesuffix(ANSWER_SUFFIX): source
            for name, kind, source in learner_cells(rebuilt)
            if kind == "code"
        }
    return cells, problems


def _given(course: "Course", unit: str) -> list[str]:
    """What the course hands out, and the solution that it keeps."""
    from grader.classroom.grading.planning import read_release
    from grader.classroom.publish.lesson_parser import read_lesson

    handed_out = read_release(course, unit).cells
    lesson = read_lesson(course.solutions / unit / "lesson.py")
    return [c.source for c in handed_out if c.cell_type == "code"] + [
        c.source for c in lesson if c.kind == "code"
    ]


def _row(found: "Likeness") -> dict[str, Any]:
    return {
        "unit": found.unit,
        "pairs": [
            {"students": list(p.students), "alike": p.alike, "cells": list(p.cells)}
            for p in found.pairs
        ],
        "too_short": list(found.too_short),
        "too_long": list(found.too_long),
    }


def _print(found: "Sequence[Likeness]", unread: "Sequence[str]", least: float) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from grader.classroom.report.tables import console

    out = console(sys.stdout)
    table = Table(box=box.SIMPLE_HEAD)
    for name in ("unit", "students", "alike", "most alike in"):
        table.add_column(name)
    for likeness in found:
        for pair in likeness.pairs:
            names, cells = " and ".join(pair.students), ", ".join(pair.cells) or "own cells"
            table.add_row(pair.unit, Text(names), f"{pair.alike:.0f}%", Text(cells))
    if table.row_count:
        out.print(table)
        out.print("Alike is no proof: read both before you speak to anybody.")
    else:
        out.print(f"No two submissions are {least:g}% alike or more.")
    short = sum(len(likeness.too_short) for likeness in found)
    if short:
        out.print(f"{short} submissions have too little code of their own to compare.")
    huge = [f"{who} ({likeness.unit})" for likeness in found for who in likeness.too_long]
    if huge:
        out.print(Text(f"Too much code to compare; look at it: {', '.join(huge)}."))
    if unread:
        out.print(Text(f"Could not be read, and so not compared: {', '.join(unread)}."))
