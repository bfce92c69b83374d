"""Measure a model honestly: eval mode, no gradients, the whole split, its mode left as it was.

Lessons and `training.fit` call this. It never trains, never moves a model, never draws.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import nn
from torch.nn import functional

from grader.core.errors import UsageError
from grader.wire.splits import Split

ROWS_AT_ONCE = 2048
SENTENCES_AT_ONCE = 256
PASSED_OVER = -100
"""The label of a padded step; cross entropy's own number for it."""


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
    """Give the model's scores for a split, (N, classes) or (N, T, classes), on the CPU."""
    return torch.cat([scores.cpu() for scores, _ in _in_parts(model, split)])


def _in_parts(model: nn.Module, split: Split) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Logits and labels of a few rows at a time: scores for each word of a text are large."""
    device = device_of(model)
    rows = ROWS_AT_ONCE if split.y.dim() == 1 else SENTENCES_AT_ONCE
    with evaluating(model):
        for start in range(0, len(split), rows):
            part = split.rows(slice(start, start + rows)).to(device)
            yield checked(forward(model, part), part.y), part.y


def checked(scores: object, y: torch.Tensor) -> torch.Tensor:
    """Return a batch of logits, or say what the model gave instead.

    Raises UsageError for anything but a tensor (B, classes), or (B, T, classes) where `y` holds a
    label for every step.
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
    if y.dim() == 2 and (scores.dim() != 3 or scores.shape[:2] != y.shape):
        message = (
            f"Your model's forward returned shape {tuple(scores.shape)}. Every step has a label "
            f"here, so logits of shape (batch, steps, classes) were expected, starting "
            f"{tuple(y.shape)}. Send the whole output of the recurrent layer through the Linear "
            "layer, not one state; after packing, unpack with total_length=x.shape[1]."
        )
        raise UsageError(message)
    if y.dim() == 1 and scores.dim() != 2:
        message = (
            f"Your model's forward returned shape {tuple(scores.shape)}. Logits of shape "
            "(batch, classes) were expected: one score per class and sequence. "
            "Choose one state per sequence, for instance h_n[-1], before the Linear layer."
        )
        raise UsageError(message)
    return scores


def loss(scores: torch.Tensor, y: torch.Tensor, label_smoothing: float = 0.0) -> torch.Tensor:
    """Mean cross entropy over labels: of rows, or of the steps that are not padding (-100)."""
    return functional.cross_entropy(
        scores.flatten(0, -2),
        y.flatten(),
        ignore_index=PASSED_OVER,
        label_smoothing=label_smoothing,
    )


def labels(y: torch.Tensor) -> int:
    """How many labels there are: padded steps have none."""
    return int((y != PASSED_OVER).sum())


def accuracy(model: nn.Module, split: Split) -> float:
    """Accuracy in percent over the whole split, in eval mode."""
    return loss_and_accuracy(model, split)[1]


def loss_and_accuracy(model: nn.Module, split: Split) -> tuple[float, float]:
    """Mean cross entropy per label (no label smoothing) and accuracy in percent, in one pass."""
    count, total, right = 0, 0.0, 0
    for scores, y in _in_parts(model, split):
        here = labels(y)
        count += here
        total += float(loss(scores, y)) * here
        right += int((scores.argmax(dim=-1) == y).sum())
    return total / count, 100.0 * right / count


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
