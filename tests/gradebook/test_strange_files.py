"""Submissions that are no ordinary files: links, pipes, folders. Named, and never opened."""

import os
from pathlib import Path
from typing import Any

import pytest

from grader.classroom.course import Course
from grader.classroom.gradebook.plan import plan
from grader.classroom.gradebook.record import record
from tests.gradebook.conftest import SETTINGS, SOLVED, UNIT


def problem_of(course: Course, student: str) -> str:
    work = next(work for work in plan(course, UNIT, SETTINGS) if work.student == student)
    return work.problem


def test_links_to_others_are_refused_and_nbgrader_never_follows_them(
    course: Course, hand_in: Any
) -> None:
    hand_in("ann", SOLVED)
    ann = course.submission(UNIT, "ann")
    for student, make in {"bea": "file", "cid": "folder", "dan": "student"}.items():
        path = course.submission(UNIT, student)
        target, place = {
            "file": (ann, path),
            "folder": (ann.parent, path.parent),
            "student": (ann.parents[1], path.parents[1]),
        }[make]
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(target)
    for student in ("bea", "cid", "dan"):
        told = problem_of(course, student)
        assert "is a link to" in told
        assert str(ann).rpartition("/ann/")[0] in told
    works = [work for work in plan(course, UNIT, SETTINGS) if work.student != "ann"]
    assert record(course, UNIT, works, SETTINGS) == {}
    assert not list(course.autograded.glob("*/*/*.ipynb"))


def test_a_link_beside_the_notebook_is_refused_too(course: Course, hand_in: Any) -> None:
    hand_in("ann", SOLVED)
    (course.submission(UNIT, "ann").parent / "timestamp.txt").symlink_to("/dev/zero")
    assert "/dev/zero" in problem_of(course, "ann")


@pytest.mark.parametrize("kind", ["pipe", "folder"])
def test_a_pipe_or_a_folder_in_the_file_s_place_is_named(course: Course, kind: str) -> None:
    path = course.submission(UNIT, "ann")
    path.parent.mkdir(parents=True)
    if kind == "pipe":
        os.mkfifo(path)
    else:
        path.mkdir()
    assert "is not a file" in problem_of(course, "ann")


def test_nbgrader_copies_no_other_file_of_a_submission(
    course: Course, hand_in: Any, judged: Any, tmp_path: Path
) -> None:
    # It follows links while it copies, and would hand the copies back with the feedback.
    hand_in("ann", SOLVED)
    judged("ann", {})
    folder = course.submission(UNIT, "ann").parent
    (folder / "timestamp.txt").write_text("2026-01-02 03:04:05 UTC\n")
    (folder / "notes.txt").write_text("mine")
    (folder / "time.txt").write_text("mine")
    (folder / ".hidden").write_text("mine")
    (folder / "deep").mkdir()
    (folder / "deep" / "more.csv").write_text("mine")
    assert record(course, UNIT, plan(course, UNIT, SETTINGS), SETTINGS) == {}
    copied = {p.name for p in (course.autograded / "ann" / UNIT).rglob("*") if p.is_file()}
    assert copied == {"timestamp.txt", "toy.ipynb"}
