"""rnn-sequence: walk over the steps of a batch and keep every state.

Batch, steps, sensors and hidden numbers always differ, so that exchanged axes show.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

TITLE = "The whole sequence"
KIND = "function"
POINTS = 3
CASES = 4
GRADIENTS = ("x",)
HINTS = [
    (
        "Three things: a state to start with, `torch.zeros(B, H)` (H is `W_hh.shape[0]`); an empty "
        "list; a loop over the T steps."
    ),
    (
        "In the loop, `x[:, t]` is the reading of all clips at step t, shape (B, C). Give it and "
        "the state to `rnn_step`, and store what comes back **as the state**, so that the next "
        "step gets it."
    ),
    (
        "After the loop the list holds T tensors of shape (B, H). `torch.stack(states, dim=1)` "
        "puts the new axis second: (B, T, H)."
    ),
]

Layer = Callable[[Tensor, Tensor, Tensor, Tensor, Tensor], Tensor]


def inputs(rng: np.random.Generator) -> dict[str, npt.NDArray[np.float64]]:
    """Draw clips x (B, T, C) and the weights of a layer of H hidden numbers; all sizes differ."""
    batch, steps, sensors, hidden = (int(size) for size in rng.permutation([2, 3, 4, 5]))
    return {
        "x": rng.standard_normal((batch, steps, sensors)),
        "W_ih": rng.standard_normal((hidden, sensors)) * 0.6,
        "W_hh": rng.standard_normal((hidden, hidden)) * 0.6,
        "b_ih": rng.uniform(0.1, 0.5, hidden),
        "b_hh": rng.uniform(-0.7, -0.2, hidden),
    }


def _states(x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> list[Tensor]:
    """Give the states after each step, a list of T tensors (B, H)."""
    h = x.new_zeros(x.shape[0], W_hh.shape[0])
    states = []
    for t in range(x.shape[1]):
        h = torch.tanh(x[:, t] @ W_ih.T + b_ih + h @ W_hh.T + b_hh)
        states.append(h)
    return states


def reference(x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Tensor:
    """Every state of every clip (B, T, H)."""
    return torch.stack(_states(x, W_ih, W_hh, b_ih, b_hh), dim=1)


def _state_not_carried(x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Tensor:
    return torch.tanh(x @ W_ih.T + b_ih + b_hh)


def _before_the_update(x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Tensor:
    states = _states(x, W_ih, W_hh, b_ih, b_hh)
    return torch.stack([torch.zeros_like(states[0]), *states[:-1]], dim=1)


def _time_first(x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Tensor:
    return torch.stack(_states(x, W_ih, W_hh, b_ih, b_hh))


def _time_last(x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Tensor:
    return torch.stack(_states(x, W_ih, W_hh, b_ih, b_hh), dim=2)


def _reshaped(x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Tensor:
    stacked = torch.stack(_states(x, W_ih, W_hh, b_ih, b_hh))
    return stacked.reshape(x.shape[0], x.shape[1], -1)


def _side_by_side(x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Tensor:
    return torch.cat(_states(x, W_ih, W_hh, b_ih, b_hh), dim=1)


def _last_only(x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Tensor:
    return _states(x, W_ih, W_hh, b_ih, b_hh)[-1]


def _last_repeated(x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Tensor:
    last = _states(x, W_ih, W_hh, b_ih, b_hh)[-1]
    return last.unsqueeze(1).repeat(1, x.shape[1], 1)


def _backwards(x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Tensor:
    return torch.stack(_states(x.flip(1), W_ih, W_hh, b_ih, b_hh), dim=1)


def _batch_as_time(x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Tensor:
    return torch.stack(_states(x.transpose(0, 1), W_ih, W_hh, b_ih, b_hh))


def _start_from_ones(x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Tensor:
    start = torch.ones(1, W_hh.shape[0], dtype=x.dtype) @ W_hh.T
    first = torch.tanh(x[:, 0] @ W_ih.T + b_ih + start + b_hh)
    states = [first]
    for t in range(1, x.shape[1]):
        states.append(torch.tanh(x[:, t] @ W_ih.T + b_ih + states[-1] @ W_hh.T + b_hh))
    return torch.stack(states, dim=1)


MISTAKES: list[tuple[str, Layer, str]] = [
    (
        "state-not-carried",
        _state_not_carried,
        (
            "Every step starts from zeros, so nothing is remembered. Store what `rnn_step` returns "
            "in `h` itself: `h = rnn_step(x[:, t], h, …)`."
        ),
    ),
    (
        "before-the-update",
        _before_the_update,
        (
            "Your first state is all zeros: each state is stored before the step instead of after "
            "it. Append after the update."
        ),
    ),
    (
        "time-first",
        _time_first,
        (
            "The states are right, but time comes first: (T, B, H). `torch.stack` puts the new "
            "axis at 0 unless told otherwise; say `dim=1` for (B, T, H)."
        ),
    ),
    (
        "time-last",
        _time_last,
        "The states are right, but time comes last: (B, H, T). Stack with `dim=1`.",
    ),
    (
        "reshaped",
        _reshaped,
        (
            "The shape is right and the numbers sit in the wrong clips: `reshape` (or `view`) only "
            "cuts the row of numbers anew, it does not exchange axes. Use `torch.stack(states, "
            "dim=1)`, or `transpose(0, 1)` after stacking."
        ),
    ),
    (
        "side-by-side",
        _side_by_side,
        (
            "`torch.cat` has glued the states end to end: (B, T·H). `torch.stack(states, dim=1)` "
            "gives time an axis of its own."
        ),
    ),
    (
        "last-only",
        _last_only,
        "This is the last state alone, (B, H). Collect the state after each step and stack them.",
    ),
    (
        "last-repeated",
        _last_repeated,
        (
            "All steps show the same, last state. The list is filled after the loop, or with one "
            "tensor that is changed in place; append inside the loop."
        ),
    ),
    (
        "backwards",
        _backwards,
        "You read from the last step to the first. Let t run 0, 1, 2, …: this layer reads forward.",
    ),
    (
        "batch-as-time",
        _batch_as_time,
        (
            "Your loop runs over the clips, not over the steps: one clip's state goes into the "
            "next clip. The batch is axis 0 here; step t of all clips is `x[:, t]`."
        ),
    ),
    (
        "start-from-ones",
        _start_from_ones,
        (
            "The first state is off: you start from ones. Before anything is heard the state is "
            "`torch.zeros(B, H)`."
        ),
    ),
]
