"""The pictures of unit 02_gru: the shutter, lines over steps, the cell, the gates at work.

Plain functions that return a drawing for the end of a cell. They read data and models, change
neither, and say in words what they show.
"""

import base64
import math
import struct
import zlib
from collections.abc import Mapping

import torch
from torch import nn

from grader.core.errors import UsageError
from grader.lab.svg import BLUE, DOTTED, FAINT, ORANGE, Drawing, arrow, drawing, polyline, text
from grader.lab.views.gate_values import gates_of

ROWS_AT_MOST = 32
_SHADE = 'fill="currentColor" fill-opacity="0.13"'
_STYLES = [
    f'stroke="{ORANGE}" fill="none" stroke-width="2" stroke-dasharray="7 4"',
    f'stroke="{BLUE}" fill="none" stroke-width="2"',
    f'stroke="{ORANGE}" fill="none" stroke-width="2" stroke-dasharray="2 3"',
    f'stroke="{BLUE}" fill="none" stroke-width="2" stroke-dasharray="9 3 2 3"',
]


def show_shutter(clips: Mapping[str, torch.Tensor], *, means: bool = True) -> Drawing:
    """Draw sequences (T, 1 + detectors), each under its name: the mean of the detectors by step.

    Channel 0 is the shutter: steps where it is above zero are shaded, their dots filled. With
    `means` two lines show the mean reading while it is open and while it is shut.
    """
    parts: list[str] = []
    told: list[str] = []
    for number, (name, clip) in enumerate(clips.items()):
        _refuse_batch(clip)
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
        text(left + step * (t - 0.5), 172, str(t), anchor="middle")
        for t in [1, *range(10, steps + 1, 10)]
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


def show_by_step(
    series: Mapping[str, torch.Tensor], *, label: str, title: str = "", log: bool = False
) -> Drawing:
    """Draw values over steps: for each name one line (T,), or several in one style (lines, T).

    With `log` the axis counts in powers of ten, nine or more, from 1e-12 up. At most four names.
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
    for value, words in _ticks(low, high, log=log):
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
        text(left + width * (t - 1) / (steps - 1), 236, str(t), anchor="middle")
        for t in [1, *range(10, steps + 1, 10)]
    ]
    parts.append(text(left + width / 2, 254, "step", anchor="middle"))
    told = [f"{name} from {v[0, 0]:.2g} to {v[0, -1]:.2g}" for name, v in lines.items()]
    alt = f"{title or label}, over {steps} steps. First to last step: {'; '.join(told)}."
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


def _ticks(low: float, high: float, *, log: bool) -> list[tuple[float, str]]:
    """Values along an axis, each with its words."""
    if log:
        decades = max(1, math.ceil((high - low) / 6))
        powers = range(int(high), int(low) - 1, -decades)
        return [(10.0**n, f"1e{n}" if n else "1") for n in powers]
    unit = 10.0 ** math.floor(math.log10((high - low) / 2))
    stride = next(m * unit for m in (1, 2, 5) if (high - low) / (m * unit) <= 6)
    first = math.ceil(low / stride)
    return [(n * stride, f"{n * stride:g}") for n in range(first, math.floor(high / stride) + 1)]


def show_gru_cell() -> Drawing:
    """Draw one step of a GRU: the old state through the update gate, the candidate beside it."""
    alt = (
        "One step of a GRU. The old state h runs along the top, is multiplied by the update gate z "
        "and becomes part of the new state. From below comes the candidate n, multiplied by 1 - z; "
        "the two are added. Three boxes read x and h: the reset gate r, which lets the candidate "
        "see the old state or not (it is multiplied onto the old state's product W h + b), the "
        "candidate n and the update gate z."
    )
    parts = [
        text(8, 44, "old state h"),
        arrow(82, 40, 470, 40),
        *_knot(484, 40, "×"),
        arrow(498, 40, 606, 40),
        *_knot(620, 40, "+"),
        arrow(634, 40, 688, 40),
        text(694, 44, "new state"),
        text(508, 30, "the part kept", size=11),
        *_box(110, 150, 120, "r  reset", "sigmoid"),
        *_box(290, 150, 120, "n  candidate", "tanh"),
        *_box(470, 150, 120, "z  update", "sigmoid"),
    ]
    for middle in (170, 350, 530):
        parts.append(arrow(middle, 236, middle, 202))
        parts.append(text(middle, 252, "x", anchor="middle"))
    # h reaches each box from the line above; on its way to n it passes the reset gate
    parts += [
        arrow(140, 40, 140, 150),
        text(146, 84, "h", size=11),
        arrow(320, 40, 320, 58),
        f'<rect x="286" y="58" width="68" height="22" rx="4" {_THIN}/>',
        text(320, 73, "W h + b", anchor="middle", size=11),
        arrow(320, 80, 320, 100),
        *_knot(320, 114, "×"),
        arrow(320, 128, 320, 150),
        f'<path d="M200 150V114H300" {_THIN}/>',
        arrow(300, 114, 306, 114),
        text(238, 108, "r", anchor="middle"),
        f'<path d="M484 150V60" {_THIN}/>',
        arrow(484, 60, 484, 54),
        text(476, 78, "z", anchor="end"),
        f'<path d="M440 40V126H505V144" {_THIN} stroke-dasharray="3 3"/>',
        arrow(505, 144, 505, 150),
        text(434, 84, "h", anchor="end", size=11),
        f'<path d="M380 150V112H600" {_THIN}/>',
        arrow(600, 112, 606, 112),
        *_knot(620, 112, "×"),
        f'<path d="M560 150V136H620V132" {_THIN}/>',
        arrow(620, 132, 620, 126),
        text(628, 146, "1 - z"),
        arrow(620, 98, 620, 54),
        text(640, 84, "the part let in", size=11),
    ]
    return drawing(770, 262, alt, parts)


_THIN = 'stroke="currentColor" fill="none"'


def _knot(x: float, y: float, sign: str) -> list[str]:
    return [
        f'<circle cx="{x}" cy="{y}" r="14" fill="{ORANGE}" fill-opacity="0.25" '
        f'stroke="{ORANGE}" stroke-width="1.5"/>',
        text(x, y + 5, sign, anchor="middle", size=16),
    ]


def _box(x: float, y: float, width: float, words: str, below: str) -> list[str]:
    return [
        f'<rect x="{x}" y="{y}" width="{width}" height="50" rx="4" fill="{BLUE}" '
        f'fill-opacity="0.25" stroke="{BLUE}" stroke-width="1.5"/>',
        text(x + width / 2, y + 22, words, anchor="middle", weight="bold"),
        text(x + width / 2, y + 40, below, anchor="middle", size=11),
    ]


def show_gates(model: nn.Module, clip: torch.Tensor, *, layer: int = 0, marker: int = 0) -> Drawing:
    """Draw the update gate of a model's first `nn.GRU` on one sequence (T, C), unit by unit.

    The strip above shows where channel `marker` is above zero. Units are sorted by how much more
    they keep there; of more than ROWS_AT_MOST an even choice is shown.
    """
    _refuse_batch(clip)
    gates = gates_of(model, clip, layer)
    update = gates.update
    is_open = clip[:, marker].cpu() > 0
    kept = torch.stack([update[is_open].mean(dim=0), update[~is_open].mean(dim=0)], dim=1)
    order = torch.argsort(kept[:, 0] - kept[:, 1], descending=True)
    counted = f"{len(order)} units"
    if len(order) > ROWS_AT_MOST:
        counted = f"{ROWS_AT_MOST} of {counted}"
        order = order[torch.linspace(0, len(order) - 1, ROWS_AT_MOST).round().long()]
    update, kept = update[:, order], kept[order]
    steps, units = update.shape
    row, left, width = max(5.0, min(11.0, 220 / units)), 60.0, 440.0
    top, step = 76.0, width / steps
    bottom = top + row * units
    parts = [
        text(left, 16, f"The update gate z of {counted}", weight="bold"),
        text(left, 36, "faint: 0, lets the new in · full: 1, keeps the old", size=11),
        text(left - 6, 62, "open", anchor="end"),
        *[_cell(left + step * t, step) for t in range(steps) if is_open[t]],
        f'<path d="M{left} 66h{width}" {FAINT}/>',
        f'<image x="{left}" y="{top}" width="{width}" height="{row * units:.1f}" '
        f'preserveAspectRatio="none" style="image-rendering:pixelated" href="{_png(update.T)}"/>',
        f'<rect x="{left}" y="{top}" width="{width}" height="{row * units:.1f}" {FAINT}/>',
        text(left - 6, top + row * units / 2 + 4, "units", anchor="end"),
        text(left + width / 2, bottom + 32, "step", anchor="middle"),
        *[
            text(left + step * (t - 0.5), bottom + 16, str(t), anchor="middle")
            for t in [1, *range(10, steps + 1, 10)]
        ],
        *_dumbbells(kept, top, row),
        text(left, bottom + 58, f"left at step {steps} of a small change before step 1, at most:"),
        text(left + 380, bottom + 58, f"gates alone {_short(gates.held_by_gates)}"),
        text(left + 530, bottom + 58, f"whole cell {_short(gates.held)}"),
    ]
    followed = float((kept[:, 0] - kept[:, 1]).abs().max())
    alt = (
        f"Update gate z of {units} units over {steps} steps, from faint (0) to full (1). Mean over "
        f"units while the marker is on {float(kept[:, 0].mean()):.2f}, while it is off "
        f"{float(kept[:, 1].mean()):.2f}; the unit that follows it most differs by {followed:.2f}. "
        f"Left at the last step of a small change before the first: by the gates alone "
        f"{_short(gates.held_by_gates)}, by the whole cell {_short(gates.held)}."
    )
    return drawing(770, int(bottom + 66), alt, parts)


def _short(share: float) -> str:
    return f"{share:.0e}" if share < 0.01 else f"{share:.2f}"


def _cell(x: float, step: float) -> str:
    return f'<rect x="{x:.1f}" y="52" width="{step:.1f}" height="14" fill="currentColor"/>'


def _dumbbells(kept: torch.Tensor, top: float, row: float) -> list[str]:
    """For each unit its mean gate while the marker is on (filled) and off (hollow)."""
    left, width = 540.0, 200.0
    bottom = top + row * len(kept)
    parts = [
        text(left, 36, "mean of z while open ● and shut ○", size=11),
        *[f'<path d="M{left + width * v} {top}V{bottom:.1f}" {FAINT}/>' for v in (0, 0.5, 1)],
        *[
            text(left + width * v, bottom + 16, words, anchor="middle")
            for v, words in ((0, "0"), (0.5, "0.5"), (1, "1"))
        ],
        text(left + width / 2, bottom + 32, "z", anchor="middle"),
    ]
    for number, (on, off) in enumerate(kept.tolist()):
        y = top + row * (number + 0.5)
        a, b = left + width * on, left + width * off
        parts.append(f'<path d="M{a:.1f} {y:.1f}H{b:.1f}" stroke="{BLUE}" stroke-width="2"/>')
        radius = min(3.5, row / 2)
        for x, fill in ((b, "none"), (a, BLUE)):
            parts.append(
                f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{fill}" '
                f'stroke="{BLUE}"/>'
            )
    return parts


def _png(values: torch.Tensor) -> str:
    """Values from 0 to 1 (rows, columns) as a picture of blue on nothing, for an <image>."""
    red, green, blue = (int(BLUE[at : at + 2], 16) for at in (1, 3, 5))
    rows, columns = values.shape
    alpha = (values.clamp(0, 1) * 255).round().to(torch.uint8).tolist()
    raw = b"".join(b"\0" + b"".join(bytes((red, green, blue, a)) for a in line) for line in alpha)
    head = struct.pack(">IIBBBBB", columns, rows, 8, 6, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(raw, 9)), (b"IEND", b""))
    body = b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )
    packed = base64.b64encode(b"\x89PNG\r\n\x1a\n" + body).decode()
    return f"data:image/png;base64,{packed}"


def _refuse_batch(clip: torch.Tensor) -> None:
    if clip.dim() != 2:
        message = (
            f"You gave a clip of shape {tuple(clip.shape)}. One sequence (steps, channels) was "
            "expected, for instance data.val.x[0]."
        )
        raise UsageError(message)
