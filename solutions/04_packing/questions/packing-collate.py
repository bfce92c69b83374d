"""packing-collate: from a list of calls to a batch: padded x, lengths, labels.

All lengths and labels differ, the longest call never comes first, and no two sizes are equal, so
that exchanged axes, sorted rows and lengths taken after padding show.
"""

from collections.abc import Callable

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
    """Draw 3 or 4 calls (T_i, 2) with T_i from 3 to 8 but not 4, each with a label of its own.

    Each call has a silent frame, all zeros, before its end; the first ends in one.
    """
    count = int(rng.choice([3, 4]))
    lengths = rng.permutation([3, 5, 6, 7, 8])[:count]
    if lengths[0] == lengths.max():
        lengths = lengths[::-1]
    labels = rng.permutation(9)[:count]
    calls = [rng.standard_normal((int(length), 2)) for length in lengths]
    for call in calls:
        call[rng.integers(0, len(call) - 1)] = 0.0
    calls[0][-1] = 0.0
    return {
        "batch": [(call, int(label)) for call, label in zip(calls, labels, strict=True)],
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


def _unpadded(batch: Batch) -> Made:
    calls, lengths, y = _parts(batch)
    return torch.stack(calls), lengths, y


def _unpadded_by_cat(batch: Batch) -> Made:
    calls, lengths, y = _parts(batch)
    return torch.cat(calls), lengths, y


def _tensor_of_tensors(batch: Batch) -> Made:
    calls, lengths, y = _parts(batch)
    return torch.tensor(calls), lengths, y


def _lengths_of(held: Callable[[Tensor], Tensor]) -> Callable[[Batch], Made]:
    """A batch whose lengths are found in the padded x."""

    def collate(batch: Batch) -> Made:
        x, _, y = reference(batch)
        return x, held(x), y

    return collate


def _plain_lengths(batch: Batch) -> tuple[Tensor, list[int], Tensor]:
    x, lengths, y = reference(batch)
    return x, lengths.tolist(), y


def _plain_labels(batch: Batch) -> tuple[Tensor, Tensor, list[int]]:
    x, lengths, y = reference(batch)
    return x, lengths, y.tolist()


def _all_floats(batch: Batch) -> Made:
    x, lengths, y = reference(batch)
    return x, lengths.double(), y.double()


def _pairs_padded(batch: Batch) -> Tensor:
    return pad_sequence(batch, batch_first=True)  # type: ignore[arg-type]


def _pairs_for_two_lists(batch: Batch) -> object:
    calls, labels = batch
    return calls, labels


def _numbers_stacked(batch: Batch) -> Tensor:
    return torch.stack([label for _, label in batch])  # type: ignore[misc]


MISTAKES = [
    (
        "time-first",
        _time_first,
        (
            "`x` is (T, B, C): `pad_sequence` puts time first unless told that the batch comes "
            "first."
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
            "when every row is equally long. Take them before."
        ),
    ),
    (
        "lengths-of-a-frame",
        _lengths_of_a_frame,
        (
            "All your lengths are 2. That is how many things a pair holds, and how many numbers a "
            "frame. A call's length is how many frames it has."
        ),
    ),
    (
        "labels-not-sorted",
        _labels_not_sorted,
        (
            "Calls and lengths are sorted, the labels are not: most calls now carry another "
            "speaker's label, and nothing will complain. Leave all in the order they came in."
        ),
    ),
    (
        "all-sorted",
        _all_sorted,
        (
            "You sorted all three alike, so nothing is mixed up. But the order of the batch is no "
            "longer the caller's, who may hold other things in it. Keep it; packing can do with "
            "any order."
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
            "The lengths are missing: three things are asked for. Without them nobody can tell a "
            "quiet frame from padding."
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
            "tensor of lengths."
        ),
    ),
    (
        "labels-as-floats",
        _labels_as_floats,
        (
            "The labels are floats. `cross_entropy` wants whole class numbers: `torch.Tensor` "
            "with a capital T makes floats, `torch.tensor` keeps the kind."
        ),
    ),
    (
        "labels-as-column",
        _labels_as_column,
        (
            "The labels are a column, (B, 1). `cross_entropy` wants one number per call, (B,): "
            "leave the extra axis out."
        ),
    ),
    (
        "not-padded",
        [_unpadded, _unpadded_by_cat, _tensor_of_tensors],
        (
            "The calls differ in length, so they make no box as they are: `stack` and `tensor` "
            "refuse, and `cat` lays them end to end. They have to be padded first."
        ),
    ),
    (
        "lengths-from-the-frames",
        [
            _lengths_of(lambda x: (x != 0).any(dim=2).sum(dim=1)),
            _lengths_of(lambda x: (x[:, :, 0] != 0).sum(dim=1)),
        ],
        (
            "You count the frames that are not zero. A call may be silent for a moment, and then "
            "its length comes out too short: count the frames before you pad."
        ),
    ),
    (
        "plain-lengths",
        _plain_lengths,
        ("The lengths are a plain list. A mask and a division want a tensor of them."),
    ),
    (
        "plain-labels",
        _plain_labels,
        ("The labels are a plain list. A loss wants a tensor of them."),
    ),
    (
        "all-floats",
        _all_floats,
        (
            "Lengths and labels are floats. Both are whole numbers, int64: `torch.Tensor` with a "
            "capital T makes floats, `torch.tensor` keeps the kind."
        ),
    ),
    (
        "pairs-not-taken-apart",
        [_pairs_padded, _pairs_for_two_lists],
        (
            "`batch` is a list of pairs, a call and its label. Make a list of the calls and one "
            "of the labels first; a loop or `zip(*batch)` does it."
        ),
    ),
    (
        "numbers-stacked",
        _numbers_stacked,
        (
            "Labels are plain numbers, and `torch.stack` joins tensors only. A tensor of a list "
            "of numbers is made in another way."
        ),
    ),
]
