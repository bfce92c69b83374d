"""packing-both-ways: a debug question. A reader of two directions that reads the padding.

The code given runs on the padded batch and takes the last column. The layer is given by its
weights. No row fills all columns, the longest row never comes first, and nothing has equal sizes.
"""

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

TITLE = "Mend the reader of two directions"
KIND = "function"
POINTS = 3
CASES = 4
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
    """Draw x (B, T, C), zero behind each row's end, lengths (B,), eight weights of H numbers."""
    batch, channels, hidden = (int(size) for size in rng.permutation([2, 3, 4]))
    lengths = rng.permutation(np.arange(2, 7))[:batch]
    if lengths[0] == lengths.max():
        lengths = lengths[::-1].copy()
    steps = int(lengths.max()) + 2
    x = rng.standard_normal((batch, steps, channels))
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


MISTAKES = [
    (
        "last-column",
        _last_column,
        (
            "Still the last column of the padded batch: forward it has read all the padding, "
            "backward nothing else. Pack the batch and use `h_n`."
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
            "Packed, and then `output[:, -1]`: after unpacking that column is all zeros for every "
            "row shorter than the longest. Take `h_n`."
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
            "and has read one frame at that place. Pack the batch and use `h_n`."
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
            "or let `enforce_sorted=False` do both for you."
        ),
    ),
    (
        "backward-only",
        _backward_only,
        (
            "`h_n[-1]` is the backward direction alone, (B, H). Put both beside each other: "
            "`torch.cat([h_n[0], h_n[1]], dim=1)`."
        ),
    ),
    (
        "directions-exchanged",
        _exchanged,
        "Both halves are right, but exchanged: forward, `h_n[0]`, comes first.",
    ),
    (
        "reshaped",
        _viewed,
        (
            "`h_n` is (2, B, H), and `view` or `reshape` only cuts the row of numbers anew: states "
            "land in other calls. Use `torch.cat([h_n[0], h_n[1]], dim=1)`."
        ),
    ),
    (
        "below-each-other",
        _below_each_other,
        (
            "You put the directions below each other: (2B, H). They belong side by side, "
            "(B, 2H): `torch.cat(…, dim=1)`."
        ),
    ),
    (
        "both-states",
        _both_states,
        (
            "That is `h_n` as it comes, (2, B, H). One vector per call is asked for: "
            "`torch.cat([h_n[0], h_n[1]], dim=1)`."
        ),
    ),
]
