"""A submission counts once its file has stayed as it is; and once."""

from pathlib import Path

import pytest

from grader.classroom.course_paths import Course
from grader.classroom.submissions.arrival_watch import Arrivals

UNIT = "01_toy"


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return Course(tmp_path, tmp_path / "classroom")


def hand_in(course: Course, student: str, text: str) -> None:
    path = course.submission(UNIT, student)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_a_file_that_still_grows_is_left_alone(course: Course) -> None:
    arrivals = Arrivals(course, [UNIT], settle=5.0)
    hand_in(course, "ann", "{")
    assert arrivals.look(0.0) == {}
    hand_in(course, "ann", "{}")
    assert arrivals.look(6.0) == {}
    assert arrivals.look(10.0) == {}
    assert arrivals.look(11.0) == {UNIT: {"ann"}}


def test_what_was_taken_comes_again_only_when_it_changes(course: Course) -> None:
    arrivals = Arrivals(course, [UNIT], settle=0.0)
    hand_in(course, "ann", "{}")
    found = arrivals.look(0.0)
    assert arrivals.is_waiting()
    arrivals.take(found)
    assert not arrivals.is_waiting()
    assert arrivals.look(1.0) == {}
    hand_in(course, "ann", "{ }")
    hand_in(course, "bob", "{}")
    assert arrivals.look(2.0) == {UNIT: {"ann", "bob"}}


def test_what_could_not_be_graded_is_found_again(course: Course) -> None:
    arrivals = Arrivals(course, [UNIT], settle=0.0)
    hand_in(course, "ann", "{}")
    assert arrivals.look(0.0) == arrivals.look(1.0) == {UNIT: {"ann"}}
