"""One pair of axes in SVG: where a value lies, round numbers along the edges, curves within.

`curves.picture` puts two of them side by side. Linear or logarithmic; nothing here knows what a
training run is.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from grader.lab.svg import FAINT, polyline, text

TOP, BOTTOM, WIDTH = 40.0, 220.0, 310.0
SMALLEST = 1e-4
"""Where a logarithmic axis begins at the latest; a loss of 0 has no logarithm."""


@dataclass(frozen=True)
class PlotArea:
    """One pair of axes: its left edge, and the values its edges stand for."""

    left: float
    last_epoch: int
    low: float
    high: float
    log: bool = False

    def x(self, epoch: float) -> float:
        """Where an epoch lies; the first one at the left edge."""
        return self.left + WIDTH * (epoch - 1) / max(self.last_epoch - 1, 1)

    def y(self, value: float) -> float:
        """Where a value lies; values outside stay on the edge."""
        inside = min(max(value, self.low), self.high)
        if self.log:
            share = math.log(inside / self.low) / math.log(self.high / self.low)
        else:
            share = (inside - self.low) / (self.high - self.low)
        return BOTTOM - (BOTTOM - TOP) * share

    def curve(self, epochs: Sequence[int], values: Sequence[float], style: str, most: int) -> str:
        """One line through at most `most` of the points, the last one always among them."""
        if not epochs:
            return ""
        stride = max(1, math.ceil(len(epochs) / most))
        shown = [*range(0, len(epochs) - 1, stride), len(epochs) - 1]
        points = [
            (self.x(epochs[n]), self.y(values[n]))
            for n in shown
            if math.isfinite(values[n]) and epochs[n] <= self.last_epoch
        ]
        return polyline(points, style) if points else ""

    def edges(self, heading: str) -> list[str]:
        """Heading, grid lines with their values, and epochs below."""
        right = self.left + WIDTH
        parts = [text(self.left, TOP - 8, heading)]
        for value in self.steps():
            y = self.y(value)
            parts.append(f'<path d="M{self.left:.0f} {y:.1f}H{right:.0f}" {FAINT}/>')
            parts.append(text(self.left - 6, y + 4, f"{value:g}", anchor="end"))
        parts += [
            text(self.x(epoch), BOTTOM + 16, str(epoch), anchor="middle")
            for epoch in epoch_steps(self.last_epoch)
        ]
        parts.append(text(self.left + WIDTH / 2, BOTTOM + 32, "epoch", anchor="middle"))
        return parts

    def steps(self) -> list[float]:
        """Four to six round numbers along the axis; powers of ten and their like on a log one."""
        if self.log:
            return _log_steps(self.low, self.high)
        return round_steps(self.low, self.high)


def linear(left: float, last_epoch: int, values: Sequence[float]) -> PlotArea:
    """Axes from 0 to a round number above all values: for 0.7 the number 0.8."""
    highest = max((value for value in values if math.isfinite(value)), default=1.0)
    unit = 10.0 ** math.floor(math.log10(highest)) if highest > 0 else 0.1
    steps = (1, 1.2, 1.6, 2, 3, 4, 5, 6, 8, 10, 20)
    return PlotArea(left, last_epoch, 0.0, next(m * unit for m in steps if m * unit > highest))


def logarithmic(left: float, last_epoch: int, values: Sequence[float]) -> PlotArea:
    """Axes whose edges are round numbers (1, 2 or 5 times a power of ten) around all values."""
    known = [max(value, SMALLEST) for value in values if math.isfinite(value)]
    low, high = (min(known), max(known)) if known else (0.1, 1.0)
    low, high = _round_log(low, up=False), _round_log(high, up=True)
    if high <= low:
        low, high = low / 2, high * 2
    return PlotArea(left, last_epoch, low, high, log=True)


def round_steps(low: float, high: float) -> list[float]:
    """Two to seven multiples of a round number (1, 2, 2.5 or 5 times a power of ten) in an axis."""
    rough = (high - low) / 5
    unit = 10.0 ** math.floor(math.log10(rough))
    step = next(m * unit for m in (1, 2, 2.5, 5, 10) if m * unit >= rough * 0.99)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [n * step for n in range(first, last + 1)]


def decades(low: float, high: float) -> list[float]:
    """The powers of ten in an axis from 10**low to 10**high, at most seven; the largest first."""
    stride = max(1, math.ceil((high - low) / 6))
    return [10.0**n for n in range(math.floor(high), math.ceil(low) - 1, -stride)]


def step_numbers(last: int) -> list[int]:
    """The first step of a sequence and every tenth."""
    return [1, *range(10, last + 1, 10)]


def epoch_steps(last: int) -> list[int]:
    """The first epoch and a handful of round ones."""
    unit = 10 ** math.floor(math.log10(max(last / 5, 1)))
    step = next(m * unit for m in (1, 2, 5, 10) if last / (m * unit) <= 6)
    return sorted({1, *range(step, last + 1, step)} - ({step} if step == 2 else set()))


def _round_log(value: float, *, up: bool) -> float:
    """The nearest of 1, 2, 5, 10 times a power of ten, upward or downward."""
    unit = 10.0 ** math.floor(math.log10(value))
    rounds = (1, 2, 5, 10)
    if up:
        return next(m * unit for m in rounds if m * unit >= value * 0.999)
    return next(m * unit for m in reversed(rounds) if m * unit <= value * 1.001)


def _log_steps(low: float, high: float) -> list[float]:
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    many = last - first > 3
    rounds = (1,) if many else (1, 2, 5)
    steps = [m * 10.0**n for n in range(first, last + 1) for m in rounds]
    inside = [step for step in steps if low * 0.999 <= step <= high * 1.001]
    return inside or [low, high]
