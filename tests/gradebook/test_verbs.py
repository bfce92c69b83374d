"""`grader grade` and its neighbours, from the words typed to the exit code."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.classroom.cli import main, watch
from grader.classroom.cli.command_line import parser
from grader.classroom.course_paths import Course, find_course
from grader.core.errors import CourseError, SetupError
from grader.core.verdicts import Outcome
from tests.gradebook.conftest import SOLVED, UNIT

Hand = Callable[..., None]
CPU = ("--device", "cpu")


@pytest.fixture(autouse=True)
def _inside(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(course.root)


def test_a_class_is_graded_reported_and_exported(
    course: Course, hand_in: Hand, judged: Hand, capsys: pytest.CaptureFixture[str]
) -> None:
    hand_in("ann", SOLVED)
    judged("ann", {"toy-double": Outcome.PASSED})
    assert main(["grade", *CPU]) == 0
    assert "2 of 3" in capsys.readouterr().out
    assert main(["feedback"]) == 0
    assert main(["report", *CPU]) == 0
    assert main(["export", "csv", *CPU]) == 0
    assert (course.report / f"{UNIT}.html").is_file()
    assert "passed" in (course.report / f"{UNIT}.csv").read_text()


def test_what_cannot_be_graded_is_named_and_the_exit_code_is_1(
    hand_in: Hand, judged: Hand, capsys: pytest.CaptureFixture[str]
) -> None:
    hand_in("ann", SOLVED)
    hand_in("bob", b"no json")
    judged("ann", {"toy-double": Outcome.PASSED})
    assert main(["grade", *CPU, "--json", "-"]) == 1
    told = capsys.readouterr()
    content = json.loads(told.out)
    assert [report["student"] for report in content["reports"]] == ["ann"]
    assert "not JSON" in content["not_graded"][0]["problem"]
    assert "bob" in told.err


def test_arrivals_are_graded_recorded_and_reported_line_by_line(
    course: Course, hand_in: Hand, judged: Hand, capsys: pytest.CaptureFixture[str]
) -> None:
    hand_in("ann", SOLVED)
    hand_in("bob", b"no json")
    judged("ann", {"toy-double": Outcome.PASSED})
    assert main(["watch", "--once", "--settle", "0", "--json", "-", *CPU]) == 1
    told = capsys.readouterr()
    reports = [json.loads(line) for line in told.out.splitlines()]
    assert [report["student"] for report in reports] == ["ann", "bob"]
    assert "not JSON" in reports[1]["problem"]
    assert "ann, 01_toy: 2 of 3 points" in told.err
    assert course.gradebook.is_file()
    assert main(["watch", "--settle", "-1"]) == 2


def test_watch_names_once_what_nobody_is_graded_for(
    course: Course,
    hand_in: Hand,
    judged: Hand,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    hand_in("ann", SOLVED)
    judged("ann", {"toy-double": Outcome.PASSED})
    (course.submission(UNIT, "ann").parent / "timestamp.txt").write_text("soon")
    stray = course.submitted / "bob.ipynb"
    stray.write_text("{}")
    looks = iter([None, None, KeyboardInterrupt])

    def rest(_: float) -> None:
        if next(looks):
            raise KeyboardInterrupt

    monkeypatch.setattr("grader.classroom.cli.watch.time.sleep", rest)
    with pytest.raises(KeyboardInterrupt):
        watch.run(parser().parse_args(["watch", "--settle", "0", *CPU]))
    told = capsys.readouterr().err
    assert told.count(f"{stray} lies in no student's folder") == 1
    assert told.count("`grader collect") == 1
    assert told.count("timestamp.txt") == 1
    shutil.rmtree(course.submitted / "ann")
    assert main(["watch", "--once", *CPU]) == 0, "nothing to wait for, and still a word on it"
    assert f"{stray} lies in no student's folder" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["grade"], "There is no submission"),
        (["grade", "--student", "zoe"], "'zoe'"),
        (["grade", "09_none"], "There is no unit '09_none'"),
        (["grade", "--scheduler", "nowhere"], "such as tcp://127.0.0.1:8786"),
        (["grade", "--workers", "0"], "expected 1 or more"),
        (["export", "xls"], "canvas"),
        (["one", "nothing.ipynb"], "nothing.ipynb is no file"),
    ],
)
def test_wrong_words_are_refused_with_exit_code_2(
    words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    assert told in capsys.readouterr().err


def test_a_notebook_of_another_course_is_not_graded(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "other.ipynb"
    path.write_text('{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}')
    assert main(["one", str(path)]) == 1
    assert "no notebook of this course" in capsys.readouterr().err


def test_questions_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["questions", "--json", "-"]) == 0
    listed = {row["id"]: row for row in json.loads(capsys.readouterr().out)["questions"]}
    assert listed["toy-double"]["mistakes"] == ["squared"]
    assert listed["toy-double"]["answer_cell"] == "toy-double-answer"
    assert listed["toy-challenge-1"]["kind"] == "choice"


def test_release_says_when_nothing_changed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["release"]) == 0
    assert "unchanged" in capsys.readouterr().out


def test_a_class_is_the_nearest_folder_with_a_configuration(course: Course) -> None:
    sample = course.root / "build" / "sample"
    sample.mkdir(parents=True)
    assert find_course(sample).classroom == course.root / "classroom"
    shutil.copy(course.root / "nbgrader_config.py", sample)
    assert find_course(sample).classroom == sample
    with pytest.raises(SetupError, match="not inside a course"):
        find_course(Path("/"))


def test_an_overlay_tells_its_story_and_what_is_expected(course: Course) -> None:
    from grader.classroom.sample_class import build, read_overlay, sample_course

    folder = course.solutions / UNIT / "sample"
    folder.mkdir()
    path = folder / "ann.py"
    path.write_text(
        '# %%\n"""Squares."""\n\nLEFT = ["toy-challenge-1"]\nDOUBLED = ["toy-double"]\n'
        'EXPECTED = {"toy-double": (0, "wrong")}\n\n# %% answer="toy-double"\ndouble = abs\n'
    )
    overlay = read_overlay(path)
    assert (overlay.story, overlay.answers) == ("Squares.", {"toy-double": "double = abs"})
    sample = sample_course(course)
    build(sample, UNIT, "warm")
    text = sample.submission(UNIT, "ann").read_text()
    assert text.count('"grade_id": "toy-double"') == 2
    assert "double = abs" in text
    path.write_text('# %%\n"""Squares."""\nSCORE = 3\n')
    with pytest.raises(CourseError, match="SCORE means nothing"):
        read_overlay(path)


@pytest.mark.slow
@pytest.mark.sandbox
def test_a_class_runs_from_submission_to_marks(
    hand_in: Hand, capsys: pytest.CaptureFixture[str]
) -> None:
    hand_in("ann", SOLVED | {"toy-challenge-1-answer": 'toy_challenge_1 = "b"'})
    hand_in("bob", {"toy-double-answer": "def double(x):\n    return x * x"})
    hand_in("cyd")
    assert main(["grade", *CPU, "--json", "-"]) == 0
    reports = {r["student"]: r for r in json.loads(capsys.readouterr().out)["reports"]}
    assert [reports[s]["score"] for s in ("ann", "bob", "cyd")] == [3.0, 0.0, 0.0]
    assert reports["bob"]["questions"]["toy-double"]["mistake"] == "squared"
    assert reports["cyd"]["questions"]["toy-double"]["outcome"] == "not attempted"


def test_output_that_nobody_reads_costs_no_file_and_no_traceback(
    course: Course, hand_in: Hand, judged: Hand
) -> None:
    hand_in("ann", SOLVED)
    judged("ann", {"toy-double": Outcome.PASSED})
    assert main(["grade", *CPU]) == 0
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "grader", "export", "csv", "--device", "cpu"]
    with os.fdopen(writer, "wb") as out:
        made = subprocess.run(
            command, cwd=course.root, stdout=out, stderr=subprocess.PIPE, text=True, check=False
        )
    assert (made.returncode, made.stderr) == (141, "")
    assert (course.report / f"{UNIT}.csv").is_file()
