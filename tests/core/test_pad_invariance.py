"""The rule of unit packing: zeros behind a sequence's end move no logit."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from grader.core.judge import judge
from grader.core.question import Draw, Prepared, Repair
from grader.core.repair import padded_anew
from grader.core.requests import Describe, Predict, Reply, Request, Returned, Rows, Train
from grader.core.values import Tensor, tensor
from grader.core.verdict import Outcome, Verdict

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


def question(*, pad_invariant: bool = True) -> Prepared:
    """A repair with bars that a perfect model would miss only for scoring too well."""
    split = rows()
    draw = Draw(split, split, split, tensor(np.zeros(len(split.y.array), dtype=bool)))
    repair = Repair("demo", "GRU", pad_invariant=pad_invariant, draws=(draw,))
    return Prepared("demo-repair", "repair", "Demo", 10, 5, repair=repair)


def judged(model: Model, *, pad_invariant: bool = True) -> Verdict:
    """Judge a numpy model that gives one score from x (N, T, 1) and lengths (N,)."""

    def ask(request: Request) -> Reply:
        match request:
            case Train():
                return Returned(None)
            case Describe():
                return Returned({"parameters": 1, "recurrent": [{"type": "GRU", "num_layers": 1}]})
            case Predict(x=x, lengths=lengths, roll=roll):
                assert lengths is not None
                score = model(x.array, lengths.array)
                score = np.roll(score, 1) if roll else score
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


def test_a_model_that_reads_valid_steps_only_is_scored() -> None:
    """The rule lets it through to the bars."""
    assert judged(last_valid).mistake == "train-too-high"


@pytest.mark.parametrize("model", [mean_of_all, last_of_the_longest])
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
    """Nothing but zeros is added, and nothing but zeros is cut."""
    given = rows()
    assert given.lengths is not None
    for _, made, places in padded_anew(given):
        assert made.lengths is not None
        np.testing.assert_array_equal(made.lengths.array, given.lengths.array[places])
        assert made.x.dtype == given.x.dtype
        for row, place in enumerate(places):
            end = int(given.lengths.array[place])
            np.testing.assert_array_equal(made.x.array[row, :end], given.x.array[place, :end])
            assert not made.x.array[row, end:].any()


def test_words_can_be_padded_too() -> None:
    """Ids (N, T) as well as signals (N, T, C)."""
    ids = tensor(np.array([[4, 5, 0, 0], [6, 7, 8, 0]]))
    made = [x.x.array.shape for _, x, _ in padded_anew(Rows(ids, ids, tensor(np.array([2, 3]))))]
    assert made == [(2, 19), (1, 2)]


def test_the_rule_needs_lengths() -> None:
    """An author's slip is named."""
    plain: Tensor = tensor(np.zeros((2, 3)))
    with pytest.raises(ValueError, match="lengths"):
        padded_anew(Rows(plain, plain))


def test_the_rule_is_recorded() -> None:
    """A learner's own check asks the same."""
    recorded = question().repair
    assert recorded is not None
    assert Repair.from_json(recorded.to_json()).pad_invariant
