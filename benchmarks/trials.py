"""One recipe trained on one draw: what `evidence` sends to its processes.

It finds the recipes of a unit's repair questions and measures one at a time. It never judges: that
is `claims`' part, with the bars that grading applies.
"""

import functools
import importlib.util
import math
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import torch

from grader import lab
from grader.core.judge import judge
from grader.core.question import ACCURACY, PERPLEXITY, REPAIR, Draw
from grader.core.recipe import make_draw
from grader.lab import measure
from grader.referee.bank import Question, load_question
from grader.referee.prepare import with_draws
from grader.wire.perform import Performer
from grader.wire.split import Split, split_from_arrays

ROOT = Path(__file__).resolve().parents[1]
DRAWS = 20
# The roles of recipes, in the table's order.
BASELINE, REFERENCE, REPAIRS = "baseline", "reference", "repair"
MISTAKE, UNRELIABLE, BONUS = "wrong fix", "unreliable", "bonus"
# What the judge of a language model measures.
JUDGED = ("train", "val", "hidden", "bigram_val", "bigram_hidden")

Recipe = Callable[[Split, Split], torch.nn.Module]


@dataclass(frozen=True)
class Row:
    """One recipe of a question file: where it is found, and what it is there for."""

    question: Path
    role: str
    name: str
    place: int  # its position in the question's list of this role

    @property
    def draws(self) -> int:
        """How many draws it is trained on; the reference's medians have draws of their own."""
        return DRAWS * graded_draws(self.question) if self.role == REFERENCE else DRAWS


@dataclass(frozen=True)
class Run:
    """One recipe on one draw. Accuracies in percent; `by_heart` of `wrong` labels.

    A language model has perplexities in their place, as they are judged, and the bigram model's at
    the same words; all nan where it broke a rule.
    """

    train: float
    val: float
    hidden: float
    train_loss: float
    val_loss: float
    by_heart: int
    wrong: int
    seconds: float
    bigram_val: float = math.nan
    bigram_hidden: float = math.nan

    @property
    def val_over_bigram(self) -> float:
        """A language model's validation perplexity as a multiple of the bigram model's."""
        return self.val / self.bigram_val


def find_questions(units: Sequence[str]) -> dict[str, list[Path]]:
    """Question files of repairs by unit; without names, of every unit. Exits 2 for a wrong name."""
    folders = {path.name: path for path in sorted((ROOT / "solutions").glob("[0-9][0-9]_*"))}
    unknown = [unit for unit in units if unit not in folders]
    if unknown:
        names = ", ".join(folders)
        sys.stderr.write(f"There is no unit {unknown[0]!r}. Expected one of: {names}.\n")
        raise SystemExit(2)
    return {
        unit: [
            path
            for path in sorted((folder / "questions").glob("*.py"))
            if load(path).kind == REPAIR
        ]
        for unit, folder in folders.items()
        if not units or unit in units
    }


@functools.cache
def load(path: Path) -> Question:
    """The question of a file in `solutions/<unit>/questions`."""
    return load_question(path, path.parents[1].name)


@functools.cache
def data_recipe(name: str) -> ModuleType:
    """The module data/<name>/recipe.py."""
    path = ROOT / "data" / name / "recipe.py"
    spec = importlib.util.spec_from_file_location(f"evidence_{name}", path)
    if spec is None or spec.loader is None:
        message = f"{path} cannot be loaded as Python."
        raise ImportError(message)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def recipes(path: Path) -> dict[str, list[tuple[str, Recipe]]]:
    """All recipes of a question file by role, each with its name."""
    question = load(path)
    module = question.module
    return {
        BASELINE: [(BASELINE, module.baseline)],
        REFERENCE: [(REFERENCE, question.reference)],
        REPAIRS: [(entry[0], entry[1]) for entry in module.REPAIRS],
        MISTAKE: [(mistake.name, mistake.function) for mistake in question.mistakes],
        UNRELIABLE: [(entry[0], entry[1]) for entry in module.UNRELIABLE],
        BONUS: [(entry[0], entry[1]) for entry in getattr(module, "BONUS", [])],
    }


def rows_of(path: Path) -> list[Row]:
    """The table's rows, in its order."""
    return [
        Row(path, role, name, place)
        for role, entries in recipes(path).items()
        for place, (name, _) in enumerate(entries)
    ]


def draw(question: Question, number: int) -> dict[str, dict[str, Any]]:
    """Draw `number` of a question's data, with the teachers' hidden sequences if any."""
    pool = question.path.parents[1] / "hidden.npz"
    given = {"hidden_pool": pool} if pool.is_file() else {}
    drawn: dict[str, dict[str, Any]] = data_recipe(question.module.DATA).draw(number, **given)
    return drawn


def graded_draws(path: Path) -> int:
    """How many draws a grade of this question is the median of."""
    draws: int = load(path).module.DRAWS
    return draws


def train_once(row: Row, number: int) -> Run:
    """Train one recipe on draw `number`, with first weights of their own; runs in a worker."""
    torch.set_num_threads(1)
    question = load(row.question)
    drawn = draw(question, number)
    if getattr(question.module, "METRIC", ACCURACY) == PERPLEXITY:
        return _train_language_model(row, number, make_draw(drawn))
    train, val, hidden = (_split(drawn[part]) for part in ("train", "val", "hidden"))
    lab.seed(number)
    started = time.process_time()
    model = recipes(row.question)[row.role][row.place][1](train, val)
    seconds = time.process_time() - started
    train_loss, train_accuracy = measure.loss_and_accuracy(model, train)
    val_loss, val_accuracy = measure.loss_and_accuracy(model, val)
    by_heart, wrong = measure.learnt_by_heart(
        model, train, torch.from_numpy(drawn["train"]["wrong"])
    )
    return Run(
        train=train_accuracy,
        val=val_accuracy,
        hidden=measure.accuracy(model, hidden),
        train_loss=train_loss,
        val_loss=val_loss,
        by_heart=by_heart,
        wrong=wrong,
        seconds=seconds,
    )


def _train_language_model(row: Row, number: int, drawn: Draw) -> Run:
    """Train on one draw; the judge measures, because it chooses the words that are asked."""
    kept: list[tuple[torch.nn.Module, Split, Split, float]] = []

    def train_model(train: Split, val: Split) -> torch.nn.Module:
        lab.seed(number)
        started = time.process_time()
        model = recipes(row.question)[row.role][row.place][1](train, val)
        kept.append((model, train, val, time.process_time() - started))
        return model

    verdict = judge(with_draws(load(row.question), (drawn,), {}), Performer(train_model).perform)
    model, train, val, seconds = kept[0]
    judged = verdict.details.get("median", dict.fromkeys(JUDGED, math.nan))
    return Run(
        **{name: judged[name] for name in JUDGED},
        train_loss=measure.loss_and_accuracy(model, train)[0],
        val_loss=measure.loss_and_accuracy(model, val)[0],
        by_heart=0,
        wrong=0,
        seconds=seconds,
    )


def _split(arrays: dict[str, Any]) -> Split:
    return split_from_arrays(arrays["x"], arrays["y"], arrays.get("lengths"))
