"""A trace: the stages that data passes on its way through a network, to be stepped through.

`show_trace` puts a panel on the page where somebody can click, and everywhere all stages one below
the other. `text_trace` and `packing_trace` make the stages.
"""

import html
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from grader.lab import frontend
from grader.lab.svg import BLUE, ORANGE, Drawing, drawing, fitted_size, text

POINT = "Point at a cell to read it."
FILLED, HOLLOW = f'fill="{BLUE}"', f'fill="none" stroke="{ORANGE}"'
_WORD = f'fill="{BLUE}" fill-opacity="0.18" stroke="{BLUE}"'
_EMPTY = 'fill="none" stroke="currentColor" stroke-opacity="0.45" stroke-dasharray="3 3"'


@dataclass(frozen=True)
class Stage:
    """One stage: its name, the shape of the whole tensor, a sentence, and a picture of a part."""

    title: str
    shape: str
    words: str
    picture: Drawing


Renew = Callable[[str], tuple[list[Stage], str]]


def show_trace(
    title: str,
    stages: list[Stage],
    *,
    box: str = "",
    renew: Renew | None = None,
) -> None:
    """Show stages to step through; with `box` (its label) also a line to type a sentence into.

    `renew` makes the stages of a typed sentence and a note about it. Without a page to click in,
    all stages stand one below the other.
    """
    if not frontend.can_show():
        if not frontend.is_graded():
            print(plain(title, stages))
        return
    still = {"text/html": stacked(title, stages), "text/plain": plain(title, stages)}
    if not frontend.has_panels():
        frontend.show(still, raw=True)
        return
    from grader.lab.page.panels import Panel

    asked = {"title": title, "box": box if renew else "", "point": POINT}
    panel: Any = Panel("trace.js", asked, _state(stages, "", ""))

    def pressed(content: dict[str, Any]) -> None:
        if renew is not None and content.get("press") == "sentence":
            typed = str(content.get("text", ""))
            found, note = renew(typed)
            panel.state = _state(found, typed, note)

    panel.hear(pressed)
    panel.show(still)


def _state(stages: list[Stage], sentence: str, note: str) -> dict[str, Any]:
    drawn = [
        {"title": s.title, "shape": s.shape, "words": s.words, "svg": s.picture.svg} for s in stages
    ]
    return {"stages": drawn, "sentence": sentence, "note": note}


def plain(title: str, stages: list[Stage]) -> str:
    """All stages in plain text."""
    lines = [f"{n} {s.title} {s.shape}: {s.words}" for n, s in enumerate(stages, start=1)]
    return "\n".join([title, *lines])


def stacked(title: str, stages: list[Stage]) -> str:
    """All stages as HTML, one below the other."""
    parts = [
        f"<p><b>{n} {html.escape(s.title)}</b> {html.escape(s.shape)}<br>{html.escape(s.words)}</p>"
        f"{s.picture.svg}"
        for n, s in enumerate(stages, start=1)
    ]
    return f"<strong>{html.escape(title)}</strong>{''.join(parts)}"


def word_grid(
    rows: Sequence[Sequence[str]], names: Sequence[str], tips: Sequence[Sequence[str]], alt: str
) -> Drawing:
    """A box for each word, dashed for padding; `names` stand left, `tips` under the pointer."""
    columns = max((len(row) for row in rows), default=1)
    left, cell = 96, min(90.0, 690 / max(columns, 1))
    parts = [
        text(left + cell * (n + 0.5), 14, str(n + 1), anchor="middle", size=10)
        for n in range(columns)
    ]
    for place, row in enumerate(rows):
        y = 22 + 32 * place
        parts.append(text(left - 8, y + 17, names[place], anchor="end", size=11))
        for n, word in enumerate(row):
            parts.append(_word_box(left + cell * n, y, cell - 4, word, tips[place][n]))
    return drawing(800, 26 + 32 * len(rows), alt, parts)


def _word_box(x: float, y: float, width: float, word: str, tip: str) -> str:
    empty = word in {"0", "<pad>"}
    size = fitted_size(word, width, 6.8, 0.58)
    return (
        f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="26" rx="3" '
        f"{_EMPTY if empty else _WORD}><title>{html.escape(tip)}</title></rect>"
        + text(x + width / 2, y + 17, word, anchor="middle", size=size).replace(
            "<text ", '<text pointer-events="none" '
        )
    )


def number_grid(
    values: torch.Tensor, names: Sequence[str], alt: str, *, notes: Sequence[str] = ()
) -> Drawing:
    """A square for each number of (R, C): larger further from zero, hollow below it.

    `names` stand left of the rows and in the words under the pointer, `notes` right of them.
    """
    values = values.detach().double().cpu()
    top = float(values.abs().max()) or 1.0
    left, high = 96.0, 18.0
    cell = min(high, (690 - 70 * bool(notes)) / max(values.shape[1], 1))
    parts = []
    for row, numbers in enumerate(values.tolist()):
        y = 4 + high * row
        parts.append(text(left - 8, y + 13, names[row], anchor="end", size=11))
        if notes:
            parts.append(text(left + cell * len(numbers) + 8, y + 13, notes[row], size=11))
        for column, value in enumerate(numbers):
            side = max((cell - 1.5) * math.sqrt(abs(value) / top), 1.0)
            x, down = left + cell * column + (cell - side) / 2, y + (high - side) / 2
            tip = html.escape(f"{names[row]}, number {column + 1}: {value:+.3f}")
            parts.append(
                f'<path d="M{x:.1f} {down:.1f}h{side:.1f}v{side:.1f}h-{side:.1f}z" '
                f"{FILLED if value > 0 else HOLLOW}><title>{tip}</title></path>"
            )
    bottom = 18 + high * len(values)
    key = f"filled: positive · hollow: negative · the largest is {top:.2f} from zero"
    parts.append(text(left, bottom + 4, key, size=11))
    return drawing(800, int(bottom) + 10, alt, parts)


def bars(names: Sequence[str], values: Sequence[float], shown: Sequence[str], alt: str) -> Drawing:
    """A bar for each name, from the smallest value (shortest) to the largest."""
    low, high = min(values), max(values)
    base = min(low, 0.0)
    parts = []
    for row, (name, value) in enumerate(zip(names, values, strict=True)):
        y, width = 4 + 24 * row, 4 + 420 * (value - base) / ((high - base) or 1.0)
        tip = html.escape(f"{name}: {shown[row]}")
        parts += [
            text(128, y + 14, name, anchor="end"),
            f'<rect x="136" y="{y}" width="{width:.1f}" height="18" {_WORD}>'
            f"<title>{tip}</title></rect>",
            text(144 + width, y + 14, shown[row]),
        ]
    return drawing(800, 8 + 24 * len(names), alt, parts)
