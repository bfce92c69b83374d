"""One call that seeds every source of randomness; lessons call it before they build a model."""

import random

import numpy as np
import torch


def seed(number: int) -> None:
    """Seed Python's `random`, numpy's global generator and torch on every device.

    Args:
        number: int, 0 or more.

    Example:
        >>> import torch
        >>> lab.seed(0)
        >>> first = torch.rand(2)
        >>> lab.seed(0)
        >>> bool((torch.rand(2) == first).all())
        True
    """
    random.seed(number)
    np.random.seed(number)  # noqa: NPY002  lessons may use numpy's global functions
    torch.manual_seed(number)
