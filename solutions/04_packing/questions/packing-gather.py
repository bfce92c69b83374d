"""packing-gather: each row's state after its own last valid step.

There is always a column more than the longest row needs, so that the last column is padding for
everyone, and many batches hold one row, which is where `squeeze` shows.
"""

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

TITLE = "The last valid step"
KIND = "function"
POINTS = 2
CASES = 14
HINTS = [
    (
        "A call of length 7 has its seven frames at the indices 0 to 6. Which index has its last "
        "valid step, in terms of `lengths`?"
    ),
    (
        "Two lists of the same length pick pairs: `output[rows, steps]` takes the state "
        "`output[rows[0], steps[0]]`, then `output[rows[1], steps[1]]`, and so on. The rows are "
        "`torch.arange(B)`."
    ),
    "`output[torch.arange(len(lengths)), lengths - 1]` is all there is to it.",
]


def inputs(rng: np.random.Generator) -> dict[str, npt.NDArray[np.generic]]:
    """Draw states output (B, T, H) and lengths (B,); no row is as long as T."""
    batch = int(rng.choice([1, 1, 2, 3, 4]))
    hidden = int(rng.choice([5, 6]))
    lengths = rng.permutation(np.arange(2, 8))[:batch]
    if batch > 1 and lengths[0] == lengths.max():
        lengths = lengths[::-1].copy()  # never longest first: sorted lengths would look right
    steps = int(lengths.max() + rng.integers(1, 3))
    return {"output": rng.uniform(-0.95, 0.95, (batch, steps, hidden)), "lengths": lengths}


def reference(output: Tensor, lengths: Tensor) -> Tensor:
    """Each row's last valid state (B, H)."""
    return output[torch.arange(len(lengths)), lengths - 1]


def _last_column(output: Tensor, lengths: Tensor) -> Tensor:
    return output[:, -1]


def _one_too_far(output: Tensor, lengths: Tensor) -> Tensor:
    return output[torch.arange(len(lengths)), lengths]


def _one_too_early(output: Tensor, lengths: Tensor) -> Tensor:
    return output[torch.arange(len(lengths)), lengths - 2]


def _longest_for_all(output: Tensor, lengths: Tensor) -> Tensor:
    return output[:, int(lengths.max()) - 1]


def _shortest_for_all(output: Tensor, lengths: Tensor) -> Tensor:
    return output[:, int(lengths.min()) - 1]


def _every_pair(output: Tensor, lengths: Tensor) -> Tensor:
    return output[:, lengths - 1]


def _first_row_only(output: Tensor, lengths: Tensor) -> Tensor:
    return output[0, lengths - 1]


def _sorted_lengths(output: Tensor, lengths: Tensor) -> Tensor:
    return output[torch.arange(len(lengths)), lengths.sort(descending=True)[0] - 1]


def _one_number(output: Tensor, lengths: Tensor) -> Tensor:
    return output.gather(1, (lengths - 1)[:, None, None])


def _gathered(output: Tensor, lengths: Tensor) -> Tensor:
    index = (lengths - 1)[:, None, None].expand(-1, 1, output.shape[2])
    return output.gather(1, index)


def _squeezed(output: Tensor, lengths: Tensor) -> Tensor:
    return _gathered(output, lengths).squeeze()


def _every_pair_too_far(output: Tensor, lengths: Tensor) -> Tensor:
    return output[:, lengths]


def _rows(output: Tensor, lengths: Tensor) -> Tensor:
    return output[lengths - 1]


def _rows_too_far(output: Tensor, lengths: Tensor) -> Tensor:
    return output[lengths]


def _steps_first(output: Tensor, lengths: Tensor) -> Tensor:
    return output[lengths - 1, torch.arange(len(lengths))]


def _range_of_the_steps(output: Tensor, lengths: Tensor) -> Tensor:
    return output[torch.arange(output.shape[1]), lengths - 1]


def _one_number_a_row(output: Tensor, lengths: Tensor) -> Tensor:
    return output.gather(1, (lengths - 1)[:, None, None]).squeeze(1)


def _all_valid(output: Tensor, lengths: Tensor) -> Tensor:
    return torch.stack([output[i, :length] for i, length in enumerate(lengths.tolist())])


def _slice_of_a_tensor(output: Tensor, lengths: Tensor) -> Tensor:
    return output[:, : lengths - 1]


def _mean_over_the_valid(output: Tensor, lengths: Tensor) -> Tensor:
    return torch.stack([output[i, :n].mean(dim=0) for i, n in enumerate(lengths.tolist())])


def _last_row_alone(output: Tensor, lengths: Tensor) -> Tensor:
    return output[-1, lengths[-1] - 1]


def _first_row_alone(output: Tensor, lengths: Tensor) -> Tensor:
    return output[0, lengths[0] - 1]


def _counted_from_the_end(output: Tensor, lengths: Tensor) -> Tensor:
    return output[torch.arange(len(lengths)), -lengths]


MISTAKES = [
    (
        "last-column",
        _last_column,
        (
            "`output[:, -1]` is the last column, and that is padding for every row here. Each row "
            "ends at a step of its own."
        ),
    ),
    (
        "one-too-far",
        _one_too_far,
        (
            "One step too far: a row of length 7 ends at step 6, because steps count from 0. You "
            "read the first step of the padding."
        ),
    ),
    (
        "one-too-early",
        _one_too_early,
        "One step too early: the last valid step is `lengths - 1`, since steps count from 0.",
    ),
    (
        "longest-for-all",
        _longest_for_all,
        (
            "You read all rows where the longest one ends. For the others that is padding. Each "
            "row needs a step of its own."
        ),
    ),
    (
        "shortest-for-all",
        _shortest_for_all,
        (
            "You read all rows where the shortest one ends, so the longer ones are cut off. Each "
            "row needs a step of its own."
        ),
    ),
    (
        "every-pair",
        [_every_pair, _every_pair_too_far],
        (
            "A `:` for the rows takes every row at every one of these steps: (B, B, H). Two lists "
            "of the same length, one of rows and one of steps, are paired."
        ),
    ),
    (
        "first-row-only",
        _first_row_only,
        ("All your states come from row 0. The rows have to go along with the steps."),
    ),
    (
        "sorted-lengths",
        _sorted_lengths,
        (
            "You sorted the lengths but not the rows, so most rows are read at another row's "
            "end. Nothing needs sorting here."
        ),
    ),
    (
        "one-number",
        [_one_number, _one_number_a_row],
        (
            "`gather` returns as many numbers as its index has: (B, 1, 1), one hidden number per "
            "row. Expand the index to (B, 1, H) first, and drop the middle axis afterwards."
        ),
    ),
    (
        "time-axis-left",
        _gathered,
        (
            "The numbers are right, but a time axis of length one is left over: (B, 1, H). Drop "
            "that axis by its number; a bare `squeeze()` fails for one row."
        ),
    ),
    (
        "squeezed",
        _squeezed,
        (
            "Right for most batches; for a batch of one row `squeeze()` removes the batch axis as "
            "well, and (1, H) becomes (H,). Say which axis it may remove."
        ),
    ),
    (
        "rows-for-steps",
        [_rows, _rows_too_far, _steps_first],
        (
            "The first index of `output` chooses rows; you gave it the steps. Each row is wanted "
            "once, at a step of its own, so rows come first and steps second."
        ),
    ),
    (
        "range-of-the-steps",
        _range_of_the_steps,
        (
            "Your row numbers count the steps: as many as T. One number for each row is needed, "
            "as many as there are lengths."
        ),
    ),
    (
        "all-valid-states",
        [_all_valid, _slice_of_a_tensor],
        (
            "That is every valid state of a row (or of as many as a slice could take). Only the "
            "last one of each is asked for: an index, not a slice."
        ),
    ),
    (
        "mean-over-the-valid",
        _mean_over_the_valid,
        (
            "That is the mean over the valid steps, which comes next. Here the state after the "
            "last of them is asked for."
        ),
    ),
    (
        "one-row-alone",
        [_last_row_alone, _first_row_alone],
        ("That is the last valid state of one row, (H,). Each row of the batch has one: (B, H)."),
    ),
    (
        "counted-from-the-end",
        _counted_from_the_end,
        (
            "A negative index counts from the end of the padded row. The last valid step is "
            "`lengths - 1`, counted from its beginning."
        ),
    ),
]
