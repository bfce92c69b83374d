"""`grader self-check`: a notebook's own checks, in a repository that has no solutions."""

from pathlib import Path
from xml.etree import ElementTree as ET

import nbformat
import pytest

from grader.classroom.ci_output import CiOutput, checked_points
from grader.classroom.cli import main
from grader.classroom.course_paths import Course
from grader.classroom.publish import handout_archive
from grader.classroom.self_check import notebook_of, run_checks
from grader.core.errors import SubmissionError, UsageError
from tests.conftest import MakeOnce
from tests.exchange.conftest import release_toys

UNIT, PATH = "01_toy", Path("notebooks/01_toy/toy.ipynb")
RIGHT, WRONG = "def double(x):\n    return x + x", "def double(x):\n    return x * x"


@pytest.fixture
def home(make_once: MakeOnce, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What learners get: notebooks without keys, data; no solutions."""
    root = make_once("self-check", lambda folder: release_toys(folder / "course")) / "course"
    course = Course(root, root / "classroom")
    released = handout_archive.read_released(course, UNIT)
    for name, body in handout_archive.contents(course, {UNIT: released}).items():
        if name.startswith(("notebooks/", "data/")):
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(body)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def answer(home: Path, source: str) -> Path:
    notebook = nbformat.read(home / PATH, as_version=4)
    for cell in notebook.cells:
        if cell.id == "toy-double-answer":
            cell.source = source
    nbformat.write(notebook, home / PATH)
    return home / PATH


def test_each_check_is_told_and_what_only_a_teacher_marks(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(home, WRONG)
    before = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(home / "summary.md"))
    words = ["self-check", UNIT, "--fail-under", "50%", "--junit", str(home / "junit.xml")]
    assert main(words) == 1
    said = capsys.readouterr()
    assert "toy-double: wrong, 0 of 2 points" in said.out
    assert "twice x is x + x" in said.out
    assert "Your teacher marks toy-challenge-1." in said.out
    assert "01_toy: 0 points are fewer than 1" in said.err
    assert f"::error file={home / PATH},line=" in said.out
    assert "| toy-double | wrong | 0 of 2 |" in (home / "summary.md").read_text()
    (case,) = ET.parse(home / "junit.xml").iter("testcase")  # noqa: S314 - ours
    assert [found.tag for found in case] == ["failure"]
    assert "twice x is x + x" in (case[0].text or "")
    # it ran in a copy
    assert {path: path.read_bytes() for path in before} == before
    assert not list(home.rglob("progress.json"))


def test_a_right_answer_is_enough_and_an_untouched_one_is_named(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = run_checks(home / PATH)
    assert {name: str(verdict.outcome) for name, verdict in found.verdicts.items()} == {
        "toy-double": "not attempted"
    }
    answer(home, RIGHT)
    assert main(["self-check", str(PATH), "--fail-under", "100%"]) == 0
    assert "01_toy: 2 of 2 points, by the notebook's own checks" in capsys.readouterr().out


def test_a_kernel_that_dies_ends_the_run_and_a_check_that_never_came_is_missing(
    home: Path,
) -> None:
    answer(home, "import os\nos._exit(1)")
    (verdict,) = run_checks(home / PATH).verdicts.values()
    assert (str(verdict.outcome), verdict.points) == ("missing", 0.0)


def test_the_copy_in_my_work_is_taken_where_there_is_one(home: Path) -> None:
    assert notebook_of(UNIT) == home / PATH
    mine = home / "my-work" / UNIT / "toy.ipynb"
    mine.parent.mkdir(parents=True)
    mine.write_bytes((home / PATH).read_bytes())
    assert notebook_of(UNIT) == mine
    with pytest.raises(UsageError, match="no notebook of 02_other"):
        notebook_of("02_other")
    with pytest.raises(UsageError, match="no notebook and no unit"):
        notebook_of("toy.ipynb")


@pytest.mark.parametrize("text", ["", "{}", '{"cells": 3, "nbformat": 4}', "\udcff"])
def test_what_is_no_notebook_is_told(home: Path, text: str) -> None:
    (home / PATH).write_text(text, encoding="utf-8", errors="surrogateescape")
    with pytest.raises(SubmissionError, match=r"is no notebook"):
        run_checks(home / PATH)


def test_a_report_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    output = CiOutput(0.0, False, False, str(tmp_path / "none" / "junit.xml"), None)
    with pytest.raises(UsageError, match="cannot be written"):
        output.write(UNIT, {})
    assert checked_points("50%") == "50%"
    with pytest.raises(UsageError, match="fail-under"):
        checked_points("50%; true")
    assert not output.missed(UNIT, 1.0, 2.0)
