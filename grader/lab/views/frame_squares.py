"""Sequences of frames as squares, the larger the further from zero."""

from collections.abc import Sequence

import torch

from grader.core.errors import UsageError
from grader.lab.axes import step_numbers
from grader.lab.svg import BLUE, ORANGE, Drawing, drawing, text
from grader.wire.splits import Split

_PADDING = (
    'fill="none" stroke="currentColor" stroke-opacity="0.35" stroke-dasharray="1 2" '
    'stroke-width="0.8"'
)


def show_calls(split: Split, names: Sequence[str], rows: Sequence[int] = (0, 1, 2)) -> Drawing:
    """Draw sequences of frames: a square for each number, the larger the further from zero.

    Filled squares are positive, hollow ones negative; behind a call's end the tensor holds zeros.

    Args:
        split: Split with x (N, T, C) and lengths (N,).
        names: sequence of str; `names[label]` names a label.
        rows: sequence of int, which calls. Default (0, 1, 2).

    Returns:
        Drawing, which a notebook shows at the end of a cell; its `repr` says what it shows.

    Raises:
        UsageError: the split has no lengths, or x is not (N, T, C).

    Example:
        >>> import torch
        >>> x, y, lengths = torch.randn(1, 6, 2), torch.tensor([1]), torch.tensor([4])
        >>> lab.show_calls(lab.Split(x, y, lengths), ["one", "two"], rows=[0])
        call 0, two, 4 frames; each padded with zeros to 6 frames of 2 numbers. ...
    """
    if split.lengths is None or split.x.dim() != 3:
        message = (
            f"Calls need x (N, T, C) and lengths; this split has x={tuple(split.x.shape)} and "
            f"lengths={split.lengths}."
        )
        raise UsageError(message)
    steps, channels = split.x.shape[1:]
    parts, told = [], []
    for place, row in enumerate(rows):
        length = int(split.lengths[row])
        name = names[int(split.y[row])]
        told.append(f"call {row}, {name}, {length} frames")
        top = 26 + place * (10 * channels + 44)
        parts += [
            text(40, top - 10, f"call {row}, {name}: {length} frames", weight="bold"),
            *_squares(split.x[row, :length], top),
            f'<rect x="{40 + 10 * length}" y="{top}" width="{10 * (steps - length)}" '
            f'height="{10 * channels}" {_PADDING}/>',
            text(40 + 5 * (steps + length), top + 5 * channels + 4, "zeros", anchor="middle"),
            text(34, top + 9, "1", anchor="end", size=9),
            text(34, top + 10 * channels - 1, str(channels), anchor="end", size=9),
            *[
                text(35 + 10 * step, top + 10 * channels + 11, str(step), anchor="middle", size=9)
                for step in step_numbers(steps)
            ],
        ]
    bottom = 26 + len(rows) * (10 * channels + 44) - 20
    words = "across: frames · down: the numbers of a frame · filled: positive · hollow: negative"
    parts.append(text(40, bottom, words, size=11))
    alt = (
        f"{'; '.join(told)}; each padded with zeros to {steps} frames of {channels} numbers. "
        "Filled squares are positive numbers, hollow ones negative, larger ones further from zero."
    )
    return drawing(60 + 10 * steps, bottom + 8, alt, parts)


def _squares(frames: torch.Tensor, top: float) -> list[str]:
    parts = []
    for step, frame in enumerate(frames.tolist()):
        for channel, value in enumerate(frame):
            side = min(9.0, 1.0 + 4.0 * abs(value) ** 0.5)
            corner = 5 - side / 2
            style = f'fill="{BLUE}"' if value > 0 else f'fill="none" stroke="{ORANGE}"'
            parts.append(
                f'<rect x="{40 + 10 * step + corner:.1f}" y="{top + 10 * channel + corner:.1f}" '
                f'width="{side:.1f}" height="{side:.1f}" {style}/>'
            )
    return parts
