"""One call that seeds every source of randomness; lessons call it before they build a model."""

import random

import numpy as np
import torch


def seed(number: int) -> None:
    """Seed Python, numpy and torch (every device)."""
    random.seed(number)
    np.random.seed(number)  # noqa: NPY002  lessons may use numpy's global functions
    torch.manual_seed(number)
