"""`grader one` for other systems: Gradescope's file, an exit code, annotations on GitHub."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.classroom.cli import main
from grader.classroom.cli import one as one_verb
from grader.classroom.engine import Result
from grader.classroom.engine.jobs import Report
from grader.classroom.export.github import annotations, command
from grader.core.errors import SubmissionError
from grader.core.verdicts import Outcome, Verdict

EVIL = "50% wrong\n::set-output name=x::y\r, a:b"


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    path = tmp_path / "toy.ipynb"
    path.write_text('{"cells": [\n {"id": "toy-double-answer"}\n]}\n')
    return path


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Say what the notebook earns; nothing is run."""

    def say(*verdicts: Verdict, problem: str = "") -> None:
        found = {verdict.question: verdict for verdict in verdicts}
        report = Report("ann", "01_toy", "cpu", "warm", 1.5, found)

        def graded(*_: object) -> tuple[str, Result]:
            if problem:
                raise SubmissionError(problem)
            return "01_toy", Result(report, b"", 1.5)

        monkeypatch.setattr(one_verb, "_graded", graded)

    return say


def _verdict(outcome: Outcome, points: float, message: str = "Why.") -> Verdict:
    return Verdict("toy-double", outcome, points, 2.0, message)


def test_gradescopes_file_is_printed(
    notebook: Path, judged: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    judged(_verdict(Outcome.WRONG, 0.5))
    assert main(["one", str(notebook), "--format", "gradescope"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["score"] == 0.5
    (test,) = told["tests"]
    assert (test["name"], test["score"], test["max_score"]) == ("toy-double", 0.5, 2.0)
    assert (test["visibility"], test["status"]) == ("visible", "failed")
    assert "Why." in test["output"]


def test_what_the_grader_could_not_judge_has_no_score_there(
    notebook: Path, judged: Callable[..., None], tmp_path: Path
) -> None:
    judged(_verdict(Outcome.BROKEN, 0.0, "A worker was lost."))
    target = tmp_path / "results.json"
    words = ["one", str(notebook), "--format", "gradescope", "--json", str(target)]
    assert main(words) == 1
    told = json.loads(target.read_text())
    assert "score" not in told
    assert "score" not in told["tests"][0]
    assert "A worker was lost." in told["output"]


def test_a_file_that_cannot_be_read_is_told_to_gradescope_and_github(
    notebook: Path, judged: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    judged(problem="The file is empty.")
    words = ["one", str(notebook), "--format", "gradescope", "--annotations", "github"]
    assert main(words) == 1
    told = capsys.readouterr()
    assert json.loads(told.out)["output"] == "The file is empty."
    assert f"::error file={notebook},title=not graded::The file is empty." in told.err


def test_a_folder_stands_for_the_one_notebook_in_it(
    notebook: Path, judged: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    judged(_verdict(Outcome.PASSED, 2.0))
    folder = notebook.parent
    for name in (".ipynb_checkpoints/toy-checkpoint.ipynb", "__MACOSX/._toy.ipynb", "notes.txt"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("{}")
    assert main(["one", str(folder), "--format", "gradescope"]) == 0
    assert json.loads(capsys.readouterr().out)["score"] == 2.0
    (folder / "Copy \x1b[31m.ipynb").write_text("{}")
    assert main(["one", str(folder), "--format", "gradescope"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert "score" not in told
    assert told["output"].startswith("2 notebooks were handed in: Copy")
    assert "\x1b" not in told["output"]
    for path in folder.glob("*.ipynb"):
        path.unlink()
    assert main(["one", str(folder), "--format", "gradescope"]) == 1
    assert "No notebook" in json.loads(capsys.readouterr().out)["output"]


def test_a_mistyped_path_is_told_with_the_nearest_name(
    notebook: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    near = notebook.with_name("toyy.ipynb")
    assert main(["one", str(near)]) == 2
    told = capsys.readouterr().err.strip()
    assert told == f"grader: {near} is no file. In {notebook.parent} there is toy.ipynb."
    assert main(["one", str(notebook.parent / "none" / "toy.ipynb")]) == 2
    assert f"there is no folder {notebook.parent / 'none'}" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("least", "code"),
    [("0.5", 0), ("0.6", 1), ("25%", 0), ("26%", 1), ("0", 0), ("nan", 2), ("-1", 2), ("half", 2)],
)
def test_fewer_points_than_asked_for_end_with_1(
    least: str, code: int, notebook: Path, judged: Callable[..., None]
) -> None:
    judged(_verdict(Outcome.WRONG, 0.5))
    assert main(["one", str(notebook), "--fail-under", least]) == code


def test_github_gets_a_line_a_question_and_no_command_of_a_learners(
    notebook: Path,
    judged: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    judged(_verdict(Outcome.RAISED, 0.0, EVIL))
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert main(["one", str(notebook)]) == 0
    lines = capsys.readouterr().out.splitlines()
    begins = [n for n, line in enumerate(lines) if line.strip().startswith("::")]
    stop, again, ours = (lines[n] for n in (begins[0], begins[-2], begins[-1]))
    assert stop.removeprefix("::stop-commands::") == again.strip(":")
    assert ours.startswith(f"::error file={notebook},line=2,title=toy-double%3A raised%2C 0 of 2")
    # of a line that returns to its start, what was painted over is gone
    assert ours.endswith("::50%25 wrong%0A, a:b")


def test_all_points_need_no_annotation() -> None:
    assert annotations("toy.ipynb", b"", {"toy-double": _verdict(Outcome.PASSED, 2.0)}) == []
    (told,) = annotations("toy.ipynb", b"", {"toy-double": _verdict(Outcome.NOT_ATTEMPTED, 0.0)})
    assert told.startswith("::warning file=toy.ipynb,title=")
    assert command("error", "a,b:c.ipynb", "t", "m") == "::error file=a%2Cb%3Ac.ipynb,title=t::m"
