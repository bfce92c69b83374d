"""Measure a model honestly: eval mode, no gradients, the whole split, its mode left as it was.

Lessons and `training.fit` call this. It never trains, never moves a model, never draws.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import nn
from torch.nn import functional

from grader.core.errors import UsageError
from grader.wire.split import Split

ROWS_AT_ONCE = 2048


@contextmanager
def evaluating(model: nn.Module) -> Iterator[None]:
    """Switch dropout off and gradients with it; afterwards each layer's mode is as before."""
    modes = [(layer, layer.training) for layer in model.modules()]
    model.eval()
    try:
        with torch.no_grad():
            yield
    finally:
        for layer, mode in modes:
            layer.training = mode


def device_of(model: nn.Module) -> torch.device:
    """The device the model's parameters are on; the CPU for a model without any."""
    first = next(model.parameters(), None)
    return torch.device("cpu") if first is None else first.device


def forward(model: nn.Module, split: Split) -> torch.Tensor:
    """Call the model as the course does: `model(x)`, or `model(x, lengths)` where lengths vary."""
    given = (split.x,) if split.lengths is None else (split.x, split.lengths)
    logits: torch.Tensor = model(*given)
    return logits


def logits(model: nn.Module, split: Split) -> torch.Tensor:
    """Give the model's scores for a split, (N, classes), on the CPU."""
    device = device_of(model)
    with evaluating(model):
        parts = [
            checked(forward(model, split.rows(slice(start, start + ROWS_AT_ONCE)).to(device)))
            for start in range(0, len(split), ROWS_AT_ONCE)
        ]
    return torch.cat(parts).cpu()


def checked(scores: object) -> torch.Tensor:
    """Return a batch of logits, or say what the model gave instead.

    Raises UsageError for anything but a tensor (B, classes).
    """
    if isinstance(scores, tuple):
        message = (
            f"Your model's forward returned a tuple of {len(scores)} things. One tensor of logits "
            "(batch, classes) was expected. Recurrent layers return `out, h_n`: use one of the "
            "two, send it through your Linear layer, and return only that."
        )
        raise UsageError(message)
    if not isinstance(scores, torch.Tensor):
        message = (
            f"Your model's forward returned {type(scores).__name__}. A tensor of logits "
            "(batch, classes) was expected. Does forward end in a `return`?"
        )
        raise UsageError(message)
    if scores.dim() != 2:
        message = (
            f"Your model's forward returned shape {tuple(scores.shape)}. Logits of shape "
            "(batch, classes) were expected: one score per class and sequence. "
            "Choose one state per sequence, for instance h_n[-1], before the Linear layer."
        )
        raise UsageError(message)
    return scores


def percent_right(scores: torch.Tensor, y: torch.Tensor) -> float:
    """Share of rows whose largest logit is the label, in percent."""
    return 100.0 * float((scores.argmax(dim=1) == y).double().mean())


def accuracy(model: nn.Module, split: Split) -> float:
    """Accuracy in percent over the whole split, in eval mode."""
    return percent_right(logits(model, split), split.y.cpu())


def loss_and_accuracy(model: nn.Module, split: Split) -> tuple[float, float]:
    """Mean cross entropy per row (no label smoothing) and accuracy in percent, in one pass."""
    scores, y = logits(model, split), split.y.cpu()
    return float(functional.cross_entropy(scores, y)), percent_right(scores, y)


def learnt_by_heart(model: nn.Module, split: Split, wrong: torch.Tensor) -> tuple[int, int]:
    """Count the wrong labels that the model predicts, and all wrong labels.

    `wrong` is the bool mask (N,) of labels flipped on purpose. Nobody can work such a label out: a
    model that gives it back has learnt it by heart.
    """
    if wrong.shape != split.y.shape or wrong.dtype != torch.bool:
        message = (
            f"`wrong` has shape {tuple(wrong.shape)} and dtype {wrong.dtype}. A bool mask of shape "
            f"{tuple(split.y.shape)} was expected: `data.wrong` belongs to `data.train`, "
            "`data.wrong_val` to `data.val`."
        )
        raise UsageError(message)
    repeated = (logits(model, split).argmax(dim=1) == split.y.cpu()) & wrong.cpu()
    return int(repeated.sum()), int(wrong.sum())
