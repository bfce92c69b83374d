"""rnn-last-state: what the head reads: the state after the last step, of the top layer.

Always two or three layers, so that the first layer is not the last; a batch of one comes up often,
which is where `squeeze` shows.
"""

import numpy as np
import numpy.typing as npt
from torch import Tensor

TITLE = "What the head reads"
KIND = "function"
POINTS = 2
CASES = 8
HINTS = [
    (
        "`output` (B, T, H) holds all steps of the top layer. Which index on which axis is the "
        "last step of every clip?"
    ),
    (
        "`h_n` (layers, B, H) holds the last step of all layers. Which index on which axis is the "
        "top layer?"
    ),
    "Either `output[:, -1]` or `h_n[-1]`: here they are the same numbers.",
]


def inputs(rng: np.random.Generator) -> dict[str, npt.NDArray[np.float64]]:
    """Draw what a layer of `layers` would return: output (B, T, H) and h_n (layers, B, H)."""
    batch = int(rng.choice([1, 1, 1, 2, 4]))
    steps = int(rng.choice([5, 6]))
    hidden = int(rng.choice([4, 7]))
    layers = int(rng.choice([2, 3]))
    output = rng.uniform(-0.95, 0.95, (batch, steps, hidden))
    h_n = rng.uniform(-0.95, 0.95, (layers, batch, hidden))
    h_n[-1] = output[:, -1]
    return {"output": output, "h_n": h_n}


def reference(output: Tensor, h_n: Tensor) -> Tensor:
    """The top layer's last state (B, H)."""
    return output[:, -1]


def _first_step(output: Tensor, h_n: Tensor) -> Tensor:
    return output[:, 0]


def _last_clip(output: Tensor, h_n: Tensor) -> Tensor:
    return output[-1]


def _last_hidden_number(output: Tensor, h_n: Tensor) -> Tensor:
    return output[:, :, -1]


def _first_layer(output: Tensor, h_n: Tensor) -> Tensor:
    return h_n[0]


def _all_layers(output: Tensor, h_n: Tensor) -> Tensor:
    return h_n


def _clip_of_h_n(output: Tensor, h_n: Tensor) -> Tensor:
    return h_n[:, -1]


def _mean_over_time(output: Tensor, h_n: Tensor) -> Tensor:
    return output.mean(dim=1)


def _squeezed(output: Tensor, h_n: Tensor) -> Tensor:
    return h_n[-1].squeeze()


def _side_by_side(output: Tensor, h_n: Tensor) -> Tensor:
    return h_n.transpose(0, 1).reshape(output.shape[0], -1)


def _kept_axis(output: Tensor, h_n: Tensor) -> Tensor:
    return output[:, -1:]


def _second_layer(output: Tensor, h_n: Tensor) -> Tensor:
    return h_n[1]


def _output(output: Tensor, h_n: Tensor) -> Tensor:
    return output


def _kept_layer_axis(output: Tensor, h_n: Tensor) -> Tensor:
    return h_n[-1:]


def _mean_over_layers(output: Tensor, h_n: Tensor) -> Tensor:
    return h_n.mean(dim=0)


def _one_clip_one_step(output: Tensor, h_n: Tensor) -> Tensor:
    return output[-1, -1]


def _largest_over_time(output: Tensor, h_n: Tensor) -> Tensor:
    return output.max(dim=1).values


def _sum_over_time(output: Tensor, h_n: Tensor) -> Tensor:
    return output.sum(dim=1)


MISTAKES = [
    (
        "first-step",
        _first_step,
        (
            "That is the state after the first step: it has heard one reading of sixteen. The last "
            "step is index -1."
        ),
    ),
    (
        "last-clip",
        _last_clip,
        (
            "`output[-1]` is the last clip of the batch, all its steps: (T, H). The batch is axis "
            "0 and time is axis 1: leave the first axis whole."
        ),
    ),
    (
        "last-hidden-number",
        _last_hidden_number,
        ("That is one hidden number at all steps, (B, T). Time is the middle axis, not the last."),
    ),
    (
        "first-layer",
        _first_layer,
        (
            "`h_n[0]` is the first layer, the one that reads the sensors. The head reads the top "
            "layer, and layers are counted from the bottom."
        ),
    ),
    (
        "all-layers",
        _all_layers,
        (
            "That is `h_n` whole: (layers, B, H). The head wants one vector per clip, the top "
            "layer's."
        ),
    ),
    (
        "clip-of-h-n",
        _clip_of_h_n,
        (
            "`h_n[:, -1]` is the last clip in every layer. In `h_n` the layers come first, "
            "whatever `batch_first` says."
        ),
    ),
    (
        "mean-over-time",
        _mean_over_time,
        (
            "That is the mean over all steps. It can be a good read-out, but the question asks for "
            "the state after the last step."
        ),
    ),
    (
        "squeezed",
        _squeezed,
        (
            "Right for most batches; for a batch of one clip `squeeze()` removes the batch axis "
            "too, and (1, H) becomes (H,). An index has dropped its axis already: there is "
            "nothing left to squeeze."
        ),
    ),
    (
        "layers-side-by-side",
        _side_by_side,
        ("You have put the states of all layers side by side. Only the top layer's is asked for."),
    ),
    (
        "kept-time-axis",
        _kept_axis,
        (
            "The numbers are right, but a time axis of length one is left over: (B, 1, H). A "
            "slice keeps its axis, a single index drops it."
        ),
    ),
    (
        "second-layer",
        _second_layer,
        (
            "`h_n[1]` is the second layer. With two layers that is also the top one; here there "
            "may be three. Count from the end."
        ),
    ),
    (
        "output-as-it-is",
        _output,
        (
            "That is `output` whole, every step: (B, T, H). The head wants one vector per clip, "
            "that of the last step."
        ),
    ),
    (
        "kept-layer-axis",
        _kept_layer_axis,
        (
            "The right layer, but the axis of the layers is still there: (1, B, H). A slice keeps "
            "its axis, an index drops it."
        ),
    ),
    (
        "mean-over-layers",
        _mean_over_layers,
        (
            "That is the mean over the layers. The top layer has read the lower ones already; "
            "only its state is asked for."
        ),
    ),
    (
        "one-clip-one-step",
        _one_clip_one_step,
        (
            "One index each for batch and time leaves the last clip's last step alone, (H,). All "
            "clips shall stay."
        ),
    ),
    (
        "largest-over-time",
        _largest_over_time,
        (
            "That is the largest value of each number over all steps. The question asks for the "
            "state after the last step alone."
        ),
    ),
    (
        "sum-over-time",
        _sum_over_time,
        (
            "That is the sum over all steps. The question asks for the state after the last step "
            "alone."
        ),
    ),
]
