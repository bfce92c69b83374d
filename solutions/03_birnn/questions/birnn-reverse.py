"""birnn-reverse: turn each sequence of a padded batch round in time, and leave the padding behind.

Every batch holds one sequence that fills all steps and one shorter by two steps or more, so that a
flip of the whole box shows; sizes differ on all three axes, and lengths are never sorted. Steps of
zeros inside a sequence find out who takes its length from what is not zero.
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
    """Draw a batch x (B, T, C) padded with zeros behind each sequence, and lengths (B,).

    In each sequence of three or more a step in the middle is all zeros, in one the last step, too.
    """
    batch, features = (int(size) for size in rng.permutation([3, 4]))
    steps = int(rng.choice([6, 7]))
    lengths = rng.integers(2, steps - 1, batch)
    lengths[1] = steps
    lengths[2] = 2
    x = rng.uniform(0.2, 2.0, (batch, steps, features)) * rng.choice([-1.0, 1.0], (1, 1, features))
    x[np.arange(steps)[None, :] >= lengths[:, None]] = 0.0
    for row in np.flatnonzero(lengths > 2):
        x[row, rng.integers(1, lengths[row] - 1)] = 0.0
    x[1, -1] = 0.0
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


def _masked_flip(x: Tensor, lengths: Tensor) -> Tensor:
    mask = torch.arange(x.shape[1]) < lengths[:, None]
    return x.flip(1) * mask[:, :, None]


def _mask_without_an_axis(x: Tensor, lengths: Tensor) -> Tensor:
    mask = torch.arange(x.shape[1]) < lengths[:, None]
    return x.flip(1) * mask


def _first_rows_length(x: Tensor, lengths: Tensor) -> Tensor:
    turned = x.clone()
    length = int(lengths[0])
    turned[:, :length] = x[:, :length].flip(1)
    return turned


def _reads_what_it_writes(x: Tensor, lengths: Tensor) -> Tensor:
    turned = x.clone()
    for row, length in enumerate(lengths.tolist()):
        for t in range(length):
            turned[row, t] = turned[row, length - 1 - t]
    return turned


def _one_too_far_by_index(x: Tensor, lengths: Tensor) -> Tensor:
    turned = x.clone()
    for row, length in enumerate(lengths.tolist()):
        for t in range(length):
            turned[row, t] = x[row, length - t]
    return turned


def _sequences_alone(x: Tensor, lengths: Tensor) -> list[Tensor]:
    return [x[row, :length].flip(0) for row, length in enumerate(lengths.tolist())]


def _sequences_stacked(x: Tensor, lengths: Tensor) -> Tensor:
    return torch.stack(_sequences_alone(x, lengths))


def _features_of_each(x: Tensor, lengths: Tensor) -> Tensor:
    turned = x.clone()
    for row, length in enumerate(lengths.tolist()):
        turned[row, :length] = x[row, :length].flip(1)
    return turned


def _turned_to(x: Tensor, lengths: Tensor) -> Tensor:
    turned = x.clone()
    for row, length in enumerate(lengths.tolist()):
        turned[row, :length] = x[row, :length].flip(0)
    return turned


def _by_what_is_not_zero(x: Tensor, lengths: Tensor) -> Tensor:
    return _turned_to(x, (x != 0).any(dim=2).sum(dim=1))


def _gathered_by_what_is_not_zero(x: Tensor, lengths: Tensor) -> Tensor:
    return reference(x, (x != 0).any(dim=2).sum(dim=1))


def _up_to_the_last_not_zero(x: Tensor, lengths: Tensor) -> Tensor:
    steps = torch.arange(1, x.shape[1] + 1) * (x != 0).any(dim=2)
    return _turned_to(x, steps.amax(dim=1))


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
        [_features, _features_of_each],
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
        [_one_too_far, _one_too_far_by_index],
        (
            "One step too far: at step 0 you put step `length`, which is padding already. Steps "
            "count from 0, so the last one is `length - 1`."
        ),
    ),
    (
        "last-step-left-out",
        _one_too_few,
        (
            "The last step of each sequence has stayed where it was. A slice ends before its "
            "second number, so it need not be one less."
        ),
    ),
    (
        "one-length-for-all",
        [_first_length, _first_rows_length],
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
    (
        "flipped-and-masked",
        _masked_flip,
        (
            "You turned the whole box and then masked it: the padding came to the front and "
            "pushed the words out on the other side, where the mask cut them off. Turn only the "
            "steps that belong to a sequence."
        ),
    ),
    (
        "mask-without-an-axis",
        _mask_without_an_axis,
        (
            "The mask is (B, T) and `x` is (B, T, C): an axis for the features is missing. And "
            "turning the whole box first would bring the padding to the front."
        ),
    ),
    (
        "reads-what-it-writes",
        _reads_what_it_writes,
        (
            "You read from the tensor that you write to: by the second half of a sequence its "
            "first half is already overwritten. Read from `x`, write to the copy."
        ),
    ),
    (
        "only-the-sequences",
        [_sequences_alone, _sequences_stacked],
        (
            "Each sequence is turned, but without its padding they have different lengths and "
            "make no tensor. Put each into its place in a copy of `x`."
        ),
    ),
    (
        "lengths-from-the-zeros",
        [_by_what_is_not_zero, _gathered_by_what_is_not_zero, _up_to_the_last_not_zero],
        (
            "You take a sequence's length from where its numbers are not zero. A step of zeros "
            "may be a word like any other; `lengths` says how many belong to each."
        ),
    ),
]
