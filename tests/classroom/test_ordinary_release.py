"""`grader release` of an ordinary assignment, in a course of its own and beside units."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from grader.classroom.cli.command_line import main
from grader.classroom.course_paths import find_course
from grader.classroom.grading.ordinary_assignments import OrdinaryAssignment
from grader.classroom.nbgrader.ordinary_release import generate_ordinary
from grader.core.errors import CourseError
from tests.assignments.cells import Assignment, autograded
from tests.assignments.conftest import MOVED_IN
from tests.assignments.plots import SHEET


@pytest.mark.parametrize("units", [False, True], ids=["alone", "beside units"])
def test_it_is_released_into_the_classs_gradebook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, units: bool
) -> None:
    SHEET.write(tmp_path / "source")
    (tmp_path / "nbgrader_config.py").write_text(MOVED_IN)
    if units:
        (tmp_path / "solutions").mkdir()
    monkeypatch.chdir(tmp_path)
    assert main(["release", "pictures"]) == 0
    course = find_course(tmp_path)
    assert course.assignments() == ["pictures"]
    assert course.classroom == (tmp_path / "classroom" if units else tmp_path)
    assert list(OrdinaryAssignment.of(course, "pictures").tests) == ["lines", "bars"]
    with closing(sqlite3.connect(course.gradebook)) as database:
        assert database.execute("SELECT name FROM assignment").fetchall() == [("pictures",)]


def test_what_nbgrader_refuses_is_told_in_its_words(tmp_path: Path) -> None:
    twice = Assignment("twice", [autograded("a", 1, "1"), autograded("a", 1, "2")], {}, {})
    twice.write(tmp_path / "source")
    (tmp_path / "nbgrader_config.py").write_text(MOVED_IN)
    with pytest.raises(CourseError, match="could not release twice"):
        generate_ordinary(find_course(tmp_path), "twice")
