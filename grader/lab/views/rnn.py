"""The pictures of unit rnn, some used by all units: plain functions for the end of a cell.

They read data and models and change neither. Each picture says in words (its alternative text and
its `repr`) what it shows.
"""

from collections.abc import Sequence

import torch
from torch import nn

from grader.core.errors import UsageError
from grader.lab import metrics, svg
from grader.lab.curves import TRAIN_CEILING, VAL_GOAL
from grader.lab.svg import Drawing, arrow, drawing, text
from grader.lab.training_history import History
from grader.wire.splits import Split

BOXES_AT_MOST = 16
_MARK = {True: "✔", False: "✘"}


def show_unrolled(steps: int = 16, *, channels: int = 5, hidden: int | None = None) -> Drawing:
    """Draw a recurrent layer twice: as one box with a loop, and unrolled over `steps` steps.

    Every box of the unrolled row is the same box: the same weights, used `steps` times.
    """
    shown: list[int | None] = list(range(1, steps + 1))
    if steps > BOXES_AT_MOST:
        shown = [*range(1, BOXES_AT_MOST - 2), None, steps - 1, steps]
    size = f"{hidden} numbers" if hidden else "the state"
    alt = (
        f"A recurrent layer. Left: one box reads x of step t ({channels} numbers) and its own last "
        f"state h. Right: the same box drawn {steps} times, once for each step from 1 to {steps}; "
        f"every box has the same weights and hands {size} to the next. After step {steps} a linear "
        "layer turns the last state into logits."
    )
    parts = [*_folded(), text(120, 20, f"the same box, used {steps} times", weight="bold")]
    for place, step in enumerate(shown):
        parts += _step(132 + 36 * place, step, last=step == steps)
    end = 132 + 36 * len(shown)
    parts += [text(end + 2, 88, "→ Linear"), text(end + 2, 104, "→ logits")]
    legend = "W  one set of weights: W_ih, W_hh, b_ih, b_hh · h  the state: all that travels"
    return drawing(790, 190, alt, [*parts, text(120, 180, legend, size=11)])


def _folded() -> list[str]:
    loop = "M62 80h18v-34h-66v34h8"
    return [
        text(14, 20, "one box", weight="bold"),
        _box(22, 64, 40, 34, "W"),
        f'<path d="{loop}m-5 -3l5 3l-5 3" stroke="currentColor" fill="none"/>',
        text(47, 40, "h", anchor="middle"),
        arrow(42, 130, 42, 100),
        text(42, 146, "x", anchor="middle"),
    ]


def _step(left: float, step: int | None, *, last: bool) -> list[str]:
    if step is None:
        return [text(left + 12, 86, "…", anchor="middle")]
    parts = [
        _box(left, 64, 24, 34, "W"),
        arrow(left + 12, 130, left + 12, 100),
        text(left + 12, 146, f"x{step}", anchor="middle", size=11),
    ]
    if not last:
        parts += [arrow(left + 24, 81, left + 36, 81), text(left + 30, 60, "h", anchor="middle")]
    return parts


def _box(x: float, y: float, width: float, height: float, words: str) -> str:
    return (
        f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="4" fill="{svg.BLUE}" '
        f'fill-opacity="0.25" stroke="{svg.BLUE}" stroke-width="1.5"/>'
        + text(x + width / 2, y + height / 2 + 4, words, anchor="middle")
    )


def show_sequences(
    split: Split,
    classes: Sequence[str],
    *,
    wrong: torch.Tensor | None = None,
    sensor: int = 0,
) -> Drawing:
    """Draw the first sequence of each class: one sensor in full, the others faint.

    `classes` names the labels 0, 1, ...; sequences in the mask `wrong` are passed over.
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


def show_memorised(model: nn.Module, train: Split, wrong: torch.Tensor) -> Drawing:
    """Draw, for each wrong training label, how sure the model is of it.

    `wrong` is the mask (N,) of wrong labels, `data.wrong`. A filled bar is a wrong label that the
    model gives back: it can only have learnt it by heart.
    """
    learnt, count = metrics.learnt_by_heart(model, train, wrong)
    rows = train.rows(wrong)
    logits = metrics.logits(model, rows)
    sure = logits.softmax(dim=1).gather(1, rows.y.cpu()[:, None]).flatten()
    given_back = logits.argmax(dim=1) == rows.y.cpu()
    order = torch.argsort(sure, descending=True).tolist()
    width = 640 / max(count, 1)
    bars = [
        _bar(44 + width * place, width, 100 * float(sure[row]), filled=bool(given_back[row]))
        for place, row in enumerate(order)
    ]
    alt = (
        f"{learnt} of {count} wrong labels learnt by heart. One bar for each wrong training label: "
        f"how sure the model is of it, from {100 * float(sure.max()):.0f}% "
        f"down to {100 * float(sure.min()):.0f}%."
        if count
        else "No label of this split is wrong."
    )
    axis = [text(38, 184 - 1.3 * value + 4, str(value), anchor="end") for value in (0, 50, 100)]
    lines = [f'<path d="M44 {184 - 1.3 * value:.1f}h640" {svg.FAINT}/>' for value in (0, 50, 100)]
    return drawing(
        700,
        220,
        alt,
        [
            text(44, 18, f"{learnt} of {count} wrong labels learnt by heart", weight="bold"),
            text(44, 36, "how sure the model is of each wrong label, in %", size=11),
            *_key(430),
            *lines,
            *axis,
            *bars,
            text(364, 206, "wrong training labels, surest first", anchor="middle"),
        ],
    )


def _bar(x: float, width: float, percent: float, *, filled: bool) -> str:
    style = f'fill="{svg.ORANGE}"' if filled else 'fill="none" stroke-dasharray="2 2"'
    height = max(1.3 * percent, 1.0)
    return (
        f'<rect x="{x + 1:.1f}" y="{184 - height:.1f}" width="{max(width - 3, 1):.1f}" '
        f'height="{height:.1f}" stroke="{svg.ORANGE}" {style}/>'
    )


def _key(x: float) -> list[str]:
    return [
        f'<rect x="{x}" y="8" width="12" height="12" fill="{svg.ORANGE}" stroke="{svg.ORANGE}"/>',
        text(x + 18, 18, "learnt by heart"),
        f'<rect x="{x + 130}" y="8" width="12" height="12" fill="none" stroke="{svg.ORANGE}" '
        'stroke-dasharray="2 2"/>',
        text(x + 148, 18, "not believed"),
    ]


class Comparison:
    """Two runs side by side, as a table."""

    def __init__(self, rows: list[tuple[str, str, str]]) -> None:
        self.rows = rows

    def _repr_html_(self) -> str:
        head, *body = self.rows
        top = "".join(f'<th scope="col">{cell}</th>' for cell in head)
        lines = "".join(
            f'<tr><th scope="row" style="text-align:left">{name}</th>'
            f"<td>{one}</td><td>{two}</td></tr>"
            for name, one, two in body
        )
        return f"<table><thead><tr>{top}</tr></thead><tbody>{lines}</tbody></table>"

    def __repr__(self) -> str:
        return "\n".join(f"{name:<30}{one:>12}{two:>12}" for name, one, two in self.rows)


def compare(before: History, after: History) -> Comparison:
    """Set two runs side by side, in the numbers of the weights that each model carries now."""
    one, two = before.kept, after.kept

    train = [
        f"{e.train_accuracy:.1f} {_MARK[e.train_accuracy < TRAIN_CEILING]}" for e in (one, two)
    ]
    val = [f"{e.val_accuracy:.1f} {_MARK[e.val_accuracy >= VAL_GOAL]}" for e in (one, two)]
    return Comparison(
        [
            ("", "before", "after"),
            (f"training, % (below {TRAIN_CEILING:g})", train[0], train[1]),
            (f"validation, % (at least {VAL_GOAL:g})", val[0], val[1]),
            ("gap, points", f"{one.gap:.1f}", f"{two.gap:.1f}"),
            ("training loss", f"{one.train_loss:.2f}", f"{two.train_loss:.2f}"),
            ("validation loss", f"{one.val_loss:.2f}", f"{two.val_loss:.2f}"),
            ("weights of epoch", f"{one.epoch} of {len(before)}", f"{two.epoch} of {len(after)}"),
            ("seconds", f"{before.records[-1].seconds:.1f}", f"{after.records[-1].seconds:.1f}"),
        ]
    )
