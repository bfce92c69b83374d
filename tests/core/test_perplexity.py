"""A language model is judged on words it is never told, beside a bigram model."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from grader.core.judgement import judge
from grader.core.metrics import PERPLEXITY
from grader.core.perplexity_judge import DrawPerplexities, _uses_layer, diagnose
from grader.core.probes import Scored
from grader.core.question import Bars, Draw, Repair, RepairQuestion, question_from_json
from grader.core.request_batches import ROWS_AT_ONCE
from grader.core.requests import (
    Build,
    Describe,
    Predict,
    Raised,
    Reply,
    Request,
    Returned,
    Rows,
    Train,
    Unusable,
)
from grader.core.values import tensor
from grader.core.verdicts import Outcome

WORDS, STEPS = 12, 8
Ids = npt.NDArray[np.int64]
Model = Callable[[Ids, Ids, Ids], npt.NDArray[np.float64]]


def language() -> npt.NDArray[np.float64]:
    """How likely each word is after the two before: what no bigram model can know."""
    chances = np.random.default_rng(1).dirichlet(np.full(WORDS - 3, 0.1), (WORDS, WORDS))
    return np.concatenate([np.zeros((WORDS, WORDS, 3)), chances], axis=2)


def sentences(seed: int, rows: int) -> Rows:
    rng, truth = np.random.default_rng(seed), language()
    x = np.zeros((rows, STEPS), np.int64)
    y = np.full((rows, STEPS), -100)
    lengths = rng.integers(3, STEPS + 1, rows)
    for row, length in enumerate(lengths):
        said = [0, 2]
        for _ in range(length - 1):
            said.append(int(rng.choice(WORDS, p=truth[said[-2], said[-1]])))
        x[row, :length] = said[1:]
        y[row, :length] = [*said[2:], 2]
    return Rows(tensor(x), tensor(y), tensor(lengths))


DRAW = Draw(sentences(1, 300), sentences(2, 200), sentences(3, 400), tensor(np.zeros(300, bool)))
QUESTION = RepairQuestion(
    "text-repair",
    "Repair",
    10,
    60,
    repair=Repair("sentences", "GRU", Bars(perplexity_at_most=9), metric=PERPLEXITY, draws=(DRAW,)),
)


def knowing(x: Ids, _lengths: Ids, at: Ids) -> npt.NDArray[np.float64]:
    """Knows the language: two words back. The end comes at any time."""
    rows = np.arange(len(x))
    chances = language()[np.where(at > 0, x[rows, at - 1], 0), x[rows, at]] * 0.8 + 0.01
    chances[:, 2] = 0.15
    scores: npt.NDArray[np.float64] = np.log(chances)
    return scores


def guessing(x: Ids, _lengths: Ids, at: Ids) -> npt.NDArray[np.float64]:
    """Says little more than that anything may come; follows the last word a little."""
    scores = np.zeros((len(x), WORDS))
    scores[np.arange(len(x)), x[np.arange(len(x)), at]] = 2.5
    return scores


def cheating(x: Ids, lengths: Ids, at: Ids) -> npt.NDArray[np.float64]:
    """Looks at the next word where there is one, as a bidirectional model does."""
    scores = knowing(x, lengths, at)
    nearby = np.minimum(at + 1, x.shape[1] - 1)
    scores[np.arange(len(x)), x[np.arange(len(x)), nearby]] += np.where(at + 1 < lengths, 9.0, 0)
    return scores


class Answer:
    """A recipe with a model of numpy; remembers what it was asked."""

    def __init__(self, model: Model, *, uses_layer: bool = True, layer: str = "GRU") -> None:
        self.model, self.uses_layer, self.layer = model, uses_layer, layer
        self.asked: list[Request] = []

    def __call__(self, request: Request) -> Reply:
        self.asked.append(request)
        if isinstance(request, Build):
            return Returned(False)
        if isinstance(request, Train):
            return Returned(None)
        if isinstance(request, Describe):
            layer: dict[str, Any] = {"type": self.layer, "num_layers": 1, "dropout": 0.0}
            return Returned({"parameters": 9, "recurrent": [layer]})
        assert isinstance(request, Predict)
        assert request.at is not None
        assert request.lengths is not None
        x, lengths = request.x, request.lengths
        if request.exchange and self.uses_layer:
            assert request.other_x is not None
            assert request.other_lengths is not None
            x, lengths = request.other_x, request.other_lengths
        return Returned(tensor(self.model(x.array, lengths.array, request.at.array)))


def test_a_model_that_knows_more_than_bigrams_passes() -> None:
    verdict = judge(QUESTION, Answer(knowing))
    assert verdict.outcome is Outcome.PASSED, verdict.message
    assert verdict.details["median"]["hidden"] < verdict.details["median"]["bigram_hidden"]


def test_the_asked_word_and_those_behind_it_are_never_sent() -> None:
    """Every unseen sentence counts upwards; what stands behind the asked place does not go on."""
    row = np.array([2, *range(4, 3 + STEPS)])
    x, lengths = np.tile(row, (400, 1)), np.full(400, STEPS)
    hidden = Rows(tensor(x), tensor(np.roll(x, -1, axis=1)), tensor(lengths))
    assert QUESTION.repair is not None
    answer = Answer(knowing)
    repair = replace(QUESTION.repair, draws=(replace(DRAW, hidden=hidden),))
    judge(replace(QUESTION, repair=repair), answer)
    goes_on = []
    for request in answer.asked:
        if not isinstance(request, Predict):
            continue
        assert request.at is not None
        assert len(request.at.array) <= ROWS_AT_ONCE
        for sent, step in zip(request.x.array, request.at.array, strict=True):
            if 3 <= step < STEPS - 1 and (sent[:4] == row[:4]).all():
                goes_on.append(sent[step + 1] == row[step + 1])
    assert len(goes_on) > 100
    assert np.mean(goes_on) < 0.4


def test_a_model_that_knows_little_fails() -> None:
    verdict = judge(QUESTION, Answer(guessing))
    assert (verdict.points, verdict.mistake) == (0, "underfits")


def test_a_model_that_reads_backwards_is_named() -> None:
    verdict = judge(QUESTION, Answer(cheating))
    assert verdict.mistake == "sees-the-future"
    assert "bidirectional=False" in verdict.message


def test_a_model_that_ignores_its_layer_is_named() -> None:
    assert judge(QUESTION, Answer(knowing, uses_layer=False)).mistake == "layer-unused"


def test_a_model_that_does_not_pass_is_told_why_and_not_what_its_layer_does() -> None:
    verdict = judge(QUESTION, Answer(guessing, uses_layer=False))
    assert verdict.mistake == "underfits"


def test_a_model_without_the_layer_is_named() -> None:
    assert judge(QUESTION, Answer(knowing, layer="RNN")).mistake == "layer-missing"


def test_probabilities_are_no_logits() -> None:
    def softmaxed(x: Ids, lengths: Ids, at: Ids) -> npt.NDArray[np.float64]:
        chances = np.exp(knowing(x, lengths, at))
        shares: npt.NDArray[np.float64] = chances / chances.sum(axis=1, keepdims=True)
        return shares

    assert judge(QUESTION, Answer(softmaxed)).mistake == "probabilities"


def test_dropout_left_on_is_named() -> None:
    rng = np.random.default_rng(0)

    def shaky(x: Ids, lengths: Ids, at: Ids) -> npt.NDArray[np.float64]:
        return knowing(x, lengths, at) + rng.standard_normal((len(x), WORDS))

    assert judge(QUESTION, Answer(shaky)).mistake == "random-in-eval"


@pytest.mark.parametrize(
    "reply",
    [
        Unusable("of shape (512, 12), not (sequences, steps, words)"),
        Returned(tensor(np.zeros((200, 3)))),
        Returned(tensor(np.full((200, WORDS), np.nan))),
        Returned(None),
    ],
)
def test_a_reply_of_another_form_is_explained(reply: Reply) -> None:
    class Odd(Answer):
        def __call__(self, request: Request) -> Reply:
            return reply if isinstance(request, Predict) else super().__call__(request)

    verdict = judge(QUESTION, Odd(knowing))
    assert verdict.mistake == "not-logits"
    assert "(sequences, steps, words)" in verdict.message


def test_code_that_raises_is_told_where() -> None:
    class Broken(Answer):
        def __call__(self, request: Request) -> Reply:
            made = Raised("ValueError", "no", "line 3: x")
            return made if isinstance(request, Predict) else super().__call__(request)

    assert judge(QUESTION, Broken(knowing)).outcome is Outcome.RAISED


def test_medians_are_diagnosed() -> None:
    good = DrawPerplexities(train=40, val=90, hidden=92, bigram_val=100, bigram_hidden=101)
    assert diagnose(good) is None
    assert diagnose(replace(good, val=300, hidden=300)) == "memorises"
    assert diagnose(replace(good, train=150, val=160, hidden=160)) == "underfits"
    assert diagnose(replace(good, val=5, hidden=300)) == "hidden-data"
    assert diagnose(replace(good, val=99, hidden=102)) == "unseen-just-missed"
    assert diagnose(replace(good, val=103, hidden=104)) == "nearly"


def test_the_metric_is_recorded_and_no_draw_is() -> None:
    visible = replace(QUESTION, repair=replace(QUESTION.repair, draws=()))
    again = question_from_json(visible.to_json())
    assert isinstance(again, RepairQuestion)
    assert (again.repair.metric, again.repair.bars.perplexity_at_most) == (PERPLEXITY, 9)


@pytest.mark.parametrize(
    ("part", "used"), [(0.0, False), (0.02, False), (0.099, True), (0.14, True), (1.0, True)]
)
def test_guesses_that_go_a_little_way_with_the_layer_use_it(part: float, used: bool) -> None:  # noqa: FBT001
    """An embedding that also reaches the head leaves the layer a tenth of the way; that is use."""
    rng = np.random.default_rng(0)
    scores = rng.normal(size=(40, WORDS))
    own, others = scores[:20], scores[20:]
    whole = divergence(own, others)
    low, high, mixed = 0.0, 1.0, own  # how much of the others' guess lies in it, by halving
    for _ in range(50):
        share = (low + high) / 2
        mixed = (1 - share) * own + share * others
        low, high = (share, high) if divergence(own, mixed) < part * whole else (low, share)
    scored = Scored(
        scores.astype(np.float32), np.arange(20), np.arange(20, 40), mixed.astype(np.float32)
    )
    assert _uses_layer(scored) == used


def divergence(own: npt.NDArray[np.float64], other: npt.NDArray[np.float64]) -> float:
    """Kullback and Leibler's, mean over rows: how far the guess for the next word has moved."""
    return float((np.exp(log_chances(own)) * (log_chances(own) - log_chances(other))).sum(1).mean())


def log_chances(scores: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    largest = scores.max(axis=1, keepdims=True)
    whole: npt.NDArray[np.float64] = np.exp(scores - largest).sum(axis=1, keepdims=True)
    found: npt.NDArray[np.float64] = scores - largest - np.log(whole)
    return found
