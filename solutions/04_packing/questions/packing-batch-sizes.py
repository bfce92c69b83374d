"""packing-batch-sizes: from lengths to the staircase that a PackedSequence carries.

The longest length never equals the number of rows, and the longest row never comes first: the
sorted lengths and a loop that trusts the order are then told apart by form or value.
"""

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

TITLE = "The staircase"
KIND = "function"
POINTS = 3
CASES = 6
HINTS = [
    (
        "Look at the picture from above: how many rows are still running at the first step? At the "
        "second? How many steps are there until nobody runs any more?"
    ),
    (
        "With t counted from 0, as Python counts, those rows run at t whose length is greater than "
        "t. `(lengths > t).sum()` counts them."
    ),
    (
        "Collect that count for t = 0, 1, … up to the longest length, and make one tensor of it: "
        "`torch.stack([(lengths > t).sum() for t in range(int(lengths.max()))])`."
    ),
]


def inputs(rng: np.random.Generator) -> dict[str, npt.NDArray[np.generic]]:
    """Draw lengths (B,), in no order; one row shorter than the rest, one of one step at times."""
    batch = int(rng.integers(3, 7))
    longest = int(rng.choice([size for size in range(4, 9) if size != batch]))
    lengths = rng.integers(1, longest + 1, batch)
    lengths[0], lengths[1] = int(rng.integers(1, longest)), longest
    return {"lengths": lengths}


def reference(lengths: Tensor) -> Tensor:
    """How many rows are still running at each step: int64 (longest,)."""
    return (lengths > torch.arange(int(lengths.max()))[:, None]).sum(dim=1)


def _sorted_lengths(lengths: Tensor) -> Tensor:
    return lengths.sort(descending=True)[0]


def _lengths(lengths: Tensor) -> Tensor:
    return lengths


def _one_too_many(lengths: Tensor) -> Tensor:
    return (lengths >= torch.arange(int(lengths.max()))[:, None]).sum(dim=1)


def _one_too_late(lengths: Tensor) -> Tensor:
    return (lengths > torch.arange(1, int(lengths.max()) + 1)[:, None]).sum(dim=1)


def _step_of_nobody(lengths: Tensor) -> Tensor:
    return (lengths > torch.arange(int(lengths.max()) + 1)[:, None]).sum(dim=1)


def _endings(lengths: Tensor) -> Tensor:
    return lengths.bincount()[1:]


def _upside_down(lengths: Tensor) -> Tensor:
    return reference(lengths).flip(0)


def _rectangle(lengths: Tensor) -> Tensor:
    return torch.full((int(lengths.max()),), len(lengths))


def _trusts_the_order(lengths: Tensor) -> Tensor:
    runs = lengths > torch.arange(int(lengths.max()))[:, None]
    return runs.long().cumprod(dim=1).sum(dim=1)


def _steps_so_far(lengths: Tensor) -> Tensor:
    return reference(lengths).cumsum(0)


def _list(lengths: Tensor) -> list[int]:
    made: list[int] = reference(lengths).tolist()
    return made


def _floats(lengths: Tensor) -> Tensor:
    return reference(lengths).double()


def _steps_below(lengths: Tensor, first: int, last: int) -> Tensor:
    """The counts of the steps from `first` up to `last`."""
    return (lengths > torch.arange(first, last)[:, None]).sum(dim=1)


def _first_left_out(lengths: Tensor) -> Tensor:
    return _steps_below(lengths, 1, int(lengths.max()))


def _as_many_as_rows(lengths: Tensor) -> Tensor:
    return _steps_below(lengths, 0, len(lengths))


def _not_summed(lengths: Tensor) -> Tensor:
    return lengths > torch.arange(int(lengths.max()))[:, None]


def _not_summed_rows_first(lengths: Tensor) -> Tensor:
    return lengths[:, None] > torch.arange(int(lengths.max()))


def _without_an_axis(lengths: Tensor) -> Tensor:
    return (lengths > torch.arange(int(lengths.max()))).sum(dim=0)


def _shortest_first(lengths: Tensor) -> Tensor:
    return lengths.sort()[0]


def _one_number(lengths: Tensor) -> Tensor:
    return (lengths > 0).sum()


def _endings_from_nought(lengths: Tensor) -> Tensor:
    return lengths.bincount()


def _shorter(lengths: Tensor) -> Tensor:
    return (lengths < torch.arange(int(lengths.max()))[:, None]).sum(dim=1)


MISTAKES = [
    (
        "sorted-lengths",
        [_sorted_lengths, _shortest_first],
        (
            "Those are the lengths, sorted: how *long* each row is. The staircase looks from "
            "above: how *many* rows there are at each step."
        ),
    ),
    (
        "lengths",
        _lengths,
        (
            "Those are the lengths themselves, one number a row. batch_sizes has one number a "
            "step: a mask of rows and steps can be summed over either axis, and you took the "
            "other one."
        ),
    ),
    (
        "one-too-many",
        _one_too_many,
        (
            "Rows are counted once more after their end: a row of length 3 runs at the steps 0, 1 "
            "and 2, and no longer at 3."
        ),
    ),
    (
        "one-too-late",
        _one_too_late,
        "You begin at step 1, and the last number is 0. The first step is 0: everybody runs there.",
    ),
    (
        "step-of-nobody",
        _step_of_nobody,
        (
            "The last number is 0: a step at which nobody runs. The longest row ends one step "
            "before its length, since steps count from 0."
        ),
    ),
    (
        "endings",
        [_endings, _endings_from_nought],
        (
            "You counted how many rows *end* after each step. The staircase counts how many are "
            "still running."
        ),
    ),
    (
        "upside-down",
        _upside_down,
        "The staircase is upside down: it begins with all rows and ends with the longest.",
    ),
    (
        "rectangle",
        _rectangle,
        "That is the padded batch: all rows at every step. A row stops counting once it has ended.",
    ),
    (
        "trusts-the-order",
        _trusts_the_order,
        (
            "Your count stops at the first row that has ended, as if the rows were sorted. They "
            "are not: look at every row at each step."
        ),
    ),
    (
        "steps-so-far",
        _steps_so_far,
        "Those are sums: where each step ends in `data`. batch_sizes are the heights themselves.",
    ),
    (
        "a-list",
        _list,
        ("The numbers are right, but in a list. PyTorch wants one tensor of them."),
    ),
    (
        "floats",
        _floats,
        ("The numbers are right, but they are floats. Counts are whole numbers, int64."),
    ),
    (
        "first-step-left-out",
        _first_left_out,
        (
            "The first step is missing: there is one number too few. Steps count from 0, and at "
            "step 0 everybody runs."
        ),
    ),
    (
        "as-many-as-rows",
        _as_many_as_rows,
        (
            "You have one number for each row. One for each step is asked for, as many as the "
            "longest row has."
        ),
    ),
    (
        "not-summed",
        [_not_summed, _not_summed_rows_first],
        (
            "That is the mask itself, who runs at each step. Count the rows in it, over the right "
            "axis."
        ),
    ),
    (
        "without-an-axis",
        _without_an_axis,
        (
            "Lengths (B,) and steps are compared number by number, on one axis. To compare each "
            "row with each step, one of the two needs an axis of length one."
        ),
    ),
    (
        "one-number",
        _one_number,
        ("That is one number: how many rows there are. The staircase has one for each step."),
    ),
    (
        "rows-that-have-ended",
        _shorter,
        (
            "You counted the rows that have ended already. The staircase counts those that still "
            "run."
        ),
    ),
]
