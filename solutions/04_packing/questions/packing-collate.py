"""packing-collate: from a list of calls to a batch: padded x, lengths, labels.

All lengths and labels differ, the longest call never comes first, and no two sizes are equal, so
that exchanged axes, sorted rows and lengths taken after padding show.
"""

import numpy as np
import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

TITLE = "A batch of your own"
KIND = "function"
POINTS = 3
CASES = 4
HINTS = [
    (
        "Take the list apart first: `calls = [call for call, label in batch]`, and the same for "
        "the labels. Each call is (T_i, C): what is its length?"
    ),
    (
        "`pad_sequence(calls, batch_first=True)` makes (B, T, C) and puts zeros on the right. "
        "After that every row is equally long: take the lengths before."
    ),
    (
        "`lengths = torch.tensor([len(call) for call in calls])` and "
        "`y = torch.tensor(labels)`; return `x, lengths, y`, in the order in which they came."
    ),
]

Batch = list[tuple[Tensor, int]]
Made = tuple[Tensor, Tensor, Tensor]


def inputs(rng: np.random.Generator) -> dict[str, list[object]]:
    """Draw 3 or 4 calls (T_i, 2) with T_i from 3 to 8 but not 4, each with a label of its own."""
    count = int(rng.choice([3, 4]))
    lengths = rng.permutation([3, 5, 6, 7, 8])[:count]
    if lengths[0] == lengths.max():
        lengths = lengths[::-1]
    labels = rng.permutation(9)[:count]
    return {
        "batch": [
            (rng.standard_normal((int(length), 2)), int(label))
            for length, label in zip(lengths, labels, strict=True)
        ]
    }


def _parts(batch: Batch) -> tuple[list[Tensor], Tensor, Tensor]:
    calls = [call for call, _ in batch]
    lengths = torch.tensor([len(call) for call in calls])
    return calls, lengths, torch.tensor([label for _, label in batch])


def reference(batch: Batch) -> Made:
    """x (B, T, C), zero behind each end; lengths (B,); y (B,)."""
    calls, lengths, y = _parts(batch)
    return pad_sequence(calls, batch_first=True), lengths, y


def _time_first(batch: Batch) -> Made:
    calls, lengths, y = _parts(batch)
    return pad_sequence(calls), lengths, y


def _left_padded(batch: Batch) -> Made:
    calls, lengths, y = _parts(batch)
    return pad_sequence(calls, batch_first=True, padding_side="left"), lengths, y


def _lengths_after_padding(batch: Batch) -> Made:
    """Lengths that do not belong to the rows."""
    x, lengths, y = reference(batch)
    return x, torch.full_like(lengths, x.shape[1]), y


def _lengths_of_a_frame(batch: Batch) -> Made:
    x, lengths, y = reference(batch)
    return x, torch.full_like(lengths, x.shape[2]), y


def _labels_not_sorted(batch: Batch) -> Made:
    x, lengths, y = reference(batch)
    order = lengths.argsort(descending=True)
    return x[order], lengths[order], y


def _all_sorted(batch: Batch) -> Made:
    x, lengths, y = reference(batch)
    order = lengths.argsort(descending=True)
    return x[order], lengths[order], y[order]


def _cut_to_the_shortest(batch: Batch) -> Made:
    x, lengths, y = reference(batch)
    return x[:, : int(lengths.min())], lengths.clamp(max=int(lengths.min())), y


def _always_fifty(batch: Batch) -> Made:
    x, lengths, y = reference(batch)
    wide = x.new_zeros(x.shape[0], 50, x.shape[2])
    wide[:, : x.shape[1]] = x
    return wide, lengths, y


def _no_lengths(batch: Batch) -> tuple[Tensor, Tensor]:
    x, _, y = reference(batch)
    return x, y


def _labels_second(batch: Batch) -> Made:
    x, lengths, y = reference(batch)
    return x, y, lengths


def _plain_lists(batch: Batch) -> tuple[Tensor, list[int], list[int]]:
    x, lengths, y = reference(batch)
    return x, lengths.tolist(), y.tolist()


def _labels_as_floats(batch: Batch) -> Made:
    x, lengths, y = reference(batch)
    return x, lengths, y.double()


def _labels_as_column(batch: Batch) -> Made:
    x, lengths, y = reference(batch)
    return x, lengths, y[:, None]


MISTAKES = [
    (
        "time-first",
        _time_first,
        (
            "`x` is (T, B, C): `pad_sequence` puts time first unless told otherwise. Say "
            "`batch_first=True`."
        ),
    ),
    (
        "left-padded",
        _left_padded,
        (
            "The zeros stand in front of the calls. Whoever packs or gathers by length counts from "
            "the left and would read the zeros. Pad on the right."
        ),
    ),
    (
        "lengths-after-padding",
        _lengths_after_padding,
        (
            "All your lengths are the width of the padded batch: they were taken after padding, "
            "when every row is equally long. Take `len(call)` of each call before."
        ),
    ),
    (
        "lengths-of-a-frame",
        _lengths_of_a_frame,
        (
            "Your lengths are how many numbers a frame has, `call.shape[1]`. The length of a call "
            "is its number of frames, `len(call)` or `call.shape[0]`."
        ),
    ),
    (
        "labels-not-sorted",
        _labels_not_sorted,
        (
            "Calls and lengths are sorted, the labels are not: most calls now carry another "
            "speaker's label, and nothing will complain. Leave all in the order they came in; "
            "`enforce_sorted=False` makes sorting needless."
        ),
    ),
    (
        "all-sorted",
        _all_sorted,
        (
            "You sorted all three alike, so nothing is mixed up. But the order of the batch is no "
            "longer the caller's, who may hold other things in it. Keep it: `enforce_sorted=False` "
            "makes sorting needless."
        ),
    ),
    (
        "cut-to-the-shortest",
        _cut_to_the_shortest,
        "All calls are cut to the shortest one: what the others still said is lost. Pad instead.",
    ),
    (
        "always-fifty",
        _always_fifty,
        (
            "Right, but always fifty columns wide: most of it zeros that every layer then reads. "
            "`pad_sequence` pads to the longest call of the batch and no further."
        ),
    ),
    (
        "no-lengths",
        _no_lengths,
        (
            "The lengths are missing: return three things, `x, lengths, y`. Without them nobody "
            "can tell a quiet frame from padding."
        ),
    ),
    (
        "labels-second",
        _labels_second,
        "All three are right, in another order: first `x`, then `lengths`, then `y`.",
    ),
    (
        "plain-lists",
        _plain_lists,
        (
            "Lengths and labels are plain lists. A loss wants a tensor of labels, and a mask a "
            "tensor of lengths: `torch.tensor(…)` around each."
        ),
    ),
    (
        "labels-as-floats",
        _labels_as_floats,
        "The labels are floats. `cross_entropy` wants whole class numbers: `torch.tensor(labels)`.",
    ),
    (
        "labels-as-column",
        _labels_as_column,
        (
            "The labels are a column, (B, 1). `cross_entropy` wants one number per call, (B,): "
            "leave the extra axis out."
        ),
    ),
]
