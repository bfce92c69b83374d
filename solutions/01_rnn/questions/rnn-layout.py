"""rnn-layout: a debug question. The code given runs, returns the right shape, and mixes the clips.

It forgets `batch_first=True`, so the batch is read as time. The learner mends it. The layer is
given by its weights, so that a mended answer can be told from a silently wrong one by value.
A batch of one comes up, which is where `squeeze` shows.
"""

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

TITLE = "Mend the layout"
KIND = "function"
POINTS = 2
CASES = 6
HINTS = [
    "Look at the probe above: the last clip moves although only other clips were changed. One clip "
    "can flow into the next only along the axis that the layer takes for time.",
    "By default `nn.RNN` reads its input as (T, B, C), and yours is (B, T, C). So it takes clips "
    "for steps, and the state of each clip flows into the next.",
    "One keyword is enough: `rnn_with(W_ih, W_hh, b_ih, b_hh, batch_first=True)`. The read-out "
    "`output[:, -1]` is then right as it stands.",
]


def inputs(rng: np.random.Generator) -> dict[str, npt.NDArray[np.float64]]:
    """Draw clips x (B, T, C) and the weights of a layer of H hidden numbers; all sizes differ."""
    batch, steps, sensors, hidden = (int(size) for size in rng.permutation([2, 3, 4, 5]))
    batch = int(rng.choice([1, batch, batch]))
    return {
        "x": rng.standard_normal((batch, steps, sensors)),
        "W_ih": rng.standard_normal((hidden, sensors)) * 0.6,
        "W_hh": rng.standard_normal((hidden, hidden)) * 0.6,
        "b_ih": rng.uniform(0.1, 0.5, hidden),
        "b_hh": rng.uniform(-0.7, -0.2, hidden),
    }


def _states(x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Tensor:
    """Run the layer on x (B, T, C): every state (B, T, H)."""
    h = x.new_zeros(x.shape[0], W_hh.shape[0])
    states = []
    for t in range(x.shape[1]):
        h = torch.tanh(x[:, t] @ W_ih.T + b_ih + h @ W_hh.T + b_hh)
        states.append(h)
    return torch.stack(states, dim=1)


def reference(x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Tensor:
    """One summary per clip: its last state (B, H)."""
    return _states(x, W_ih, W_hh, b_ih, b_hh)[:, -1]


def _batch_as_time(x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Tensor:
    return _states(x.transpose(0, 1), W_ih, W_hh, b_ih, b_hh).transpose(0, 1)[:, -1]


def _batch_as_time_last_clip(
    x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor
) -> Tensor:
    return _states(x.transpose(0, 1), W_ih, W_hh, b_ih, b_hh)[:, -1]


def _reshaped(x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Tensor:
    mixed = x.reshape(x.shape[1], x.shape[0], x.shape[2]).transpose(0, 1)
    return _states(mixed, W_ih, W_hh, b_ih, b_hh)[:, -1]


def _last_clip(x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Tensor:
    return _states(x, W_ih, W_hh, b_ih, b_hh)[-1]


def _first_step(x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Tensor:
    return _states(x, W_ih, W_hh, b_ih, b_hh)[:, 0]


def _all_steps(x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Tensor:
    return _states(x, W_ih, W_hh, b_ih, b_hh)


def _kept_layer_axis(x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Tensor:
    return _states(x, W_ih, W_hh, b_ih, b_hh)[:, -1].unsqueeze(0)


def _last_hidden(x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Tensor:
    return _states(x, W_ih, W_hh, b_ih, b_hh)[:, :, -1]


def _one_clip(x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Tensor:
    return _states(x, W_ih, W_hh, b_ih, b_hh)[:, -1].unsqueeze(0)[:, -1]


def _mean_over_time(x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Tensor:
    return _states(x, W_ih, W_hh, b_ih, b_hh).mean(dim=1)


def _squeezed(x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Tensor:
    return _states(x, W_ih, W_hh, b_ih, b_hh)[:, -1].squeeze()


MISTAKES = [
    (
        "batch-as-time",
        _batch_as_time,
        (
            "The clips still flow into one another: the layer takes the batch for time. Either "
            "the layer is told what comes first in `x`, or `x` is turned for it; both at once "
            "undo each other."
        ),
    ),
    (
        "batch-as-time-h-n",
        _batch_as_time_last_clip,
        (
            "The layer still takes the batch for time, so its last state belongs to the last "
            "clip, whatever you read. Either the layer is told what comes first in `x`, or `x` is "
            "turned for it; both at once undo each other."
        ),
    ),
    (
        "reshaped",
        _reshaped,
        (
            "`reshape` (or `view`) does not exchange axes: it only cuts the row of numbers anew, "
            "and readings land in foreign clips. Axes change places with `transpose`; or the "
            "layer is told which comes first."
        ),
    ),
    (
        "last-clip",
        _last_clip,
        (
            "The layer is mended, but now you read the last clip, (T, H). If you turned `x` "
            "yourself, the output is turned as well, and time is its first axis."
        ),
    ),
    (
        "first-step",
        _first_step,
        "The layer is mended, but you read the state after the first step. The last is index -1.",
    ),
    (
        "all-steps",
        _all_steps,
        (
            "The layer is mended, but this is every state, (B, T, H). One vector per clip is "
            "asked for."
        ),
    ),
    (
        "kept-layer-axis",
        _kept_layer_axis,
        ("The layer is mended, but the axis of layers is still there: (1, B, H)."),
    ),
    (
        "last-hidden-number",
        _last_hidden,
        (
            "The layer is mended, but now you read one hidden number at all steps, (B, T). Time "
            "is the middle axis."
        ),
    ),
    (
        "one-clip-of-h-n",
        _one_clip,
        (
            "The layer is mended, but `h_n` has its layers first, even with `batch_first=True`: "
            "`[:, -1]` is the last clip alone."
        ),
    ),
    (
        "mean-over-time",
        _mean_over_time,
        (
            "The layer is mended, but that is the mean over all steps. The state after the last "
            "one is asked for."
        ),
    ),
    (
        "squeezed",
        _squeezed,
        (
            "Right for most batches; with one clip a bare `squeeze()` removes the batch axis too, "
            "and (1, H) becomes (H,). Take the axis that has to go by its index."
        ),
    ),
]
