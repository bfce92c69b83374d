"""The update gates of a GRU on one sequence, unit by unit."""

import base64
import io

import numpy as np
import torch
from torch import nn

from grader.lab.argument_checks import check_sequence
from grader.lab.axes import step_numbers
from grader.lab.svg import BLUE, FAINT, Drawing, drawing, text
from grader.lab.views.gate_values import gates_of

ROWS_AT_MOST = 32


def show_gates(model: nn.Module, clip: torch.Tensor, *, layer: int = 0, marker: int = 0) -> Drawing:
    """Draw the update gate of a model's first `nn.GRU` on one sequence, unit by unit.

    The strip above shows where channel `marker` is above zero. Units are sorted by how much more
    they keep there; of more than 32 an even choice is shown.

    Args:
        model: nn.Module with an nn.GRU, called with (1, T, C).
        clip: float tensor (T, C), one sequence.
        layer: int from 0, which layer of the GRU; its forward direction. Default 0.
        marker: int from 0, a channel of `clip`. Default 0.

    Returns:
        Drawing, which a notebook shows at the end of a cell; its `repr` says what it shows.

    Raises:
        UsageError: the model has no GRU or no such layer, or `clip` is no single sequence.

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
        >>> lab.show_gates(model, torch.tensor([[1.0, 0, 0], [-1.0, 0, 0]]))
        Update gate z of 4 units over 2 steps, from faint (0) to full (1). ...
    """
    check_sequence(clip)
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
            for t in step_numbers(steps)
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
    """A data URL for an SVG's <image>: values from 0 to 1 (rows, columns) as BLUE's opacity."""
    from matplotlib.image import imsave

    pixels = np.empty((*values.shape, 4), np.uint8)
    pixels[..., :3] = list(bytes.fromhex(BLUE[1:]))
    pixels[..., 3] = (values.clamp(0, 1) * 255).round()
    file = io.BytesIO()
    # None keeps matplotlib's version out of saved outputs; its stubs know texts alone.
    imsave(file, pixels, format="png", metadata={"Software": None})  # type: ignore[dict-item]
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"
