"""gru-unpack: a debug question. LSTM code reused on a two-layer GRU runs and reads the wrong layer.

`output, (h, c) = gru(x)` takes `h_n` (2, B, H) apart along its layers, so `h` is the lower layer
and the upper one is never read. The layer is given by its weights, both layers stacked, so that a
mended answer can be told from a silently wrong one by value.
"""

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

TITLE = "Mend the reused code"
KIND = "function"
POINTS = 2
CASES = 4
HINTS = [
    (
        "A GRU has one state, no `c`. So what did Python put into `h` and `c`? It took `h_n`, a "
        "tensor of shape (2, B, H), apart along its first axis. What is that axis?"
    ),
    "The first axis of `h_n` is the layers: `h` became the lower layer, `c` the upper one.",
    (
        "`output, h_n = gru(x)`, and then the top layer's last state: `h_n[-1]`. With this layout "
        "`output[:, -1]` is the same."
    ),
]


def inputs(rng: np.random.Generator) -> dict[str, npt.NDArray[np.float64]]:
    """Draw x (B, T, H) and two layers' weights: W_ih, W_hh (2, 3H, H), b_ih, b_hh (2, 3H)."""
    batch, steps, hidden = (int(size) for size in rng.permutation([3, 4, 5]))
    return {
        "x": rng.standard_normal((batch, steps, hidden)),
        "W_ih": rng.standard_normal((2, 3 * hidden, hidden)) * 0.6,
        "W_hh": rng.standard_normal((2, 3 * hidden, hidden)) * 0.6,
        "b_ih": rng.uniform(0.1, 0.5, (2, 3 * hidden)),
        "b_hh": rng.uniform(-0.7, -0.2, (2, 3 * hidden)),
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
    """What `nn.GRU` would return for x (B, T, H): output (B, T, H) and h_n (2, B, H)."""
    lower = _layer(x, W_ih[0], W_hh[0], b_ih[0], b_hh[0])
    upper = _layer(lower, W_ih[1], W_hh[1], b_ih[1], b_hh[1])
    return upper, torch.stack([lower[:, -1], upper[:, -1]])


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
    """`torch.cat([h, c], dim=1)`: both layers."""
    h_n = _run(x, W_ih, W_hh, b_ih, b_hh)[1]
    return torch.cat([h_n[0], h_n[1]], dim=1)


def _added(x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Tensor:
    return _run(x, W_ih, W_hh, b_ih, b_hh)[1].sum(dim=0)


def _averaged(x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Tensor:
    return _run(x, W_ih, W_hh, b_ih, b_hh)[1].mean(dim=0)


def _last_row(x: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Tensor:
    """`h[-1]` after the wrong unpacking: one sequence's state."""
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


MISTAKES = [
    (
        "lower-layer",
        _lower_layer,
        (
            "That is still the lower layer. `h_n` holds all layers, the lowest first, and Python "
            "takes it apart from the front: `h` is `h_n[0]`. The top layer is `h_n[-1]`."
        ),
    ),
    (
        "viewed",
        _viewed,
        (
            "`view` (or `reshape`) cuts `h_n` anew without exchanging axes: a row holds the states "
            "of other sequences. Change one sequence and another one's row moves. Take `h_n[-1]`."
        ),
    ),
    (
        "side-by-side",
        _side_by_side,
        (
            "You put both layers side by side, (B, 2H). That is how the two **directions** of one "
            "layer are joined. Of two stacked layers only the top one is asked for: `h_n[-1]`."
        ),
    ),
    (
        "layers-added",
        _added,
        "You added the layers up. The lower one has been read by the upper already: `h_n[-1]`.",
    ),
    (
        "layers-averaged",
        _averaged,
        "You averaged the layers. The lower one has been read by the upper already: `h_n[-1]`.",
    ),
    (
        "one-sequence",
        _last_row,
        (
            "`[-1]` of the unpacked `h` is the last **sequence** of the batch, (H,). Mend the "
            "unpacking first: `output, h_n = gru(x)`; then `h_n[-1]` is the top layer."
        ),
    ),
    (
        "all-layers",
        _all_layers,
        "That is `h_n` whole, (2, B, H). One vector for each sequence is asked for: `h_n[-1]`.",
    ),
    (
        "first-step",
        _first_step,
        "That is the top layer, but after the first step. The last is index -1: `output[:, -1]`.",
    ),
    (
        "all-steps",
        _all_steps,
        "That is the top layer at all steps, (B, T, H). Take the last one: `output[:, -1]`.",
    ),
    (
        "batch-as-time",
        _batch_as_time,
        (
            "Now the batch is read as time: `batch_first=True` got lost. Leave the line that makes "
            "the layer as it was."
        ),
    ),
]
