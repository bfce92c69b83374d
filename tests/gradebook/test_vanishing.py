"""Submissions that change or go at the worst moment are one student's problem."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.classroom.course_paths import Course
from grader.classroom.engine import PoolOptions
from grader.classroom.grade_class import grade
from grader.classroom.grading.pending_runs import fill, missing
from grader.classroom.grading.planning import plan
from grader.classroom.nbgrader.recording import record
from grader.classroom.submissions.untrusted_files import read_ordinary
from grader.core.errors import SubmissionError
from tests.gradebook.conftest import SETTINGS, SOLVED, UNIT


def _piped(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _link(path: Path) -> None:
    path.unlink()
    path.symlink_to("/dev/zero")


def _whole_folder_is_a_link(path: Path) -> None:
    path.unlink()
    path.parent.rmdir()
    path.parent.symlink_to("/")


def _garbage(path: Path) -> None:
    path.write_bytes(b"\x00" * 100)


CHANGES: dict[str, Callable[[Path], None]] = {
    "deleted": Path.unlink,
    "a pipe": _piped,
    "a folder": _folder,
    "a link": _link,
    "a linked folder": _whole_folder_is_a_link,
    "garbage": _garbage,
}


@pytest.mark.sandbox
def test_what_goes_after_the_planning_costs_nobody_else_anything(
    course: Course, hand_in: Any
) -> None:
    names = [f"m{number}" for number in range(len(CHANGES))]
    for student in ("ann", *names, "zoe"):
        hand_in(student, SOLVED)
    works = {UNIT: plan(course, UNIT, SETTINGS)}
    for name, change in zip(names, CHANGES.values(), strict=True):
        change(course.submission(UNIT, name))
    entries = {e.student: e for e in grade(course, works, SETTINGS, PoolOptions(1)).entries}
    assert entries["ann"].graded
    assert entries["zoe"].graded
    for name in names:
        assert entries[name].problem, name
        assert not entries[name].report


@pytest.mark.sandbox
def test_a_file_that_was_handed_in_anew_meanwhile_is_graded_as_it_is(
    course: Course, hand_in: Any
) -> None:
    hand_in("ann", {})
    works = {UNIT: plan(course, UNIT, SETTINGS)}
    hand_in("ann", SOLVED)
    [entry] = grade(course, works, SETTINGS, PoolOptions(1)).entries
    assert entry.graded
    assert entry.report is not None
    assert entry.report.score == 2.0


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_recording_opens_nothing_that_is_no_file(
    course: Course, hand_in: Any, judged: Any, change: Callable[[Path], None]
) -> None:
    hand_in("ann", SOLVED)
    judged("ann", {})
    works = plan(course, UNIT, SETTINGS)
    change(course.submission(UNIT, "ann"))
    record(course, UNIT, works, SETTINGS)  # it ends


def test_nothing_left_to_run_is_no_error(course: Course, hand_in: Any) -> None:
    hand_in("ann", SOLVED)
    works = missing(course, plan(course, UNIT, SETTINGS))
    course.submission(UNIT, "ann").unlink()
    [lost] = fill(course, works, SETTINGS, PoolOptions(1))
    assert lost.student == "ann"
    assert "There is no file" in lost.problem


def test_an_ordinary_file_is_read_and_nothing_else_is(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x" * 100)
    assert read_ordinary(path, 1000) == b"x" * 100
    assert len(read_ordinary(path, 10)) == 11
    (tmp_path / "link").symlink_to(path)
    os.mkfifo(tmp_path / "pipe")
    for name, why in {
        "link": "is a link",
        "pipe": "is not a file",
        "": "is not a file",
        "gone": "is gone",
        "file/below": "is gone",
    }.items():
        with pytest.raises(SubmissionError, match=why):
            read_ordinary(tmp_path / name if name else tmp_path, 10)
    with pytest.raises(SubmissionError, match="is not a file"):
        read_ordinary(Path("/dev/zero"), 10)


def test_names_of_files_are_told_without_what_a_terminal_obeys(
    course: Course, hand_in: Any
) -> None:
    hand_in("ann", SOLVED)
    path = course.submission(UNIT, "ann")
    path.rename(path.with_name("\x1b[2J\u202e" + "x" * 200))
    for number in range(300):
        (path.parent / f"{number}\n.txt").touch()
    [work] = plan(course, UNIT, SETTINGS)
    assert work.problem.isprintable()
    assert len(work.problem) < 1000
    assert "and 296 more" in work.problem
