"""Perplexity by epoch of one or two runs."""

import math
from collections.abc import Mapping, Sequence

from grader.core.errors import UsageError
from grader.lab.axes import decades, epoch_steps
from grader.lab.svg import BLUE, DOTTED, FAINT, ORANGE, Drawing, drawing, polyline, text
from grader.lab.training_history import History

RUNS_AT_MOST = 2
_TRAIN = f'stroke="{ORANGE}" fill="none" stroke-width="2"'
_VAL = f'stroke="{BLUE}" fill="none" stroke-width="2" stroke-dasharray="7 4"'


def show_perplexity(runs: Mapping[str, History], lines: Mapping[str, float]) -> Drawing:
    """Draw the perplexity by epoch of one run, or of two side by side: training and validation.

    Args:
        runs: mapping from one or two names to Histories with a validation split.
        lines: mapping from names to perplexities: horizontal lines to compare with.

    Returns:
        Drawing, which a notebook shows at the end of a cell; its `repr` says what it shows.

    Raises:
        UsageError: there are no runs, or more than two.

    Example:
        >>> epoch = lab.Epoch(1, 0.7, 0.9, train_accuracy=80.0, val_accuracy=75.0, seconds=2.5)
        >>> run = lab.History([epoch], epoch, "finished", restored=False)
        >>> lab.show_perplexity({"run": run}, {"bigram": 30.0})
        Perplexity by epoch, on a scale of powers of ten. run: after 1 epochs training 2.0, ...
    """
    if not 1 <= len(runs) <= RUNS_AT_MOST:
        message = f"You gave {len(runs)} runs; one, or two side by side, can be drawn."
        raise UsageError(message)
    losses = [
        loss for run in runs.values() for r in run.records for loss in (r.train_loss, r.val_loss)
    ]
    found = [math.log10(v) for v in lines.values()] + [loss / math.log(10) for loss in losses]
    low, high = math.floor(min(found)), math.ceil(max(found))
    parts, told = [], []
    for panel, (name, run) in enumerate(runs.items()):
        parts += [
            f'<g transform="translate({382 * panel} 0)">',
            *_run_panel(name, run, lines, (low, high), beside=len(runs) == 1),
            "</g>",
        ]
        last, best = run.records[-1], run.best
        told.append(
            f"{name}: after {len(run)} epochs training {math.exp(last.train_loss):.1f}, validation "
            f"{math.exp(last.val_loss):.1f}; lowest validation {math.exp(best.val_loss):.1f} at "
            f"epoch {best.epoch}"
        )
    compared = ", ".join(f"{name} {value:.1f}" for name, value in lines.items())
    alt = f"Perplexity by epoch, on a scale of powers of ten. {'; '.join(told)}. {compared}."
    return drawing(500 if len(runs) == 1 else 764, 280, alt, parts)


def _run_panel(
    name: str,
    run: History,
    lines: Mapping[str, float],
    powers: tuple[int, int],
    *,
    beside: bool,
) -> list[str]:
    """One run, perplexities between two powers of ten; `beside`: name the lines to the right."""
    low, high = powers
    left, width = 48.0, 310.0
    epochs = max(len(run), 2)

    def y(value: float) -> float:
        return 236 - 176 * (math.log10(value) - low) / (high - low)

    def curve(values: Sequence[float], style: str) -> str:
        points = [(left + width * n / (epochs - 1), y(value)) for n, value in enumerate(values)]
        return polyline(points, style)

    parts = [text(left, 16, name, weight="bold"), text(left, 36, "perplexity", size=11)]
    for value in decades(low, high):
        parts.append(f'<path d="M{left} {y(value):.1f}h{width}" {FAINT}/>')
        parts.append(text(left - 6, y(value) + 4, f"{value:g}", anchor="end"))
    lowest_label = 0.0
    for words, value in sorted(lines.items(), key=lambda line: -line[1]):
        parts.append(f'<path d="M{left} {y(value):.1f}h{width}" {DOTTED}/>')
        # names of lines that lie close together are moved apart
        lowest_label = max(y(value) + (4 if beside else -4), lowest_label + 14)
        x, anchor = (left + width + 8, "start") if beside else (left + width, "end")
        parts.append(text(x, lowest_label, f"{words} {value:.0f}", anchor=anchor, size=11))
    parts += [
        curve([math.exp(record.train_loss) for record in run.records], _TRAIN),
        curve([math.exp(record.val_loss) for record in run.records], _VAL),
        f'<path d="M{left + 112} 32h30" {_TRAIN}/>',
        text(left + 148, 36, "training"),
        f'<path d="M{left + 210} 32h30" {_VAL}/>',
        text(left + 246, 36, "validation"),
    ]
    best = run.best
    x = left + width * (best.epoch - 1) / (epochs - 1)
    parts.append(
        f'<circle cx="{x:.1f}" cy="{y(math.exp(best.val_loss)):.1f}" r="4.5" fill="{BLUE}" '
        'stroke="currentColor"/>'
    )
    parts += [
        text(left + width * (n - 1) / (epochs - 1), 254, str(n), anchor="middle")
        for n in epoch_steps(epochs)
    ]
    parts.append(text(left + width / 2, 272, "epoch", anchor="middle"))
    return parts
