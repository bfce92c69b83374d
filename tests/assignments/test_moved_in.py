"""An ordinary nbgrader assignment, graded here by both commands."""

import sqlite3
from contextlib import closing
from typing import Any

import pytest

from grader.classroom.course_paths import Course
from grader.classroom.engine import Job
from grader.classroom.engine.assignment_runner import run_assignment
from grader.classroom.engine.environment import launcher
from grader.classroom.grading.ordinary_assignments import OrdinaryAssignment
from grader.classroom.notebooks.rebuilding import packed, read_submission
from grader.classroom.sandbox import Limits, SandboxSpec
from tests.assignments import functions
from tests.assignments.attacks import ATTACKS, WRONG
from tests.assignments.conftest import MakeCourse, call, graded

pytestmark = [pytest.mark.sandbox, pytest.mark.long]

_MARKS = """
    SELECT a.student_id, b.name, g.auto_score, g.needs_manual_grade FROM grade g
    JOIN base_cell b ON b.id = g.cell_id JOIN submitted_notebook n ON n.id = g.notebook_id
    JOIN submitted_assignment a ON a.id = n.assignment_id
"""
# What nbgrader itself gives for these (`make any-assignment` compares); None waits for a person.
EXPECTED = {
    "ada": {"count": 4, "median": 4, "median-parts": 3, "stack": 5, "why": 0, "explore": None},
    "ben": {"count": 4, "median": 4, "median-parts": 3, "stack": 5, "why": None, "explore": None},
    "eli": {"count": 0, "median": 0, "median-parts": 0, "stack": 0, "why": 0, "explore": None},
    "gus": {"count": 4, "median": 4, "median-parts": 3, "stack": 5, "why": 0, "explore": None},
}


def marks(course: Course) -> dict[str, dict[str, Any]]:
    """The gradebook: points by student and cell, None where a person has to look."""
    found: dict[str, dict[str, Any]] = {}
    with closing(sqlite3.connect(course.gradebook)) as database:
        for student, cell, points, waits in database.execute(_MARKS):
            found.setdefault(student, {})[cell] = None if waits else points
    return found


@pytest.fixture(scope="module")
def honest(make_course: MakeCourse) -> Course:
    course = make_course(
        functions.SHEET, {name: functions.SHEET.submissions[name] for name in EXPECTED}
    )
    graded(course)
    return course


def test_honest_work_has_nbgraders_own_marks(honest: Course) -> None:
    assert marks(honest) == EXPECTED


def test_nbgraders_own_command_gives_the_same_and_runs_nobody_again(honest: Course) -> None:
    with closing(sqlite3.connect(honest.gradebook)) as database:
        database.execute("UPDATE grade SET auto_score = NULL")
        database.commit()
    kept = {path: path.stat().st_mtime_ns for path in honest.results.glob("*.result")}
    done = call(honest.root, "nbgrader", "autograde", "sheet1")
    assert done.returncode == 0, done.stderr
    assert marks(honest) == EXPECTED
    assert {path: path.stat().st_mtime_ns for path in honest.results.glob("*.result")} == kept


def test_every_verdict_says_where_its_tests_ran(honest: Course) -> None:
    questions = graded(honest)
    assert all(
        question["details"] == {"tests": "in the learner's process"}
        for report in questions.values()
        for question in report.values()
    )


def test_no_trick_pays(make_course: MakeCourse) -> None:
    course = make_course(functions.SHEET, {"wrong": WRONG, **ATTACKS})
    reports = graded(course)
    worth = {name: question["points"] for name, question in reports.pop("wrong").items()}
    paid = {
        student: {n: q["points"] for n, q in questions.items() if q["points"] > worth[n]}
        for student, questions in reports.items()
    }
    assert set(reports) == set(ATTACKS)
    # an object that equals everything is a value of the learner's, in the learner's process
    assert {student for student, cells in paid.items() if cells} <= {"equals-everything"}


GREEDY = {
    "ends-the-process": ("import os", "os._exit(0)"),
    "never-ends": ("", "while True: pass"),
    "ignores-signals": (
        "import signal\nfor n in (2, 14, 15): signal.signal(n, signal.SIG_IGN)",
        "while True: pass",
    ),
    "takes-memory": ("", "return [bytearray(2 ** 30) for _ in range(9)]"),
    "prints-much": ("", "print('x' * 2 ** 27)"),
    "leaves-a-process": ("import os, time", "os.fork() or time.sleep(60)"),
}


@pytest.mark.parametrize("greed", GREEDY)
def test_a_limit_costs_its_own_cell_and_no_other(make_course: MakeCourse, greed: str) -> None:
    before, inside = GREEDY[greed]
    bad = f"{before}\ndef letter_counts(text):\n    {inside}"
    course = make_course(functions.SHEET, {greed: {**functions.SOLVED, "count-answer": bad}})
    own = OrdinaryAssignment.of(course, "sheet1")
    handed = read_submission(course.submission("sheet1", greed).read_bytes())
    job = Job(
        greed,
        "sheet1",
        packed(own.rebuild(handed)),
        {},
        own.files,
        tests=own.tests,
        released=own.code,
    )
    limits = Limits(cell_seconds=4.0)
    result = run_assignment(job, launcher("warm"), SandboxSpec(course=course.root, limits=limits))
    assert {name: verdict.points for name, verdict in result.verdicts.items()} == {
        "count": 0.0,
        "median": 4.0,
        "median-parts": 3.0,
        "stack": 5.0,
    }
