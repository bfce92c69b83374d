"""The picture of a training run as one SVG string: losses on the left, accuracies on the right.

`plot.LossPlot` redraws it while a run goes on, so it must stay quick (a few milliseconds) and small
(some kilobytes), whatever the number of epochs. It shows nothing itself.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from grader.lab.history import Epoch
from grader.lab.svg import BLUE, DOTTED, FAINT, ORANGE, drawing, polyline, text

POINTS_AT_MOST = 150
VAL_GOAL, TRAIN_CEILING = 85.0, 92.0

_TRAIN = f'stroke="{ORANGE}" fill="none" stroke-width="2"'
_VAL = f'stroke="{BLUE}" fill="none" stroke-width="2" stroke-dasharray="7 4"'
_TOP, _BOTTOM, _WIDTH = 40.0, 220.0, 310.0


@dataclass(frozen=True)
class Panel:
    """One pair of axes: its left edge, and the values its edges stand for."""

    left: float
    last_epoch: int
    low: float
    high: float

    def x(self, epoch: float) -> float:
        """Where an epoch lies; the first one at the left edge."""
        return self.left + _WIDTH * (epoch - 1) / max(self.last_epoch - 1, 1)

    def y(self, value: float) -> float:
        """Where a value lies; values outside stay on the edge."""
        inside = min(max(value, self.low), self.high)
        return _BOTTOM - (_BOTTOM - _TOP) * (inside - self.low) / (self.high - self.low)


def picture(
    records: Sequence[Epoch],
    *,
    last_epoch: int,
    title: str = "",
    best: Epoch | None = None,
    goals: bool = True,
) -> str:
    """Draw the run so far on an epoch axis that ends at `last_epoch`, with `best` marked.

    goals: show the two bars of a repair that is judged by its accuracies.
    """
    losses = [loss for record in records for loss in (record.train_loss, record.val_loss)]
    accuracies = [value for r in records for value in (r.train_accuracy, r.val_accuracy)]
    loss = Panel(44, last_epoch, 0.0, _nice_top(losses))
    accuracy = Panel(426, last_epoch, _nice_bottom(accuracies), 100.0)
    parts = [
        text(44, 16, title, weight="bold"),
        *_axes(loss, "loss", _steps(loss.low, loss.high)),
        *_axes(accuracy, "accuracy in % (eval mode)", _steps(accuracy.low, 100.0)),
        *(_goals(accuracy) if goals else []),
        *_best(best, loss, accuracy),
        _curve(loss, records, lambda record: record.train_loss, _TRAIN),
        _curve(loss, records, lambda record: record.val_loss, _VAL),
        _curve(accuracy, records, lambda record: record.train_accuracy, _TRAIN),
        _curve(accuracy, records, lambda record: record.val_accuracy, _VAL),
        *_legend(),
    ]
    return drawing(750, 258, _in_words(records, title, best), parts).svg


def _in_words(records: Sequence[Epoch], title: str, best: Epoch | None) -> str:
    """The text alternative: what somebody who cannot see the curves needs."""
    name = f"{title}: " if title else ""
    if not records:
        return f"{name}training has begun, no epoch has ended yet."
    last = records[-1]
    words = (
        f"{name}loss and accuracy by epoch, {len(records)} epochs. At the end training loss "
        f"{last.train_loss:.2f} and accuracy {last.train_accuracy:.1f}%"
    )
    if not math.isnan(last.val_loss):
        words += f", validation loss {last.val_loss:.2f} and accuracy {last.val_accuracy:.1f}%"
    if best is not None:
        words += f". Lowest validation loss at epoch {best.epoch}"
    return words + "."


def _curve(
    panel: Panel, records: Sequence[Epoch], value: Callable[[Epoch], float], style: str
) -> str:
    """One line through at most POINTS_AT_MOST epochs, the last one always among them."""
    stride = max(1, math.ceil(len(records) / POINTS_AT_MOST))
    shown = [*records[:-1:stride], *records[-1:]]
    points = [(panel.x(r.epoch), panel.y(value(r))) for r in shown if math.isfinite(value(r))]
    return polyline(points, style)


def _axes(panel: Panel, heading: str, steps: Sequence[float]) -> list[str]:
    right = panel.left + _WIDTH
    parts = [text(panel.left, _TOP - 8, heading)]
    for value in steps:
        y = panel.y(value)
        parts.append(f'<path d="M{panel.left:.0f} {y:.1f}H{right:.0f}" {FAINT}/>')
        parts.append(text(panel.left - 6, y + 4, f"{value:g}", anchor="end"))
    parts += [
        text(panel.x(epoch), _BOTTOM + 16, str(epoch), anchor="middle")
        for epoch in _epoch_steps(panel.last_epoch)
    ]
    parts.append(text(panel.left + _WIDTH / 2, _BOTTOM + 32, "epoch", anchor="middle"))
    return parts


def _goals(panel: Panel) -> list[str]:
    """The two bars of a repair: validation above one, training below the other."""
    parts = []
    for value, words in [
        (VAL_GOAL, f"validation at least {VAL_GOAL:g}"),
        (TRAIN_CEILING, f"training below {TRAIN_CEILING:g}"),
    ]:
        y = panel.y(value)
        parts.append(f'<path d="M{panel.left:.0f} {y:.1f}h{_WIDTH:.0f}" {DOTTED}/>')
        parts.append(text(panel.left + 4, y - 4, words, size=11))
    return parts


def _best(best: Epoch | None, loss: Panel, accuracy: Panel) -> list[str]:
    """A line through both panels and a dot on each validation curve."""
    if best is None or math.isnan(best.val_loss):
        return []
    parts = []
    for panel, value in [(loss, best.val_loss), (accuracy, best.val_accuracy)]:
        x = panel.x(best.epoch)
        parts.append(f'<path d="M{x:.1f} {_TOP:.0f}V{_BOTTOM:.0f}" {FAINT}/>')
        parts.append(
            f'<circle cx="{x:.1f}" cy="{panel.y(value):.1f}" r="4.5" fill="{BLUE}" '
            'stroke="currentColor"/>'
        )
    late = best.epoch > loss.last_epoch / 2
    x = accuracy.x(best.epoch) + (-6 if late else 6)
    anchor = "end" if late else "start"
    parts.append(text(x, _BOTTOM - 6, f"best: epoch {best.epoch}", anchor=anchor, size=11))
    return parts


def _legend() -> list[str]:
    return [
        f'<path d="M546 12h30" {_TRAIN}/>',
        text(582, 16, "training"),
        f'<path d="M642 12h30" {_VAL}/>',
        text(678, 16, "validation"),
    ]


def _nice_top(values: Sequence[float]) -> float:
    """The end of the loss axis: a round number above all losses, for loss 0.7 the number 0.8."""
    highest = max((value for value in values if math.isfinite(value)), default=1.0)
    unit = 10.0 ** math.floor(math.log10(highest)) if highest > 0 else 0.1
    return next(m * unit for m in (1, 1.2, 1.6, 2, 3, 4, 5, 6, 8, 10, 20) if m * unit > highest)


def _nice_bottom(values: Sequence[float]) -> float:
    """The start of the accuracy axis: a ten below all accuracies, and low enough for the goals."""
    lowest = min((value for value in values if math.isfinite(value)), default=50.0)
    return min(50.0, 10.0 * math.floor(lowest / 10))


def _steps(low: float, high: float) -> list[float]:
    """Four to six round numbers along an axis."""
    rough = (high - low) / 5
    unit = 10.0 ** math.floor(math.log10(rough))
    step = next(m * unit for m in (1, 2, 2.5, 5, 10) if m * unit >= rough * 0.99)
    return [low + step * n for n in range(int((high - low) / step + 1e-9) + 1)]


def _epoch_steps(last: int) -> list[int]:
    """The first epoch and a handful of round ones."""
    unit = 10 ** math.floor(math.log10(max(last / 5, 1)))
    step = next(m * unit for m in (1, 2, 5, 10) if last / (m * unit) <= 6)
    return sorted({1, *range(step, last + 1, step)} - ({step} if step == 2 else set()))
