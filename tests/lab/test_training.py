"""The loop trains, stops, restores and repeats as it says."""

import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional

from grader import lab
from grader.core.errors import UsageError
from grader.lab import training
from grader.lab.training_settings import TrainingSettings
from grader.wire.splits import Split

Make = Callable[..., nn.Module]
Splits = tuple[Split, Split]


class Interrupted(nn.Module):
    """Behaves like `inner` until its forward is called for the `at`-th time."""

    def __init__(self, inner: nn.Module, at: int) -> None:
        super().__init__()
        self.inner, self.left = inner, at

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.left -= 1
        if self.left == 0:
            torch.set_grad_enabled(False)  # as one that falls between the lines of `no_grad`
            raise KeyboardInterrupt
        logits: torch.Tensor = self.inner(x)
        return logits


def test_without_patience_the_last_weights_stay(small: Make, splits: Splits) -> None:
    model = small()
    history = lab.fit(model, *splits, epochs=4, lr=0.02)
    assert [record.epoch for record in history.records] == [1, 2, 3, 4]
    assert history.stopped == "finished"
    assert not history.restored
    assert history.kept is history.records[-1]
    assert lab.accuracy(model, splits[1]) == history.kept.val_accuracy
    assert not model.training


def test_patience_stops_the_run_and_restores_the_best_weights(small: Make, splits: Splits) -> None:
    model = small(hidden=32)
    history = lab.fit(model, *splits, epochs=200, lr=0.05, patience=5)
    assert history.stopped == "early"
    assert history.best.val_loss == min(record.val_loss for record in history.records)
    assert len(history) == history.best.epoch + 5
    loss = float(functional.cross_entropy(lab.logits(model, splits[1]), splits[1].y))
    assert loss == history.best.val_loss
    assert loss < history.records[-1].val_loss
    assert history.kept is history.best


def test_patience_restores_the_best_weights_when_epochs_run_out(
    small: Make, splits: Splits
) -> None:
    model = small(hidden=32)
    history = lab.fit(model, *splits, epochs=30, lr=0.05, patience=30)
    assert history.stopped == "finished"
    assert history.best.epoch < 30
    assert lab.accuracy(model, splits[1]) == history.best.val_accuracy


# One call for the check of the arguments, then per epoch two batches and two measurements.
@pytest.mark.parametrize("at", range(2, 14))
def test_an_interrupt_anywhere_keeps_the_best_weights(small: Make, splits: Splits, at: int) -> None:
    model = Interrupted(small(hidden=32), at)
    history = lab.fit(model, *splits, epochs=5, batch_size=32, lr=0.05)
    assert history.stopped == "by hand"
    assert torch.is_grad_enabled()  # else nothing could be trained after it
    assert 1 <= len(history) <= 3
    assert lab.accuracy(model, splits[1]) == history.kept.val_accuracy
    if at > 5:
        assert history.restored
        assert history.kept.val_loss == min(record.val_loss for record in history.records)


def test_while_graded_an_interrupt_is_a_time_limit(
    small: Make, splits: Splits, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    with pytest.raises(KeyboardInterrupt):
        lab.fit(Interrupted(small(), 4), *splits, epochs=5)


def test_a_listener_ends_the_run_by_naming_its_ending(small: Make, splits: Splits) -> None:
    model = small()
    settings = TrainingSettings(epochs=9, lr=0.02)
    history = training.run(
        model, *splits, settings, [lambda record: "by hand" if record.epoch == 2 else None]
    )
    assert history.stopped == "by hand"
    assert len(history) == 1


def test_equal_seeds_give_equal_runs(small: Make, splits: Splits) -> None:
    runs = [lab.fit(small(dropout=0.5), *splits, epochs=3, seed=seed) for seed in (1, 1, 2)]
    losses = [[record.train_loss for record in run.records] for run in runs]
    assert losses[0] == losses[1]
    assert losses[0] != losses[2]


def test_fit_draws_nothing_from_the_global_random_state(small: Make, splits: Splits) -> None:
    model = small(dropout=0.5)
    before = torch.get_rng_state()
    lab.fit(model, *splits, epochs=1)
    assert torch.equal(before, torch.get_rng_state())


def test_settings_reach_the_optimiser_and_the_loss(
    small: Make, splits: Splits, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: dict[str, Any] = {}
    adam, entropy = torch.optim.Adam, functional.cross_entropy
    clip = nn.utils.clip_grad_norm_

    def spy_adam(parameters: Any, **given: Any) -> torch.optim.Optimizer:
        seen.update(given)
        return adam(parameters, **given)

    def spy_entropy(*args: Any, **given: Any) -> torch.Tensor:
        if given.get("label_smoothing"):  # training smooths, measuring never does
            seen["label_smoothing"] = given["label_smoothing"]
        return entropy(*args, **given)

    def spy_clip(parameters: Any, longest: float) -> torch.Tensor:
        seen["clip"] = longest
        return clip(parameters, longest)

    monkeypatch.setattr(torch.optim, "Adam", spy_adam)
    monkeypatch.setattr(functional, "cross_entropy", spy_entropy)
    monkeypatch.setattr(nn.utils, "clip_grad_norm_", spy_clip)
    lab.fit(small(), *splits, epochs=1, lr=0.5, weight_decay=0.25, label_smoothing=0.125, clip=0.75)
    assert seen == {"lr": 0.5, "weight_decay": 0.25, "label_smoothing": 0.125, "clip": 0.75}


def test_the_training_loss_weighs_rows_not_batches(small: Make, splits: Splits) -> None:
    model, (train, val) = small(), splits
    whole = float(functional.cross_entropy(lab.logits(model, train), train.y))
    # with (almost) no learning the run's mean is the loss of the whole split; 60 = 56 + 4 rows
    history = lab.fit(model, train, val, epochs=1, batch_size=56, lr=1e-12)
    assert history.records[0].train_loss == pytest.approx(whole, rel=1e-4)


def test_a_loss_that_is_no_number_ends_the_run_with_the_best_weights(
    small: Make, splits: Splits
) -> None:
    class Breaks(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner, self.batches = small(), 0

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            self.batches += self.training
            logits: torch.Tensor = self.inner(x)
            return logits * (math.nan if self.training and self.batches > 3 else 1.0)

    model = Breaks()
    history = lab.fit(model, *splits, epochs=50, lr=0.02)
    assert history.stopped == "diverged"
    assert len(history) == 4
    assert lab.accuracy(model, splits[1]) == history.best.val_accuracy
    assert "smaller lr" in repr(history)


def test_without_validation_data_its_numbers_are_nan(small: Make, splits: Splits) -> None:
    history = lab.fit(small(), splits[0], None, epochs=2)
    assert math.isnan(history.kept.val_loss)
    assert "validation" not in repr(history)


def test_a_model_for_varying_lengths_is_called_with_them(splits: Splits) -> None:
    class Gathers(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.head = nn.Linear(3, 2)

        def forward(self, x: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
            assert len(lengths) == len(x)
            logits: torch.Tensor = self.head(x[torch.arange(len(x)), lengths - 1])
            return logits

    train, val = (Split(s.x, s.y, torch.arange(len(s)) % 8 + 1) for s in splits)
    assert len(lab.fit(Gathers(), train, val, epochs=1)) == 1


class NoReturn(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.head = nn.Linear(3, 2)

    def forward(self, x: torch.Tensor) -> None:
        self.head(x)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"epochs": 0}, "epochs=0"),
        ({"epochs": 2.5}, "epochs=2.5"),
        ({"lr": -1}, "lr=-1"),
        ({"batch_size": 0}, "batch_size=0"),
        ({"label_smoothing": 1.5}, "label_smoothing=1.5"),
        ({"patience": 0}, "patience=0"),
        ({"val": None, "patience": 3}, "patience=3"),
        ({"train": torch.zeros(3)}, "Tensor"),
        ({"train": Split(torch.zeros(4, 8, 3), torch.zeros(3).long())}, "4 sequences"),
        ({"train": Split(torch.zeros(4, 8, 3).double(), torch.zeros(4).long())}, "float64"),
        ({"train": Split(torch.zeros(4, 8), torch.zeros(4).long())}, "float32 (4, 8)"),
        ({"train": Split(torch.zeros(4, 8, 3), torch.zeros(4))}, "y.long()"),
        ({"train": Split(torch.zeros(4, 8, 3), torch.tensor([0, 1, 2, 1]))}, "label 2"),
        ({"train": Split(torch.zeros(4, 8, 3), torch.tensor([0, 1, -1, 1]))}, "label -1"),
        ({"train": Split(torch.zeros(4, 8, 5), torch.zeros(4).long())}, "same channels"),
        ({"model": nn.RNN(3, 2, batch_first=True)}, "tuple of 2"),
        ({"model": nn.Linear(3, 2)}, "(2, 8, 2)"),
        ({"model": nn.Flatten()}, "no weights"),
        ({"model": NoReturn()}, "`return`"),
    ],
)
def test_arguments_that_cannot_be_trained_with_are_named(
    small: Make, splits: Splits, change: dict[str, Any], words: str
) -> None:
    given = {"model": small(), "train": splits[0], "val": splits[1], "epochs": 1, **change}
    with pytest.raises(UsageError) as error:
        lab.fit(given.pop("model"), given.pop("train"), given.pop("val"), **given)
    assert words in str(error.value)


class NextWord(nn.Module):
    """Word ids (B, T) to logits (B, T, 5)."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(5, 6)
        self.gru = nn.GRU(6, 8, batch_first=True)
        self.head = nn.Linear(8, 5)

    def forward(self, x: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = self.head(self.gru(self.embedding(x))[0])
        return logits


def counting(rows: int, steps: int, lengths: list[int]) -> Split:
    """Each word is followed by the next number; padded with 0, and -100 for the labels."""
    x = 1 + (torch.arange(rows)[:, None] + torch.arange(steps)) % 4
    y = 1 + x % 4
    padded = torch.arange(steps) >= torch.tensor(lengths)[:, None]
    return Split(x.masked_fill(padded, 0), y.masked_fill(padded, -100), torch.tensor(lengths))


def test_a_language_model_learns_the_next_word_and_padding_counts_for_nothing() -> None:
    lab.seed(0)
    split = counting(20, 6, [2, 6] * 10)
    history = lab.fit(NextWord(), split, split, epochs=60, lr=0.02, batch_size=7)
    assert history.kept.val_accuracy == 100
    loss = history.kept.val_loss
    longer = counting(20, 9, [2, 6] * 10)
    lab.seed(0)
    again = lab.fit(NextWord(), longer, longer, epochs=60, lr=0.02, batch_size=7)
    assert again.kept.val_loss == pytest.approx(loss, rel=1e-3)


def test_a_state_instead_of_all_steps_is_explained() -> None:
    class Last(NextWord):
        def forward(self, x: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
            return super().forward(x, lengths)[:, -1]

    split = counting(4, 6, [6] * 4)
    with pytest.raises(UsageError, match=r"\(batch, steps, classes\)"):
        lab.fit(Last(), split, split, epochs=1)
