"""Values over steps as lines, on a linear or a logarithmic axis."""

import math
from collections.abc import Mapping

import torch

from grader.core.errors import UsageError
from grader.lab.axes import decades, round_steps, step_numbers
from grader.lab.svg import BLUE, FAINT, ORANGE, Drawing, drawing, polyline, text

FEW = 10
"""Values, of which each one's number is told."""

_STYLES = [
    f'stroke="{ORANGE}" fill="none" stroke-width="2" stroke-dasharray="7 4"',
    f'stroke="{BLUE}" fill="none" stroke-width="2"',
    f'stroke="{ORANGE}" fill="none" stroke-width="2" stroke-dasharray="2 3"',
    f'stroke="{BLUE}" fill="none" stroke-width="2" stroke-dasharray="9 3 2 3"',
]


def show_by_step(
    series: Mapping[str, torch.Tensor],
    *,
    label: str,
    title: str = "",
    log: bool = False,
    axis: str = "step",
    first: int = 1,
    stride: int = 1,
) -> Drawing:
    """Draw values over steps, or over another count, a line style for each name.

    Args:
        series: mapping from one to four names to float tensors (T,), or (lines, T) in one style.
        label: str, what the vertical axis counts.
        title: str above it. Default "".
        log: bool, whether the axis counts in powers of ten, nine or more, from 1e-12 up. Default
            False.
        axis: str, what the horizontal axis counts, in the singular. Default step.
        first: int, the number of the first value there. Default 1.
        stride: int, how far the number of each value is from the one before. Default 1.

    Returns:
        Drawing, which a notebook shows at the end of a cell; its `repr` says what it shows.

    Raises:
        UsageError: there are no series, or more than four.

    Example:
        >>> import torch
        >>> lab.show_by_step({"falling": torch.linspace(1, 0, 20)}, label="share left")
        share left, over 20 steps. First to last step: falling from 1 to 0.
    """
    if not 1 <= len(series) <= len(_STYLES):
        message = f"You gave {len(series)} series. From 1 to {len(_STYLES)} can be told apart."
        raise UsageError(message)
    lines = {name: torch.atleast_2d(values.detach().cpu()) for name, values in series.items()}
    steps = max(values.shape[1] for values in lines.values())
    low, high = _range(torch.cat([values.flatten() for values in lines.values()]), log=log)
    left, width = 60.0, 450.0

    def y(value: float) -> float:
        return 220 - 172 * ((_log(value) if log else value) - low) / (high - low)

    parts = [text(left, 16, title, weight="bold"), text(left, 36, label, size=11)]
    for value in decades(low, high) if log else round_steps(low, high):
        words = f"1e{math.log10(value):.0f}" if log and value != 1 else f"{value:g}"
        parts.append(f'<path d="M{left} {y(value):.1f}h{width}" {FAINT}/>')
        parts.append(text(left - 6, y(value) + 4, words, anchor="end"))
    for number, (name, values) in enumerate(lines.items()):
        for line in values.tolist():
            points = [(left + width * t / (steps - 1), y(v)) for t, v in enumerate(line)]
            parts.append(polyline(points, _STYLES[number]))
        top = 60 + 22 * number
        parts.append(f'<path d="M{left + width + 14} {top}h34" {_STYLES[number]}/>')
        parts.append(text(left + width + 54, top + 4, name))
    parts += [
        text(left + width * t / (steps - 1), 236, str(first + stride * t), anchor="middle")
        for t in (range(steps) if steps < FEW else [n - 1 for n in step_numbers(steps)])
    ]
    parts.append(text(left + width / 2, 254, axis, anchor="middle"))
    told = [f"{name} from {v[0, 0]:.2g} to {v[0, -1]:.2g}" for name, v in lines.items()]
    alt = f"{title or label}, over {steps} {axis}s. First to last {axis}: {'; '.join(told)}."
    return drawing(770, 262, alt, parts)


def _log(value: float) -> float:
    return math.log10(max(value, 1e-12))


def _range(values: torch.Tensor, *, log: bool) -> tuple[float, float]:
    """Where an axis begins and ends; with `log` in powers of ten."""
    low, high = float(values.min()), float(values.max())
    if log:
        # never less than nine powers of ten, so that two pictures can be compared
        top = math.ceil(_log(high))
        return min(math.floor(_log(low)), top - 9), top
    room = 0.05 * (high - low or 1.0)
    return low - room, high + room
