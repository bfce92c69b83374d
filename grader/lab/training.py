"""The course's training loop: `steps` trains and tells, `fit` listens and keeps the record.

Lessons, references and learners' `train_model` call `fit`. It is synchronous: when it returns, the
model is trained. It never prints, leaves the global random state as it was, and gives a valid
History of a run that was stopped by hand too.
"""

import contextlib
import copy
import math
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import torch
from torch import nn

from grader.lab import argument_checks, frontend, interrupts
from grader.lab import metrics as measure
from grader.lab.curves import ACCURACY, PERPLEXITY
from grader.lab.training_history import Ending, Epoch, History, Step
from grader.lab.training_plot import LossPlot, panel_for
from grader.lab.training_settings import TrainingSettings
from grader.wire import building
from grader.wire.splits import Split
from grader.wire.torch_compat import postpone_compiler

FEW = 64
"""Rows that are measured of a model that was only built."""

Listener = Callable[[Step | Epoch], Ending | None]
"""Hears every record of a run, and ends the run by naming its ending."""


def fit(  # noqa: PLR0913  one call says everything about a run
    model: nn.Module,
    train: Split,
    val: Split | None,
    *,
    epochs: int,
    lr: float = TrainingSettings.lr,
    batch_size: int = TrainingSettings.batch_size,
    weight_decay: float = TrainingSettings.weight_decay,
    label_smoothing: float = TrainingSettings.label_smoothing,
    patience: int | None = TrainingSettings.patience,
    clip: float | None = TrainingSettings.clip,
    seed: int = TrainingSettings.seed,
    device: str | torch.device | None = None,
    plot: bool | LossPlot = True,
    title: str | None = None,
) -> History:
    """Train `model` in place with Adam and cross entropy, and leave it in eval mode.

    The global random state stays as it was. In a notebook, curves are drawn while it trains; ■ or
    Stop ends the run and puts the best weights so far back. So does a loss that is no number any
    more.

    Args:
        model: nn.Module with `forward(x)`, or `forward(x, lengths)` where `train` has lengths. It
            gives logits (B, classes), or (B, T, classes) where every step has a label.
        train: Split to train on.
        val: Split to validate on after each epoch, or None for none.
        epochs: int, 1 or more: how many passes over `train` at most.
        lr: float above 0, Adam's learning rate. Default 0.001.
        batch_size: int, 1 or more: sequences in a step. Default 64.
        weight_decay: float, 0 or more, Adam's L2 penalty. Default 0.0.
        label_smoothing: float from 0 to below 1, for the training loss alone. Default 0.0.
        patience: int, 1 or more: stop after so many epochs without a lower validation loss, and put
            the weights of the best epoch back. Default None: train on, keep the last weights.
        clip: float above 0, the largest norm of all gradients together. Default None: any.
        seed: int, 0 or more: the order of the batches and what dropout drops. The model's first
            weights were drawn before. Default 0.
        device: str or torch.device to train on. Default None: "cuda" where there is one, else
            "cpu".
        plot: bool, whether to draw curves where a notebook can show them; or a `LossPlot` to draw
            in. Default True.
        title: str above the curves. Default None: "Training".

    Returns:
        History: a record of each epoch, the best one, how the run ended, which weights were kept.

    Raises:
        UsageError: these arguments cannot be trained with; it says what to change.

    Example:
        >>> import torch
        >>> x = torch.linspace(-1, 1, 96).reshape(4, 8, 3)
        >>> split = lab.Split(x, torch.tensor([0, 1, 0, 1]))
        >>> class Classifier(torch.nn.Module):
        ...     def __init__(self, layer=torch.nn.GRU):
        ...         super().__init__()
        ...         self.rnn = layer(3, 4, batch_first=True)
        ...         self.head = torch.nn.Linear(4, 2)
        ...     def forward(self, x):
        ...         output, _ = self.rnn(x)
        ...         return self.head(output[:, -1])
        >>> lab.seed(0)
        >>> model = Classifier()
        >>> history = lab.fit(model, split, split, epochs=3, lr=0.01, patience=2)
        >>> len(history), history.stopped, history.restored
        (3, 'finished', True)
        >>> lab.fit(model, split, None, epochs=0)
        Traceback (most recent call last):
        grader.core.errors.UsageError: You passed epochs=0. A whole number of 1 ...
    """
    settings = TrainingSettings(
        epochs, lr, batch_size, weight_decay, label_smoothing, patience, clip, seed
    )
    argument_checks.check_settings(settings)
    argument_checks.check_splits(train, val, patience)
    where = torch.device(device or ("cuda" if torch.cuda.is_available() else "cpu"))
    model.to(where)
    train, val = train.to(where), None if val is None else val.to(where)
    argument_checks.check_model(model, train, val)
    if building.fitting(train):
        return _unfitted(model, train, val)
    # The first optimiser of a process would load it, a second's worth, and use nothing of it.
    postpone_compiler()
    # a language model, which has a label for every step, is not judged by its accuracy
    measure = ACCURACY if train.y.dim() == 1 else PERPLEXITY
    alike = (len(train), 0 if val is None else len(val), *train.x.shape[1:])
    panel = panel_for(epochs, title, measure=measure, data=alike) if plot is True else plot
    if not panel:
        return run(model, train, val, settings)
    with panel:
        history = run(model, train, val, settings, [panel.hear])
        panel.finish(history)
    return history


def run(
    model: nn.Module,
    train: Split,
    val: Split | None,
    settings: TrainingSettings,
    listeners: Sequence[Listener] = (),
) -> History:
    """Train and keep the record: `fit` without its checks, its device and its plot."""
    started = time.perf_counter()
    records: list[Epoch] = []
    keeper = BestWeights(model, settings.patience)
    listeners = [_notice_divergence, keeper.hear, *listeners]
    ending: Ending = "finished"
    with _own_randomness(settings.seed, train):
        with interrupts.until_stopped(unless=frontend.is_graded) as interruption:
            for record in steps(model, train, val, settings):
                if isinstance(record, Epoch):
                    records.append(record)
                named = [word for word in [hear(record) for hear in listeners] if word]
                if named:
                    ending = named[0]
                    break
        if interruption.came:
            ending = "by hand"
    model.eval()
    if not records:  # stopped within the first epoch; a History is never empty
        records.append(_measured(model, train, val, 1, None, started))
    restored = (
        settings.patience is not None or ending in {"by hand", "diverged"}
    ) and keeper.restore()
    return History(records, keeper.best or records[-1], ending, restored)


def steps(
    model: nn.Module, train: Split, val: Split | None, settings: TrainingSettings
) -> Iterator[Step | Epoch]:
    """Train, and yield a Step after each batch and an Epoch after each pass over `train`."""
    started = time.perf_counter()
    optimiser = torch.optim.Adam(
        model.parameters(), lr=settings.lr, weight_decay=settings.weight_decay
    )
    # An order of its own: one layer more in the model does not change which batches it sees.
    order = torch.Generator().manual_seed(settings.seed)
    labels = measure.labels(train.y)
    for epoch in range(1, settings.epochs + 1):
        model.train()
        total = torch.zeros((), device=train.x.device)
        batches = torch.randperm(len(train), generator=order).split(settings.batch_size)
        for number, index in enumerate(batches, start=1):
            batch = train.rows(index)
            loss = measure.loss(measure.forward(model, batch), batch.y, settings.label_smoothing)
            optimiser.zero_grad()
            loss.backward()
            if settings.clip is not None:
                nn.utils.clip_grad_norm_(model.parameters(), settings.clip)
            optimiser.step()
            # the last batch is smaller and counts for less; so does one of shorter sentences
            total += loss.detach() * (batch.y != measure.PASSED_OVER).sum()
            yield Step(epoch, number, len(batches))
        yield _measured(model, train, val, epoch, float(total) / labels, started)


class BestWeights:
    """A listener that keeps a copy of the weights of the epoch with the lowest validation loss.

    It ends the run once `patience` epochs have passed without a better one.
    """

    def __init__(self, model: nn.Module, patience: int | None) -> None:
        """Watch `model`; a `patience` of None watches without ever ending the run."""
        self._model = model
        self._patience = patience
        self._kept: tuple[Epoch, dict[str, Any]] | None = None

    @property
    def best(self) -> Epoch | None:
        """The best epoch so far; None before the first with a validation loss that is a number."""
        return self._kept[0] if self._kept else None

    def hear(self, record: Step | Epoch) -> Ending | None:
        """Copy the weights if this epoch is the best yet; say "early" when patience has run out."""
        if isinstance(record, Step) or math.isnan(record.val_loss):
            return None
        if self.best is None or record.val_loss < self.best.val_loss:
            # state_dict() gives the live tensors, which the next step overwrites: copy them.
            # One assignment, so that an interrupt never leaves an epoch with another's weights.
            self._kept = (record, copy.deepcopy(self._model.state_dict()))
            return None
        waited = record.epoch - self.best.epoch
        return "early" if self._patience is not None and waited >= self._patience else None

    def restore(self) -> bool:
        """Put the best weights back; False if there are none."""
        if self._kept is None:
            return False
        self._model.load_state_dict(self._kept[1])
        return True


def _notice_divergence(record: Step | Epoch) -> Ending | None:
    """End a run whose loss is no longer a number: it cannot recover."""
    lost = isinstance(record, Epoch) and not math.isfinite(record.train_loss)
    return "diverged" if lost else None


@contextlib.contextmanager
def _own_randomness(seed: int, train: Split) -> Iterator[None]:
    """Draw dropout's coins from `seed`, and leave the global random state as it was."""
    with torch.random.fork_rng(devices=[train.x.device] if train.x.is_cuda else []):
        torch.manual_seed(seed)
        yield


def _unfitted(model: nn.Module, train: Split, val: Split | None) -> History:
    """The record of a run that ended before its first step: a few rows, measured once."""
    model.eval()
    few = slice(FEW)
    started = time.perf_counter()
    record = _measured(model, train.rows(few), val.rows(few) if val else None, 1, None, started)
    return History([record], record, "finished", restored=False)


def _measured(
    model: nn.Module,
    train: Split,
    val: Split | None,
    epoch: int,
    train_loss: float | None,
    started: float,
) -> Epoch:
    """The record of an epoch that has just ended."""
    eval_loss, train_accuracy = measure.loss_and_accuracy(model, train)
    val_loss, val_accuracy = measure.loss_and_accuracy(model, val) if val else (math.nan, math.nan)
    return Epoch(
        epoch=epoch,
        train_loss=eval_loss if train_loss is None else train_loss,
        val_loss=val_loss,
        train_accuracy=train_accuracy,
        val_accuracy=val_accuracy,
        seconds=time.perf_counter() - started,
    )
