"""One example sequence of each class: all channels over steps, one of them in full."""

from collections.abc import Sequence

import torch

from grader.core.errors import UsageError
from grader.lab import svg
from grader.lab.svg import Drawing, drawing, text
from grader.wire.splits import Split


def show_sequences(
    split: Split,
    classes: Sequence[str],
    *,
    wrong: torch.Tensor | None = None,
    sensor: int = 0,
) -> Drawing:
    """Draw the first sequence of each class: one sensor in full, the others faint.

    Args:
        split: Split with x (N, T, sensors) and one label for each sequence.
        classes: sequence of str; `classes[label]` names a label.
        wrong: bool tensor (N,), sequences to leave out. Default None: none.
        sensor: int from 0, which sensor is drawn in full. Default 0.

    Returns:
        Drawing, which a notebook shows at the end of a cell; its `repr` says what it shows.

    Raises:
        UsageError: there is no such sensor, or a class has no sequence.

    Example:
        >>> import torch
        >>> x = torch.linspace(-1, 1, 96).reshape(4, 8, 3)
        >>> split = lab.Split(x, torch.tensor([0, 1, 0, 1]))
        >>> lab.show_sequences(split, ["rumble", "hiss"])
        Readings of sensor 0 over 8 steps. rumble: 0 changes of sign; hiss: 0 changes of sign.
    """
    if split.x.dim() != 3 or not 0 <= sensor < split.x.shape[2]:
        message = (
            f"You asked for sensor={sensor} of x={tuple(split.x.shape)}. Sensors are the last axis "
            "of (sequences, steps, sensors) and count from 0."
        )
        raise UsageError(message)
    parts: list[str] = []
    told = []
    for label, name in enumerate(classes):
        number = _first_of(split, label, wrong)
        row, column = divmod(label, 2)
        heading = f"{name}: sequence {number}, label {label}"
        moved = f'<g transform="translate({382 * column} {232 * row})">'
        parts += [moved, *_sequence_panel(split.x[number], sensor, heading), "</g>"]
        told.append(f"{name}: {_sign_changes(split.x[number, :, sensor])} changes of sign")
    alt = f"Readings of sensor {sensor} over {split.x.shape[1]} steps. {'; '.join(told)}."
    return drawing(750, 232 * ((len(classes) + 1) // 2), alt, parts)


def _first_of(split: Split, label: int, wrong: torch.Tensor | None) -> int:
    """The first sequence of a class whose label is not known to be wrong."""
    wanted = split.y == label
    rows = torch.nonzero(wanted if wrong is None else wanted & ~wrong)
    if len(rows) == 0:
        message = (
            f"This split has no sequence with the label {label}. Its labels are "
            f"{sorted(set(split.y.tolist()))}; name as many classes as there are."
        )
        raise UsageError(message)
    return int(rows[0])


def _sign_changes(series: torch.Tensor) -> int:
    return int((series[1:] * series[:-1] < 0).sum())


def _sequence_panel(clip: torch.Tensor, sensor: int, heading: str) -> list[str]:
    left, steps = 44.0, len(clip)
    top = max(3.0, float(clip.abs().max()))

    def line(channel: int) -> list[tuple[float, float]]:
        values = clip[:, channel].tolist()
        return [(left + 310 * t / (steps - 1), 110 - 76 * v / top) for t, v in enumerate(values)]

    others = [channel for channel in range(clip.shape[1]) if channel != sensor]
    bold = f'stroke="{svg.BLUE}" fill="none" stroke-width="2"'
    dots = "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5" fill="{svg.BLUE}"/>' for x, y in line(sensor)
    )
    ticks = sorted({1, *range(4, steps + 1, 4)})
    return [
        text(left, 18, heading, weight="bold"),
        f'<path d="M{left:.0f} 110h310" {svg.DOTTED}/>',
        *[text(left - 6, 114 - 76 * v / top, f"{v:g}", anchor="end") for v in (-2, 0, 2)],
        *[svg.polyline(line(channel), svg.FAINT) for channel in others],
        svg.polyline(line(sensor), bold),
        dots,
        *[text(left + 310 * (t - 1) / (steps - 1), 206, str(t), anchor="middle") for t in ticks],
        text(left + 155, 222, "step", anchor="middle"),
        text(left, 34, f"reading of sensor {sensor}, in standard deviations", size=11),
    ]
