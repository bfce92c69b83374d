"""Draws that are not trained could not have changed the verdict: all patterns of three, both ways.

The judges are the real ones; scores and symptoms of draws are given instead of asked for.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pytest

from grader.core.accuracy_judge import AccuracyJudge
from grader.core.diagnosis import DrawScore, Symptoms
from grader.core.perplexity_judge import DrawPerplexities, PerplexityJudge
from grader.core.question import Draw, Repair, RepairQuestion
from grader.core.repair_judge import medians
from grader.core.requests import Reply, Request, Returned, Rows
from grader.core.values import tensor
from grader.core.verdicts import Outcome, Verdict

ROWS = Rows(tensor(np.zeros((2, 2, 1), np.float32)), tensor(np.arange(2)))
DRAW = Draw(ROWS, ROWS, ROWS, tensor(np.zeros(2, np.int64)))
Scored: TypeAlias = tuple[DrawScore, Symptoms]


def never_built(_: Request) -> Reply:
    """A recipe that nothing is known of before it is trained."""
    return Returned(value=False)


def question(*, every_draw: bool) -> RepairQuestion:
    repair = Repair("d", "RNN", draws=(DRAW,) * 3, every_draw=every_draw)
    return RepairQuestion("demo", "Demo", 10, 5, repair=repair)


class Clips(AccuracyJudge):
    """Its draws have these scores and symptoms."""

    def __init__(self, scored: Sequence[Scored], *, every_draw: bool) -> None:
        super().__init__(question(every_draw=every_draw), never_built)
        self.scored = scored

    def train_and_score(self, draw: Draw) -> DrawScore:
        return self.score(draw)

    def accuracies(self, draw: Draw) -> DrawScore:
        return self.scored[self.trained][0]

    def symptoms(self, draw: Draw) -> Symptoms:
        return self.scored[self.trained][1]


class Texts(PerplexityJudge):
    """Its draws have these scores."""

    def __init__(self, scores: Sequence[DrawPerplexities], *, every_draw: bool) -> None:
        super().__init__(question(every_draw=every_draw), never_built)
        self.scores = scores

    def train_and_score(self, draw: Draw) -> DrawPerplexities:
        return self.scores[self.trained]


def decided(verdict: Verdict) -> tuple[Outcome, float, str | None]:
    """What no draw that is left out may change."""
    return verdict.outcome, verdict.points, verdict.mistake


def spared(fewer: Verdict, every: Verdict) -> bool:
    """Whether a draw was left out; the verdict is the same, and what is told holds all medians."""
    assert decided(fewer) == decided(every)
    exact = medians(every.details)
    bounds = medians(fewer.details)
    assert exact.keys() == bounds.keys()
    assert all(bounds[name].low <= exact[name].low <= bounds[name].high for name in exact)
    if len(fewer.details["draws"]) == 3:
        assert fewer == every
        return False
    assert "could not change the verdict" in fewer.message
    assert "median" not in fewer.message
    return True


# A number for each side of each bar, the published ones, too.
TRAIN = (90.0, 92.2, 96.0)
VAL = (70.0, 83.0, 84.5, 87.0)
HIDDEN = (70.0, 83.0, 86.0)
NOTHING = Symptoms()
SHOWN = (NOTHING, NOTHING, Symptoms("last"), Symptoms(reads_padding=True))


def patterns(
    values: Sequence[Sequence[float]], rng: np.random.Generator
) -> Iterator[npt.NDArray[np.float64]]:
    """Three draws (3, scores): every outcome at every bar in each, each number moved a little.

    A verdict does not hang on the order of draws that are all trained, and which two are trained
    first is drawn for each pattern.
    """
    for chosen in itertools.combinations_with_replacement(itertools.product(*values), 3):
        moved = np.array(chosen) * rng.uniform(0.993, 1.007, (3, len(values)))
        yield rng.permutation(moved)


def test_all_patterns_of_three_accuracies_end_as_with_every_draw_trained() -> None:
    rng = np.random.default_rng(0)
    left_out = []
    for pattern in patterns((TRAIN, VAL, HIDDEN), rng):
        scored = [
            (DrawScore(*map(float, (*scores, *more))), SHOWN[int(rng.integers(4))])
            for scores, more in zip(pattern, rng.choice([5.0, 60.0, 95.0], (3, 2)), strict=True)
        ]
        fewer = Clips(scored, every_draw=False).judge()
        left_out.append(spared(fewer, Clips(scored, every_draw=True).judge()))
    assert 0.05 < np.mean(left_out) < 0.95  # both ways are tried


def test_all_patterns_of_three_perplexities_end_as_with_every_draw_trained() -> None:
    rng = np.random.default_rng(1)
    left_out = []
    multiples = (0.9, 1.01, 1.03, 1.2)
    for pattern in patterns(((0.5, 1.0), multiples, multiples), rng):
        bigrams = rng.uniform(95, 105, (3, 2))
        scores = [
            DrawPerplexities(*map(float, (train * 100, val * one, hidden * other, one, other)))
            for (train, val, hidden), (one, other) in zip(pattern, bigrams, strict=True)
        ]
        fewer = Texts(scores, every_draw=False).judge()
        left_out.append(spared(fewer, Texts(scores, every_draw=True).judge()))
    assert 0.05 < np.mean(left_out) < 0.95


def test_two_that_agree_leave_the_third_out() -> None:
    good = DrawScore(90.0, 87.0, 86.0, 5.0, 99.0)
    assert len(Clips([(good, NOTHING)] * 3, every_draw=False).judge().details["draws"]) == 2


@pytest.mark.parametrize(("found", "trained"), [(NOTHING, 3), (Symptoms("last"), 2)])
def test_what_a_third_draw_might_show_is_waited_for(found: Symptoms, trained: int) -> None:
    """A low accuracy is explained by what draws show when they are asked; the third may, too."""
    low = DrawScore(60.0, 58.0, 58.0, 5.0, 62.0)
    verdict = Clips([(low, found)] * 3, every_draw=False).judge()
    assert len(verdict.details["draws"]) == trained
