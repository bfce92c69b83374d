"""packing-mask-mean: the mean over a row's valid steps.

States lie behind the end of each row too (a layer goes on reading), and no row fills all columns,
so whoever counts the padding in is found by value.
"""

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

TITLE = "The mean over the valid steps"
KIND = "function"
POINTS = 2
CASES = 5
HINTS = [
    (
        "First the mask: compare the steps `torch.arange(T)` with each row's length. With "
        "`lengths[:, None]`, of shape (B, 1), the comparison gives (B, T)."
    ),
    (
        "A mask (B, T) meets the states (B, T, H) as `mask[:, :, None]`. Multiply: padding becomes "
        "zero. Then sum over time."
    ),
    "Divide that sum by the number of valid steps, `lengths[:, None]`, not by T.",
]


def inputs(rng: np.random.Generator) -> dict[str, npt.NDArray[np.generic]]:
    """Draw states output (B, T, H) and lengths (B,), all different; no row is as long as T."""
    batch = int(rng.choice([2, 3, 4]))
    hidden = int(rng.choice([5, 6]))
    lengths = rng.permutation(np.arange(2, 8))[:batch]
    steps = int(lengths.max() + rng.integers(2, 4))
    return {"output": rng.uniform(-0.95, 0.95, (batch, steps, hidden)), "lengths": lengths}


def _mask(output: Tensor, lengths: Tensor) -> Tensor:
    """True at valid steps, (B, T, 1)."""
    return (torch.arange(output.shape[1]) < lengths[:, None])[:, :, None]


def reference(output: Tensor, lengths: Tensor) -> Tensor:
    """Each row's mean over its valid steps (B, H)."""
    return (output * _mask(output, lengths)).sum(dim=1) / lengths[:, None]


def _all_columns(output: Tensor, lengths: Tensor) -> Tensor:
    return output.mean(dim=1)


def _divided_by_all(output: Tensor, lengths: Tensor) -> Tensor:
    return (output * _mask(output, lengths)).mean(dim=1)


def _not_masked(output: Tensor, lengths: Tensor) -> Tensor:
    return output.sum(dim=1) / lengths[:, None]


def _not_divided(output: Tensor, lengths: Tensor) -> Tensor:
    return (output * _mask(output, lengths)).sum(dim=1)


def _one_too_many(output: Tensor, lengths: Tensor) -> Tensor:
    return reference(output, lengths + 1)


def _one_too_many_in_the_sum(output: Tensor, lengths: Tensor) -> Tensor:
    return (output * _mask(output, lengths + 1)).sum(dim=1) / lengths[:, None]


def _one_too_few(output: Tensor, lengths: Tensor) -> Tensor:
    return reference(output, lengths - 1)


def _count_of_the_batch(output: Tensor, lengths: Tensor) -> Tensor:
    return (output * _mask(output, lengths)).sum(dim=1) / lengths.sum()


def _padding_only(output: Tensor, lengths: Tensor) -> Tensor:
    mask = ~_mask(output, lengths)
    return (output * mask).sum(dim=1) / mask.sum(dim=1)


def _one_mean_for_all(output: Tensor, lengths: Tensor) -> Tensor:
    return output[_mask(output, lengths)[:, :, 0]].mean(dim=0)


def _longest_for_all(output: Tensor, lengths: Tensor) -> Tensor:
    return output[:, : int(lengths.max())].mean(dim=1)


def _last_valid(output: Tensor, lengths: Tensor) -> Tensor:
    return output[torch.arange(len(lengths)), lengths - 1]


def _kept_axis(output: Tensor, lengths: Tensor) -> Tensor:
    return reference(output, lengths)[:, None]


MISTAKES = [
    (
        "all-columns",
        _all_columns,
        (
            "That is the mean over all columns, padding included. The shorter the row, the more of "
            "it is padding. Mask first."
        ),
    ),
    (
        "divided-by-all",
        _divided_by_all,
        (
            "The padding is masked out of the sum, but the sum is divided by T all the same, so "
            "short rows come out too small. Divide by each row's length: `lengths[:, None]`."
        ),
    ),
    (
        "not-masked",
        _not_masked,
        (
            "Divided by the right number, but the sum still holds the padding's states. Multiply "
            "by the mask before you sum."
        ),
    ),
    (
        "not-divided",
        _not_divided,
        "That is the sum over the valid steps. A mean divides it by how many there were.",
    ),
    (
        "one-too-many",
        _one_too_many,
        (
            "Your mask takes in one step of padding: steps count from 0, so the valid ones are "
            "`< lengths`, not `<= lengths`."
        ),
    ),
    (
        "one-too-many-in-the-sum",
        _one_too_many_in_the_sum,
        (
            "The sum holds one step of padding: steps count from 0, so the valid ones are "
            "`< lengths`, not `<= lengths`. The division is right."
        ),
    ),
    (
        "one-too-few",
        _one_too_few,
        "The last valid step is missing from the mean: the valid steps are those `< lengths`.",
    ),
    (
        "count-of-the-batch",
        _count_of_the_batch,
        (
            "`mask.sum()` counts the valid steps of the whole batch. Each row is divided by its "
            "own count: `mask.sum(dim=1)`, or simply `lengths[:, None]`."
        ),
    ),
    (
        "padding-only",
        _padding_only,
        "The mask is inside out: you averaged the padding. Valid is `torch.arange(T) < length`.",
    ),
    (
        "one-mean-for-all",
        _one_mean_for_all,
        (
            "`output[mask]` throws the valid steps of all rows on one heap, and the mean of that "
            "is one vector for the whole batch. Multiply by the mask instead: rows stay apart."
        ),
    ),
    (
        "longest-for-all",
        _longest_for_all,
        (
            "You cut all rows where the longest ends; the shorter ones still bring padding along. "
            "Each row needs a mask of its own."
        ),
    ),
    (
        "last-valid",
        _last_valid,
        "That is the last valid state. The question asks for the mean over all valid ones.",
    ),
    (
        "time-axis-left",
        _kept_axis,
        (
            "The numbers are right, but a time axis of length one is left over: (B, 1, H). Sum "
            "without `keepdim=True`."
        ),
    ),
]
