"""birnn-two-directions: flip, run, flip back: what `nn.RNN(bidirectional=True)` does inside.

The layer is given by its weights, four for each direction, with as many hidden numbers as features,
so that exchanged directions run without an error and have to be told apart by value.
"""

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

TITLE = "Two directions by hand"
KIND = "function"
POINTS = 3
CASES = 4
HINTS = [
    (
        "The first reader is one call: `read(x, forward)`. The second needs its own weights and "
        "the sentence turned round. All sequences here fill the box, so `flip` may turn all of it: "
        "on which axis is time?"
    ),
    (
        "`read(x.flip(1), backward)` gives the second reader's states in the order it read: at its "
        "step 0 stands what it made of the *last* word. Which flip puts each state back beside the "
        "word it belongs to?"
    ),
    (
        "Put the two side by side on the feature axis, the forward reader first: "
        "`torch.cat([there, back.flip(1)], dim=2)`, of shape (B, T, 2H)."
    ),
]

Weights = list[Tensor]


def inputs(rng: np.random.Generator) -> dict[str, object]:
    """Draw a batch x (B, T, H) and two sets of weights [(H, H), (H, H), (H,), (H,)]."""
    batch, steps, hidden = (int(size) for size in rng.permutation([2, 3, 5]))
    return {
        "x": rng.standard_normal((batch, steps, hidden)),
        "forward": _weights(rng, hidden),
        "backward": _weights(rng, hidden),
    }


def _weights(rng: np.random.Generator, hidden: int) -> list[npt.NDArray[np.float64]]:
    square = (hidden, hidden)
    return [
        rng.standard_normal(square) * 0.6,
        rng.standard_normal(square) * 0.6,
        rng.uniform(-0.5, 0.5, hidden),
        rng.uniform(-0.5, 0.5, hidden),
    ]


def _read(x: Tensor, weights: Weights) -> Tensor:
    """Read x (B, T, H) from left to right: every state (B, T, H)."""
    W_ih, W_hh, b_ih, b_hh = weights
    h = x.new_zeros(x.shape[0], W_hh.shape[0])
    states = []
    for t in range(x.shape[1]):
        h = torch.tanh(x[:, t] @ W_ih.T + b_ih + h @ W_hh.T + b_hh)
        states.append(h)
    return torch.stack(states, dim=1)


def _back(x: Tensor, weights: Weights) -> Tensor:
    """What the backward reader knows at each word, (B, T, H)."""
    return _read(x.flip(1), weights).flip(1)


def reference(x: Tensor, forward: Weights, backward: Weights) -> Tensor:
    """Both readers' states beside each word, the forward one first: (B, T, 2H)."""
    return torch.cat([_read(x, forward), _back(x, backward)], dim=2)


def _not_flipped_back(x: Tensor, forward: Weights, backward: Weights) -> Tensor:
    return torch.cat([_read(x, forward), _read(x.flip(1), backward)], dim=2)


def _never_flipped(x: Tensor, forward: Weights, backward: Weights) -> Tensor:
    return torch.cat([_read(x, forward), _read(x, backward)], dim=2)


def _only_the_result(x: Tensor, forward: Weights, backward: Weights) -> Tensor:
    return torch.cat([_read(x, forward), _read(x, backward).flip(1)], dim=2)


def _batch_flipped(x: Tensor, forward: Weights, backward: Weights) -> Tensor:
    return torch.cat([_read(x, forward), _read(x.flip(0), backward)], dim=2)


def _end_to_end(x: Tensor, forward: Weights, backward: Weights) -> Tensor:
    return torch.cat([_read(x, forward), _back(x, backward)], dim=1)


def _summed(x: Tensor, forward: Weights, backward: Weights) -> Tensor:
    return _read(x, forward) + _back(x, backward)


def _averaged(x: Tensor, forward: Weights, backward: Weights) -> Tensor:
    return (_read(x, forward) + _back(x, backward)) / 2


def _backward_first(x: Tensor, forward: Weights, backward: Weights) -> Tensor:
    return torch.cat([_back(x, backward), _read(x, forward)], dim=2)


def _one_set_of_weights(x: Tensor, forward: Weights, backward: Weights) -> Tensor:
    return torch.cat([_read(x, forward), _back(x, forward)], dim=2)


def _exchanged_weights(x: Tensor, forward: Weights, backward: Weights) -> Tensor:
    return torch.cat([_read(x, backward), _back(x, forward)], dim=2)


def _one_reader(x: Tensor, forward: Weights, backward: Weights) -> Tensor:
    return _read(x, forward)


def _chained(x: Tensor, forward: Weights, backward: Weights) -> Tensor:
    there = _read(x, forward)
    return torch.cat([there, _back(there, backward)], dim=2)


def _stacked(x: Tensor, forward: Weights, backward: Weights) -> Tensor:
    return torch.stack([_read(x, forward), _back(x, backward)], dim=2)


def _stacked_last(x: Tensor, forward: Weights, backward: Weights) -> Tensor:
    return torch.stack([_read(x, forward), _back(x, backward)], dim=-1)


def _stacked_first(x: Tensor, forward: Weights, backward: Weights) -> Tensor:
    return torch.stack([_read(x, forward), _back(x, backward)])


def _on_the_batch(x: Tensor, forward: Weights, backward: Weights) -> Tensor:
    return torch.cat([_read(x, forward), _back(x, backward)])


def _features_flipped(x: Tensor, forward: Weights, backward: Weights) -> Tensor:
    return torch.cat([_read(x, forward), _read(x.flip(2), backward).flip(2)], dim=2)


def _features_flipped_once(x: Tensor, forward: Weights, backward: Weights) -> Tensor:
    return torch.cat([_read(x, forward), _read(x.flip(2), backward)], dim=2)


def _all_flipped_back(x: Tensor, forward: Weights, backward: Weights) -> Tensor:
    return torch.cat([_read(x, forward), _read(x.flip(1), backward)], dim=2).flip(1)


def _weights_flipped(x: Tensor, forward: Weights, backward: Weights) -> Tensor:
    turned = [weight.flip(0) for weight in forward]
    return torch.cat([_read(x, forward), _back(x, turned)], dim=2)


MISTAKES = [
    (
        "not-flipped-back",
        _not_flipped_back,
        (
            "The backward states stand in the order in which they were read: beside the first word "
            "you have what that reader made of the last one. Flip them back before you join."
        ),
    ),
    (
        "never-flipped",
        _never_flipped,
        (
            "Both readers read from left to right; the second never sees what is to come. It has "
            "to get the sentence from its other end, and time is axis 1."
        ),
    ),
    (
        "only-the-result-flipped",
        _only_the_result,
        (
            "You turned the second reader's states but not the sentence it reads: it still read "
            "from left to right. Flip `x` before it reads, and its states after."
        ),
    ),
    (
        "batch-flipped",
        _batch_flipped,
        (
            "`flip(0)` turns the batch round: then the second reader gets, or gives, other "
            "sequences' states. Time is axis 1."
        ),
    ),
    (
        "end-to-end",
        _end_to_end,
        (
            "`dim=1` is time: you glued the second reader's states behind the first's, (B, 2T, "
            "H). Side by side is along the features."
        ),
    ),
    (
        "summed",
        _summed,
        (
            "You added the two readers' states. PyTorch keeps them side by side, so that the head "
            "can weigh each on its own: (B, T, 2H)."
        ),
    ),
    (
        "averaged",
        _averaged,
        (
            "That is the mean of the two readers. PyTorch keeps them side by side, so that the "
            "head can weigh each on its own: (B, T, 2H)."
        ),
    ),
    (
        "backward-first",
        _backward_first,
        "The right numbers in the wrong halves: PyTorch puts the forward reader first.",
    ),
    (
        "one-set-of-weights",
        _one_set_of_weights,
        (
            "Both readers use the weights `forward`. The two directions share nothing: the second "
            "has weights of its own, `backward`."
        ),
    ),
    (
        "weights-exchanged",
        _exchanged_weights,
        "The readers have changed weights: `forward` reads `x`, `backward` reads it turned round.",
    ),
    (
        "one-reader",
        _one_reader,
        "This is the forward reader alone, (B, T, H). Where is the one that comes from the end?",
    ),
    (
        "chained",
        _chained,
        (
            "The second reader reads the first one's states. That is how *layers* are stacked; the "
            "two directions of one layer both read `x`."
        ),
    ),
    (
        "stacked",
        [_stacked, _stacked_last, _stacked_first],
        (
            "`torch.stack` has made a new axis. Side by side, (B, T, 2H), is what `torch.cat` "
            "does along the features."
        ),
    ),
    (
        "on-the-batch",
        _on_the_batch,
        (
            "`cat` without a `dim` joins along the batch: (2B, T, H). Both readers' states belong "
            "beside each other at each step."
        ),
    ),
    (
        "features-flipped",
        [_features_flipped, _features_flipped_once],
        ("You turned axis 2, the features of each word. The order of the words is axis 1."),
    ),
    (
        "joined-before-flipping",
        _all_flipped_back,
        (
            "You turned both readers' states at the end. The forward ones stand where they "
            "belong; only the backward ones have to be turned back."
        ),
    ),
    (
        "weights-flipped",
        _weights_flipped,
        (
            "You turned the weights. It is the sentence that is read from the other end, with "
            "weights of the second reader's own."
        ),
    ),
]
