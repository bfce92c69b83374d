"""packing-both-ways: a debug question. A reader of two directions that reads the padding.

The code given runs on the padded batch and takes the last column. The layer is given by its
weights. No row fills all columns, the longest row never comes first, and nothing has equal sizes.
A batch of one comes up, which is where `squeeze` shows.
"""

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

TITLE = "Mend the reader of two directions"
KIND = "function"
POINTS = 3
CASES = 8
HINTS = [
    (
        "Where does each direction end? The one forward at the row's last frame, the one backward "
        "at its first. And where does each *begin*? In the padded batch the one backward begins "
        "in the padding."
    ),
    (
        "Gathering mends the end of the forward direction, and cannot mend the beginning of the "
        "other. Pack: `pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)`, "
        "and give that to the layer."
    ),
    (
        "Of a packed run, `h_n` (2, B, H) holds both ends, and in the order of your rows: "
        "`torch.cat([h_n[0], h_n[1]], dim=1)`."
    ),
]

Weights = list[Tensor]


def inputs(rng: np.random.Generator) -> dict[str, npt.NDArray[np.generic] | list[object]]:
    """Draw x (B, T, C), zero behind each row's end, lengths (B,), eight weights of H numbers.

    One frame of each row is silent, all zeros.
    """
    batch, channels, hidden = (int(size) for size in rng.permutation([2, 3, 4]))
    batch = int(rng.choice([1, batch, batch, batch]))
    lengths = rng.permutation(np.arange(2, 7))[:batch]
    if batch > 1 and lengths[0] == lengths.max():
        lengths = lengths[::-1].copy()
    steps = int(lengths.max()) + 2
    x = rng.standard_normal((batch, steps, channels))
    x[np.arange(batch), rng.integers(0, lengths)] = 0.0  # a silent frame is a frame
    x[np.arange(steps) >= lengths[:, None]] = 0.0
    weights: list[object] = []
    for _ in range(2):
        weights += [
            rng.standard_normal((hidden, channels)) * 0.6,
            rng.standard_normal((hidden, hidden)) * 0.6,
            rng.uniform(0.1, 0.5, hidden),
            rng.uniform(-0.7, -0.2, hidden),
        ]
    return {"x": x, "lengths": lengths, "weights": weights}


def _reader(weights: Weights) -> nn.RNN:
    hidden, channels = weights[0].shape
    rnn = nn.RNN(channels, hidden, batch_first=True, bidirectional=True).to(weights[0].dtype)
    rnn.load_state_dict(dict(zip(rnn.state_dict(), weights, strict=True)))
    return rnn


def _padded(x: Tensor, weights: Weights) -> tuple[Tensor, Tensor]:
    output, h_n = _reader(weights)(x)
    return output, h_n


def _packed(x: Tensor, lengths: Tensor, weights: Weights) -> tuple[Tensor, Tensor]:
    """The output unpacked (B, longest, 2H), and h_n (2, B, H)."""
    packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
    output, h_n = _reader(weights)(packed)
    return pad_packed_sequence(output, batch_first=True)[0], h_n


def _ends(output: Tensor, lengths: Tensor) -> Tensor:
    return output[torch.arange(len(lengths)), lengths - 1]


def reference(x: Tensor, lengths: Tensor, weights: Weights) -> Tensor:
    """Both directions' final states, forward first (B, 2H)."""
    return torch.cat(list(_packed(x, lengths, weights)[1]), dim=1)


def _last_column(x: Tensor, lengths: Tensor, weights: Weights) -> Tensor:
    return _padded(x, weights)[0][:, -1]


def _states_of_the_padded(x: Tensor, lengths: Tensor, weights: Weights) -> Tensor:
    return torch.cat(list(_padded(x, weights)[1]), dim=1)


def _last_column_unpacked(x: Tensor, lengths: Tensor, weights: Weights) -> Tensor:
    return _packed(x, lengths, weights)[0][:, -1]


def _gathered_packed(x: Tensor, lengths: Tensor, weights: Weights) -> Tensor:
    return _ends(_packed(x, lengths, weights)[0], lengths)


def _gathered_padded(x: Tensor, lengths: Tensor, weights: Weights) -> Tensor:
    return _ends(_padded(x, weights)[0], lengths)


def _backward_through_padding(x: Tensor, lengths: Tensor, weights: Weights) -> Tensor:
    output, _ = _padded(x, weights)
    hidden = output.shape[2] // 2
    return torch.cat([_ends(output, lengths)[:, :hidden], output[:, 0, hidden:]], dim=1)


def _order_not_undone(x: Tensor, lengths: Tensor, weights: Weights) -> Tensor:
    order = lengths.argsort(descending=True)
    return reference(x[order], lengths[order], weights)


def _sorted_twice(x: Tensor, lengths: Tensor, weights: Weights) -> Tensor:
    order = lengths.argsort(descending=True)
    return reference(x[order], lengths[order], weights)[order]


def _squeezed(x: Tensor, lengths: Tensor, weights: Weights) -> Tensor:
    return reference(x, lengths, weights).squeeze()


def _backward_only(x: Tensor, lengths: Tensor, weights: Weights) -> Tensor:
    return _packed(x, lengths, weights)[1][-1]


def _exchanged(x: Tensor, lengths: Tensor, weights: Weights) -> Tensor:
    forward, backward = _packed(x, lengths, weights)[1]
    return torch.cat([backward, forward], dim=1)


def _viewed(x: Tensor, lengths: Tensor, weights: Weights) -> Tensor:
    return _packed(x, lengths, weights)[1].reshape(len(x), -1)


def _below_each_other(x: Tensor, lengths: Tensor, weights: Weights) -> Tensor:
    return torch.cat(list(_packed(x, lengths, weights)[1]), dim=0)


def _both_states(x: Tensor, lengths: Tensor, weights: Weights) -> Tensor:
    return _packed(x, lengths, weights)[1]


def _time_first(x: Tensor, lengths: Tensor, weights: Weights) -> Tensor:
    packed = pack_padded_sequence(x, lengths, enforce_sorted=False)
    return torch.cat(list(_reader(weights)(packed)[1]), dim=1)


def _not_sorted(x: Tensor, lengths: Tensor, weights: Weights) -> Tensor:
    packed = pack_padded_sequence(x, lengths, batch_first=True)
    return torch.cat(list(_reader(weights)(packed)[1]), dim=1)


def _neither(x: Tensor, lengths: Tensor, weights: Weights) -> Tensor:
    packed = pack_padded_sequence(x, lengths)
    return torch.cat(list(_reader(weights)(packed)[1]), dim=1)


def _still_packed(x: Tensor, lengths: Tensor, weights: Weights) -> Tensor:
    packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
    return _reader(weights)(packed)[0][:, -1]  # type: ignore[no-any-return]


def _packed_data(x: Tensor, lengths: Tensor, weights: Weights) -> Tensor:
    packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
    return _reader(weights)(packed)[0].data[:, -1]  # type: ignore[no-any-return]


def _lengths_sorted_alone(x: Tensor, lengths: Tensor, weights: Weights) -> Tensor:
    return reference(x, lengths.sort(descending=True)[0], weights)


def _forward_only(x: Tensor, lengths: Tensor, weights: Weights) -> Tensor:
    return _packed(x, lengths, weights)[1][0]


def _cut_to_the_longest(x: Tensor, lengths: Tensor, weights: Weights) -> Tensor:
    return _states_of_the_padded(x[:, : int(lengths.max())], lengths, weights)


def _unpacked_time_first(x: Tensor, lengths: Tensor, weights: Weights) -> Tensor:
    return _packed(x, lengths, weights)[0].transpose(0, 1)[:, -1]


def _by_what_is_not_zero(x: Tensor, lengths: Tensor, weights: Weights) -> Tensor:
    return reference(x, (x != 0).any(dim=2).sum(dim=1), weights)


MISTAKES = [
    (
        "last-column",
        _last_column,
        (
            "Still the last column of the padded batch: forward it has read all the padding, "
            "backward nothing else. The layer has to know where each row ends."
        ),
    ),
    (
        "states-of-the-padded",
        _states_of_the_padded,
        (
            "`h_n` of both directions is the right read-out, but of a padded run it has read the "
            "padding: forward at the end, backward at the beginning. Pack before the layer."
        ),
    ),
    (
        "last-column-unpacked",
        _last_column_unpacked,
        (
            "Packed, and then the last column: after unpacking that is all zeros for every row "
            "shorter than the longest. The layer hands out the ends of both directions besides."
        ),
    ),
    (
        "gathered-packed",
        _gathered_packed,
        (
            "Packed, and the forward half is right. At the row's last step the backward half has "
            "read one frame only; its summary sits at step 0. `h_n` holds both ends."
        ),
    ),
    (
        "gathered-padded",
        _gathered_padded,
        (
            "Gathering alone mends the forward half. The backward half comes out of the padding "
            "and has read one frame at that place. The layer has to know where each row ends."
        ),
    ),
    (
        "backward-through-padding",
        _backward_through_padding,
        (
            "You read both halves at the right place. But without packing the backward direction "
            "begins in the padding, and arrives with a state that has read it. Pack first."
        ),
    ),
    (
        "order-not-undone",
        _order_not_undone,
        (
            "The rows come back sorted, so most summaries belong to another call. Undo the sort, "
            "or let packing do both."
        ),
    ),
    (
        "backward-only",
        _backward_only,
        ("That is the backward direction alone, (B, H). The summary holds both, forward first."),
    ),
    (
        "directions-exchanged",
        _exchanged,
        ("Both halves are right, but exchanged: forward comes first."),
    ),
    (
        "reshaped",
        _viewed,
        (
            "`h_n` is (2, B, H), and `view` or `reshape` only cuts the row of numbers anew: "
            "states land in other calls."
        ),
    ),
    (
        "below-each-other",
        _below_each_other,
        ("You put the directions below each other: (2B, H). They belong side by side, (B, 2H)."),
    ),
    (
        "both-states",
        _both_states,
        (
            "That is `h_n` as it comes, (2, B, H). One vector per call is asked for, both ends "
            "side by side."
        ),
    ),
    (
        "batch-first-forgotten",
        [_time_first, _neither],
        (
            "Packing takes the first axis for time unless it is told that the batch comes first; "
            "here it counts rows where the steps are."
        ),
    ),
    (
        "not-sorted",
        _not_sorted,
        (
            "Packing wants the longest row first unless it is told that rows come in any order. "
            "There is a keyword for that, and it undoes the order at the end, too."
        ),
    ),
    (
        "still-packed",
        [_still_packed, _packed_data],
        (
            "What comes out of a packed run is packed as well: its rows lie in one long column "
            "and have no steps to index. `h_n` needs no unpacking."
        ),
    ),
    (
        "lengths-sorted-alone",
        _lengths_sorted_alone,
        (
            "You sorted the lengths but not the rows: each row is read with another one's length. "
            "Leave both as they came."
        ),
    ),
    (
        "forward-only",
        _forward_only,
        ("That is the forward direction alone, (B, H). The summary holds both."),
    ),
    (
        "cut-to-the-longest",
        _cut_to_the_longest,
        (
            "You cut the batch to its longest row and did not pack: all other rows still have "
            "padding, and the backward direction begins in it."
        ),
    ),
    (
        "unpacked-time-first",
        _unpacked_time_first,
        (
            "Unpacking puts time first unless told otherwise, so `[:, -1]` is the last row at all "
            "steps. And even in the right order that column is padding for most rows."
        ),
    ),
    (
        "lengths-from-the-frames",
        _by_what_is_not_zero,
        (
            "You count the frames that are not silent. A call may be silent for a moment; "
            "`lengths` says how many frames are its own."
        ),
    ),
    (
        "sorted-twice",
        _sorted_twice,
        (
            "Sorting by `order` once more does not undo it (with two rows it happens to). "
            "`order.argsort()` leads back, or let packing do both."
        ),
    ),
    (
        "squeezed",
        _squeezed,
        (
            "Right for most batches; for a batch of one call `squeeze()` removes the batch axis "
            "too, and (1, 2H) becomes (2H,)."
        ),
    ),
]
