"""A class's repairs are judged on data that the reference itself passes on."""

from pathlib import Path

import numpy as np
import pytest

from grader.core.errors import CourseError
from grader.core.question import PreparedQuestion, RepairQuestion
from grader.core.verdict_rules import rule
from grader.core.verdicts import Outcome, Verdict
from grader.referee import preparation
from grader.referee.question_bank import Question, load_question

MEDIANS = {"train": 90.0, "val": 87.0}


@pytest.fixture
def repair(root: Path) -> Question:
    return load_question(root / "solutions/01_rnn/questions/rnn-repair.py", "01_rnn")


class Judge:
    """Rules as told, one outcome after another, and remembers what it was given."""

    def __init__(self, *outcomes: Outcome) -> None:
        self.outcomes = list(outcomes)
        self.judged: list[PreparedQuestion] = []

    def __call__(self, question: PreparedQuestion, _ask: object) -> Verdict:
        self.judged.append(question)
        return rule(question, self.outcomes.pop(0), "Words.", details={"median": MEDIANS})


def first_clip(question: PreparedQuestion) -> np.ndarray:
    assert isinstance(question, RepairQuestion)
    clip: np.ndarray = question.repair.draws[0].train.x.array[0]
    return clip


def test_draws_that_the_reference_misses_are_drawn_again(
    repair: Question, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge = Judge(Outcome.WRONG, Outcome.PASSED)
    monkeypatch.setattr(preparation, "judge", judge)
    made, card = preparation.prepare_repair(repair, "secret", root / "data")
    assert card == preparation.ScoreCard(attempt=1, medians=MEDIANS)
    unlucky, fair = judge.judged
    assert np.array_equal(first_clip(made), first_clip(fair))
    assert not np.array_equal(first_clip(made), first_clip(unlucky))
    again, same = preparation.prepare_repair(repair, "secret", root / "data", card)
    assert same == card
    assert np.array_equal(first_clip(again), first_clip(made))
    assert len(judge.judged) == 2  # a known card trains nothing


def test_a_reference_that_never_passes_is_named(
    repair: Question, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge = Judge(*[Outcome.WRONG] * preparation.ATTEMPTS)
    monkeypatch.setattr(preparation, "judge", judge)
    with pytest.raises(
        CourseError, match=r"rnn-repair\.py: its own reference does not pass: Words"
    ):
        preparation.score_card(repair, "secret", root / "data")
    assert judge.outcomes == []


def test_a_reference_that_cannot_run_is_not_tried_on_other_draws(
    repair: Question, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge = Judge(Outcome.RAISED)
    monkeypatch.setattr(preparation, "judge", judge)
    with pytest.raises(CourseError):
        preparation.score_card(repair, "secret", root / "data")
