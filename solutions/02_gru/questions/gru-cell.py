"""gru-cell: one step of a GRU as PyTorch takes it, for a whole batch at once.

The reset gate meets the product with its bias, after the matrix; the chunks are r, z, n; z = 1
keeps the old state. The textbook's GRU, which resets before the matrix, is a named mistake: on
paper it is no mistake at all, so its message says that there are two GRUs.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

TITLE = "The cell"
KIND = "function"
POINTS = 4
CASES = 4
HINTS = [
    (
        "Make the two products first, once each: `from_x = x @ W_ih.T + b_ih` and `from_h = h @ "
        "W_hh.T + b_hh`, both (B, 3H). Then `a, b, c = from_x.chunk(3, dim=1)` cuts one into three "
        "pieces (B, H), in the order r, z, n. The other product is cut likewise."
    ),
    (
        "r and z are built alike: a piece from x plus the same piece from h, then "
        "`torch.sigmoid`. Only n is different: there r stands **between** the two pieces."
    ),
    (
        "n is `torch.tanh` of: the third piece from x, plus r times the third piece from h. That "
        "piece already has its bias in it, so r covers the bias too."
    ),
    "Last, mix: z is the share that is kept. `(1 - z) * n + z * h`.",
]

Cell = Callable[[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor], Tensor]


def inputs(rng: np.random.Generator) -> dict[str, npt.NDArray[np.float64]]:
    """Draw one batch: x (B, C), h (B, H), weights of three chunks (3H, C) and (3H, H), biases."""
    batch, hidden = int(rng.choice([1, 2, 3])), int(rng.choice([4, 5]))
    channels = int(rng.choice([2, 3]))
    return {
        "x": rng.standard_normal((batch, channels)),
        "h": rng.uniform(-0.9, 0.9, (batch, hidden)),
        "W_ih": rng.standard_normal((3 * hidden, channels)) * 0.8,
        "W_hh": rng.standard_normal((3 * hidden, hidden)) * 0.8,
        "b_ih": rng.uniform(0.2, 0.6, 3 * hidden),
        "b_hh": rng.uniform(-0.9, -0.4, 3 * hidden),
    }


Pieces = tuple[tuple[Tensor, ...], tuple[Tensor, ...]]


def _pieces(x: Tensor, h: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Pieces:
    """Both products, each cut into its chunks for r, z and n."""
    return (x @ W_ih.T + b_ih).chunk(3, dim=1), (h @ W_hh.T + b_hh).chunk(3, dim=1)


def _made_of(make: Callable[[Tensor, tuple[Tensor, ...], tuple[Tensor, ...]], Tensor]) -> Cell:
    """A cell from a function of the old state and the pieces: most mistakes differ there only."""

    def cell(
        x: Tensor, h: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor
    ) -> Tensor:
        return make(h, *_pieces(x, h, W_ih, W_hh, b_ih, b_hh))

    return cell


def _mix(h: Tensor, i: tuple[Tensor, ...], g: tuple[Tensor, ...]) -> Tensor:
    r, z = torch.sigmoid(i[0] + g[0]), torch.sigmoid(i[1] + g[1])
    n = torch.tanh(i[2] + r * g[2])
    return (1 - z) * n + z * h


def reference(
    x: Tensor, h: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor
) -> Tensor:
    """The next state (B, H)."""
    return _mix(h, *_pieces(x, h, W_ih, W_hh, b_ih, b_hh))


def _reset_before_the_matrix(
    x: Tensor, h: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor
) -> Tensor:
    """The textbook's GRU."""
    i, g = _pieces(x, h, W_ih, W_hh, b_ih, b_hh)
    r, z = torch.sigmoid(i[0] + g[0]), torch.sigmoid(i[1] + g[1])
    n = torch.tanh(i[2] + (r * h) @ W_hh.chunk(3)[2].T + b_hh.chunk(3)[2])
    return (1 - z) * n + z * h


def _bias_outside_the_reset(
    x: Tensor, h: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor
) -> Tensor:
    """The product is reset, its bias is not."""
    i, g = _pieces(x, h, W_ih, W_hh, b_ih, b_hh)
    r, z = torch.sigmoid(i[0] + g[0]), torch.sigmoid(i[1] + g[1])
    bias = b_hh.chunk(3)[2]
    n = torch.tanh(i[2] + r * (g[2] - bias) + bias)
    return (1 - z) * n + z * h


def _no_bias_inside(
    x: Tensor, h: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor
) -> Tensor:
    i, g = _pieces(x, h, W_ih, W_hh, b_ih, b_hh)
    r, z = torch.sigmoid(i[0] + g[0]), torch.sigmoid(i[1] + g[1])
    n = torch.tanh(i[2] + r * (g[2] - b_hh.chunk(3)[2]))
    return (1 - z) * n + z * h


def _one_bias(x: Tensor, h: Tensor, *weights: Tensor) -> Tensor:
    W_ih, W_hh, b_ih, b_hh = weights
    return reference(x, h, W_ih, W_hh, b_ih, torch.zeros_like(b_hh))


def _no_biases(x: Tensor, h: Tensor, *weights: Tensor) -> Tensor:
    W_ih, W_hh, b_ih, b_hh = weights
    return reference(x, h, W_ih, W_hh, torch.zeros_like(b_ih), torch.zeros_like(b_hh))


def _interleaved(
    x: Tensor, h: Tensor, W_ih: Tensor, W_hh: Tensor, b_ih: Tensor, b_hh: Tensor
) -> Tensor:
    """Cut into every third number instead of three blocks."""

    def cut(product: Tensor) -> tuple[Tensor, ...]:
        return product.reshape(len(h), -1, 3).unbind(dim=2)

    return _mix(h, cut(x @ W_ih.T + b_ih), cut(h @ W_hh.T + b_hh))


def _z_the_other_way(h: Tensor, i: tuple[Tensor, ...], g: tuple[Tensor, ...]) -> Tensor:
    """The mix of the textbooks."""
    r, z = torch.sigmoid(i[0] + g[0]), torch.sigmoid(i[1] + g[1])
    return z * torch.tanh(i[2] + r * g[2]) + (1 - z) * h


def _never_reset(h: Tensor, i: tuple[Tensor, ...], g: tuple[Tensor, ...]) -> Tensor:
    z = torch.sigmoid(i[1] + g[1])
    return (1 - z) * torch.tanh(i[2] + g[2]) + z * h


def _reset_of_everything(h: Tensor, i: tuple[Tensor, ...], g: tuple[Tensor, ...]) -> Tensor:
    r, z = torch.sigmoid(i[0] + g[0]), torch.sigmoid(i[1] + g[1])
    return (1 - z) * torch.tanh(r * (i[2] + g[2])) + z * h


def _candidate_unsquashed(h: Tensor, i: tuple[Tensor, ...], g: tuple[Tensor, ...]) -> Tensor:
    """No tanh in the hand-written cell."""
    r, z = torch.sigmoid(i[0] + g[0]), torch.sigmoid(i[1] + g[1])
    return (1 - z) * (i[2] + r * g[2]) + z * h


def _candidate_sigmoid(h: Tensor, i: tuple[Tensor, ...], g: tuple[Tensor, ...]) -> Tensor:
    r, z = torch.sigmoid(i[0] + g[0]), torch.sigmoid(i[1] + g[1])
    return (1 - z) * torch.sigmoid(i[2] + r * g[2]) + z * h


def _gates_tanh(h: Tensor, i: tuple[Tensor, ...], g: tuple[Tensor, ...]) -> Tensor:
    r, z = torch.tanh(i[0] + g[0]), torch.tanh(i[1] + g[1])
    return (1 - z) * torch.tanh(i[2] + r * g[2]) + z * h


def _candidate_only(h: Tensor, i: tuple[Tensor, ...], g: tuple[Tensor, ...]) -> Tensor:
    r = torch.sigmoid(i[0] + g[0])
    return torch.tanh(i[2] + r * g[2])


def _nothing_let_go(h: Tensor, i: tuple[Tensor, ...], g: tuple[Tensor, ...]) -> Tensor:
    r, z = torch.sigmoid(i[0] + g[0]), torch.sigmoid(i[1] + g[1])
    return (1 - z) * torch.tanh(i[2] + r * g[2]) + h


def _cut_along_the_batch(x: Tensor, h: Tensor, *weights: Tensor) -> Tensor:
    """Three parts of the batch; with another number of rows there are not three."""
    W_ih, W_hh, b_ih, b_hh = weights
    (i, j, k), (f, g, m) = (x @ W_ih.T + b_ih).chunk(3), (h @ W_hh.T + b_hh).chunk(3)
    return _mix(h, (i, j, k), (f, g, m))


def _not_transposed(x: Tensor, h: Tensor, *weights: Tensor) -> Tensor:
    W_ih, W_hh, b_ih, b_hh = weights
    return _mix(h, (x @ W_ih + b_ih).chunk(3, dim=1), (h @ W_hh + b_hh).chunk(3, dim=1))


def _weights_in_front(x: Tensor, h: Tensor, *weights: Tensor) -> Tensor:
    W_ih, W_hh, b_ih, b_hh = weights
    return _mix(h, (W_ih @ x + b_ih).chunk(3, dim=1), (W_hh @ h + b_hh).chunk(3, dim=1))


def _small_pieces(x: Tensor, h: Tensor, *weights: Tensor) -> Tensor:
    """A third of H, where a third of 3H is meant."""
    W_ih, W_hh, b_ih, b_hh = weights
    size = h.shape[1] // 3
    first, second = slice(size), slice(size, 2 * size)
    i, g = x @ W_ih.T + b_ih, h @ W_hh.T + b_hh
    rest = i[:, 2 * size :], g[:, 2 * size :]
    return _mix(h, (i[:, first], i[:, second], rest[0]), (g[:, first], g[:, second], rest[1]))


def _reset_of_the_reading(h: Tensor, i: tuple[Tensor, ...], g: tuple[Tensor, ...]) -> Tensor:
    r, z = torch.sigmoid(i[0] + g[0]), torch.sigmoid(i[1] + g[1])
    return (1 - z) * torch.tanh(r * i[2] + g[2]) + z * h


def _gates_unsquashed(h: Tensor, i: tuple[Tensor, ...], g: tuple[Tensor, ...]) -> Tensor:
    r, z = i[0] + g[0], i[1] + g[1]
    return (1 - z) * torch.tanh(i[2] + r * g[2]) + z * h


def _not_mixed(h: Tensor, i: tuple[Tensor, ...], g: tuple[Tensor, ...]) -> Tensor:
    r = torch.sigmoid(i[0] + g[0])
    return torch.tanh(i[2] + r * g[2]) + h


MISTAKES: list[tuple[str, Cell, str]] = [
    (
        "reset-before-the-matrix",
        _reset_before_the_matrix,
        (
            "This is the GRU of the textbooks: r is multiplied onto h, before the matrix. PyTorch "
            "multiplies r onto the finished product, bias included. Both learn well, but weights "
            "cannot go from one to the other."
        ),
    ),
    (
        "bias-outside-the-reset",
        _bias_outside_the_reset,
        (
            "Nearly: r covers the product, but the bias `b_hn` stands outside. In PyTorch it is "
            "inside the bracket. Add the biases before you cut; then it cannot happen."
        ),
    ),
    (
        "no-bias-inside-the-reset",
        _no_bias_inside,
        (
            "The candidate misses its second bias, `b_hn`: it belongs inside the bracket that r is "
            "multiplied onto."
        ),
    ),
    (
        "no-hidden-bias",
        _one_bias,
        "`b_hh` is missing everywhere. PyTorch keeps a bias beside each of the two matrices.",
    ),
    (
        "no-biases",
        _no_biases,
        "The products are right, but `b_ih` and `b_hh` are missing. Add them before you cut.",
    ),
    (
        "interleaved",
        _interleaved,
        (
            "You took every third number. The weights lie in three blocks, one below the other: "
            "all of r, then all of z, then all of n. `chunk` cuts them like that; `reshape` or "
            "`view` does not."
        ),
    ),
    (
        "z-the-other-way",
        _made_of(_z_the_other_way),
        (
            "z is the other way round. In PyTorch z = 1 keeps the old state. (Some textbooks do "
            "it as you did. Both learn; the weights differ.)"
        ),
    ),
    (
        "gates-exchanged",
        _made_of(lambda h, i, g: _mix(h, (i[1], i[0], i[2]), (g[1], g[0], g[2]))),
        "r and z have changed places. PyTorch's order of the three blocks is r, z, n.",
    ),
    (
        "candidate-first",
        _made_of(lambda h, i, g: _mix(h, (i[1], i[2], i[0]), (g[1], g[2], g[0]))),
        "You read the blocks as n, r, z. PyTorch's order is r, z, n.",
    ),
    (
        "candidate-in-the-middle",
        _made_of(lambda h, i, g: _mix(h, (i[0], i[2], i[1]), (g[0], g[2], g[1]))),
        "You read the blocks as r, n, z. PyTorch's order is r, z, n.",
    ),
    (
        "never-reset",
        _made_of(_never_reset),
        "The reset gate plays no part: in the candidate, r is multiplied onto the piece from h.",
    ),
    (
        "reset-of-everything",
        _made_of(_reset_of_everything),
        (
            "r is multiplied onto the whole sum. It may only weaken what comes from the old "
            "state; the new reading goes in in full."
        ),
    ),
    (
        "candidate-without-tanh",
        _made_of(_candidate_unsquashed),
        (
            "The candidate is not squashed: `torch.tanh` is missing. Without it the state can grow "
            "without end."
        ),
    ),
    (
        "candidate-with-sigmoid",
        _made_of(_candidate_sigmoid),
        (
            "The candidate has a sigmoid. It is no gate but a new state, and must be able to say "
            "no: between -1 and 1."
        ),
    ),
    (
        "gates-with-tanh",
        _made_of(_gates_tanh),
        (
            "The gates have a tanh. A gate is a share, from 0 (none) to 1 (all): which function "
            "gives that?"
        ),
    ),
    (
        "squashed-twice",
        _made_of(lambda h, i, g: torch.tanh(_mix(h, i, g))),
        (
            "The mix is squashed once more at the end. Then even z = 1 would not keep the old "
            "state as it is, and that is what the gate is for. Only the candidate has a tanh."
        ),
    ),
    (
        "candidate-only",
        _made_of(_candidate_only),
        ("That is the candidate alone. The last line of the formula mixes it with the old state."),
    ),
    (
        "nothing-let-go",
        _made_of(_nothing_let_go),
        ("The old state is added in full. What is let in takes its place from what is kept."),
    ),
    (
        "cut-along-the-batch",
        _cut_along_the_batch,
        (
            "You cut along the batch: `chunk` takes axis 0 unless told otherwise. The three "
            "blocks lie side by side on axis 1."
        ),
    ),
    (
        "weights-not-transposed",
        _not_transposed,
        (
            "The weights are used as they lie, (3H, C). For `x @ …` they have to be turned, so "
            "that the C's meet; `W_hh` likewise."
        ),
    ),
    (
        "weights-in-front",
        _weights_in_front,
        (
            "Your weights stand in front of the batch. With `x` and `h` on the left of their "
            "products the batch stays in front; then the weights have to be turned."
        ),
    ),
    (
        "a-piece-too-small",
        _small_pieces,
        (
            "Your pieces have the wrong size. The products have 3H columns, so a third of them is "
            "H, which is what `h` has already."
        ),
    ),
    (
        "reset-of-the-reading",
        _made_of(_reset_of_the_reading),
        ("r is multiplied onto what comes from x. It is the old state that it may weaken."),
    ),
    (
        "gates-not-squashed",
        _made_of(_gates_unsquashed),
        ("The gates are sums without a sigmoid. A gate is a share, from 0 (none) to 1 (all)."),
    ),
    (
        "one-gate-for-both",
        _made_of(lambda h, i, g: _mix(h, (i[0], i[0], i[2]), (g[0], g[0], g[2]))),
        ("r and z are made of the same block. Each gate has its own."),
    ),
    (
        "old-state-only",
        _made_of(lambda h, _i, _g: h),
        ("Out comes the old state, unchanged: what is new has to come from n."),
    ),
    (
        "not-mixed",
        _made_of(_not_mixed),
        ("n and the old state are added in full. z says which share of each goes on."),
    ),
]
