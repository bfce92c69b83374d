"""What `fit` refuses before its first epoch, and in which words."""

from collections.abc import Callable

import pytest
import torch
from torch import nn

from grader.core.errors import UsageError
from grader.lab import argument_checks
from grader.lab.training_settings import TrainingSettings
from grader.wire.splits import Split

X, Y = torch.zeros(4, 5, 3), torch.tensor([0, 1, 0, 1])
WORDS = torch.ones(2, 3, dtype=torch.int64)


def refused(check: Callable[[], None]) -> str:
    with pytest.raises(UsageError) as told:
        check()
    return str(told.value)


def test_each_kind_of_split_passes() -> None:
    every_step = torch.tensor([[0, 1, -100], [1, -100, -100]])
    argument_checks.check_splits(Split(X, Y), Split(X[:2], Y[:2]), 3)
    argument_checks.check_splits(Split(X[:, :, :1], Y), None, None)
    argument_checks.check_splits(Split(WORDS, Y[:2]), Split(WORDS[:1], Y[:1]), None)
    argument_checks.check_splits(Split(WORDS, every_step, torch.tensor([2, 1])), None, None)


@pytest.mark.parametrize(
    ("split", "words"),
    [
        ((X, Y), "`train` is a tuple. A Split was expected"),
        (Split(X, Y[:3]), "4 sequences and train.y has 3 labels"),
        (Split(X[:0], Y[:0]), "at least one"),
        (Split(X, Y.float()), "train.y is float32 (4,). Labels must be int64"),
        (Split(X, nn.functional.one_hot(Y)), "train.y is int64 (4, 2)"),
        (Split(X, Y - 1), "holds the label -1."),
        (Split(WORDS, torch.full((2, 3), -100)), "-100 everywhere"),
        (Split(X.double(), Y), "train.x is float64 (4, 5, 3)"),
        (Split(X[:, :, 0], Y), "x.unsqueeze(-1) adds a channel"),
    ],
)
def test_a_split_that_cannot_be_trained_on_is_told_with_its_shape(split: Split, words: str) -> None:
    assert words in refused(lambda: argument_checks.check_splits(split, None, None))


def test_among_padded_steps_the_wrong_label_is_named() -> None:
    """And not -100, which is none."""
    y = torch.tensor([[0, 1, -100], [-3, -100, -100]])
    said = refused(lambda: argument_checks.check_splits(Split(WORDS, y), None, None))
    assert "holds the label -3." in said


def test_the_validation_split_must_be_of_the_same_kind() -> None:
    train = Split(X, Y)
    said = refused(lambda: argument_checks.check_splits(train, Split(X[:, :, :2], Y), None))
    assert "train.x is float32 (4, 5, 3) but val.x is float32 (4, 5, 2)" in said
    argument_checks.check_splits(train, Split(X[:, :2], Y), None)  # shorter ones are
    said = refused(lambda: argument_checks.check_splits(train, None, 3))
    assert "patience=3 but gave no validation split" in said


class Last(nn.Module):
    """Scores of the last step; of `classes` classes."""

    def __init__(self, classes: int = 2) -> None:
        super().__init__()
        self.head = nn.Linear(3, classes)
        self.dropout = nn.Dropout()
        self.modes: list[bool] = []

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.modes.append(self.dropout.training)
        scores: torch.Tensor = self.head(self.dropout(x[:, -1]))
        return scores


def test_a_model_is_tried_on_two_rows_in_eval_mode_and_left_as_it_was() -> None:
    model = Last()
    argument_checks.check_model(model, Split(X, Y), Split(X, Y))
    assert model.modes == [False]
    assert model.training
    assert model.dropout.training
    assert model.head.weight.grad is None


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (nn.Flatten(), "Your model (Flatten) has no weights to train"),
        (Last(1), "train.y holds the label 1, but your model has 1 score per sequence"),
        (nn.GRU(3, 2), "returned a tuple of 2 things"),
        (nn.Sequential(nn.Flatten(0, 1), nn.Linear(3, 2)), "returned 10 rows of logits"),
        (nn.Linear(3, 2), "returned shape (2, 5, 2)"),
    ],
)
def test_a_model_that_does_not_fit_is_told_what_it_gave(model: nn.Module, words: str) -> None:
    assert words in refused(lambda: argument_checks.check_model(model, Split(X, Y), None))


def test_a_label_that_only_validation_has_counts() -> None:
    said = refused(lambda: argument_checks.check_model(Last(), Split(X, Y), Split(X, Y + 3)))
    assert "val.y holds the label 4, but your model has 2 scores per sequence" in said
    assert "at least 5 outputs" in said


def test_settings_are_checked_by_their_names() -> None:
    argument_checks.check_settings(TrainingSettings(epochs=1))
    said = refused(lambda: argument_checks.check_settings(TrainingSettings(epochs=0)))
    assert "epochs=0" in said


def test_one_sequence_is_no_batch() -> None:
    argument_checks.check_sequence(X[0])
    assert "a clip of shape (4, 5, 3)" in refused(lambda: argument_checks.check_sequence(X))
