"""rnn-sequence: walk over the steps of a batch and keep every state.

Batch, steps, sensors and hidden numbers always differ, so that exchanged axes show.
"""

from collections.abc import Callable, Iterable

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


def _walk(
    readings: Iterable[Tensor], h: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor
) -> Tensor:
    states = []
    for reading in readings:
        h = torch.tanh(reading @ W_ih.T + b_ih + h @ W_hh.T + b_hh)
        states.append(h)
    return torch.stack(states, dim=1)


def _clip_by_clip(x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Tensor:
    return _walk(x, x.new_zeros(x.shape[0], W_hh.shape[0]), W_ih, W_hh, b_ih, b_hh)


def _clip_in_the_place_of_a_step(
    x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor
) -> Tensor:
    readings = (x[t] for t in range(x.shape[1]))
    return _walk(readings, x.new_zeros(x.shape[0], W_hh.shape[0]), W_ih, W_hh, b_ih, b_hh)


def _clip_by_clip_alone(
    x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor
) -> Tensor:
    return _walk(x, x.new_zeros(W_hh.shape[0]), W_ih, W_hh, b_ih, b_hh)


def _sensor_by_sensor(x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Tensor:
    start = x.new_zeros(x.shape[0], W_hh.shape[0])
    return _walk(x.unbind(2), start, W_ih, W_hh, b_ih, b_hh)


def _everything_each_step(
    x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor
) -> Tensor:
    start = x.new_zeros(x.shape[0], W_hh.shape[0])
    return _walk([x] * x.shape[1], start, W_ih, W_hh, b_ih, b_hh)


def _first_left_out(x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Tensor:
    return reference(x[:, 1:], W_ih, W_hh, b_ih, b_hh)


def _last_left_out(x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Tensor:
    return reference(x[:, :-1], W_ih, W_hh, b_ih, b_hh)


def _first_only(x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Tensor:
    return reference(x[:, :1], W_ih, W_hh, b_ih, b_hh)


def _start_included(x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Tensor:
    states = _states(x, W_ih, W_hh, b_ih, b_hh)
    return torch.stack([torch.zeros_like(states[0]), *states], dim=1)


def _below_each_other(x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Tensor:
    return torch.cat(_states(x, W_ih, W_hh, b_ih, b_hh))


def _starts_with_sensors(
    x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor
) -> Tensor:
    start = x.new_zeros(x.shape[0], x.shape[2])
    return _walk(x.unbind(1), start, W_ih, W_hh, b_ih, b_hh)


MISTAKES: list[tuple[str, Layer, str]] = [
    (
        "state-not-carried",
        _state_not_carried,
        (
            "Every step starts from zeros, so nothing is remembered. Look which variable gets what "
            "`rnn_step` returns, and which one the next turn hands to it."
        ),
    ),
    (
        "before-the-update",
        _before_the_update,
        (
            "Your first state is all zeros: each state is stored before the step instead of after "
            "it."
        ),
    ),
    (
        "time-first",
        _time_first,
        (
            "The states are right, but time comes first: (T, B, H). `torch.stack` puts the new "
            "axis at 0 unless it is told another place."
        ),
    ),
    (
        "time-last",
        _time_last,
        "The states are right, but time comes last: (B, H, T). Its place is the middle.",
    ),
    (
        "reshaped",
        _reshaped,
        (
            "The shape is right and the numbers sit in the wrong clips: `reshape` (or `view`) only "
            "cuts the row of numbers anew, it does not exchange axes. Stack where time belongs, or "
            "exchange the two axes with `transpose`."
        ),
    ),
    (
        "side-by-side",
        _side_by_side,
        (
            "`torch.cat` has glued the states end to end: (B, T·H). `torch.stack` gives time an "
            "axis of its own."
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
        [_batch_as_time, _clip_by_clip, _clip_in_the_place_of_a_step, _clip_by_clip_alone],
        (
            "The batch is taken for time: what you read as one step of all clips is one clip with "
            "all its steps. The batch is axis 0 of `x`, time is axis 1."
        ),
    ),
    (
        "start-from-ones",
        _start_from_ones,
        (
            "The first state is off: you start from ones. Before anything is heard the state is "
            "all zeros."
        ),
    ),
    (
        "first-step-left-out",
        _first_left_out,
        (
            "The first step was never read: there is one state too few. Steps count from 0, so a "
            "range over them does as well."
        ),
    ),
    (
        "last-step-left-out",
        _last_left_out,
        (
            "The last step was never read: there is one state too few. `range(n)` ends before n "
            "by itself."
        ),
    ),
    (
        "returned-inside-the-loop",
        _first_only,
        (
            "Only the state after the first step came back. Does the `return`, or the stacking, "
            "stand inside the loop? Move it out by one level."
        ),
    ),
    (
        "start-included",
        _start_included,
        (
            "There is one state too many: the zeros that you begin with are among the outputs. "
            "They were before the first step; collect what comes after each."
        ),
    ),
    (
        "below-each-other",
        _below_each_other,
        (
            "`torch.cat` has put the states below each other: (T·B, H). Time needs an axis of its "
            "own, which `torch.stack` makes."
        ),
    ),
    (
        "sensor-as-time",
        _sensor_by_sensor,
        ("Your loop walks along the sensors, the last axis. Time is the middle one."),
    ),
    (
        "everything-at-each-step",
        _everything_each_step,
        (
            "Each turn of the loop reads the whole of `x`, all steps at once. It should read what "
            "all clips say at this one step."
        ),
    ),
    (
        "wrong-start-size",
        _starts_with_sensors,
        (
            "The first state has the wrong size: one number for each sensor. A state has H "
            "numbers, and `W_hh` tells how many that are."
        ),
    ),
]
