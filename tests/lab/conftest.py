"""A small data set of the course's kind, a small model, and a unit folder to work in."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from grader.core.question import (
    Bars,
    Case,
    ChoiceQuestion,
    FunctionQuestion,
    PreparedQuestion,
    Repair,
    RepairQuestion,
)
from grader.core.quiz import Item, Option
from grader.core.unit_file import Unit, digest
from grader.core.values import tensor
from grader.lab import run_context
from grader.wire.splits import Split, split_from_arrays

RECIPE = """
import numpy as np

CLASSES = ("rumble", "hiss")


def draw(seed):
    def split(number, rows):
        rng = np.random.default_rng([seed, number])
        truth = np.arange(rows) % 2
        x = rng.normal(size=(rows, 8, 3)) + np.where(truth, 0.6, -0.6)[:, None, None]
        wrong = np.zeros(rows, bool)
        wrong[rng.permutation(rows)[: rows // 10]] = True
        y = np.where(wrong, 1 - truth, truth)
        return {"x": x.astype(np.float32), "y": y.astype(np.int64), "wrong": wrong}

    return {"train": split(0, 60), "val": split(1, 80), "hidden": split(2, 80)}
"""


class Small(nn.Module):
    """A recurrent classifier with dropout before its head."""

    def __init__(self, hidden: int = 6, dropout: float = 0.0) -> None:
        super().__init__()
        self.rnn = nn.RNN(3, hidden, batch_first=True)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(hidden, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        _, h_n = self.rnn(x)
        logits: torch.Tensor = self.head(self.dropout(h_n[-1]))
        return logits


class Output:
    """A display that is rewritten; `contents` is all that it has shown."""

    def __init__(self, content: dict[str, str]) -> None:
        self.contents = [content]

    def update(self, content: dict[str, str], *, raw: bool) -> None:
        assert raw
        self.contents.append(content)


@pytest.fixture(autouse=True)
def _own_context() -> Iterator[None]:
    """No test sees what another one made `lab` remember."""
    with run_context.fresh():
        yield


@pytest.fixture
def small() -> Callable[..., Small]:
    def make(hidden: int = 6, dropout: float = 0.0, seed: int = 0) -> Small:
        torch.manual_seed(seed)
        return Small(hidden, dropout)

    return make


@pytest.fixture
def splits() -> tuple[Split, Split]:
    """60 training and 80 validation sequences (8 steps, 3 channels) of two classes."""

    def make(seed: int, rows: int) -> Split:
        rng = np.random.default_rng(seed)
        y = np.arange(rows) % 2
        x = rng.normal(size=(rows, 8, 3)) + np.where(y, 0.25, -0.25)[:, None, None]
        flipped = rng.permutation(rows)[: rows // 10]
        y[flipped] = 1 - y[flipped]
        return split_from_arrays(x, y)

    return make(0, 60), make(1, 80)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A learner's unit folder with unit.json, under a course folder with data; also the cwd."""
    data = tmp_path / "data" / "beeps"
    data.mkdir(parents=True)
    (data / "recipe.py").write_text(RECIPE)
    here = tmp_path / "my-work" / "01_toy"
    here.mkdir(parents=True)
    (here / "unit.json").write_text(toy_unit().dumps())
    monkeypatch.chdir(here)
    return here


def toy_unit() -> Unit:
    """One function, one repair, one challenge problem, practice and a door of three."""
    x = np.array([1.0, 2.0])
    double = FunctionQuestion(
        "toy-double",
        "Double it",
        2,
        5,
        messages={"triples": "You multiplied by three."},
        cases=(Case({"x": tensor(x)}, tensor(2 * x), {"triples": tensor(3 * x)}),),
    )
    repair = RepairQuestion("toy-repair", "Repair it", 4, 60, repair=Repair("beeps", "RNN", Bars()))
    whys = {"a": "Both ends.", "b": "The middle.", "c": "Neither."}
    problem = ChoiceQuestion("toy-challenge-1", "One", 1, 5, right="b", whys=whys)
    quiz = [item("toy-practice-1", "practice", "easy"), item("toy-challenge-1", "challenge")]
    quiz += [item("toy-predict-1", "predict")]
    quiz += [item(f"toy-door-{n}", "door", "easy") for n in (1, 2, 10)]
    questions: dict[str, PreparedQuestion] = {each.id: each for each in (double, repair, problem)}
    scaffold = "def train_model(train, val):\n    return given(train, val)\n"
    return Unit(
        "01_toy",
        "0123456789ab",
        questions,
        {"toy-double": ("Try +.", "Try *.")},
        {"toy-repair": digest(scaffold)},
        {each.id: each for each in quiz},
    )


def item(name: str, kind: str, level: str = "expert") -> Item:
    options = tuple(Option(key, f"text {key}", f"why {key}") for key in "abc")
    return Item(name, kind, level, "?", options, "b", "a hint", "the whole story", "", "One-step")


@pytest.fixture
def record(folder: Path) -> Callable[[], dict[str, dict[str, dict[str, object]]]]:
    """What progress.json holds now."""

    def read() -> dict[str, dict[str, dict[str, object]]]:
        content: dict[str, dict[str, dict[str, object]]] = json.loads(
            (folder / "progress.json").read_text()
        )
        return content

    return read
