"""The corpus as a test: every row in the sandbox that classes get, some in a fresh one too."""

import json
import shutil
from pathlib import Path

import pytest

from grader.classroom.course_paths import Course
from grader.classroom.grading.planning import plan
from grader.classroom.grading.settings import RunSettings
from tests.conftest import MakeOnce
from tests.redteam.__main__ import COLD, FAST, run_corpus
from tests.redteam.arena import UNIT, build_arena
from tests.redteam.case import CASES, REMAINING, all_cases, read_case
from tests.redteam.rows import HONEST
from tests.redteam.submission import hand_in

MOST_REMAINING = 5


@pytest.fixture(scope="module")
def arena(make_once: MakeOnce) -> Path:
    return make_once("redteam-arena", build_arena)


def test_the_corpus_is_large_and_what_remains_is_little_and_written_down(root: Path) -> None:
    cases = all_cases()
    remaining = [case for case in cases if case.outcome == REMAINING]
    assert len(cases) >= 200
    assert sum(case.cold for case in cases) >= 30
    assert len(remaining) <= MOST_REMAINING
    page = (root / "docs" / "security.md").read_text(encoding="utf-8")
    for case in remaining:
        assert case.name in page, f"docs/security.md does not tell of {case.name}"
        assert case.look, f"{case.name}: what does the report tell the teacher?"


def test_a_case_with_a_word_that_means_nothing_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "case.toml"
    path.write_text('trick = "x"\noutcome = "held"\nexpected = "x"\ndeserves = 3\n')
    with pytest.raises(ValueError, match="'deserves' means nothing"):
        read_case(path)


def test_every_file_of_a_stranger_is_read_or_refused(arena: Path, tmp_path: Path) -> None:
    """Huge, deep, endless or no notebook at all; `make bounded` measures how long that takes."""
    shutil.copytree(arena, tmp_path / "course")
    course = Course(tmp_path / "course", tmp_path / "course" / "classroom")
    release = json.loads(course.released(UNIT).read_text(encoding="utf-8"))
    hand_in(HONEST, release, {}, course.submission(UNIT, HONEST.name))  # links lead to it
    read = 0
    for case in [case for case in all_cases() if case.file]:
        hand_in(case, release, {}, course.submission(UNIT, case.who))
        [work] = plan(course, UNIT, RunSettings(device="cpu"), case.who)
        assert bool(work.problem) is case.refused, case.name
        read += 1
    assert read > 15


@pytest.mark.long
@pytest.mark.sandbox
def test_nothing_in_the_corpus_pays_or_gets_out(arena: Path, tmp_path: Path) -> None:
    rows = run_corpus(all_cases(), FAST, arena, tmp_path)
    assert len(rows) == len(list(CASES.glob("*.toml")))
    assert {row.case.name: row.faults for row in rows if row.faults} == {}


@pytest.mark.long
@pytest.mark.sandbox
def test_nothing_pays_or_gets_out_of_a_fresh_sandbox_either(arena: Path, tmp_path: Path) -> None:
    rows = run_corpus([case for case in all_cases() if case.cold], COLD, arena, tmp_path)
    assert {row.case.name: row.faults for row in rows if row.faults} == {}
