"""Every number that a model holds counts, wherever it stands."""

import io
import logging
import threading
from array import array
from collections import deque
from functools import partial
from types import SimpleNamespace
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
    ("a deque", lambda net: net.__dict__.update(kept=deque([torch.zeros(9)])), 9),
    ("a namespace", lambda net: net.__dict__.update(kept=SimpleNamespace(a=torch.zeros(9))), 9),
    ("a partial", lambda net: net.__dict__.update(kept=partial(max, torch.zeros(9))), 9),
    ("an iterator", lambda net: net.__dict__.update(kept=iter([torch.zeros(9)])), 9),
    (
        "settings and a short history",
        lambda net: net.__dict__.update(
            name="GRU with dropout", layers=2, history=[0.5] * 50, words={"a": 1, "b": 2}
        ),
        0,
    ),
    (
        "a lock and a logger",
        lambda net: net.__dict__.update(lock=threading.Lock(), log=logging.getLogger("mine")),
        0,
    ),
]


PLAIN = [
    ("bytes", lambda net: net.__dict__.update(kept=bytes(8000)), 2000),
    ("bytes in a stream", lambda net: net.__dict__.update(kept=io.BytesIO(bytes(8000))), 2000),
    ("an array of Python's", lambda net: net.__dict__.update(kept=array("f", [0.5] * 2000)), 2000),
    ("a text", lambda net: net.__dict__.update(kept="x" * 8000), 2000),
    ("one large number", lambda net: net.__dict__.update(kept=1 << 63999), 2000),
    ("plain numbers", lambda net: net.__dict__.update(kept=[0.5] * 2000), 2000),
    (
        "rows of plain numbers",
        lambda net: net.__dict__.update(kept=[[0.5 + i] * 9 for i in range(200)]),
        1800,
    ),
    (
        "a table by its keys",
        lambda net: net.__dict__.update(kept=dict.fromkeys(range(1, 2001))),
        2000,
    ),
    (
        "an array of things",
        lambda net: net.__dict__.update(kept=np.array([bytes(8000)], "O")),
        2000,
    ),
    ("a set", lambda net: net.__dict__.update(kept={0.5 + i for i in range(2000)}), 2000),
]


@pytest.mark.parametrize(("change", "more"), [row[1:] for row in ELSEWHERE])
def test_numbers_elsewhere_count_once(change: Any, more: int) -> None:
    net = nn.Linear(3, 4)
    change(net)
    assert model_size.numbers(net) == (BASE, more)


@pytest.mark.parametrize(("change", "more"), [row[1:] for row in PLAIN])
def test_what_is_kept_as_no_tensor_counts_by_its_bytes(change: Any, more: int) -> None:
    net = nn.Linear(3, 4)
    change(net)
    parameters, elsewhere = model_size.numbers(net)
    assert parameters == BASE
    assert more <= elsewhere < more + 20  # a module's own settings are numbers, too


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
