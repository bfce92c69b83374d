"""Every number that a model holds counts, wherever it stands."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.utils import weight_norm

from grader.wire import model_size

BASE = 3 * 4 + 4
ELSEWHERE = [
    ("buffer", lambda net: net.register_buffer("mean", torch.zeros(7)), 7),
    ("plain tensor", lambda net: net.__dict__.update(table=torch.zeros(5, 2)), 10),
    ("in a list of a dict", lambda net: net.__dict__.update(kept={"a": [torch.zeros(3)]}), 3),
    ("numpy", lambda net: net.__dict__.update(table=np.zeros(6)), 6),
    ("hidden module", lambda net: net.__dict__.update(tutor=[nn.Linear(2, 2)]), 6),
    ("the same twice", lambda net: net.__dict__.update(a=net.weight, b=[net.weight]), 0),
    ("none", lambda _net: None, 0),
]


@pytest.mark.parametrize(("change", "more"), [row[1:] for row in ELSEWHERE])
def test_numbers_elsewhere_count_once(change: Any, more: int) -> None:
    net = nn.Linear(3, 4)
    change(net)
    assert model_size.numbers(net) == (BASE, more)


def test_frozen_numbers_count() -> None:
    assert model_size.numbers(nn.Linear(3, 4).requires_grad_(False)) == (BASE, 0)


@pytest.mark.filterwarnings("ignore:.*weight_norm.*deprecated")
def test_what_is_computed_of_parameters_counts_not_again() -> None:
    net = weight_norm(nn.Linear(3, 4))
    with torch.no_grad():
        net(torch.zeros(1, 3))
    assert model_size.numbers(net) == (BASE + 4, 0)


def test_names_that_a_learners_methods_use_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """A network outside of the class, used in forward, is a part of the model."""
    monkeypatch.setattr(model_size, "LEARNERS", __name__)

    class Borrowing(nn.Linear):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            wide: torch.Tensor = GIANT(x)
            return super().forward(x) + wide

    assert model_size.numbers(Borrowing(3, 4)) == (BASE, 3 * 40 + 40)


GIANT = nn.Linear(3, 40)


def test_a_changed_weight_is_noticed_and_a_counter_is_not() -> None:
    net = nn.BatchNorm1d(3)
    before = model_size.digest(net)
    counter = net.num_batches_tracked
    assert counter is not None
    counter.add_(1)
    assert model_size.digest(net) == before
    with torch.no_grad():
        net.bias.add_(1e-6)
    assert model_size.digest(net) != before
