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


MISTAKES = [
    ("squared", _squared, "You multiplied x with itself. Doubling is `2 * x`."),
    ("unchanged", _unchanged, "x came back as it was. Doubling is `2 * x`."),
    ("side-by-side", _side_by_side, "You put x behind itself: more numbers, none doubled."),
    (
        "summed",
        _summed,
        "You added all numbers up first. Each of them shall be doubled on its own.",
    ),
]
