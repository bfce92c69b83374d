"""Submissions that are no ordinary files: links, pipes, folders. Named, and never opened."""

import contextlib
import os
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest
from nbgrader.plugins.zipcollect import ExtractorPlugin

from grader.classroom.course_paths import Course
from grader.classroom.grading.planning import plan
from grader.classroom.nbgrader.recording import record
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


@pytest.mark.parametrize("name", ["../../slipped", "{}/slipped", "link", "away/slipped"])
@pytest.mark.parametrize("kind", ["zip", "tar.gz"])
def test_nbgrader_unpacks_no_archive_outside_of_its_folder(
    tmp_path: Path, kind: str, name: str
) -> None:
    """`nbgrader zip_collect` is nbgrader's own; what docs/security.md says of it is so here."""
    place, handed_in = tmp_path / "extracted", tmp_path / "archive"
    place.mkdir()
    handed_in.mkdir()
    hostile = name.format(tmp_path)
    first, _, rest = hostile.partition("/")
    link = first if first in {"link", "away"} else ""
    files = [hostile] if rest else []
    if kind == "zip":
        with zipfile.ZipFile(handed_in / "ann.zip", "w") as packed:
            packed.writestr("rnn.ipynb", "{}")
            if link:
                away = zipfile.ZipInfo(link)
                away.create_system, away.external_attr = 3, 0o120777 << 16
                packed.writestr(away, str(tmp_path))
            for each in files:
                packed.writestr(each, "x")
    else:
        with tarfile.open(handed_in / "ann.tar.gz", "w:gz") as tar:
            tar.addfile(tarfile.TarInfo("rnn.ipynb"))
            if link:
                to = tarfile.TarInfo(link)
                to.type, to.linkname = tarfile.SYMTYPE, str(tmp_path)
                tar.addfile(to)
            for each in files:
                tar.addfile(tarfile.TarInfo(each))
    with contextlib.suppress(Exception):  # it may refuse, and then collects nothing of anybody
        ExtractorPlugin().extract(str(handed_in), str(place))
    assert (place / "ann" / "rnn.ipynb").is_file()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["archive", "extracted"]
    assert not [path for path in place.rglob("*") if path.is_symlink()]
