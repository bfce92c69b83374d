"""`check` gives the judge's verdict, never stops a lesson, and is loud only under nbgrader."""

import json
import linecache
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from grader import lab
from grader.core import messages
from grader.lab import checks
from grader.wire import channels
from grader.wire.splits import Split

Out = pytest.CaptureFixture[str]
Record = Callable[[], dict[str, dict[str, dict[str, Any]]]]
Make = Callable[..., nn.Module]


def test_a_right_answer_passes_and_is_recorded(folder: Path, capsys: Out, record: Record) -> None:
    lab.check("toy-double", lambda x: 2 * x)
    assert "✔ toy-double: passed (2 of 2 points)" in capsys.readouterr().out
    assert record()["check"]["toy-double"] == {"outcome": "passed", "points": 2.0, "max": 2.0}


@pytest.mark.parametrize(
    ("answer", "heading", "words"),
    [
        (lambda x: 3 * x, "✘ toy-double: wrong", "You multiplied by three."),
        (lambda x: x + 7, "✘ toy-double: wrong", "expected"),
        (lambda x: x.nothing, "✘ toy-double: raised", "AttributeError"),
        (lambda *_: ..., "○ toy-double: not attempted", messages.NOT_ATTEMPTED),
        (..., "○ toy-double: not attempted", messages.NOT_ATTEMPTED),
    ],
)
def test_other_answers_get_their_outcome_and_a_sentence(
    folder: Path, capsys: Out, answer: object, heading: str, words: str
) -> None:
    lab.check("toy-double", answer)
    said = capsys.readouterr().out
    assert heading in said
    assert words in said


def test_an_unknown_question_names_those_there_are(folder: Path, capsys: Out) -> None:
    lab.check("toy-tripel", 3)
    said = capsys.readouterr().out
    assert "'toy-tripel'" in said
    assert "toy-double" in said


def test_our_own_failure_is_said_to_be_ours(
    folder: Path, capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        message = "oops"
        raise KeyError(message)

    monkeypatch.setattr(checks, "judge", broken)
    lab.check("toy-double", lambda x: x)
    assert "not your fault" in capsys.readouterr().out


@pytest.mark.parametrize("stage", ["validate", "autograde"])
def test_under_nbgrader_only_a_pass_is_silent(
    folder: Path, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    monkeypatch.setenv("NBGRADER_EXECUTION", stage)
    lab.check("toy-double", lambda x: 2 * x)
    for answer in (..., lambda x: 3 * x):
        with pytest.raises(lab.CheckFailed) as failed:
            lab.check("toy-double", answer)
        assert max(map(len, str(failed.value).splitlines())) <= 70  # nbgrader cuts longer lines
    with pytest.raises(AssertionError, match="toy-tripel"):
        lab.check("toy-tripel", 3)
    assert not (folder / "progress.json").exists()


def test_with_a_referee_the_answer_goes_there_and_nothing_else_is_said(
    folder: Path, capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, object]] = []

    class Referee:
        def check(self, question_id: str, answer: object) -> None:
            asked.append((question_id, answer))

    monkeypatch.setattr(channels, "current", Referee)
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    lab.check("toy-double", 5)
    assert asked == [("toy-double", 5)]
    assert capsys.readouterr().out == "recorded\n"


@pytest.fixture
def cell() -> Iterator[Callable[[str], Any]]:
    """Run a cell's source as a kernel does: with its lines known to linecache."""
    name = "<cell of a test>"

    def run(source: str) -> Any:
        linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
        scope: dict[str, Any] = {"given": lambda *_: None}
        exec(compile(source, name, "exec"), scope)  # noqa: S102  what a kernel does
        return scope["train_model"]

    yield run
    linecache.cache.pop(name, None)


def test_an_untouched_repair_is_not_attempted_and_trains_nothing(
    folder: Path, capsys: Out, cell: Callable[[str], Any]
) -> None:
    lab.check(
        "toy-repair", cell("\ndef train_model(train, val):  \n    return given(train, val)\n")
    )
    assert capsys.readouterr().out.startswith("○ toy-repair: not attempted")
    lab.check(
        "toy-repair", cell("def train_model(train, val):\n    return given(train, val) # !\n")
    )
    assert "✘ toy-repair" in capsys.readouterr().out


def test_a_repair_is_trained_on_draws_until_they_decide_and_shows_its_score_card(
    folder: Path, capsys: Out, small: Make
) -> None:
    def train_model(train: Split, val: Split) -> nn.Module:
        model = small()
        lab.fit(model, train, val, epochs=20, lr=0.02, patience=5)
        return model

    lab.check("toy-repair", train_model)
    said = capsys.readouterr().out
    assert messages.repair_begins(3) in said
    assert "data set 2 of 3: trained in" in said
    assert "data set 3 of 3: trained in" not in said
    assert "✔ toy-repair: passed (4 of 4 points)" in said
    assert "2 of 3 data sets; the third could not change the verdict" in said
    assert "wrong labels learnt" in said
    assert "not needed" in said
    assert "median" not in said


def test_a_stop_during_a_check_ends_it_without_a_verdict(
    folder: Path, capsys: Out, small: Make
) -> None:
    trained = []

    def press_stop(model: nn.Module, *_: object) -> None:
        if model.training:
            torch.set_grad_enabled(False)  # as an interrupt inside `no_grad` leaves it
            signal.raise_signal(signal.SIGINT)

    def train_model(train: Split, val: Split) -> nn.Module:
        model = small()
        stop = model.register_forward_hook(press_stop)
        history = lab.fit(model, train, val, epochs=3)
        stop.remove()
        trained.append(history.stopped)  # fit ends at ■ as if nothing had happened
        return model

    before = signal.getsignal(signal.SIGINT)
    lab.check("toy-repair", train_model)
    assert trained == ["finished", "by hand"]  # the first run only builds the model
    assert messages.STOPPED_CHECK in capsys.readouterr().out
    assert signal.getsignal(signal.SIGINT) is before
    assert torch.is_grad_enabled()


def test_another_release_is_named(folder: Path, capsys: Out) -> None:
    notebook = {"metadata": {"grader": {"release": "fedcba987654"}}}
    (folder / "toy.ipynb").write_text(json.dumps(notebook))
    lab.check("toy-double", lambda x: 2 * x)
    said = capsys.readouterr().out
    assert "fedcba987654" in said
    assert "0123456789ab" in said
    assert "passed" in said


def test_a_withheld_key_is_no_failure(
    folder: Path, capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = json.loads((folder / "unit.json").read_text())
    content["questions"]["toy-challenge-1"]["choice"]["right"] = None
    (folder / "unit.json").write_text(json.dumps(content))
    lab.check("toy-challenge-1", "b")
    assert capsys.readouterr().out.strip() == messages.KEY_WITHHELD


def test_inputs_are_tensors(folder: Path, capsys: Out) -> None:
    lab.check("toy-double", lambda x: torch.add(x, x))
    assert "passed" in capsys.readouterr().out


@pytest.mark.usefixtures("folder")
def test_nbgrader_validate_trains_a_repair_once(
    capsys: Out, small: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """nbgrader gives a cell thirty seconds."""
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    trained: list[int] = []

    def train_model(train: Split, val: Split) -> nn.Module:
        trained.append(len(train))
        model = small()
        lab.fit(model, train, val, epochs=20, lr=0.02, patience=5)
        return model

    lab.check("toy-repair", train_model)
    assert messages.repair_begins(1) in capsys.readouterr().out
    assert trained
