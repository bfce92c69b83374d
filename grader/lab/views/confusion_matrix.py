"""Which class a model takes for which, one model or several side by side."""

from collections.abc import Mapping, Sequence

import torch
from torch import nn

from grader.core.errors import UsageError
from grader.lab import metrics
from grader.lab.svg import BLUE, ORANGE, Drawing, drawing, text
from grader.wire.splits import Split

CLASSES_AT_MOST, MODELS_AT_MOST = 10, 3
WIDTH = 800


def show_confusion(
    models: Mapping[str, nn.Module], split: Split, classes: Sequence[str]
) -> Drawing:
    """Draw, for each model, how many sequences of each class it takes for which.

    Rows are the labels, columns what the model says; a heavy frame marks what is right.

    Args:
        models: mapping from one to three names to nn.Modules, called as `logits` calls them.
        split: Split of N sequences with one label each.
        classes: sequence of two to ten str; `classes[label]` names a label.

    Returns:
        Drawing, which a notebook shows at the end of a cell; its `repr` says what it shows.

    Raises:
        UsageError: too many models or classes, or labels that do not fit the classes.

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
        >>> lab.show_confusion({"untrained": model}, split, ["rumble", "hiss"])
        Labels against what the model says. untrained: ... of 4 as labelled; ...
    """
    count = len(classes)
    if not 1 <= len(models) <= MODELS_AT_MOST or not 2 <= count <= CLASSES_AT_MOST:
        message = (
            f"You gave {len(models)} models and {count} classes. From 1 to {MODELS_AT_MOST} models "
            f"and from 2 to {CLASSES_AT_MOST} classes can be drawn."
        )
        raise UsageError(message)
    tables = {name: confusion(model, split, count) for name, model in models.items()}
    cell = 64 if count <= 3 else 54
    widest = max(len(name) for name in classes) * 7 + 20
    width, height = max(widest + cell * count + 40, 250), 84 + cell * count
    across = max(WIDTH // width, 1)  # tables side by side; further ones below
    parts, told = [], []
    for place, (name, table) in enumerate(tables.items()):
        right = int(table.diagonal().sum())
        heading = f"{name}: {right} of {int(table.sum())} as labelled"
        parts += [
            f'<g transform="translate({width * (place % across)} {height * (place // across)})">',
            text(8, 18, heading, weight="bold"),
            *_table(table, classes, widest, cell),
            "</g>",
        ]
        mixed = [
            f"{classes[y]} taken for {classes[said]} {_often(int(table[y, said]))}"
            for y in range(count)
            for said in range(count)
            if y != said and table[y, said]
        ]
        told.append(f"{heading}; {', '.join(mixed) or 'no other'}")
    alt = f"Labels against what the model says. {'. '.join(told)}."
    down = -(-len(tables) // across)
    return drawing(width * min(len(tables), across), height * down, alt, parts)


def confusion(model: nn.Module, split: Split, classes: int) -> torch.Tensor:
    """How often label y was taken for class c: counts (classes, classes), rows are labels."""
    said = metrics.logits(model, split).argmax(dim=-1)
    y = split.y.cpu()
    if said.shape != y.shape or y.dim() != 1 or int(torch.maximum(y.max(), said.max())) >= classes:
        message = (
            f"Labels of shape {tuple(y.shape)} up to {int(y.max())} and answers up to "
            f"{int(said.max())} do not fit {classes} classes, one label for each sequence."
        )
        raise UsageError(message)
    return torch.bincount(y * classes + said, minlength=classes**2).view(classes, classes)


def _often(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _table(table: torch.Tensor, classes: Sequence[str], left: int, cell: int) -> list[str]:
    parts = [text(left + cell * len(classes) / 2, 40, "the model says", anchor="middle", size=11)]
    for place, name in enumerate(classes):
        size = min(11, int(1.7 * cell / max(len(name), 1)))
        parts.append(text(left + cell * (place + 0.5), 58, name, anchor="middle", size=size))
        parts.append(text(left - 8, 70 + cell * (place + 0.5), name, anchor="end", size=11))
    shares = table.double() / table.sum(dim=1, keepdim=True).clamp(min=1)
    for y in range(len(classes)):
        for said in range(len(classes)):
            x, down, right = left + cell * said, 66 + cell * y, y == said
            colour = BLUE if right else ORANGE
            parts.append(
                f'<rect x="{x + 2}" y="{down + 2}" width="{cell - 4}" height="{cell - 4}" '
                f'fill="{colour}" fill-opacity="{0.7 * float(shares[y, said]):.2f}" '
                f'stroke="{colour}" stroke-width="{3 if right else 1}"/>'
            )
            words = str(int(table[y, said]))
            parts.append(text(x + cell / 2, down + cell / 2 + 4, words, anchor="middle"))
    return parts
