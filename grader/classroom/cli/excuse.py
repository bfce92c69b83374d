"""`grader excuse`: who need not answer a question, such as one that came after they handed in."""

import argparse
from typing import TYPE_CHECKING

from grader.core.errors import UsageError
from grader.core.suggestions import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.classroom.cli import Subparsers
    from grader.classroom.grading.entries import Entry


def add(subparsers: "Subparsers") -> None:
    """Declare `grader excuse`."""
    verb = subparsers.add_parser(
        "excuse", help="leave a question out of students' marks, such as one added later"
    )
    verb.add_argument("unit", metavar="UNIT", help="such as 01_rnn")
    verb.add_argument("question", metavar="QUESTION", help="such as rnn-step")
    verb.add_argument(
        "--student",
        action="append",
        metavar="ID",
        help="this student; left out: all whose release does not have the question",
    )
    what = verb.add_mutually_exclusive_group()
    what.add_argument(
        "--count", action="store_true", help="the question counts for them after all, with 0"
    )
    what.add_argument("--undo", action="store_true", help="take the decision back")
    verb.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the decision into the class's `excused.json` and name whom it is about."""
    from grader.classroom.class_state import standing
    from grader.classroom.course_paths import find_course
    from grader.classroom.grading.release_history import COUNT, EXCUSE, decide, decisions
    from grader.classroom.grading.settings import RunSettings
    from grader.classroom.nbgrader.assignment_dates import refuse_unknown
    from grader.classroom.submissions.student_names import composed

    course = find_course()
    (unit,) = course.chosen([arguments.unit])
    question = arguments.question
    _refuse_unknown_question(unit, question, _asked(str(course.released(unit))))
    for student in arguments.student or ():
        refuse_unknown(course, student)
    word = None if arguments.undo else COUNT if arguments.count else EXCUSE
    students = [composed(student) for student in arguments.student or ()]
    if not students and arguments.undo:
        students = sorted(decisions(course, unit).get(question, {}))
    elif not students:
        students = _holders(standing(course, unit, RunSettings()), question)
    if not students:
        print(f"{unit}: nobody holds a release without {question}; nothing was changed")
        return 0
    decide(course, unit, question, students, word)
    told = {None: "undecided", COUNT: "counts", EXCUSE: "excused"}[word]
    print(f"{unit}, {question}: {told} for {', '.join(students)}")
    return 0


def _holders(entries: "Sequence[Entry]", question: str) -> list[str]:
    """Who holds a release without the question, and about whom nobody has decided."""
    from grader.classroom.submissions.student_names import composed

    return [composed(entry.student) for entry in entries if question in entry.later]


def _asked(path: str) -> list[str]:
    import nbformat

    from grader.classroom.notebooks.rebuilding import question_of

    notebook = nbformat.read(path, as_version=4)
    return [question for cell in notebook.cells if (question := question_of(cell))]


def _refuse_unknown_question(unit: str, question: str, known: "Sequence[str]") -> None:
    if question not in known:
        message = f"{unit} has no question {question!r}. It has: {', '.join(known)}."
        message += did_you_mean(question, known)
        raise UsageError(message)
