"""Sequences with a marker channel: the mean of the other channels by step."""

from collections.abc import Mapping

import torch

from grader.lab.argument_checks import check_sequence
from grader.lab.axes import step_numbers
from grader.lab.svg import BLUE, DOTTED, FAINT, Drawing, drawing, text

_SHADE = 'fill="currentColor" fill-opacity="0.13"'


def show_shutter(clips: Mapping[str, torch.Tensor], *, means: bool = True) -> Drawing:
    """Draw the mean of the detectors by step, steps with an open shutter shaded.

    Args:
        clips: mapping from names to float tensors (T, 1 + detectors); channel 0 is the shutter,
            open where above zero.
        means: bool, whether lines show the mean while open and while shut. Default True.

    Returns:
        Drawing, which a notebook shows at the end of a cell; its `repr` says what it shows.

    Raises:
        UsageError: a tensor is no single sequence.

    Example:
        >>> import torch
        >>> lab.show_shutter({"a clip": torch.tensor([[1.0, 0.25], [-1.0, -0.5]])})
        The mean of the detectors by step, ...: mean while open +0.25, while shut -0.50.
    """
    parts: list[str] = []
    told: list[str] = []
    for number, (name, clip) in enumerate(clips.items()):
        check_sequence(clip)
        panel, words = _shutter_panel(name, clip, means=means)
        parts += [f'<g transform="translate(0 {186 * number})">', *panel, "</g>"]
        told.append(f"{name}: {words}")
    alt = f"The mean of the detectors by step, open steps shaded. {' '.join(told)}"
    return drawing(770, 186 * len(clips) + 8, alt, parts)


def _shutter_panel(name: str, clip: torch.Tensor, *, means: bool) -> tuple[list[str], str]:
    """One sequence as parts of a picture, and in words."""
    is_open, readings = clip[:, 0] > 0, clip[:, 1:].mean(dim=1)
    steps, left, width = len(clip), 44.0, 620.0
    top, step = max(0.5, float(readings.abs().max())), width / steps

    def y(value: float) -> float:
        return 92 - 60 * value / top

    parts = [text(left, 18, name, weight="bold")]
    for t, value in enumerate(readings.tolist()):
        x = left + step * t
        if is_open[t]:
            parts.append(f'<rect x="{x:.1f}" y="26" width="{step:.1f}" height="132" {_SHADE}/>')
        parts.append(
            f'<circle cx="{x + step / 2:.1f}" cy="{y(value):.1f}" r="3.5" stroke="{BLUE}" '
            f'fill="{BLUE if is_open[t] else "none"}"/>'
        )
    parts += [f'<path d="M{left} {y(v):.1f}h{width}" {FAINT}/>' for v in (-0.5, 0, 0.5)]
    parts += [text(left - 6, y(v) + 4, f"{v:g}", anchor="end") for v in (-0.5, 0, 0.5)]
    parts += [
        text(left + step * (t - 0.5), 172, str(t), anchor="middle") for t in step_numbers(steps)
    ]
    parts.append(text(left + width + 4, 172, "step", size=11))
    unit = f"mean of {clip.shape[1] - 1} detectors, in units of one detector's noise"
    parts.append(text(left + width, 18, unit, anchor="end", size=11))
    if not means:
        return parts, f"{steps} readings from {float(readings.min()):.2f} to {top:.2f}."
    opened, shut = float(readings[is_open].mean()), float(readings[~is_open].mean())
    strong = f'stroke="{BLUE}" stroke-width="2"'
    parts += [
        f'<path d="M{left} {y(opened):.1f}h{width}" {strong}/>',
        f'<path d="M{left} {y(shut):.1f}h{width}" {DOTTED}/>',
        text(left + width + 8, 40, "mean while", size=11),
        text(left + width + 8, 60, f"open {opened:+.2f}"),
        f'<path d="M{left + width + 8} 66h76" {strong}/>',
        text(left + width + 8, 84, f"shut {shut:+.2f}"),
        f'<path d="M{left + width + 8} 90h76" {DOTTED}/>',
    ]
    return parts, f"mean while open {opened:+.2f}, while shut {shut:+.2f}."
