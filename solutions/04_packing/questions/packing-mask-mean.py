"""packing-mask-mean: the mean over a row's valid steps.

States lie behind the end of each row too (a layer goes on reading), and no row fills all columns,
so whoever counts the padding in is found by value. A batch of one comes up often, which is where
`squeeze` shows.
"""

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

TITLE = "The mean over the valid steps"
KIND = "function"
POINTS = 2
CASES = 6
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
    """Draw states output (B, T, H) and lengths (B,), all different; no row is as long as T.

    One valid state of a short row is all zeros, and two of a longer one: they count as any other.
    """
    batch = int(rng.choice([1, 1, 2, 3, 4]))
    hidden = int(rng.choice([5, 6]))
    lengths = rng.permutation(np.arange(2, 8))[:batch]
    steps = int(lengths.max() + rng.integers(2, 4))
    output = rng.uniform(-0.95, 0.95, (batch, steps, hidden))
    for row, length in enumerate(lengths):
        output[row, rng.permutation(length)[: 1 if length < 4 else 2]] = 0.0
    return {"output": output, "lengths": lengths}


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


def _padding_over_lengths(output: Tensor, lengths: Tensor) -> Tensor:
    return (output * ~_mask(output, lengths)).sum(dim=1) / lengths[:, None]


def _one_mean_for_all(output: Tensor, lengths: Tensor) -> Tensor:
    return output[_mask(output, lengths)[:, :, 0]].mean(dim=0)


def _longest_for_all(output: Tensor, lengths: Tensor) -> Tensor:
    return output[:, : int(lengths.max())].mean(dim=1)


def _last_valid(output: Tensor, lengths: Tensor) -> Tensor:
    return output[torch.arange(len(lengths)), lengths - 1]


def _kept_axis(output: Tensor, lengths: Tensor) -> Tensor:
    return reference(output, lengths)[:, None]


def _divided_without_an_axis(output: Tensor, lengths: Tensor) -> Tensor:
    return (output * _mask(output, lengths)).sum(dim=1) / lengths


def _mask_without_an_axis(output: Tensor, lengths: Tensor) -> Tensor:
    return (output * _mask(output, lengths)[:, :, 0]).sum(dim=1) / lengths[:, None]


def _lengths_without_an_axis(output: Tensor, lengths: Tensor) -> Tensor:
    mask = torch.arange(output.shape[1]) < lengths
    return (output * mask[:, :, None]).sum(dim=1) / lengths[:, None]


def _one_number(output: Tensor, lengths: Tensor) -> Tensor:
    return output[_mask(output, lengths)[:, :, 0]].mean()


def _number_a_row(output: Tensor, lengths: Tensor) -> Tensor:
    return reference(output, lengths).mean(dim=1)


def _over_the_numbers(output: Tensor, lengths: Tensor) -> Tensor:
    return (output * _mask(output, lengths)).sum(dim=2) / lengths[:, None]


def _over_the_batch(output: Tensor, lengths: Tensor) -> Tensor:
    return (output * _mask(output, lengths)).sum(dim=0) / lengths[:, None]


def _of_what_is_not_zero(output: Tensor, lengths: Tensor) -> Tensor:
    mask = output != 0
    return (output * mask).sum(dim=1) / mask.sum(dim=1)


def _valid_and_not_zero(output: Tensor, lengths: Tensor) -> Tensor:
    kept = output * _mask(output, lengths)
    return kept.sum(dim=1) / (kept != 0).sum(dim=1)


def _squeezed(output: Tensor, lengths: Tensor) -> Tensor:
    return reference(output, lengths).squeeze()


def _count_less_one(output: Tensor, lengths: Tensor) -> Tensor:
    return (output * _mask(output, lengths)).sum(dim=1) / (lengths[:, None] - 1)


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
            "short rows come out too small. Each row has a count of its own."
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
        ("You divide by the valid steps of the whole batch. Each row has a count of its own."),
    ),
    (
        "padding-only",
        [_padding_only, _padding_over_lengths],
        ("The mask is inside out: you averaged the padding."),
    ),
    (
        "one-mean-for-all",
        _one_mean_for_all,
        (
            "`output[mask]` puts the valid steps of all rows into one list, and the mean of that "
            "is one vector for the whole batch. Multiplied by the mask, rows stay apart."
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
            "without keeping it."
        ),
    ),
    (
        "divided-without-an-axis",
        _divided_without_an_axis,
        (
            "The sum is (B, H) and the lengths are (B,): torch lines them up from the right, H "
            "against B. The lengths need an axis for the numbers, behind their own."
        ),
    ),
    (
        "mask-without-an-axis",
        _mask_without_an_axis,
        (
            "The mask is (B, T) and the states are (B, T, H): torch lines them up from the right, "
            "T against H. The mask needs an axis for the numbers."
        ),
    ),
    (
        "rows-against-steps",
        [_lengths_without_an_axis, _over_the_batch],
        (
            "Rows meet steps on one axis. Either the lengths (B,) are compared with the steps "
            "(T,) as they are, and lack an axis behind their own; or a sum went over the batch, "
            "axis 0, where time is axis 1."
        ),
    ),
    (
        "one-number",
        _one_number,
        (
            "That is one number for the whole batch. One vector of H numbers for each row is "
            "asked for: average over time only."
        ),
    ),
    (
        "one-number-a-row",
        _number_a_row,
        (
            "That is one number for each row: the hidden numbers are averaged, too. Time is the "
            "only axis that goes."
        ),
    ),
    (
        "over-the-numbers",
        _over_the_numbers,
        ("You summed over the hidden numbers, axis 2. Time is axis 1."),
    ),
    (
        "what-is-not-zero",
        [_of_what_is_not_zero, _valid_and_not_zero],
        (
            "You count what is not zero. A valid state may hold zeros, and padding need not be "
            "zero: only `lengths` says which steps are valid."
        ),
    ),
    (
        "squeezed",
        _squeezed,
        (
            "Right for most batches; for a batch of one row `squeeze()` removes the batch axis "
            "too, and (1, H) becomes (H,). The sum over time has dropped its axis already."
        ),
    ),
    (
        "divided-by-one-too-few",
        _count_less_one,
        (
            "You divide by one too few. A row of length n has n valid steps; only the index of the "
            "last one is n - 1."
        ),
    ),
]
