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
        "A call of length 7 has its frames at the steps 0 to 6. Which index is its last valid "
        "step, in terms of `lengths`?"
    ),
    (
        "Two lists of the same length pick pairs: `output[rows, steps]` takes row 0 at step "
        "`steps[0]`, row 1 at step `steps[1]`, and so on. The rows are `torch.arange(B)`."
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


MISTAKES = [
    (
        "last-column",
        _last_column,
        (
            "`output[:, -1]` is the last column, and that is padding for every row here. Take each "
            "row at its own step: `lengths - 1`."
        ),
    ),
    (
        "one-too-far",
        _one_too_far,
        (
            "One step too far: a row of length 7 ends at step 6, because steps count from 0. You "
            "read the first step of the padding. Use `lengths - 1`."
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
            "row needs a step of its own: `output[torch.arange(B), lengths - 1]`."
        ),
    ),
    (
        "shortest-for-all",
        _shortest_for_all,
        (
            "You read all rows where the shortest one ends, so the longer ones are cut off. Each "
            "row needs a step of its own: `output[torch.arange(B), lengths - 1]`."
        ),
    ),
    (
        "every-pair",
        _every_pair,
        (
            "`output[:, lengths - 1]` takes *every* row at *every* of these steps: (B, B, H). To "
            "pair row 0 with step 0 and so on, put `torch.arange(B)` in the place of the `:`."
        ),
    ),
    (
        "first-row-only",
        _first_row_only,
        (
            "All your states come from row 0. The rows have to go along with the steps: "
            "`torch.arange(B)` in the first place."
        ),
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
        _one_number,
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
            "it with `squeeze(1)`, and name that axis: a bare `squeeze()` fails for one row."
        ),
    ),
    (
        "squeezed",
        _squeezed,
        (
            "Right for most batches; for a batch of one row `squeeze()` removes the batch axis as "
            "well, and (1, H) becomes (H,). Say which axis: `squeeze(1)`."
        ),
    ),
]
