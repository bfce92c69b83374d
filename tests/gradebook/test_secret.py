"""The class's secret: made whole, once, and the same for all who start at the same time."""

import multiprocessing
from pathlib import Path

import pytest

from grader.classroom.course_paths import Course
from grader.classroom.grading.secret_key import SECRET, class_secret
from grader.core.errors import SetupError


def _course(root: Path) -> Course:
    return Course(root, root / "classroom")


def test_it_is_made_once_and_read_by_nobody_else(tmp_path: Path) -> None:
    course = _course(tmp_path)
    secret = class_secret(course)
    assert len(secret) == 64
    assert class_secret(course) == secret
    assert (course.classroom / SECRET).stat().st_mode & 0o077 == 0
    assert [path.name for path in course.classroom.iterdir()] == [SECRET]


def test_one_that_a_full_disk_left_empty_is_made_anew(tmp_path: Path) -> None:
    course = _course(tmp_path)
    course.classroom.mkdir()
    (course.classroom / SECRET).write_text("\n")
    secret = class_secret(course)
    assert len(secret) == 64
    assert class_secret(course) == secret


def test_one_that_a_teacher_wrote_is_kept(tmp_path: Path) -> None:
    course = _course(tmp_path)
    course.classroom.mkdir()
    (course.classroom / SECRET).write_text(" of my own\n")
    assert class_secret(course) == "of my own"


@pytest.mark.parametrize("before", [None, ""])
def test_all_who_start_at_once_have_the_same(tmp_path: Path, before: str | None) -> None:
    course = _course(tmp_path)
    course.classroom.mkdir()
    if before is not None:
        (course.classroom / SECRET).write_text(before)
    with multiprocessing.get_context("fork").Pool(8) as pool:
        found = pool.map(class_secret, [course] * 64, chunksize=1)
    assert len(set(found)) == 1
    assert found[0] == class_secret(course) != ""


@pytest.mark.parametrize("content", [b"\xff\xfe", None])
def test_one_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None) -> None:
    course = _course(tmp_path)
    course.classroom.mkdir()
    path = course.classroom / SECRET
    path.mkdir() if content is None else path.write_bytes(content)
    with pytest.raises(SetupError, match="can neither be read nor made"):
        class_secret(course)
