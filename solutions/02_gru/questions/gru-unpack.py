"""gru-unpack: a debug question. LSTM code reused on a stacked GRU runs, and reads the wrong layer.

`output, (h, c) = gru(x)` takes `h_n` (layers, B, H) apart along its layers, so with two `h` is the
lower one and the upper is never read. There are two, three and four layers, so that whoever goes on
unpacking is found out. A batch of one comes up often, which is where `squeeze` shows. The layers
are given by their weights, so that a mended answer can be told from a silently wrong one by value.
"""

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

TITLE = "Mend the reused code"
KIND = "function"
POINTS = 2
CASES = 6
HINTS = [
    (
        "A GRU has one state, no `c`. So what did Python put into `h` and `c`? It took `h_n`, of "
        "shape (layers, B, H), apart along its first axis. What is that axis?"
    ),
    "The first axis of `h_n` is the layers: of two, `h` became the lower one and `c` the upper.",
    (
        "`output, h_n = gru(x)`, and then the top layer's last state: `h_n[-1]`. With this layout "
        "`output[:, -1]` is the same."
    ),
]


def inputs(rng: np.random.Generator) -> dict[str, npt.NDArray[np.float64]]:
    """Draw x (B, T, H) and the layers' weights: W_ih, W_hh (layers, 3H, H), b_ih, b_hh (…, 3H).

    Layers, B, T and H all differ.
    """
    layers = int(rng.choice([2, 3, 3, 4]))
    batch, steps, hidden = (
        int(n) for n in rng.permutation([n for n in range(2, 6) if n != layers])
    )
    batch = int(rng.choice([1, batch, batch]))
    return {
        "x": rng.standard_normal((batch, steps, hidden)),
        "W_ih": rng.standard_normal((layers, 3 * hidden, hidden)) * 0.6,
        "W_hh": rng.standard_normal((layers, 3 * hidden, hidden)) * 0.6,
        "b_ih": rng.uniform(0.1, 0.5, (layers, 3 * hidden)),
        "b_hh": rng.uniform(-0.7, -0.2, (layers, 3 * hidden)),
    }


def _layer(x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Tensor:
    """One layer on x (B, T, H): every state (B, T, H)."""
    h = x.new_zeros(x.shape[0], W_hh.shape[1])
    states = []
    for t in range(x.shape[1]):
        i, g = (x[:, t] @ W_ih.T + b_ih).chunk(3, dim=1), (h @ W_hh.T + b_hh).chunk(3, dim=1)
        r, z = torch.sigmoid(i[0] + g[0]), torch.sigmoid(i[1] + g[1])
        h = (1 - z) * torch.tanh(i[2] + r * g[2]) + z * h
        states.append(h)
    return torch.stack(states, dim=1)


def _run(
    x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor
) -> tuple[Tensor, Tensor]:
    """What `nn.GRU` would return for x (B, T, H): output (B, T, H) and h_n (layers, B, H)."""
    last = []
    for weights in zip(W_ih, W_hh, b_ih, b_hh, strict=True):
        x = _layer(x, *weights)
        last.append(x[:, -1])
    return x, torch.stack(last)


def reference(x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Tensor:
    """The top layer's last state (B, H)."""
    return _run(x, W_ih, W_hh, b_ih, b_hh)[1][-1]


def _lower_layer(x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Tensor:
    """The code as given."""
    return _run(x, W_ih, W_hh, b_ih, b_hh)[1][0]


def _viewed(x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Tensor:
    """`h_n.view(B, -1)`."""
    return _run(x, W_ih, W_hh, b_ih, b_hh)[1].reshape(x.shape[0], -1)


def _side_by_side(x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Tensor:
    """`torch.cat(list(h_n), dim=1)`: all layers."""
    return torch.cat(list(_run(x, W_ih, W_hh, b_ih, b_hh)[1]), dim=1)


def _added(x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Tensor:
    return _run(x, W_ih, W_hh, b_ih, b_hh)[1].sum(dim=0)


def _averaged(x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Tensor:
    return _run(x, W_ih, W_hh, b_ih, b_hh)[1].mean(dim=0)


def _last_row(x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Tensor:
    """The lowest layer's state of one sequence."""
    return _run(x, W_ih, W_hh, b_ih, b_hh)[1][0][-1]


def _all_layers(x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Tensor:
    return _run(x, W_ih, W_hh, b_ih, b_hh)[1]


def _first_step(x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Tensor:
    return _run(x, W_ih, W_hh, b_ih, b_hh)[0][:, 0]


def _all_steps(x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Tensor:
    return _run(x, W_ih, W_hh, b_ih, b_hh)[0]


def _batch_as_time(x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Tensor:
    """`batch_first=True` got lost."""
    return _run(x.transpose(0, 1), W_ih, W_hh, b_ih, b_hh)[0].transpose(0, 1)[:, -1]


def _unpacked(x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Tensor:
    _, (h, _c) = _run(x, W_ih, W_hh, b_ih, b_hh)
    return h


def _unpacked_upper(x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Tensor:
    _, (_h, c) = _run(x, W_ih, W_hh, b_ih, b_hh)
    return c


def _unpacked_last_row(x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Tensor:
    _, (h, _c) = _run(x, W_ih, W_hh, b_ih, b_hh)
    return h[-1]


def _unpacked_side_by_side(
    x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor
) -> Tensor:
    _, (h, c) = _run(x, W_ih, W_hh, b_ih, b_hh)
    return torch.cat([h, c], dim=1)


def _three_names(x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Tensor:
    _output, h, _c = _run(x, W_ih, W_hh, b_ih, b_hh)
    return h


def _second_layer(x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Tensor:
    return _run(x, W_ih, W_hh, b_ih, b_hh)[1][1]


def _first_two(x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Tensor:
    h_n = _run(x, W_ih, W_hh, b_ih, b_hh)[1]
    return torch.cat([h_n[0], h_n[1]], dim=1)


def _top_two(x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Tensor:
    h_n = _run(x, W_ih, W_hh, b_ih, b_hh)[1]
    return torch.cat([h_n[-2], h_n[-1]], dim=1)


def _first_two_added(x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Tensor:
    h_n = _run(x, W_ih, W_hh, b_ih, b_hh)[1]
    return h_n[0] + h_n[1]


def _one_sequence_at_all_steps(
    x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor
) -> Tensor:
    return _run(x, W_ih, W_hh, b_ih, b_hh)[0][-1]


def _one_sequence_of_all_layers(
    x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor
) -> Tensor:
    return _run(x, W_ih, W_hh, b_ih, b_hh)[1][:, -1]


def _kept_layer_axis(x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Tensor:
    return _run(x, W_ih, W_hh, b_ih, b_hh)[1][-1:]


def _squeezed(x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Tensor:
    return _run(x, W_ih, W_hh, b_ih, b_hh)[1][-1].squeeze()


def _below_the_top(x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Tensor:
    return _run(x, W_ih, W_hh, b_ih, b_hh)[1][-2]


def _largest_over_layers(
    x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor
) -> Tensor:
    return _run(x, W_ih, W_hh, b_ih, b_hh)[1].max(dim=0).values


MISTAKES = [
    (
        "lower-layer",
        _lower_layer,
        (
            "That is the lowest layer. `h_n` holds all layers, the lowest first, and the top one "
            "is asked for."
        ),
    ),
    (
        "viewed",
        _viewed,
        (
            "`view` (or `reshape`) cuts `h_n` anew without exchanging axes: a row holds the "
            "states of other sequences. Change one sequence and another one's row moves."
        ),
    ),
    (
        "side-by-side",
        [_side_by_side, _first_two, _top_two],
        (
            "You put layers side by side, (B, 2H) or more. That is how the two directions of one "
            "layer are joined. Of stacked layers only the top one is asked for."
        ),
    ),
    (
        "layers-added",
        [_added, _first_two_added],
        (
            "You added layers up. The lower ones have been read by the upper already; only the "
            "top one is asked for."
        ),
    ),
    (
        "layers-averaged",
        _averaged,
        (
            "You averaged the layers. The lower ones have been read by the upper already; only "
            "the top one is asked for."
        ),
    ),
    (
        "one-sequence",
        _last_row,
        (
            "That is the last sequence of the batch, (H,), in the lowest layer. Which axis of "
            "`h_n` is the layers', and which is left when you have taken one?"
        ),
    ),
    (
        "all-layers",
        _all_layers,
        ("That is `h_n` whole, (layers, B, H). One vector for each sequence is asked for."),
    ),
    (
        "first-step",
        _first_step,
        ("That is the top layer, but after the first step. The last one is asked for."),
    ),
    (
        "all-steps",
        _all_steps,
        ("That is the top layer at all steps, (B, T, H). Only the last step is asked for."),
    ),
    (
        "batch-as-time",
        _batch_as_time,
        (
            "Now the batch is read as time: `batch_first=True` got lost. Leave the line that makes "
            "the layer as it was."
        ),
    ),
    (
        "unpacked-like-an-lstm",
        [_unpacked, _unpacked_upper, _unpacked_last_row, _unpacked_side_by_side],
        (
            "`(h, c)` still takes the state apart, like an LSTM's pair. With two layers Python "
            "puts one layer into each name; with another number of layers it cannot. A GRU has "
            "one state: give it one name, and choose the layer afterwards."
        ),
    ),
    (
        "three-names",
        _three_names,
        (
            "A GRU gives back two things, `output` and its one state; three names find too few "
            "values."
        ),
    ),
    (
        "second-layer",
        _second_layer,
        (
            "`h_n[1]` is the second layer. With two it is also the top one; there may be more. "
            "Count from the end."
        ),
    ),
    (
        "one-sequence-at-all-steps",
        _one_sequence_at_all_steps,
        (
            "`output[-1]` is the last sequence of the batch, all its steps: (T, H). Leave the "
            "batch whole and take the last step."
        ),
    ),
    (
        "one-sequence-of-all-layers",
        _one_sequence_of_all_layers,
        (
            "That is the last sequence of the batch in every layer. In `h_n` the layers come "
            "first, whatever `batch_first` says."
        ),
    ),
    (
        "kept-layer-axis",
        _kept_layer_axis,
        (
            "The right layer, but its axis is still there: (1, B, H). A slice keeps its axis, an "
            "index drops it."
        ),
    ),
    (
        "squeezed",
        _squeezed,
        (
            "Right for most batches; with one sequence `squeeze()` removes the batch axis too, and "
            "(1, H) becomes (H,). An index has dropped its axis already: there is nothing left to "
            "squeeze."
        ),
    ),
    (
        "below-the-top",
        _below_the_top,
        (
            "`h_n[-2]` is the layer below the top one. (With two directions it would be one of "
            "the two; here there is one.)"
        ),
    ),
    (
        "largest-over-layers",
        _largest_over_layers,
        ("That is the largest value over the layers. The top layer alone is asked for."),
    ),
]
