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
    """Give a model's scores for a whole split, in eval mode and without gradients.

    Args:
        model: nn.Module, called as `model(x)`, or `model(x, lengths)` where the split has lengths.
            It may be on any device; its mode is as before afterwards.
        split: Split of N sequences.

    Returns:
        float tensor (N, classes) on the CPU; (N, T, classes) where every step has a label.

    Raises:
        UsageError: `forward` gives anything but such a tensor.

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
        >>> lab.logits(model, split).shape
        torch.Size([4, 2])
    """
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
    """Give the accuracy over a whole split, in eval mode and without gradients.

    Args:
        model: nn.Module, called as `logits` calls it.
        split: Split of N sequences. Labels of -100 (padded steps) are left out.

    Returns:
        float, percent from 0 to 100.

    Raises:
        UsageError: `forward` gives no logits of the expected shape.

    Example:
        >>> import torch
        >>> x = torch.linspace(-1, 1, 96).reshape(4, 8, 3)
        >>> split = lab.Split(x, torch.tensor([0, 1, 0, 1]))
        >>> class SaysOne(torch.nn.Module):
        ...     def forward(self, x):
        ...         return torch.tensor([0.0, 1.0]).repeat(len(x), 1)
        >>> lab.accuracy(SaysOne(), split)
        50.0
    """
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
    """Count the wrong labels that a model predicts: it can only have memorised them.

    Args:
        model: nn.Module, called as `logits` calls it.
        split: Split of N sequences with one label each.
        wrong: bool tensor (N,), the labels that were flipped on purpose, such as `data.wrong`.

    Returns:
        Two ints: how many of the wrong labels the model predicts, and how many there are.

    Raises:
        UsageError: `wrong` is no bool mask of N labels, or `forward` gives no logits.

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
        >>> wrong = torch.tensor([True, True, False, False])
        >>> learnt, there_are = lab.learnt_by_heart(model, split, wrong)
        >>> there_are
        2
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
