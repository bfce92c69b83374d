"""Wrong training labels, and how sure a model is of each."""

import torch
from torch import nn

from grader.lab import metrics, svg
from grader.lab.svg import Drawing, drawing, text
from grader.wire.splits import Split


def show_memorised(model: nn.Module, train: Split, wrong: torch.Tensor) -> Drawing:
    """Draw how sure the model is of each wrong training label; filled where it predicts it.

    Args:
        model: nn.Module, called as `logits` calls it.
        train: Split of N sequences with one label each.
        wrong: bool tensor (N,), the wrong labels of `train`, such as `data.wrong`.

    Returns:
        Drawing, which a notebook shows at the end of a cell; its `repr` says what it shows.

    Raises:
        UsageError: `wrong` is no bool mask of N labels.

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
        >>> drawing = lab.show_memorised(model, split, torch.tensor([True, False, False, False]))
        >>> "of 1 wrong labels learnt by heart" in repr(drawing)
        True
    """
    learnt, count = metrics.learnt_by_heart(model, train, wrong)
    rows = train.rows(wrong)
    logits = metrics.logits(model, rows)
    sure = logits.softmax(dim=1).gather(1, rows.y.cpu()[:, None]).flatten()
    given_back = logits.argmax(dim=1) == rows.y.cpu()
    order = torch.argsort(sure, descending=True).tolist()
    width = 640 / max(count, 1)
    bars = [
        _bar(44 + width * place, width, 100 * float(sure[row]), filled=bool(given_back[row]))
        for place, row in enumerate(order)
    ]
    alt = (
        f"{learnt} of {count} wrong labels learnt by heart. One bar for each wrong training label: "
        f"how sure the model is of it, from {100 * float(sure.max()):.0f}% "
        f"down to {100 * float(sure.min()):.0f}%."
        if count
        else "No label of this split is wrong."
    )
    axis = [text(38, 184 - 1.3 * value + 4, str(value), anchor="end") for value in (0, 50, 100)]
    lines = [f'<path d="M44 {184 - 1.3 * value:.1f}h640" {svg.FAINT}/>' for value in (0, 50, 100)]
    return drawing(
        700,
        220,
        alt,
        [
            text(44, 18, f"{learnt} of {count} wrong labels learnt by heart", weight="bold"),
            text(44, 36, "how sure the model is of each wrong label, in %", size=11),
            *_key(430),
            *lines,
            *axis,
            *bars,
            text(364, 206, "wrong training labels, surest first", anchor="middle"),
        ],
    )


def _bar(x: float, width: float, percent: float, *, filled: bool) -> str:
    style = f'fill="{svg.ORANGE}"' if filled else 'fill="none" stroke-dasharray="2 2"'
    height = max(1.3 * percent, 1.0)
    return (
        f'<rect x="{x + 1:.1f}" y="{184 - height:.1f}" width="{max(width - 3, 1):.1f}" '
        f'height="{height:.1f}" stroke="{svg.ORANGE}" {style}/>'
    )


def _key(x: float) -> list[str]:
    return [
        f'<rect x="{x}" y="8" width="12" height="12" fill="{svg.ORANGE}" stroke="{svg.ORANGE}"/>',
        text(x + 18, 18, "learnt by heart"),
        f'<rect x="{x + 130}" y="8" width="12" height="12" fill="none" stroke="{svg.ORANGE}" '
        'stroke-dasharray="2 2"/>',
        text(x + 148, 18, "not believed"),
    ]
