"""What a training run leaves behind: one record an epoch, the best of them, and how it ended.

Plain numbers only: no tensors, no display. `training.fit` writes it, plots and lessons read it.
"""

from dataclasses import dataclass
from typing import Literal

Ending = Literal["finished", "early", "by hand", "diverged"]


@dataclass(frozen=True)
class Step:
    """One batch has been trained on: `batch` of `batches` in this `epoch`, all counted from 1."""

    epoch: int
    batch: int
    batches: int


@dataclass(frozen=True)
class Epoch:
    """What was measured of one epoch.

    Attributes:
        epoch: int, counted from 1.
        train_loss: float, mean cross entropy of the rows as they were trained on: dropout on,
            weights moving, labels smoothed.
        val_loss: float, mean cross entropy of the validation split in eval mode; nan without one.
        train_accuracy: float, percent of the training split in eval mode.
        val_accuracy: float, percent of the validation split in eval mode; nan without one.
        seconds: float since the run began.

    Example:
        >>> epoch = lab.Epoch(1, 0.7, 0.9, train_accuracy=80.0, val_accuracy=75.0, seconds=2.5)
        >>> epoch.gap
        5.0
    """

    epoch: int
    train_loss: float
    val_loss: float
    train_accuracy: float
    val_accuracy: float
    seconds: float

    @property
    def gap(self) -> float:
        """Training minus validation accuracy, in percentage points."""
        return self.train_accuracy - self.val_accuracy


@dataclass(frozen=True)
class History:
    """A whole run: at least one epoch, whatever ended it.

    Attributes:
        records: list of Epoch, in order.
        best: Epoch with the lowest validation loss.
        stopped: str, "finished", "early" (patience ran out), "by hand" or "diverged".
        restored: bool, whether the model carries the weights of `best`; else those of the last
            epoch.

    Example:
        >>> epoch = lab.Epoch(1, 0.7, 0.9, train_accuracy=80.0, val_accuracy=75.0, seconds=2.5)
        >>> lab.History([epoch], epoch, "finished", restored=False)
        1 epoch in 2.5 s; last weights: train 80.0%, validation 75.0%, loss 0.70/0.90.
    """

    records: list[Epoch]
    best: Epoch
    stopped: Ending
    restored: bool

    @property
    def kept(self) -> Epoch:
        """The epoch whose weights the model carries now: the only honest one to report."""
        return self.best if self.restored else self.records[-1]

    def __len__(self) -> int:
        """How many epochs were recorded."""
        return len(self.records)

    def __repr__(self) -> str:
        """One line: how long, how it ended, and the numbers of the weights that were kept."""
        return summary(self)


_ENDINGS: dict[Ending, str] = {
    "finished": "",
    "early": ", stopped early",
    "by hand": ", stopped by hand",
    "diverged": ", stopped: the loss is no longer a number (try a smaller lr, or clip=1.0)",
}


def summary(history: History) -> str:
    """Say in one line what the run gave, in numbers that belong to the model as it is now."""
    kept = history.kept
    epochs = "1 epoch" if len(history) == 1 else f"{len(history)} epochs"
    weights = f"best weights, of epoch {kept.epoch}" if history.restored else "last weights"
    numbers = f"train {kept.train_accuracy:.1f}%"
    if kept.val_accuracy == kept.val_accuracy:  # nan where there was no validation split
        numbers += (
            f", validation {kept.val_accuracy:.1f}%, loss {kept.train_loss:.2f}/{kept.val_loss:.2f}"
        )
    seconds = history.records[-1].seconds
    return f"{epochs} in {seconds:.1f} s{_ENDINGS[history.stopped]}; {weights}: {numbers}."
