"""A class graded by two workers at once, and nbgrader's own commands afterwards."""

import subprocess
import sys
from collections.abc import Callable

import pytest
from nbgrader.api import Gradebook

from grader.classroom.cli import main
from grader.classroom.course_paths import Course
from grader.classroom.nbgrader.gradebook_marks import marks
from tests.gradebook.conftest import SOLVED, UNIT

Hand = Callable[..., None]
GRADE = ["grade", "--device", "cpu", "--workers", "2"]


@pytest.mark.slow
@pytest.mark.sandbox
def test_nbgrader_stays_whole_on_a_class_graded_in_parallel(
    course: Course,
    hand_in: Hand,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(course.root)
    hand_in("ann", SOLVED)
    hand_in("bob", {"toy-double-answer": "def double(x):\n    return x * x"})
    hand_in("cyd", {"toy-double-answer": "def double(x):\n    return None"})
    hand_in("dan", b"no json")
    assert main(GRADE) == 1  # dan's file
    assert "3 of 3: " in capfd.readouterr().err
    _write_by_hand(course)
    # other answers, so that there is something to run again
    hand_in("cyd", SOLVED)
    assert main([*GRADE, "--again"]) == 1
    ours = marks(course, UNIT)
    assert {mark.student: mark.score for mark in ours} == {
        "ann": 2.0,
        "bob": 1.5,
        "cyd": 2.0,
        "dan": 0.0,
    }
    for command in (["autograde", UNIT], ["generate_feedback", UNIT], ["export"]):
        done = subprocess.run(
            [sys.executable, "-m", "nbgrader", *command],
            cwd=course.root,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert marks(course, UNIT) == ours
    page = (course.feedback / "bob" / UNIT / "toy.html").read_text()
    assert "Half of it." in page
    assert "bob" in (course.root / "grades.csv").read_text()


def _write_by_hand(course: Course) -> None:
    with Gradebook(f"sqlite:///{course.gradebook}") as gradebook:
        gradebook.find_grade("toy-double", "toy", UNIT, "bob").manual_score = 1.5
        comment = gradebook.find_comment("toy-double-answer", "toy", UNIT, "bob")
        comment.manual_comment = "Half of it."
        gradebook.db.commit()
