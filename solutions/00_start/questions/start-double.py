"""Doubling, so that check, hint and answer are known before they matter."""

from typing import Any

import numpy as np
import torch
from torch import Tensor

TITLE = "Twice a tensor"
KIND = "function"
POINTS = 1
CASES = 3
HINTS = [
    "Replace the three dots by what shall come out.",
    "Arithmetic on a tensor works on each of its numbers: try `3 + x` in a cell of your own.",
    "The answer is `y = 2 * x`.",
]


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """Draw a tensor of two to four axes; it holds no 0 and no 2, where a square looks doubled."""
    shape = rng.integers(2, 5, size=rng.integers(2, 5))
    return {"x": rng.uniform(0.2, 1.6, size=shape) * rng.choice([-1.0, 1.0], size=shape)}


def reference(x: Tensor) -> Tensor:
    """Twice x."""
    return 2 * x


def _squared(x: Tensor) -> Tensor:
    return x * x


def _unchanged(x: Tensor) -> Tensor:
    return x


def _side_by_side(x: Tensor) -> Tensor:
    return torch.cat([x, x])


def _summed(x: Tensor) -> Tensor:
    return 2 * x.sum()


def _stacked(x: Tensor) -> Tensor:
    return torch.stack([x, x])


def _repeated(x: Tensor) -> Tensor:
    return x.repeat(2)


def _added_two(x: Tensor) -> Tensor:
    return x + 2


def _halved(x: Tensor) -> Tensor:
    return x / 2


def _twice(x: Tensor) -> Tensor:
    return 4 * x


def _to_number(x: Tensor) -> float:
    return 2 * x.item()


MISTAKES = [
    (
        "squared",
        _squared,
        "You multiplied each number with itself. Doubling takes every number two times.",
    ),
    ("unchanged", _unchanged, "x came back as it was. Is what you computed also what you return?"),
    ("side-by-side", _side_by_side, "You put x behind itself: more numbers, none doubled."),
    (
        "summed",
        _summed,
        "You added all numbers up first. Each of them shall be doubled on its own.",
    ),
    ("stacked", _stacked, "You put x on top of itself: a new axis, and no number is doubled."),
    (
        "repeated",
        _repeated,
        "`repeat` writes the numbers down once more. The shape shall stay and each number double.",
    ),
    ("added-two", _added_two, "You added 2 to each number. Doubling is a product, not a sum."),
    ("halved", _halved, "You halved x. Doubling goes the other way."),
    ("doubled-twice", _twice, "You doubled twice: each number is four times as large."),
    (
        "converted-to-number",
        _to_number,
        "`item()` takes the one number out of a tensor that holds one. Here are many.",
    ),
]
