"""The pictures of unit text: a sentence over itself, numbers by word, likely words, perplexity.

Plain functions for the end of a lesson's cell, as `views.rnn` has them. They read what they are
given and change nothing. Shape and words carry the meaning; colour only repeats it.
"""

import math
from collections.abc import Mapping, Sequence

import torch

from grader.core.errors import UsageError
from grader.lab.svg import BLUE, DOTTED, FAINT, ORANGE, Drawing, arrow, drawing, polyline, text
from grader.lab.training_history import History

STEPS_AT_MOST = 12
ROWS_AT_MOST, COLUMNS_AT_MOST = 16, 80
RUNS_AT_MOST = 2
_SURE = f'fill="{BLUE}" fill-opacity="0.25" stroke="{BLUE}" stroke-width="1.5"'
_REAL = 'fill="none" stroke="currentColor"'
_EMPTY = 'fill="none" stroke="currentColor" stroke-opacity="0.45" stroke-dasharray="3 3"'
_TRAIN = f'stroke="{ORANGE}" fill="none" stroke-width="2"'
_VAL = f'stroke="{BLUE}" fill="none" stroke-width="2" stroke-dasharray="7 4"'


def show_shifted(words: Sequence[str], steps: int | None = None) -> Drawing:
    """Draw a sentence over itself, shifted by one: below what is read, above what must be said.

    `words` are the sentence's own; `steps`, where longer, shows the padding behind it.
    """
    read, said = ["<s>", *words], [*words, "<s>"]
    width = max(len(read), steps or 0)
    if width > STEPS_AT_MOST:
        message = f"{width} steps are too many to draw; give at most {STEPS_AT_MOST}."
        raise UsageError(message)
    cell, left = 690 / width, 72
    parts = [
        text(8, 47, "must say"),
        text(8, 99, "state h"),
        text(8, 151, "reads"),
    ]
    for step in range(width):
        x, real = left + cell * step, step < len(read)
        middle = x + (cell - 10) / 2
        parts += [
            _word(x, 30, cell - 10, said[step] if real else "-100", real=real),
            _word(x, 134, cell - 10, read[step] if real else "<pad>", real=real),
            f'<rect x="{x + 8:.1f}" y="84" width="{cell - 26:.1f}" height="22" rx="4" '
            f"{_SURE if real else _EMPTY}/>",
            arrow(middle, 132, middle, 109),
        ]
        if real:
            parts.append(arrow(middle, 82, middle, 59))
        if step + 1 < width:
            parts.append(arrow(x + cell - 16, 95, x + cell + 6, 95))
    parts.append(
        text(left, 184, "the same box at every step; padding is read, and never asked for")
    )
    alt = (
        f"A language model over {width} steps. It reads {' '.join(read)} and after each word must "
        f"say the next one: {' '.join(said)}."
        + (
            f" The last {width - len(read)} steps are padding and ask nothing."
            * (width > len(read))
        )
    )
    return drawing(780, 194, alt, parts)


def _word(x: float, y: float, width: float, words: str, *, real: bool) -> str:
    size = 12 if len(words) * 6.5 < width else max(7, int(width / len(words) / 0.56))
    return (
        f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="26" rx="4" '
        f"{_REAL if real else _EMPTY}/>"
        + text(x + width / 2, y + 17, words, anchor="middle", size=size)
    )


def show_numbers(values: torch.Tensor, rows: Sequence[str], title: str) -> Drawing:
    """Draw numbers (R, C) as squares, a row for each name: the larger the further from zero.

    Filled squares are positive, hollow ones negative.
    """
    if values.dim() != 2 or len(rows) != len(values):
        message = (
            f"You gave numbers of shape {tuple(values.shape)} and {len(rows)} names; (R, C) and a "
            "name for each of the R rows were expected."
        )
        raise UsageError(message)
    if len(rows) > ROWS_AT_MOST or values.shape[1] > COLUMNS_AT_MOST:
        message = (
            f"{tuple(values.shape)} is too much to draw; at most {ROWS_AT_MOST} rows of "
            f"{COLUMNS_AT_MOST} numbers."
        )
        raise UsageError(message)
    values = values.detach().cpu()
    top = float(values.abs().max()) or 1.0
    cell, left = min(14.0, 640 / values.shape[1]), 110
    squares: dict[bool, list[str]] = {True: [], False: []}
    for row, numbers in enumerate(values.tolist()):
        for column, value in enumerate(numbers):
            side = (cell - 1.5) * math.sqrt(abs(value) / top)
            x, y = left + cell * column + (cell - side) / 2, 30 + 16 * row + (16 - side) / 2
            squares[value > 0].append(f"M{x:.1f} {y:.1f}h{side:.1f}v{side:.1f}h-{side:.1f}z")
    bottom = 30 + 16 * len(rows)
    parts = [
        text(left, 16, title, weight="bold"),
        *[text(left - 8, 42 + 16 * row, name, anchor="end") for row, name in enumerate(rows)],
        f'<path d="{"".join(squares[True])}" fill="{BLUE}"/>',
        f'<path d="{"".join(squares[False])}" fill="none" stroke="{ORANGE}"/>',
        text(
            left, bottom + 16, f"filled: positive · hollow: negative · largest {top:.2f}", size=11
        ),
    ]
    alt = (
        f"{title}. {len(rows)} rows of {values.shape[1]} numbers: {', '.join(rows)}. Filled "
        f"squares are positive, hollow ones negative; the largest is {top:.2f} from zero."
    )
    return drawing(770, bottom + 24, alt, parts)


def show_likely(
    probabilities: Mapping[str, torch.Tensor], words: Sequence[str], count: int = 5
) -> Drawing:
    """Draw the `count` likeliest words of each named distribution (V,), side by side."""
    width = 740 / max(len(probabilities), 1)
    longest = max((float(found.max()) for found in probabilities.values()), default=1.0)
    parts, told = [], []
    for panel, (name, found) in enumerate(probabilities.items()):
        if found.shape != (len(words),):
            message = (
                f"{name!r} has shape {tuple(found.shape)}. One probability for each of the "
                f"{len(words)} words was expected, {(len(words),)}."
            )
            raise UsageError(message)
        shares, ids = found.detach().cpu().topk(count)
        left = 20 + width * panel
        parts.append(text(left, 18, name, weight="bold"))
        for place, (share, word) in enumerate(zip(shares.tolist(), ids.tolist(), strict=True)):
            y, bar = 32 + 24 * place, max(1.0, (width - 150) * share / longest)
            parts += [
                text(left + 78, y + 13, words[word], anchor="end"),
                f'<rect x="{left + 86:.1f}" y="{y}" width="{bar:.1f}" height="16" {_SURE}/>',
                text(left + 92 + bar, y + 13, f"{100 * share:.0f}%"),
            ]
        listed = ", ".join(f"{words[w]} {100 * s:.0f}%" for s, w in zip(shares, ids, strict=True))
        told.append(f"{name}: {listed}")
    alt = f"The {count} likeliest next words. {'; '.join(told)}."
    return drawing(770, 40 + 24 * count, alt, parts)


def show_perplexity(runs: Mapping[str, History], lines: Mapping[str, float]) -> Drawing:
    """Draw one or two runs side by side: perplexity by epoch, training and validation.

    `lines` are horizontal ones to compare with, such as the bigram model's perplexity.
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
    for power in range(low, high + 1):
        parts.append(f'<path d="M{left} {y(10.0**power):.1f}h{width}" {FAINT}/>')
        parts.append(text(left - 6, y(10.0**power) + 4, f"{10**power:g}", anchor="end"))
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
    stride = max(1, math.ceil(epochs / 6))
    shown = [1, *range(max(stride, 2), epochs + 1, stride)] if stride > 1 else range(1, epochs + 1)
    parts += [
        text(left + width * (n - 1) / (epochs - 1), 254, str(n), anchor="middle") for n in shown
    ]
    parts.append(text(left + width / 2, 272, "epoch", anchor="middle"))
    return parts
