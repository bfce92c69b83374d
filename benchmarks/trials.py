"""One recipe trained on one draw: what `evidence` sends to its processes.

It finds the recipes of a unit's repair questions and measures one at a time. It never judges: that
is `claims`' part, with the bars that grading applies.
"""

import functools
import math
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import torch

from benchmarks import kept
from grader import lab
from grader.core.data_recipe import load as load_recipe
from grader.core.data_recipe import make_draw, recoding
from grader.core.judgement import judge
from grader.core.metrics import PERPLEXITY
from grader.core.question import REPAIR
from grader.core.recoded_draws import Splits, recoded
from grader.lab import metrics
from grader.referee.preparation import rules, with_draws
from grader.referee.question_bank import Question, load_question
from grader.wire.perform import Performer
from grader.wire.splits import Split, split_from_arrays

ROOT = Path(__file__).resolve().parents[1]
DRAWS = 20
BONUS_DRAWS = 5  # no claim rests on these rows
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
        if self.role == REFERENCE:
            return DRAWS * graded_draws(self.question)
        return BONUS_DRAWS if self.role == BONUS else DRAWS


@dataclass(frozen=True)
class Run:
    """One recipe on one draw. Accuracies in percent; `by_heart` of `wrong` labels.

    A language model has perplexities in their place, as they are judged, and the bigram model's at
    the same words; all nan where it broke a rule. `seconds` is the training's time on a processor,
    `wall` that of the whole run by the clock. `broken` names the rule that the judge saw broken.
    """

    train: float
    val: float
    hidden: float
    train_loss: float
    val_loss: float
    by_heart: int
    wrong: int
    seconds: float
    wall: float = 0.0
    bigram_val: float = math.nan
    bigram_hidden: float = math.nan
    broken: str | None = None

    @property
    def val_over_bigram(self) -> float:
        """A language model's validation perplexity as a multiple of the bigram model's."""
        return self.val / self.bigram_val


def find_questions(units: Sequence[str]) -> dict[str, list[Path]]:
    """Question files of repairs by unit; without names, of every unit that has one.

    Exits 2 for a name that is no unit, or one without a repair.
    """
    folders = {path.name: path for path in sorted((ROOT / "solutions").glob("[0-9][0-9]_*"))}
    unknown = [unit for unit in units if unit not in folders]
    if unknown:
        names = ", ".join(folders)
        sys.stderr.write(f"There is no unit {unknown[0]!r}. Expected one of: {names}.\n")
        raise SystemExit(2)
    found = {
        unit: [
            path
            for path in sorted((folder / "questions").glob("*.py"))
            if load(path).kind == REPAIR
        ]
        for unit, folder in folders.items()
        if not units or unit in units
    }
    without = [unit for unit in units if not found[unit]]
    if without:
        sys.stderr.write(f"Unit {without[0]!r} has no repair, so there is nothing to measure.\n")
        raise SystemExit(2)
    return {unit: paths for unit, paths in found.items() if paths}


@functools.cache
def load(path: Path) -> Question:
    """The question of a file in `solutions/<unit>/questions`."""
    return load_question(path, path.parents[1].name)


@functools.cache
def data_recipe(name: str) -> ModuleType:
    """The module data/<name>/recipe.py."""
    return load_recipe(ROOT / "data" / name)


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


def draw(question: Question, number: int, *, as_written: bool = False) -> Splits:
    """Draw `number` of a question's data, with the teachers' hidden sequences if any.

    Under new names, as grading draws; `as_written` leaves those of the data's recipe.
    """
    pool = hidden_pool(question)
    given = {"hidden_pool": pool} if pool.is_file() else {}
    module = data_recipe(question.module.DATA)
    drawn: Splits = module.draw(number, **given)
    if as_written:
        return drawn
    return recoded(drawn, recoding(module), number, number % question.module.DRAWS)


def hidden_pool(question: Question) -> Path:
    """Where the teachers' hidden sequences lie; simulated data needs no such file."""
    return question.path.parents[1] / "hidden.npz"


def graded_draws(path: Path) -> int:
    """How many draws a grade of this question is the median of."""
    draws: int = load(path).module.DRAWS
    return draws


def run_of(row: Row, number: int) -> Run:
    """One recipe on draw `number`: as kept from before, or trained now; runs in a worker."""
    question = load(row.question)
    data = ROOT / "data" / question.module.DATA
    recipe = recipes(row.question)[row.role][row.place][1]
    key = kept.key(train_once, recipe, number, data, hidden_pool(question))
    run = kept.find(key, Run)
    if run is None:
        run = train_once(row, number)
        kept.keep(key, run)
    return run


def train_once(row: Row, number: int) -> Run:
    """Train one recipe on draw `number`, with first weights of their own.

    The judge of gradings calls it, asks by its rules, and scores it in perplexity where that is
    the metric: it chooses the words that are asked.
    """
    began = time.perf_counter()
    torch.set_num_threads(1)
    question = load(row.question)
    drawn = draw(question, number)
    trained: list[tuple[torch.nn.Module, Split, Split, float]] = []

    def train_model(train: Split, val: Split) -> torch.nn.Module:
        lab.seed(number)
        started = time.process_time()
        model = recipes(row.question)[row.role][row.place][1](train, val)
        trained.append((model, train, val, time.process_time() - started))
        return model

    one_draw = with_draws(question, (make_draw(drawn),), {})
    verdict = judge(one_draw, Performer(train_model).perform)
    model, train, val, seconds = trained[-1]  # the first may be a build without training
    measured = "median" in verdict.details
    train_loss, train_accuracy = metrics.loss_and_accuracy(model, train)
    val_loss, val_accuracy = metrics.loss_and_accuracy(model, val)
    if rules(question).metric == PERPLEXITY:
        judged = verdict.details["median"] if measured else dict.fromkeys(JUDGED, math.nan)
        scores = {name: float(judged[name]) for name in JUDGED}
        by_heart, wrong = 0, 0
    else:
        hidden = metrics.accuracy(model, _split(drawn["hidden"]))
        scores = {"train": train_accuracy, "val": val_accuracy, "hidden": hidden}
        marks = torch.from_numpy(drawn["train"]["wrong"])
        by_heart, wrong = metrics.learnt_by_heart(model, train, marks)
    return Run(
        **scores,
        train_loss=train_loss,
        val_loss=val_loss,
        by_heart=by_heart,
        wrong=wrong,
        seconds=seconds,
        wall=time.perf_counter() - began,
        broken=None if measured else verdict.mistake or verdict.outcome.value,
    )


def _split(arrays: dict[str, Any]) -> Split:
    return split_from_arrays(arrays["x"], arrays["y"], arrays.get("lengths"))
