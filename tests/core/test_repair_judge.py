"""The way of every repair's judgement: what is asked when, medians, and what a verdict holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import numpy as np
import pytest

from grader.core import repair_messages
from grader.core.intervals import Interval, Number
from grader.core.probes import ProbedModel
from grader.core.question import Draw, Repair, RepairQuestion
from grader.core.repair_judge import RepairJudge, medians
from grader.core.request_batches import UnlabelledRows, sent
from grader.core.requests import Build, Describe, Predict, Reply, Request, Returned, Rows, Train
from grader.core.values import Value, tensor
from grader.core.verdicts import Outcome

X = np.random.default_rng(0).normal(size=(12, 4, 2)).astype(np.float32)
ROWS = Rows(tensor(X), tensor(np.arange(12) % 2))
DRAW = Draw(ROWS, ROWS, ROWS, tensor(np.zeros(12, np.int64)))
QUESTION = RepairQuestion(
    "demo", "Demo", 10, 5, repair=Repair("d", "RNN", draws=(DRAW,) * 3, reference={"val": 88.0})
)


@dataclass
class Recipe:
    """Answers as the worker does; `dropout` is told of the model, a training after another."""

    dropout: Sequence[float] = (0.0,)
    builds: bool = True
    changes: bool = False
    asked: list[str] = field(default_factory=list)
    described: int = 0

    def __call__(self, request: Request) -> Reply:
        self.asked.append(type(request).__name__)
        match request:
            case Build():
                return Returned(self.builds)
            case Train():
                return Returned(None)
            case Describe():
                self.described += 1
                trained = max(0, self.asked.count("Train") - 1)
                layer: Value = {
                    "type": "RNN",
                    "num_layers": 1,
                    "dropout": self.dropout[trained % len(self.dropout)],
                }
                state = str(self.described) if self.changes else ""
                told: dict[str, Value] = {"parameters": 9, "recurrent": [layer], "state": state}
                return Returned(told)
            case Predict(x=x):
                score = x.array.sum((1, 2))
                return Returned(tensor(np.stack([-score, score], axis=1)))
            case _:
                raise AssertionError(request)


@dataclass(frozen=True)
class Score:
    """What a draw is scored with here."""

    right: Number
    other: Number


class Judge(RepairJudge[Score]):
    """Judges by scores that are given, one draw after another; half are what passes."""

    advice: ClassVar[Mapping[str, str]] = {
        **repair_messages.REPAIR_ADVICE,
        "low": "You have {right:g}.",
    }
    details: ClassVar[Mapping[str, Any]] = {"metric": "demo"}
    given: Sequence[float] = (10, 90, 60)

    def model(self, draw: Draw) -> ProbedModel:
        return ProbedModel(self.question, self.ask, 2, lambda got, rows: f"{got} of {rows}")

    def probed_rows(self, draw: Draw) -> tuple[UnlabelledRows, None]:
        return sent(draw.val), None

    def score(self, draw: Draw) -> Score:
        number = self.ask.asked.count("Train") - 1  # type: ignore[attr-defined]
        return Score(self.given[number], -self.given[number])

    def diagnose(self, middle: Score) -> str | None:
        return None if middle.right >= 50 else "low"

    def passed(self, middle: Score) -> str:
        return f"Right: {middle.right:g}"

    def measured(self, middle: Score) -> str:
        return f"{middle.right:g} of 50."

    def advice_values(self, middle: Score) -> dict[str, object]:
        return {"right": middle.right}


class LowJudge(Judge):
    given = (90, 10, 20)


class FailingJudge(Judge):
    given = (10, 20, 90)


EVERY_DRAW = replace(QUESTION, repair=replace(QUESTION.repair, every_draw=True))


def test_the_median_of_each_score_decides() -> None:
    verdict = Judge(QUESTION, Recipe()).judge()
    assert (verdict.outcome, verdict.points, verdict.message) == (Outcome.PASSED, 10, "Right: 60")
    assert verdict.details == {
        "metric": "demo",
        "draws": [{"right": r, "other": -r} for r in (10, 90, 60)],
        "median": {"right": 60, "other": -60},
        "reference": {"val": 88.0},
    }


class AgreeingJudge(Judge):
    given = (90, 60, 70)


def test_a_draw_that_cannot_change_the_verdict_is_not_trained() -> None:
    """What is told of medians that it might still move are their bounds."""
    verdict = AgreeingJudge(QUESTION, recipe := Recipe()).judge()
    assert (verdict.outcome, verdict.points) == (Outcome.PASSED, 10)
    assert recipe.asked.count("Train") == 2
    told = "Right: 60 to 90 (2 of 3 data sets; the third could not change the verdict.)"
    assert verdict.message == told
    assert verdict.details == {
        "metric": "demo",
        "draws": [{"right": r, "other": -r} for r in (90, 60)],
        "between": {"right": [60, 90], "other": [-90, -60]},
        "of_draws": 3,
        "reference": {"val": 88.0},
    }
    assert medians(verdict.details) == {"right": Interval(60, 90), "other": Interval(-90, -60)}


def test_every_draw_is_trained_where_all_medians_are_wanted() -> None:
    verdict = AgreeingJudge(EVERY_DRAW, recipe := Recipe()).judge()
    assert recipe.asked.count("Train") == 3
    assert verdict.message == "Right: 70"
    assert medians(verdict.details) == {"right": Interval(70, 70), "other": Interval(-70, -70)}
    assert medians({}) == {}
    assert medians({"median": {"right": None}}) == {}  # perplexity can be beyond all numbers


def test_a_failure_gives_its_advice_and_what_was_measured() -> None:
    verdict = LowJudge(QUESTION, Recipe()).judge()
    assert (verdict.outcome, verdict.points, verdict.mistake) == (Outcome.WRONG, 0, "low")
    assert verdict.message == "You have 20. Measured: 20 of 50."


def test_a_failure_that_is_certain_tells_bounds() -> None:
    verdict = FailingJudge(QUESTION, recipe := Recipe()).judge()
    assert (verdict.outcome, verdict.mistake) == (Outcome.WRONG, "low")
    assert recipe.asked.count("Train") == 2
    assert verdict.message.startswith("You have 10 to 20. Measured: 10 to 20 of 50. (2 of 3 data")


def test_dropout_that_does_nothing_is_told_first_and_only_of_failures() -> None:
    """In one of the trainings is enough; the largest is named."""
    recipe = Recipe(dropout=(0.0, 0.4, 0.2))
    verdict = LowJudge(QUESTION, recipe).judge()
    assert verdict.mistake == "dropout-on-one-layer"
    assert "0.4" in verdict.message
    assert Judge(QUESTION, replace(recipe, asked=[])).judge().outcome is Outcome.PASSED


def test_what_was_built_is_asked_before_the_first_training() -> None:
    Judge(QUESTION, recipe := Recipe()).judge()
    assert recipe.asked[:3] == ["Build", "Describe", "Predict"]
    Judge(QUESTION, own_loop := Recipe(builds=False)).judge()
    assert own_loop.asked[:3] == ["Build", "Train", "Describe"]
    assert recipe.asked.count("Train") == own_loop.asked.count("Train") == 3


def test_weights_that_move_while_they_are_asked_end_it() -> None:
    verdict = Judge(QUESTION, recipe := Recipe(changes=True)).judge()
    assert verdict.mistake == "weights-change"
    assert recipe.asked.count("Train") == 1


def test_without_draws_nothing_is_judged() -> None:
    bare = replace(QUESTION, repair=replace(QUESTION.repair, draws=()))
    with pytest.raises(ValueError, match="demo: a repair is judged on draws"):
        Judge(bare, Recipe()).judge()
