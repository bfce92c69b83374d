"""birnn-reverse: turn each sequence of a padded batch round in time, and leave the padding behind.

Every batch holds one sequence that fills all steps and one shorter by two steps or more, so that a
flip of the whole box shows; sizes differ on all three axes, and lengths are never sorted.
"""

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

TITLE = "Read from the other end"
KIND = "function"
POINTS = 3
CASES = 5
HINTS = [
    (
        "Take one sequence first. Of its `length` steps, which one must come to stand at step 0, "
        "and which at step t? `x.flip(1)` counts from the end of the box; count from the end of "
        "the sequence."
    ),
    (
        "At step t belongs step `length - 1 - t`. A loop over the batch is fine: `x[i, :n]` is "
        "sequence i without its padding, when n is `lengths[i]`; turn that round on its time axis "
        "and put it where it was, in a copy of `x`."
    ),
    (
        "Begin with `turned = x.clone()`, so that the padding is in its place. Then for each i: "
        "`turned[i, :n] = x[i, :n].flip(0)`. A single sequence has no batch axis, so time is its "
        "axis 0."
    ),
]


def inputs(rng: np.random.Generator) -> dict[str, npt.NDArray[np.generic]]:
    """Draw a batch x (B, T, C) padded with zeros behind each sequence, and lengths (B,)."""
    batch, features = (int(size) for size in rng.permutation([3, 4]))
    steps = int(rng.choice([6, 7]))
    lengths = rng.integers(2, steps - 1, batch)
    lengths[1] = steps
    lengths[2] = 2
    x = rng.uniform(0.2, 2.0, (batch, steps, features)) * rng.choice([-1.0, 1.0], (1, 1, features))
    x[np.arange(steps)[None, :] >= lengths[:, None]] = 0.0
    return {"x": x, "lengths": lengths}


def _from(x: Tensor, places: Tensor) -> Tensor:
    """Step `places[b, t]` of each sequence, zeros where that is not one of its steps."""
    inside = (places >= 0) & (places < x.shape[1])
    wanted = places.clamp(0, x.shape[1] - 1)[:, :, None].expand_as(x)
    return x.gather(1, wanted) * inside[:, :, None]


def _mirrored(x: Tensor, lengths: Tensor) -> Tensor:
    """For each place of the box the place that it changes with; negative behind the end."""
    return lengths[:, None] - 1 - torch.arange(x.shape[1], device=x.device)[None, :]


def reference(x: Tensor, lengths: Tensor) -> Tensor:
    """Each sequence last step first, its padding still behind it: (B, T, C)."""
    return _from(x, _mirrored(x, lengths))


def _whole_box(x: Tensor, lengths: Tensor) -> Tensor:
    return x.flip(1)


def _batch(x: Tensor, lengths: Tensor) -> Tensor:
    return x.flip(0)


def _features(x: Tensor, lengths: Tensor) -> Tensor:
    return x.flip(2)


def _time_and_features(x: Tensor, lengths: Tensor) -> Tensor:
    return reference(x, lengths).flip(2)


def _unchanged(x: Tensor, lengths: Tensor) -> Tensor:
    return x.clone()


def _one_too_far(x: Tensor, lengths: Tensor) -> Tensor:
    return _from(x, _mirrored(x, lengths) + 1)


def _one_too_few(x: Tensor, lengths: Tensor) -> Tensor:
    turned = x.clone()
    for row, length in enumerate(lengths.tolist()):
        turned[row, : length - 1] = x[row, : length - 1].flip(0)
    return turned


def _first_length(x: Tensor, lengths: Tensor) -> Tensor:
    return _from(x, _mirrored(x, lengths[:1].expand_as(lengths)))


def _first_step_repeated(x: Tensor, lengths: Tensor) -> Tensor:
    places = _mirrored(x, lengths).clamp(min=0)
    return x.gather(1, places[:, :, None].expand_as(x))


def _cut_short(x: Tensor, lengths: Tensor) -> Tensor:
    return reference(x, lengths)[:, : int(lengths.min())]


MISTAKES = [
    (
        "whole-box-flipped",
        _whole_box,
        (
            "`x.flip(1)` turns the whole box, padding and all: a short sequence now begins with "
            "zeros, and its words stand at the end. Turn only its first `length` steps."
        ),
    ),
    (
        "batch-flipped",
        _batch,
        (
            "You turned the batch: the last sequence is now the first, and each still reads "
            "forward. Time is axis 1."
        ),
    ),
    (
        "features-flipped",
        _features,
        (
            "You turned the features of each step, axis 2: a word's numbers are in a strange order "
            "and the words are not. Time is axis 1."
        ),
    ),
    (
        "time-and-features-flipped",
        _time_and_features,
        (
            "Time is turned as it should be, and the features of each step as well. For a single "
            "sequence (T, C), `flip(0)` is time; a bare `flip` of both axes is too much."
        ),
    ),
    (
        "unchanged",
        _unchanged,
        "Nothing has moved: `flip` gives a new tensor and leaves the old one as it is.",
    ),
    (
        "off-by-one",
        _one_too_far,
        (
            "One step too far: at step 0 you put step `length`, which is padding already. Steps "
            "count from 0, so the last one is `length - 1`."
        ),
    ),
    (
        "last-step-left-out",
        _one_too_few,
        (
            "The last step of each sequence has stayed where it was. `x[i, :n]` ends before n, so "
            "it is whole with n = `lengths[i]`, not one less."
        ),
    ),
    (
        "one-length-for-all",
        _first_length,
        (
            "All sequences were turned as if they had the length of the first. Each has its own: "
            "`lengths[i]`."
        ),
    ),
    (
        "first-step-in-the-padding",
        _first_step_repeated,
        (
            "The sequences are right, but where zeros should be stand copies of the first step. "
            "`clamp` stops a place from going below 0; say what belongs behind the end as well."
        ),
    ),
    (
        "cut-to-the-shortest",
        _cut_short,
        (
            "The box has been cut to the shortest sequence, and the ends of all others are gone. "
            "The result has the shape of `x`."
        ),
    ),
]
