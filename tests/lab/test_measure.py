"""Measuring is honest: eval mode, the whole split, and no trace left in the model."""

from collections.abc import Callable

import pytest
import torch
from torch import nn

from grader import lab
from grader.core.errors import UsageError
from grader.lab import metrics
from grader.wire.splits import Split

Make = Callable[..., nn.Module]


def test_accuracy_is_measured_with_dropout_off(small: Make, splits: tuple[Split, Split]) -> None:
    model, (train, _) = small(dropout=0.9), splits
    model.train()
    by_hand = 100 * float((model.eval()(train.x).argmax(1) == train.y).double().mean())
    model.train()
    assert [lab.accuracy(model, train) for _ in range(3)] == [by_hand] * 3


def test_each_layers_mode_is_as_before(small: Make, splits: tuple[Split, Split]) -> None:
    model = small(dropout=0.5)
    model.train()
    dropout = next(m for m in model.modules() if isinstance(m, nn.Dropout))
    dropout.eval()
    lab.accuracy(model, splits[0])
    assert model.training
    assert not dropout.training


def test_large_splits_are_measured_in_parts_that_add_up(
    small: Make, splits: tuple[Split, Split], monkeypatch: pytest.MonkeyPatch
) -> None:
    model = small()
    whole = lab.logits(model, splits[0])
    monkeypatch.setattr(metrics, "ROWS_AT_ONCE", 7)
    assert torch.allclose(lab.logits(model, splits[0]), whole, atol=1e-6)
    assert not whole.requires_grad


def test_wrong_labels_that_the_model_gives_back_are_counted() -> None:
    x = torch.zeros(4, 2, 2)
    x[:, 0] = torch.tensor([[9.0, 0], [9, 0], [0, 9], [0, 9]])
    split = Split(x, torch.tensor([0, 1, 1, 0]))

    class First(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x[:, 0]

    wrong = torch.tensor([True, True, True, False])
    assert lab.learnt_by_heart(First(), split, wrong) == (2, 3)
    with pytest.raises(UsageError, match="bool mask"):
        lab.learnt_by_heart(First(), split, wrong[:2])
