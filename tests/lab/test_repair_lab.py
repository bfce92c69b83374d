"""The repair lab: a press becomes a real run, a row of the table, and code; failures are told."""

import threading
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from grader import lab
from grader.core.errors import CourseError
from grader.core.metrics import PERPLEXITY
from grader.core.question import Bars, Repair, RepairQuestion
from grader.lab import frontend
from grader.lab.progress_file import UnitProgress
from grader.lab.repair import repair_panel, table
from grader.lab.repair.repair_panel import RepairLab
from grader.lab.repair.scaffolds import Scaffold
from grader.lab.repair.table import Run
from grader.wire.splits import split_from_arrays
from tests.lab.conftest import Output

LAB = {
    "layer": "rnn",
    "inputs": "3",
    "outputs": "2",
    "reads": {"last step": {"one": ["output[:, -1]"]}, "mean": {"one": ["output.mean(dim=1)"]}},
    "start": {"hidden": 6, "epochs": 3, "lr": 0.01, "batch_size": 20},
}
PACKED = {
    **LAB,
    "lengths": "choose",
    "offers_both": True,
    "reads": {
        name: {"one": ["a"], "two": ["b"]} for name in ("last column", "final state", "mean")
    },
}


class FakePanel:
    """Keeps every state that the page was given."""

    def __init__(self) -> None:
        self.states: list[dict[str, Any]] = []

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "state":
            self.states.append(value)
        else:
            super().__setattr__(name, value)


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[Output]:
    outputs: list[Output] = []

    def show(thing: Any, *, raw: bool = False) -> Output:
        outputs.append(Output(thing))
        return outputs[-1]

    monkeypatch.setattr(frontend, "show", show)
    return outputs


@pytest.fixture
def make(folder: Path, shown: list[Output], monkeypatch: pytest.MonkeyPatch) -> Any:
    rng = torch.Generator().manual_seed(0)
    x = torch.randn(60, 8, 3, generator=rng).numpy()
    split = split_from_arrays(x, (x.sum(axis=(1, 2)) > 0).astype("int64"))
    sets = lab.DataSet("beeps", split, split, split.y > 1, split.y > 1, ("a", "b"))
    monkeypatch.setattr("grader.lab.data.load", lambda _: sets)

    def made(namespace: dict[str, Any] | None = None, **changes: Any) -> tuple[RepairLab, Any]:
        repair = Repair("beeps", "RNN", Bars(), lab=LAB, **changes)
        question = RepairQuestion("toy-repair", "Repair it", 4, 60, repair=repair)
        space = {"nn": nn, "torch": torch, "lab": lab} if namespace is None else namespace
        made = RepairLab(question, space, UnitProgress(folder))
        made.show()
        made._panel = FakePanel()
        return made, made._panel

    return made


def test_train_runs_the_code_that_is_shown_and_fills_the_table(
    make: Any, shown: list[Output]
) -> None:
    made, panel = make()
    picture, rows, code = shown
    made.press({"press": "train", "choice": {"hidden": "5", "drop_in": 0.2, "patience": "2"}})
    assert [state["running"] for state in panel.states] == [False, True, False]
    assert "hidden=5" in code.contents[-1]["text/plain"]
    assert "nn.Dropout(0.2)" in code.contents[-1]["text/plain"]
    (run,) = made.runs
    assert run.parameters == 3 * 5 + 5 * 5 + 2 * 5 + 5 * 2 + 2
    assert run.recipe == "hidden 5, dropout in 0.2, patience 2"
    assert "run 1: hidden 5" in picture.contents[-1]["text/html"]
    assert f"{run.val:.1f}" in rows.contents[-1]["text/html"]
    assert table.marks(run, made.repair)[1] in rows.contents[-1]["text/plain"]
    made.press({"press": "train", "choice": {"hidden": 5, "drop_in": 0.2, "patience": "2"}})
    assert (made.runs[1].train, made.runs[1].val) == (run.train, run.val)  # the same seed
    again, _ = make()  # the cell is run again, perhaps after a restart
    assert [each.recipe for each in again.runs] == [run.recipe] * 2


def test_stop_ends_the_run_and_the_next_one_is_not_stopped(
    make: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, panel = make()
    asked = threading.Thread(target=lambda: made.press({"press": "stop"}))
    begin = made._train

    def stopped_soon(choice: Any) -> str:
        if not made.runs:
            asked.start()
            asked.join()
        return str(begin(choice))

    monkeypatch.setattr(made, "_train", stopped_soon)
    for _ in range(2):
        made.press({"press": "train", "choice": {"epochs": 4}})
    assert [run.ending for run in made.runs] == ["by hand", "finished"]
    assert "(stopped by hand)" in table.as_text(made.runs, made.repair)
    assert not panel.states[-1]["running"]


@pytest.mark.parametrize(
    ("namespace", "said"),
    [
        ({}, "`nn`, which is not defined yet"),
        ({"nn": nn, "lab": object()}, "AttributeError"),
    ],
)
def test_what_went_wrong_is_told_in_the_panel(
    namespace: dict[str, Any], said: str, make: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    made, panel = make(namespace)
    capsys.readouterr()
    made.press({"press": "train", "choice": {}})
    assert said in panel.states[-1]["said"]
    assert not panel.states[-1]["running"]
    assert not made.runs
    assert capsys.readouterr().out == ""


def test_an_interrupt_before_anything_was_measured_ends_quietly(
    make: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_: Any) -> str:
        torch.set_grad_enabled(False)  # as an interrupt inside `no_grad` leaves it
        raise KeyboardInterrupt

    made, panel = make()
    monkeypatch.setattr(made, "_train", interrupted)
    made.press({"press": "train", "choice": {}})
    assert "Stopped" in panel.states[-1]["said"]
    assert torch.is_grad_enabled()


def test_a_press_from_another_thread_trains_in_the_main_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    handed: list[Any] = []

    class Loop:
        add_callback = staticmethod(handed.append)

    class Kernel:
        io_loop = Loop

    monkeypatch.setattr(frontend, "kernel", Kernel)
    done: list[str] = []
    thread = threading.Thread(
        target=lambda: repair_panel.in_main_thread(lambda: done.append("ran"))
    )
    thread.start()
    thread.join()
    assert not done
    handed[0]()
    repair_panel.in_main_thread(lambda: done.append("at once"))
    assert done == ["ran", "at once"]


@pytest.mark.parametrize(
    ("choice", "kept"),
    [
        ({"hidden": "9999"}, {"hidden": 512}),
        ({"hidden": "-3", "layers": "x"}, {"hidden": 1, "layers": 1}),
        ({"drop_in": "nan", "lr": ""}, {"drop_in": 0.0, "lr": 0.01}),
        ({"patience": "", "clip": None}, {"patience": None, "clip": None}),
        ({"read": "tea leaves", "both": True, "packed": True}, {"read": "last step"}),
        ({"epochs": "12.4"}, {"epochs": 12}),
    ],
)
def test_whatever_the_page_sends_becomes_a_recipe(
    choice: dict[str, Any], kept: dict[str, Any]
) -> None:
    scaffold = Scaffold.from_json("RNN", LAB)
    made = scaffold.chosen(choice).to_json()
    assert {name: made[name] for name in kept} == kept
    assert (made["both"], made["packed"]) == (False, False)
    compile(scaffold.code(scaffold.chosen(choice)), "cell", "exec")


@pytest.mark.parametrize(
    ("lab_data", "choice", "said"),
    [
        (LAB, {"drop_between": 0.3}, "does nothing here"),
        (LAB, {"drop_between": 0.3, "layers": 2}, ""),
        (LAB, {"patience": 50, "epochs": 20}, "cannot run out in 20 epochs"),
        (LAB, {"patience": 5, "epochs": 20}, ""),
        (PACKED, {"read": "last column", "packed": True}, "zeros for every sequence"),
        (PACKED, {"read": "last column", "both": True}, "has read one step"),
        (PACKED, {"read": "final state"}, "read the padding"),
        (PACKED, {"read": "final state", "packed": True, "both": True}, ""),
        (PACKED, {"read": "mean", "both": True}, "begins its reading in the padding"),
    ],
)
def test_a_choice_that_does_nothing_or_harm_is_remarked_on(
    lab_data: dict[str, Any], choice: dict[str, Any], said: str
) -> None:
    scaffold = Scaffold.from_json("RNN", lab_data)
    remarks = scaffold.remarks(scaffold.chosen(choice))
    assert len(remarks) == bool(said)
    assert said in "".join(remarks)
    if "drop_between" in choice:
        code = scaffold.code(scaffold.chosen(choice))
        assert ("dropout=0.3" in code) == (not said)


def test_a_lab_with_a_piece_that_does_not_exist_is_refused() -> None:
    with pytest.raises(CourseError, match="layre"):
        Scaffold.from_json("RNN", {**LAB, "layre": "rnn"})


def test_marks_say_what_is_missing() -> None:
    repair = Repair("beeps", "RNN", Bars(), parameters_at_most=100)
    run = Run("as it stands", 91.9, 85.0, 100, 1.0, 3, "finished")
    assert table.marks(run, repair) == (True, "✔ goal reached")
    bad = Run("as it stands", 92.0, 84.9, 101, 1.0, 3, "finished")
    good, words = table.marks(bad, repair)
    assert not good
    assert words == "✘ validation below 85, training not below 92, more than 100 parameters"
    text = Repair("s", "GRU", Bars(perplexity_at_most=98.0), metric=PERPLEXITY)
    assert table.marks(Run("", 50.0, 98.0, 1, 1.0, 3, "finished"), text)[0]
    assert table.marks(Run("", 50.0, 98.1, 1, 1.0, 3, "finished"), text)[1] == (
        "✘ validation above 98"
    )
    assert "val / train" in table.as_html([run], text)
