"""`grader questions`: every question with its kind, points, cells and named mistakes."""

import argparse
from typing import TYPE_CHECKING, Any

from grader.classroom.command_options import add_json, add_units, write_json

if TYPE_CHECKING:
    from grader.classroom.cli import Subparsers
    from grader.referee.question_bank import UnitBank

SCHEMA = 1


def add(subparsers: "Subparsers") -> None:
    """Declare `grader questions`."""
    verb = subparsers.add_parser("questions", help="list every question")
    add_units(verb)
    add_json(verb)
    verb.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the list, or write it as JSON."""
    from grader.classroom.course_paths import find_course
    from grader.referee.question_bank import load_unit

    course = find_course()
    listed = [
        row
        for unit in course.chosen(arguments.units)
        for row in _rows(load_unit(course.solutions / unit))
    ]
    if arguments.json is None:
        _print(listed)
    write_json({"schema": SCHEMA, "questions": listed}, arguments.json)
    return 0


def _rows(bank: "UnitBank") -> list[dict[str, Any]]:
    from grader.core.names import answer_cell
    from grader.core.question import CHOICE

    found = [
        (q.id, q.kind, q.title, q.points, [m.name for m in q.mistakes])
        for q in bank.questions.values()
    ]
    found += [
        (i.id, CHOICE, i.id, 1.0, [f"option-{o.key}" for o in i.options if o.key != i.answer])
        for i in bank.challenges.values()
    ]
    return [
        {
            "id": name,
            "unit": bank.name,
            "kind": kind,
            "title": title,
            "points": points,
            "answer_cell": answer_cell(name),
            "check_cell": name,
            "mistakes": mistakes,
        }
        for name, kind, title, points, mistakes in found
    ]


def _print(listed: list[dict[str, Any]]) -> None:
    from rich import box
    from rich.table import Table

    from grader.classroom.report.tables import console

    table = Table(box=box.SIMPLE_HEAD)
    for name in ("question", "kind", "points", "mistakes"):
        table.add_column(name)
    for row in listed:
        table.add_row(row["id"], row["kind"], f"{row['points']:g}", ", ".join(row["mistakes"]))
    console().print(table)
