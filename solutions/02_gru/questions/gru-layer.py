"""gru-layer: walk a GRU over a batch and return what `nn.GRU` returns, `output` and `h_n`.

Batch, steps, channels and hidden numbers always differ, so that exchanged axes show. What differs
from the plain layer of unit 1 is the pair that comes back, so most mistakes are about it.
"""

from collections.abc import Callable, Iterable

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

TITLE = "The layer"
KIND = "function"
POINTS = 3
CASES = 4
GRADIENTS = ("x",)
HINTS = [
    (
        "The loop is that of unit 1: a state of zeros (B, H), a list, a turn for each step. H is "
        "`W_hh.shape[1]` now: `W_hh` has 3H rows."
    ),
    (
        "In the loop: `h = gru_cell(x[:, t], h, W_ih, W_hh, b_ih, b_hh)`, then append h. "
        "`torch.stack(states, dim=1)` gives `output` (B, T, H)."
    ),
    (
        "`h_n` is the last h with an axis for the layers in front, (1, B, H): `h.unsqueeze(0)`. "
        "Return both: `return output, h_n`."
    ),
]

Pair = tuple[Tensor, Tensor]
Layer = Callable[[Tensor, Tensor, Tensor, Tensor, Tensor], object]


def inputs(rng: np.random.Generator) -> dict[str, npt.NDArray[np.float64]]:
    """Draw sequences x (B, T, C) and the weights of a layer of H hidden numbers; sizes differ."""
    batch, steps, channels, hidden = (int(size) for size in rng.permutation([2, 3, 4, 5]))
    return {
        "x": rng.standard_normal((batch, steps, channels)),
        "W_ih": rng.standard_normal((3 * hidden, channels)) * 0.6,
        "W_hh": rng.standard_normal((3 * hidden, hidden)) * 0.6,
        "b_ih": rng.uniform(0.1, 0.5, 3 * hidden),
        "b_hh": rng.uniform(-0.7, -0.2, 3 * hidden),
    }


def _step(x: Tensor, h: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Tensor:
    i, g = (x @ W_ih.T + b_ih).chunk(3, dim=-1), (h @ W_hh.T + b_hh).chunk(3, dim=-1)
    r, z = torch.sigmoid(i[0] + g[0]), torch.sigmoid(i[1] + g[1])
    return (1 - z) * torch.tanh(i[2] + r * g[2]) + z * h


def _states(
    x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor, start: float = 0.0
) -> Tensor:
    """Every state (B, T, H), from a first state that is `start` throughout."""
    h = torch.full((x.shape[0], W_hh.shape[1]), start, dtype=x.dtype)
    states = []
    for t in range(x.shape[1]):
        h = _step(x[:, t], h, W_ih, W_hh, b_ih, b_hh)
        states.append(h)
    return torch.stack(states, dim=1)


def reference(x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Pair:
    """Every state (B, T, H), and the last one (1, B, H)."""
    states = _states(x, W_ih, W_hh, b_ih, b_hh)
    return states, states[:, -1].unsqueeze(0)


def _with(change: Callable[[Tensor], object]) -> Layer:
    """A layer that returns something else made of the right states."""

    def layer(x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> object:
        return change(_states(x, W_ih, W_hh, b_ih, b_hh))

    return layer


def _state_not_carried(x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Pair:
    h = torch.zeros(x.shape[0], W_hh.shape[1], dtype=x.dtype)
    states = [_step(x[:, t], h, W_ih, W_hh, b_ih, b_hh) for t in range(x.shape[1])]
    return torch.stack(states, dim=1), states[-1].unsqueeze(0)


def _backwards(x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Pair:
    return reference(x.flip(1), W_ih, W_hh, b_ih, b_hh)


def _batch_as_time(x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Pair:
    """The batch is read as time."""
    states = _states(x.transpose(0, 1), W_ih, W_hh, b_ih, b_hh).transpose(0, 1)
    return states, states[-1].unsqueeze(0)


def _start_from_ones(x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Pair:
    states = _states(x, W_ih, W_hh, b_ih, b_hh, start=1.0)
    return states, states[:, -1].unsqueeze(0)


def _before_the_update(states: Tensor) -> Pair:
    shifted = torch.cat([torch.zeros_like(states[:, :1]), states[:, :-1]], dim=1)
    return shifted, states[:, -1].unsqueeze(0)


def _time_first(states: Tensor) -> Pair:
    return states.transpose(0, 1), states[:, -1].unsqueeze(0)


def _reshaped(states: Tensor) -> Pair:
    """`view` in the place of a transpose."""
    batch, steps, hidden = states.shape
    mixed = states.transpose(0, 1).reshape(batch, steps, hidden)
    return mixed, states[:, -1].unsqueeze(0)


def _without_layer_axis(states: Tensor) -> Pair:
    return states, states[:, -1]


def _batch_first_state(states: Tensor) -> Pair:
    """`h_n` with the batch in front."""
    return states, states[:, -1:]


def _first_state(states: Tensor) -> Pair:
    return states, states[:, 0].unsqueeze(0)


def _last_sequence(states: Tensor) -> Pair:
    return states, states[-1].unsqueeze(0)


def _exchanged(states: Tensor) -> Pair:
    return states[:, -1].unsqueeze(0), states


def _output_only(states: Tensor) -> Tensor:
    return states


def _like_lstm(states: Tensor) -> object:
    """The pair of an LSTM."""
    last = states[:, -1].unsqueeze(0)
    return states, (last, last)


def _walk(steps: int, size: int | None, *, along: int = 1) -> Layer:
    """A loop over `steps` more steps than there are, along an axis, from zeros of another size."""

    def layer(x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Pair:
        h = x.new_zeros(
            x.shape[0], W_hh.shape[1] if size is None else (W_hh if size == 0 else x).shape[size]
        )
        states = []
        for t in range(x.shape[along] + steps):
            h = _step(x[:, t] if along and steps >= 0 else x[t], h, W_ih, W_hh, b_ih, b_hh)
            states.append(h)
        return torch.stack(states, dim=1), h.unsqueeze(0)

    return layer


def _walk(
    readings: Iterable[Tensor], h: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor
) -> Pair:
    states = []
    for reading in readings:
        h = _step(reading, h, W_ih, W_hh, b_ih, b_hh)
        states.append(h)
    return torch.stack(states, dim=1), h.unsqueeze(0)


def _sequence_by_sequence(
    x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor
) -> Pair:
    return _walk(x, x.new_zeros(x.shape[0], W_hh.shape[1]), W_ih, W_hh, b_ih, b_hh)


def _sequence_for_a_step(x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Pair:
    readings = (x[t] for t in range(x.shape[1]))
    return _walk(readings, x.new_zeros(x.shape[0], W_hh.shape[1]), W_ih, W_hh, b_ih, b_hh)


def _starts_with_rows(x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Pair:
    start = x.new_zeros(x.shape[0], W_hh.shape[0])
    return _walk(x.unbind(1), start, W_ih, W_hh, b_ih, b_hh)


def _starts_with_channels(
    x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor
) -> Pair:
    start = x.new_zeros(x.shape[0], x.shape[2])
    return _walk(x.unbind(1), start, W_ih, W_hh, b_ih, b_hh)


def _first_left_out(x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Pair:
    return reference(x[:, 1:], W_ih, W_hh, b_ih, b_hh)


def _returned_at_once(x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Pair:
    return reference(x[:, :1], W_ih, W_hh, b_ih, b_hh)


def _start_included(states: Tensor) -> Pair:
    return torch.cat([torch.zeros_like(states[:, :1]), states], dim=1), states[:, -1].unsqueeze(0)


def _list_of_states(states: Tensor) -> object:
    return list(states.unbind(1)), states[:, -1].unsqueeze(0)


def _side_by_side(states: Tensor) -> Pair:
    return states.flatten(1), states[:, -1].unsqueeze(0)


def _start_returned(states: Tensor) -> Pair:
    return states, torch.zeros_like(states[:, -1]).unsqueeze(0)


def _all_steps(states: Tensor) -> Pair:
    return states, states.unsqueeze(0)


MISTAKES: list[tuple[str, Layer, str]] = [
    (
        "state-not-carried",
        _state_not_carried,
        (
            "Every step starts from zeros, so nothing is remembered. Look which variable gets "
            "what `gru_cell` returns, and which one the next turn hands to it."
        ),
    ),
    (
        "backwards",
        _backwards,
        "You read from the last step to the first. Let t run 0, 1, 2, …: this layer reads forward.",
    ),
    (
        "batch-as-time",
        [_batch_as_time, _sequence_by_sequence, _sequence_for_a_step],
        (
            "The batch is taken for time: what you read as one step of all sequences is one "
            "sequence with all its steps. The batch is axis 0 of `x`, time is axis 1."
        ),
    ),
    (
        "start-from-ones",
        _start_from_ones,
        (
            "You start from ones. Before anything is read the state is all zeros, and z hands on "
            "what it started from."
        ),
    ),
    (
        "before-the-update",
        _with(_before_the_update),
        (
            "Your first state is all zeros: each state is stored before the step instead of after "
            "it."
        ),
    ),
    (
        "time-first",
        _with(_time_first),
        (
            "`output` has time first: (T, B, H). `torch.stack` puts the new axis at 0 unless told "
            "another place."
        ),
    ),
    (
        "reshaped",
        _with(_reshaped),
        (
            "`output` has the right shape, but states sit in the wrong sequences: `reshape` (or "
            "`view`) does not exchange axes. Stack where time belongs."
        ),
    ),
    (
        "h-n-without-layers",
        _with(_without_layer_axis),
        (
            "`output` is right; `h_n` lacks its axis for the layers. It is (1, B, H), even with "
            "one layer."
        ),
    ),
    (
        "h-n-batch-first",
        _with(_batch_first_state),
        (
            "`output` is right; `h_n` has the batch first, (B, 1, H). Its layers come first, "
            "always: (1, B, H)."
        ),
    ),
    (
        "h-n-of-the-first-step",
        _with(_first_state),
        "`output` is right; `h_n` is the state after the first step. It should be the last one.",
    ),
    (
        "h-n-of-the-last-sequence",
        _with(_last_sequence),
        (
            "`output` is right; your `h_n` is the last sequence of the batch at all steps. It "
            "should be the last step of all sequences."
        ),
    ),
    (
        "exchanged",
        _with(_exchanged),
        "The two have changed places. `output` comes first, then `h_n`.",
    ),
    (
        "output-only",
        _with(_output_only),
        ("You return `output` alone. `nn.GRU` returns a pair: the second is the last state."),
    ),
    (
        "like-an-lstm",
        _with(_like_lstm),
        ("That is what an LSTM returns, `output, (h_n, c_n)`. A GRU has one state, not two."),
    ),
    (
        "wrong-start-size",
        [_starts_with_rows, _starts_with_channels],
        (
            "The first state has the wrong size. It has H numbers for each sequence; `W_hh` is "
            "(3H, H), so its rows are three times as many."
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
        "returned-inside-the-loop",
        _returned_at_once,
        (
            "Only the first step came back. Does the `return`, or the stacking, stand inside the "
            "loop? Move it out by one level."
        ),
    ),
    (
        "start-included",
        _with(_start_included),
        (
            "There is one state too many: the zeros that you begin with are among the outputs. "
            "Collect what comes after each step."
        ),
    ),
    (
        "a-list-of-states",
        _with(_list_of_states),
        (
            "`output` is still a list of T states. One tensor is asked for, with time on axis 1; "
            "`torch.stack` makes it."
        ),
    ),
    (
        "side-by-side",
        _with(_side_by_side),
        (
            "`torch.cat` has glued the states end to end, (B, T·H). `torch.stack` gives time an "
            "axis of its own."
        ),
    ),
    (
        "h-n-of-zeros",
        _with(_start_returned),
        (
            "`output` is right, but your `h_n` is the state that you began with, all zeros. Which "
            "variable holds the last state after the loop?"
        ),
    ),
    (
        "h-n-of-all-steps",
        _with(_all_steps),
        (
            "`output` is right; your `h_n` holds every step. It is the state after the last one, "
            "with an axis for the layers in front."
        ),
    ),
]
