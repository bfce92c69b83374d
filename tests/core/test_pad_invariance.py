"""The rule of unit packing: nothing behind a sequence's end moves a logit."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from grader.core.judgement import judge
from grader.core.probes import padded_anew
from grader.core.question import Draw, Repair, RepairQuestion
from grader.core.request_batches import UnlabelledRows, sent
from grader.core.requests import Build, Describe, Predict, Reply, Request, Returned, Rows, Train
from grader.core.values import tensor
from grader.core.verdicts import Outcome, Verdict

Array = npt.NDArray[Any]
Model = Callable[[Array, Array], Array]


def rows(count: int = 40, steps: int = 12) -> Rows:
    """Calls whose first value tells the class; padded with zeros beyond what any of them needs."""
    rng = np.random.default_rng(1)
    lengths = rng.integers(3, steps - 2, count)
    y = np.arange(count) % 2
    x = rng.uniform(1, 2, (count, steps, 1)) * np.where(y == 1, 1, -1)[:, None, None]
    x[np.arange(steps) >= lengths[:, None]] = 0
    return Rows(tensor(x.astype(np.float32)), tensor(y), tensor(lengths))


def question(*, pad_invariant: bool = True) -> RepairQuestion:
    """A repair with bars that a perfect model would miss only for scoring too well."""
    split = rows()
    draw = Draw(split, split, split, tensor(np.zeros(len(split.y.array), dtype=bool)))
    repair = Repair("demo", "GRU", pad_invariant=pad_invariant, draws=(draw,))
    return RepairQuestion("demo-repair", "Demo", 10, 5, repair=repair)


def judged(model: Model, *, pad_invariant: bool = True) -> Verdict:
    """Judge a numpy model that gives one score from x (N, T, 1) and lengths (N,)."""

    def ask(request: Request) -> Reply:
        match request:
            case Build():
                return Returned(False)
            case Train():
                return Returned(None)
            case Describe():
                return Returned({"parameters": 1, "recurrent": [{"type": "GRU", "num_layers": 1}]})
            case Predict(x=x, lengths=lengths):
                assert lengths is not None
                if request.exchange:
                    assert request.other_x is not None
                    x, lengths = request.other_x, request.other_lengths
                assert lengths is not None
                score = model(x.array, lengths.array)
                return Returned(tensor(np.stack([-score, score], axis=1)))
            case _:
                raise AssertionError(request)

    return judge(question(pad_invariant=pad_invariant), ask)


def last_valid(x: Array, lengths: Array) -> Array:
    return x[np.arange(len(x)), lengths - 1, 0]  # type: ignore[no-any-return]


def mean_of_all(x: Array, lengths: Array) -> Array:
    return x[:, :, 0].mean(axis=1)  # type: ignore[no-any-return]


def last_of_the_longest(x: Array, lengths: Array) -> Array:
    """Cuts a batch to its longest sequence, then fades with every step read."""
    return x[:, :, 0].sum(axis=1) * 0.9 ** int(lengths.max())  # type: ignore[no-any-return]


def first_steps_alone(x: Array, lengths: Array) -> Array:
    """Padding within the first steps counts, and no columns behind them."""
    return x[:, :9, 0].sum(axis=1)  # type: ignore[no-any-return]


def filled_to_forty(x: Array, lengths: Array) -> Array:
    """Every batch is cut or filled to forty columns first, so more zeros move nothing."""
    more = np.pad(x, [(0, 0), (0, max(0, 40 - x.shape[1])), (0, 0)])
    return more[:, :40, 0].mean(axis=1)  # type: ignore[no-any-return]


def masked_by_length(x: Array, lengths: Array) -> Array:
    valid = np.arange(x.shape[1]) < lengths[:, None]
    return (x[:, :, 0] * valid).sum(axis=1) / lengths  # type: ignore[no-any-return]


@pytest.mark.parametrize("model", [last_valid, masked_by_length])
def test_a_model_that_reads_valid_steps_only_is_scored(model: Model) -> None:
    """The rule lets it through to the bars."""
    assert judged(model).mistake == "train-too-high"


@pytest.mark.parametrize(
    "model", [mean_of_all, last_of_the_longest, first_steps_alone, filled_to_forty]
)
def test_a_model_that_reads_padding_is_told_so(model: Model) -> None:
    """However right its answers are."""
    verdict = judged(model)
    assert (verdict.outcome, verdict.points) == (Outcome.WRONG, 0)
    assert verdict.mistake == "pad-invariance"
    assert "lengths" in verdict.message


def test_other_repairs_do_not_ask_for_it() -> None:
    """A rule of the question, not of all."""
    assert judged(mean_of_all, pad_invariant=False).mistake == "train-too-high"


def test_the_same_sequences_come_padded_anew() -> None:
    """What belongs to a sequence stays; what is behind it is another each time."""
    given = sent(rows())
    assert given.lengths is not None
    made = padded_anew(given, np.random.default_rng(0))
    for _, padded, places in made:
        assert padded.lengths is not None
        np.testing.assert_array_equal(padded.lengths, given.lengths[places])
        for row, place in enumerate(places):
            end = int(given.lengths[place])
            np.testing.assert_array_equal(padded.x[row, :end], given.x[place, :end])
    noisy = [bool(padded.x[0, int(given.lengths[places[0]]) :].any()) for _, padded, places in made]
    assert noisy == [True, False, True, True]


def test_words_can_be_padded_too() -> None:
    """Ids (N, T) as well as signals (N, T, C); noise is words, and none with a meaning."""
    ids = np.array([[4, 5, 0, 0], [6, 7, 8, 0]])
    made = padded_anew(UnlabelledRows(ids, np.array([2, 3])), np.random.default_rng(0))
    assert [padded.x.shape for _, padded, _ in made] == [(2, 4), (2, 19), (2, 19), (1, 2)]
    assert (made[2][1].x >= 4).all()


def test_the_rule_needs_lengths() -> None:
    """An author's slip is named."""
    with pytest.raises(ValueError, match="lengths"):
        padded_anew(UnlabelledRows(np.zeros((2, 3))), np.random.default_rng(0))


def test_the_rule_is_recorded() -> None:
    """A learner's own check asks the same."""
    recorded = question().repair
    assert Repair.from_json(recorded.to_json()).pad_invariant
