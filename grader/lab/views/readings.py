"""Sensor readings as pictures: clips side by side, and all readings thrown on heaps.

Plain functions that return a drawing for the end of a cell. They read tensors, change none, and
say in words what they show.
"""

from collections.abc import Mapping

import torch

from grader.core.errors import UsageError
from grader.core.messages import amount
from grader.lab.svg import BLUE, DOTTED, FAINT, ORANGE, Drawing, drawing, polyline, text

CLIPS_AT_MOST = 5
BINS = 48
REACH = 4.0
"""Heaps are drawn from minus to plus so many standard deviations; what lies beyond is left out."""
_HEAPS = [
    f'stroke="{BLUE}" fill="none" stroke-width="2"',
    f'stroke="{ORANGE}" fill="none" stroke-width="2" stroke-dasharray="7 4"',
]


def show_clips(clips: Mapping[str, torch.Tensor], *, label: str = "") -> Drawing:
    """Draw clips side by side under their names, a line for each sensor, on one vertical axis.

    Args:
        clips: mapping from one to five names to float tensors (T, sensors).
        label: str, names the vertical axis. Default "".

    Returns:
        Drawing, which a notebook shows at the end of a cell; its `repr` says what it shows.

    Raises:
        UsageError: there are none, more than five, or one is not (T, sensors).

    Example:
        >>> import torch
        >>> lab.show_clips({"a clip": torch.tensor([[1.0], [-1.0], [1.0]])})
        1 clip of 3 steps, 1 line each, one for each sensor. ...
    """
    if not 1 <= len(clips) <= CLIPS_AT_MOST or any(clip.dim() != 2 for clip in clips.values()):
        shapes = ", ".join(str(tuple(clip.shape)) for clip in clips.values())
        message = (
            f"You gave {len(clips)} clips of shape {shapes or 'none'}. Expected from 1 to "
            f"{CLIPS_AT_MOST} clips, each (steps, sensors), such as data.train.x[0]."
        )
        raise UsageError(message)
    top = max(3.0, *(float(clip.abs().max()) for clip in clips.values()))
    left, gap = 40.0, 12.0
    width = (740 - left) / len(clips) - gap

    def y(value: float) -> float:
        return 120 - 72 * value / top

    parts = [text(left - 32, 12, label, size=11)]
    parts += [text(left - 6, y(v) + 4, f"{v:g}", anchor="end") for v in (-2, 0, 2)]
    for number, (name, clip) in enumerate(clips.items()):
        start, last = left + (width + gap) * number, len(clip) - 1
        parts.append(text(start, 28, name, weight="bold"))
        parts += [f'<path d="M{start:.1f} {y(v):.1f}h{width:.1f}" {FAINT}/>' for v in (-2, 0, 2)]
        for line in clip.T.tolist():
            points = [(start + width * t / max(last, 1), y(v)) for t, v in enumerate(line)]
            parts.append(polyline(points, f'stroke="{BLUE}" stroke-opacity="0.8" fill="none"'))
        parts += [text(start, 208, "1"), text(start + width, 208, str(last + 1), anchor="end")]
        parts.append(text(start + width / 2, 208, "step", anchor="middle"))
    told = "; ".join(f"{name}: {_turns(clip):.0f}" for name, clip in clips.items())
    steps, sensors = next(iter(clips.values())).shape
    alt = (
        f"{amount(len(clips), 'clip')} of {steps} steps, {amount(sensors, 'line')} each, "
        f"one for each sensor. How often a line changes its sign, on average: {told}."
    )
    return drawing(750, 216, alt, parts)


def _turns(clip: torch.Tensor) -> float:
    """Changes of sign from step to step, the mean over sensors."""
    return float((clip[1:] * clip[:-1] < 0).sum(dim=0).float().mean())


def show_heaps(heaps: Mapping[str, torch.Tensor], *, label: str = "", title: str = "") -> Drawing:
    """Draw how readings are spread, an outline for each name, as shares of all its readings.

    48 equal bins from -4 to 4; readings outside are left out.

    Args:
        heaps: mapping from one or two names to float tensors of any shape.
        label: str, names the axis of readings. Default "".
        title: str above it. Default "".

    Returns:
        Drawing, which a notebook shows at the end of a cell; its `repr` says what it shows.

    Raises:
        UsageError: there are none, or more than two.

    Example:
        >>> import torch
        >>> lab.show_heaps({"readings": torch.tensor([-1.0, 0.0, 1.0])})
        Heaps of readings. readings: mean +0.00, standard deviation 1.00.
    """
    if not 1 <= len(heaps) <= len(_HEAPS):
        message = f"You gave {len(heaps)} heaps. 1 or {len(_HEAPS)} can be told apart."
        raise UsageError(message)
    left, width = 24.0, 470.0
    shares = {
        name: torch.histc(heap.float(), BINS, -REACH, REACH) / max(heap.numel(), 1)
        for name, heap in heaps.items()
    }
    top = max(float(share.max()) for share in shares.values()) or 1.0
    parts = [text(left, 16, title, weight="bold"), text(left, 34, "share of readings", size=11)]
    parts.append(f'<path d="M{left} 180h{width}" {DOTTED}/>')
    for number, (name, share) in enumerate(shares.items()):
        heights = [180 - 132 * float(value) / top for value in share]
        edges = [left + width * n / BINS for n in range(BINS + 1)]
        points = [(left, 180.0)]
        for n, height in enumerate(heights):
            points += [(edges[n], height), (edges[n + 1], height)]
        parts.append(polyline([*points, (left + width, 180.0)], _HEAPS[number]))
        row = 60 + 22 * number
        parts.append(f'<path d="M{left + width + 14} {row}h34" {_HEAPS[number]}/>')
        parts.append(text(left + width + 54, row + 4, name))
    parts += [
        text(left + width * (value + REACH) / (2 * REACH), 196, f"{value:g}", anchor="middle")
        for value in (-4, -2, 0, 2, 4)
    ]
    parts.append(text(left + width / 2, 214, label, anchor="middle"))
    told = "; ".join(
        f"{name}: mean {heap.mean():+.2f}, standard deviation {heap.std():.2f}"
        for name, heap in heaps.items()
    )
    return drawing(640, 222, f"{title or 'Heaps of readings'}. {told}.", parts)
