"""What unit 2 says with "because", each with the run that could have refuted it.

`make evidence UNIT=02_gru` measures every entry of CONTROLS on draws of its own
(benchmarks/controls.py). A control seeds nothing: whoever calls it does, with its number.
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from grader import lab
from grader.wire.splits import Split

CHANNELS = 10
ALL, NOT_NEAR, FAR = tuple(range(37)), tuple(range(12, 37)), tuple(range(16, 37))
SETTINGS = {"lr": 5e-3, "batch_size": 64}


class Watcher(nn.Module):
    """The lesson's: a recurrent layer whose last state is read."""

    def __init__(self, layer: nn.RNNBase) -> None:
        super().__init__()
        self.layer = layer
        self.head = nn.Linear(layer.hidden_size, 2)

    def forward(self, x: Tensor) -> Tensor:
        logits: Tensor = self.head(self.layer(x)[1][-1])
        return logits


def _sequences(rows: int, seed: int, gaps: Sequence[int]) -> Split:
    """Fresh sequences with right labels; each gap is one of `gaps`."""
    dice = np.random.default_rng([seed, *b"control"])
    truth = dice.integers(2, size=rows)
    x = lab.recipe("latch").draw_sequences(dice, truth, dice.choice(gaps, rows))
    return Split(torch.from_numpy(x), torch.from_numpy(truth))


def _right_far(layer: nn.RNNBase, number: int, gaps: Sequence[int], epochs: int = 12) -> float:
    """Train on sequences with these gaps; right answers in percent on gaps of 16 and more."""
    model = Watcher(layer)
    train = _sequences(1500, 2 * number, gaps)
    lab.fit(model, train, None, epochs=epochs, plot=False, **SETTINGS)
    return lab.accuracy(model, _sequences(1000, 2 * number + 1, FAR))


def _rnn() -> nn.RNN:
    return nn.RNN(CHANNELS, 32, batch_first=True)


def _gru(bias: float = 0.0) -> nn.GRU:
    gru = nn.GRU(CHANNELS, 32, batch_first=True)
    with torch.no_grad():
        gru.get_parameter("bias_ih_l0")[32:64] += bias
    return gru


def without_near_pulses(number: int) -> dict[str, float]:
    """Both networks, where no last pulse of training lies nearer than 12 steps.

    The GRU's advantage has an end: with 16 in the place of 12 it found the lamp on three draws of
    six within as many epochs.
    """
    return {
        "plain RNN": _right_far(_rnn(), number, NOT_NEAR),
        "GRU": _right_far(_gru(), number, NOT_NEAR),
    }


def with_near_pulses(number: int) -> dict[str, float]:
    """The same plain RNN and as many sequences, with gaps of all lengths."""
    return {"plain RNN": _right_far(_rnn(), number, ALL)}


def bias_by_hand(number: int) -> dict[str, float]:
    """Four epochs on gaps of 16 and more: a fresh GRU, and one whose update gates begin near 1."""
    return {
        "fresh": _right_far(_gru(), number, FAR, 4),
        "bias of z + 4": _right_far(_gru(4.0), number, FAR, 4),
    }


def product_given(number: int) -> dict[str, float]:
    """Shutter and detectors as they are, and multiplied beforehand: the same plain RNN."""
    train, val, _ = lab.draw("shutter", number)
    return {
        "apart": _small_rnn(train, val),
        "multiplied": _small_rnn(_multiplied(train), _multiplied(val)),
    }


def _multiplied(split: Split) -> Split:
    return Split(split.x[:, :, :1] * split.x[:, :, 1:], split.y)


def _small_rnn(train: Split, val: Split) -> float:
    model = Watcher(nn.RNN(train.x.shape[2], 24, batch_first=True))
    lab.fit(model, train, val, epochs=50, lr=1e-2, batch_size=32, patience=10, plot=False)
    return lab.accuracy(model, val)


# What the lesson says, the data it is about, the runs, and what they must show on a draw.
CONTROLS = [
    (
        "without near pulses a plain RNN is as good as a coin, a GRU finds the lamp",
        "latch",
        without_near_pulses,
        lambda found: found["plain RNN"] < 62 and found["GRU"] > 90,
    ),
    (
        "with near pulses the same plain RNN holds the lamp over 16 steps and more",
        "latch",
        with_near_pulses,
        lambda found: found["plain RNN"] > 95,
    ),
    (
        "the bias of the update gates alone makes a GRU learn far pulses sooner",
        "latch",
        bias_by_hand,
        lambda found: found["bias of z + 4"] > found["fresh"] + 5,
    ),
    (
        "a plain RNN finds nothing behind the shutter, and holds the sum once given the product",
        "shutter",
        product_given,
        lambda found: found["apart"] < 65 and found["multiplied"] > 80,
    ),
]
