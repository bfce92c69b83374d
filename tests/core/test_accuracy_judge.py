"""A classifier's repair in percent: scores of a draw, the layer's use, and what is told."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from grader.core.accuracy_judge import AccuracyJudge
from grader.core.diagnosis import DrawScore
from grader.core.question import Draw, Repair, RepairQuestion
from grader.core.repair_preamble import EndedError
from grader.core.requests import Predict, Reply, Request, Returned, Rows
from grader.core.values import tensor

Array = npt.NDArray[Any]


def rows(seed: int, count: int, wrong: Array | None = None) -> Rows:
    """Sequences whose sum tells the class, but where `wrong`."""
    x = np.random.default_rng(seed).normal(size=(count, 5, 2)).astype(np.float32)
    truth = (x.sum((1, 2)) > 0).astype(np.int64)
    return Rows(tensor(x), tensor(truth if wrong is None else np.where(wrong, 1 - truth, truth)))


def draw(wrong: Array) -> Draw:
    train = rows(1, len(wrong), wrong)
    return Draw(train, rows(2, 80), rows(3, 100), tensor(wrong.astype(np.int64)))


class Model:
    """Scores by the sum of a row; with `layered`, an exchange moves its answers."""

    def __init__(self, *, layered: bool = True, outputs: int = 2, says: int | None = None) -> None:
        self.layered = layered
        self.outputs = outputs
        self.says = says

    def __call__(self, request: Request) -> Reply:
        assert isinstance(request, Predict)
        read = request.other_x if request.other_x is not None and self.layered else request.x
        score = read.array.sum((1, 2))
        logits = np.zeros((len(score), self.outputs), np.float32)
        logits[:, 0], logits[:, 1] = -score, score
        if self.says is not None:
            logits[:, self.says] = 100
        return Returned(tensor(logits))


def judged(model: Model, drawn: Draw) -> tuple[AccuracyJudge, DrawScore]:
    question = RepairQuestion("demo", "Demo", 10, 5, repair=Repair("d", "RNN", draws=(drawn,)))
    judge = AccuracyJudge(question, model)
    return judge, judge.score(drawn)


def test_whoever_knows_the_rule_has_learnt_no_wrong_label() -> None:
    _, score = judged(Model(), draw(np.arange(120) % 10 == 0))
    assert score == DrawScore(90.0, 100.0, 100.0, 0.0, 100.0)


def test_each_split_is_scored_by_its_own_labels() -> None:
    drawn = draw(np.arange(120) % 10 == 0)
    _, score = judged(Model(says=1), drawn)
    expected = [100 * float(split.y.array.mean()) for split in (drawn.train, drawn.val)]
    assert [score.train, score.val] == expected
    right = drawn.wrong.array == 0
    assert score.rightly_labelled == 100 * drawn.train.y.array[right].mean()
    assert score.learnt_by_heart == 100 * drawn.train.y.array[~right].mean()


@pytest.mark.parametrize("flipped", [False, True])
def test_a_draw_without_wrong_or_without_right_labels_is_scored(*, flipped: bool) -> None:
    _, score = judged(Model(), draw(np.full(60, flipped)))
    assert (score.learnt_by_heart, score.rightly_labelled) == (0.0, 100.0)
    assert score.train == (0.0 if flipped else 100.0)


def test_a_model_that_keeps_its_answers_without_its_layer_does_not_use_it() -> None:
    with pytest.raises(EndedError) as told:
        judged(Model(layered=False), draw(np.zeros(120, bool)))
    assert told.value.verdict.mistake == "layer-unused"


def test_a_model_of_one_answer_fails_by_its_scores_alone() -> None:
    """No answer differs from another, so an exchange could move none."""
    _, score = judged(Model(layered=False, says=0), draw(np.zeros(120, bool)))
    assert score.val < 84


def test_logits_for_every_class_of_the_draw_are_asked_for() -> None:
    """A class that only hidden rows have counts, too."""
    drawn = draw(np.zeros(60, bool))
    labels = drawn.hidden.y.array.copy()
    labels[0] = 3
    wider = Draw(drawn.train, drawn.val, Rows(drawn.hidden.x, tensor(labels)), drawn.wrong)
    with pytest.raises(EndedError) as told:
        judged(Model(outputs=2), wider)
    assert told.value.verdict.mistake == "not-logits"
    assert "4" in told.value.verdict.message
    assert judged(Model(outputs=4), wider)[1].hidden == 99.0


def test_what_is_missing_is_the_larger_gap_to_the_bars_that_decide() -> None:
    judge, _ = judged(Model(), draw(np.zeros(60, bool)))
    middle = DrawScore(90, 83, 82.5, 5, 99)
    assert judge.advice_values(middle)["missing"] == "1.5 points"
    assert judge.measured(middle).startswith("training 90.0%, validation 83.0%, unseen data 82.5%")
    assert "goal: validation ≥ 85% while training < 92%." in judge.measured(middle)
    # the milder bars are told where they and the published ones differ in what they say
    assert "from 84% count" in judge.measured(middle)
    assert "from 84% count" not in judge.passed(DrawScore(90, 88, 88, 5, 99))
