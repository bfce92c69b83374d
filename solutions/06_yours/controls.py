"""What the closing notebook says with "because", each with the run that could have refuted it.

`make evidence UNIT=06_yours` measures every entry of CONTROLS on draws of its own
(benchmarks/controls.py). A control seeds nothing: whoever calls it does, with its number.
"""

from collections.abc import Callable

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from grader import lab
from grader.wire.splits import Split

CHANNELS, HIDDEN, STEPS = 10, 32, 40


class MinGRU(nn.Module):
    """The lesson's, step by step: what its scan computes, `looped` the plain way."""

    def __init__(self, inputs: int) -> None:
        super().__init__()
        self.gate, self.candidate = nn.Linear(inputs, HIDDEN), nn.Linear(inputs, HIDDEN)

    def forward(self, x: Tensor) -> Tensor:
        z = self.gate(x).sigmoid()
        said, h = z * self.candidate(x), torch.zeros(len(x), HIDDEN)
        for step in range(x.shape[1]):
            h = (1 - z[:, step]) * h + said[:, step]
        return h


class Attention(nn.Module):
    """The lesson's: one head over what stands before, read at the last step."""

    def __init__(self, inputs: int, *, positions: bool) -> None:
        super().__init__()
        self.read = nn.Linear(inputs, HIDDEN)
        self.position = nn.Parameter(0.1 * torch.randn(STEPS, HIDDEN)) if positions else None
        self.query, self.key, self.value = (nn.Linear(HIDDEN, HIDDEN) for _ in range(3))

    def forward(self, x: Tensor) -> Tensor:
        x = self.read(x)
        if self.position is not None:
            x = x + self.position
        q, k, v = self.query(x), self.key(x), self.value(x)
        return F.scaled_dot_product_attention(q, k, v, is_causal=True)[:, -1]


class LastStep(nn.Module):
    """What is read first, a layer, and a head on what it gives at the last step."""

    def __init__(self, layer: nn.Module, first: Callable[[Tensor], Tensor] = lambda x: x) -> None:
        super().__init__()
        self.first, self.layer, self.head = first, layer, nn.Linear(HIDDEN, 2)

    def forward(self, x: Tensor) -> Tensor:
        logits: Tensor = self.head(self.layer(self.first(x)))
        return logits


def _with_sizes(x: Tensor) -> Tensor:
    return torch.cat([x, x.abs()], dim=-1)


def _sequences(rows: int, seed: int) -> Split:
    """Fresh sequences of the latch with right labels."""
    dice = np.random.default_rng([seed, *b"control"])
    truth = dice.integers(2, size=rows)
    x = lab.recipe("latch").draw_sequences(dice, truth, dice.integers(37, size=rows))
    return Split(torch.from_numpy(x), torch.from_numpy(truth))


def _right(model: nn.Module, number: int) -> float:
    """Train on fresh sequences; right answers on others, in percent."""
    train = _sequences(1500, 2 * number)
    lab.fit(model, train, None, epochs=12, lr=5e-3, plot=False, device="cpu")
    return lab.accuracy(model, _sequences(1000, 2 * number + 1))


def sizes_given(number: int) -> dict[str, float]:
    """One layer of minGRU: readings alone, and with the size of each beside it."""
    return {
        "minGRU": _right(LastStep(MinGRU(CHANNELS)), number),
        "sizes given": _right(LastStep(MinGRU(2 * CHANNELS), _with_sizes), number),
    }


def feed_forward(number: int) -> dict[str, float]:
    """The same layer behind a small feed-forward network, which can make a size by itself."""
    first = nn.Sequential(nn.Linear(CHANNELS, HIDDEN), nn.ReLU())
    return {"behind it": _right(LastStep(MinGRU(HIDDEN), first), number)}


def positions(number: int) -> dict[str, float]:
    """Attention with the sizes, with and without positions."""
    return {
        name: _right(LastStep(Attention(2 * CHANNELS, positions=told), _with_sizes), number)
        for name, told in (("with positions", True), ("without", False))
    }


# What the lesson says, the data it is about, the runs, and what they must show on a draw.
CONTROLS = [
    (
        "a gate that is one sigmoid over one reading misses pulses of one sign; sizes cure it",
        "latch",
        sizes_given,
        lambda found: found["minGRU"] < 93 and found["sizes given"] > 97,
    ),
    (
        "a small feed-forward network makes a size out of a reading by itself",
        "latch",
        feed_forward,
        lambda found: found["behind it"] > 97,
    ),
    (
        "attention tells the last pulse from an earlier one by its positions",
        "latch",
        positions,
        lambda found: found["without"] < found["with positions"] - 5,
    ),
]
