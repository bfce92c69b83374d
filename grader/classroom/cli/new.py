"""`grader new course|unit|question`: a working example of each, to write over."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from grader.core.question import CHOICE, FUNCTION, REPAIR, VALUE
from grader.core.typed_command import typed

if TYPE_CHECKING:
    from grader.classroom.cli import Subparsers

KINDS = (FUNCTION, VALUE, CHOICE, REPAIR)


def add(subparsers: "Subparsers") -> None:
    """Declare `grader new course DIR`, `… unit NAME` and `… question UNIT ID`."""
    verb = subparsers.add_parser("new", help="make a course, a unit or a question to write over")
    things = verb.add_subparsers(metavar="THING", required=True)
    course = things.add_parser("course", help="a course of your own, with one unit, in a folder")
    course.add_argument("folder", metavar="DIR", type=Path)
    course.set_defaults(run=run, make=_course)
    unit = things.add_parser("unit", help="a unit of the course around the working folder")
    unit.add_argument("name", metavar="NAME", help="a word such as gates, or 03_gates")
    unit.set_defaults(run=run, make=_unit)
    question = things.add_parser("question", help="a question of a unit, and its cells")
    question.add_argument("unit", metavar="UNIT", help="such as 01_first")
    question.add_argument("name", metavar="ID", help="such as first-slope")
    question.add_argument("--kind", choices=KINDS, default=FUNCTION, help="default: function")
    question.set_defaults(run=run, make=_question)


def run(arguments: argparse.Namespace) -> int:
    """Make it; say which files were written and what comes next."""
    home, written = arguments.make(arguments)
    for path in written:
        print(path.relative_to(home) if path.is_relative_to(home) else path)
    where = "" if home == Path.cwd() else f"cd {home}, "
    print(f"Next: {where}{typed()} check; {typed()} release")
    return 0


def _course(arguments: argparse.Namespace) -> tuple[Path, list[Path]]:
    from grader.classroom.authoring.new_course import make_course

    return arguments.folder.resolve(), make_course(arguments.folder)


def _unit(arguments: argparse.Namespace) -> tuple[Path, list[Path]]:
    from grader.classroom.authoring.new_course import make_unit
    from grader.classroom.course_paths import find_course

    course = find_course()
    return course.root, make_unit(course, arguments.name)


def _question(arguments: argparse.Namespace) -> tuple[Path, list[Path]]:
    from grader.classroom.authoring.new_question import make_question
    from grader.classroom.course_paths import find_course

    course = find_course()
    (unit,) = course.chosen([arguments.unit])
    return course.root, make_question(course, unit, arguments.name, arguments.kind)
