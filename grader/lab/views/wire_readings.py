"""Sequences of many wires: the switch's pulses, the hum of the others, the lamp's state."""

from collections.abc import Mapping

import torch

from grader.lab.argument_checks import check_sequence
from grader.lab.axes import step_numbers
from grader.lab.svg import BLUE, FAINT, Drawing, drawing, polyline, text

_LEFT, _WIDTH = 60.0, 640.0
_SWITCH, _HUM = 44.0, 9.0
_STRONG = f'stroke="{BLUE}" stroke-width="1.8" fill="none"'
_THIN = 'stroke="currentColor" stroke-opacity="0.45" stroke-width="0.7" fill="none"'


def pulses_of(readings: torch.Tensor) -> torch.Tensor:
    """Where a quiet channel (T,) has a pulse: +1 up, -1 down, 0 none.

    A pulse is a reading more than half as far from zero as the farthest one.
    """
    far = readings.abs() > readings.abs().max() / 2
    return torch.where(far, readings.sign(), torch.zeros_like(readings))


def show_wires(clips: Mapping[str, torch.Tensor], *, lamp: bool = False) -> Drawing:
    """Draw every wire of some sequences by step: the switch's large, the others small below it.

    Args:
        clips: mapping from names to float tensors (T, wires); channel 0 is the switch's wire.
        lamp: bool, whether a strip shows after which steps the lamp is on. Default False.

    Returns:
        Drawing, which a notebook shows at the end of a cell; its `repr` says what it shows.

    Raises:
        UsageError: a tensor is no single sequence.

    Example:
        >>> import torch
        >>> lab.show_wires({"a clip": torch.tensor([[3.0, 0.5], [0.1, -0.5], [-3.0, 0.2]])})
        2 wires over 3 steps. a clip: the switch's wire has a pulse up at step 1, down at step 3.
    """
    parts: list[str] = []
    told: list[str] = []
    top = 0.0
    for name, clip in clips.items():
        check_sequence(clip)
        panel, height, words = _panel(name, clip.cpu(), lamp=lamp)
        parts += [f'<g transform="translate(0 {top:.0f})">', *panel, "</g>"]
        told.append(f"{name}: {words}")
        top += height
    steps, wires = next(iter(clips.values())).shape
    alt = f"{wires} wires over {steps} steps. {' '.join(told)}"
    return drawing(770, int(top) + 8, alt, parts)


def _panel(name: str, clip: torch.Tensor, *, lamp: bool) -> tuple[list[str], float, str]:
    """One sequence as parts of a picture, their height, and in words."""
    steps, wires = clip.shape
    step, scale = _WIDTH / steps, float(clip.abs().max().clamp(min=1e-6))
    parts = [text(_LEFT, 18, name, weight="bold"), text(_LEFT - 6, 52, "switch", anchor="end")]
    middle = 26 + _SWITCH / 2
    for number, readings in enumerate(clip.T):
        high = _SWITCH if number == 0 else 2.2 * _HUM
        points = [
            (_LEFT + step * (t + 0.5), middle - value / scale * high / 2)
            for t, value in enumerate(readings.tolist())
        ]
        parts.append(f'<path d="M{_LEFT} {middle:.1f}h{_WIDTH}" {FAINT}/>')
        parts.append(polyline(points, _THIN if number else _STRONG))
        middle += _SWITCH / 2 + _HUM if number == 0 else _HUM
    if wires > 1:
        parts.append(text(_LEFT - 6, 34 + _SWITCH + _HUM * wires / 2, "others", anchor="end"))
    bottom = 32 + _SWITCH + _HUM * wires
    pulses = pulses_of(clip[:, 0])
    if lamp:
        parts += [*_lamp(pulses, bottom, step)]
        bottom += 20
    parts += [
        text(_LEFT + step * (t - 0.5), bottom + 14, str(t), anchor="middle")
        for t in step_numbers(steps)
    ]
    parts.append(text(_LEFT + _WIDTH + 6, bottom + 14, "step", size=11))
    return parts, bottom + 28, _in_words(pulses, lamp=lamp)


def _lamp(pulses: torch.Tensor, top: float, step: float) -> list[str]:
    """A strip that is filled where the lamp is on."""
    parts = [
        text(_LEFT - 6, top + 11, "lamp", anchor="end"),
        f'<rect x="{_LEFT}" y="{top:.1f}" width="{_WIDTH}" height="14" {FAINT}/>',
    ]
    for t, on in enumerate(states_of_lamp(pulses).tolist()):
        if on:
            x = _LEFT + step * t
            parts.append(
                f'<rect x="{x:.1f}" y="{top:.1f}" width="{step:.1f}" height="14" fill="{BLUE}"/>'
            )
    return parts


def states_of_lamp(pulses: torch.Tensor) -> torch.Tensor:
    """Whether the lamp is on after each step, (T,); off before the first pulse."""
    on, states = False, []
    for pulse in pulses.tolist():
        on = pulse > 0 if pulse else on
        states.append(on)
    return torch.tensor(states)


def _in_words(pulses: torch.Tensor, *, lamp: bool) -> str:
    ways = [
        f"{'up' if pulse > 0 else 'down'} at step {t}"
        for t, pulse in enumerate(pulses.tolist(), start=1)
        if pulse
    ]
    words = f"the switch's wire has a pulse {', '.join(ways)}"
    if lamp:
        words += f"; at the end the lamp is {'on' if states_of_lamp(pulses)[-1] else 'off'}"
    return words + "."
