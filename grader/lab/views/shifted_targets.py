"""A sentence and its targets, shifted by one word."""

from collections.abc import Sequence

from grader.core.errors import UsageError
from grader.lab.svg import (
    BLUE,
    Drawing,
    arrow,
    drawing,
    fitted_size,
    text,
)

STEPS_AT_MOST = 12
_SURE = f'fill="{BLUE}" fill-opacity="0.25" stroke="{BLUE}" stroke-width="1.5"'
_REAL = 'fill="none" stroke="currentColor"'
_EMPTY = 'fill="none" stroke="currentColor" stroke-opacity="0.45" stroke-dasharray="3 3"'


def show_shifted(words: Sequence[str], steps: int | None = None) -> Drawing:
    """Draw a sentence over itself, shifted by one: below what is read, above what must be said.

    Args:
        words: sequence of str, at most 11, without <s>.
        steps: int up to 12; where longer than the sentence, padding is drawn behind it. Default
            None: none.

    Returns:
        Drawing, which a notebook shows at the end of a cell; its `repr` says what it shows.

    Raises:
        UsageError: there are more than 12 steps.

    Example:
        >>> lab.show_shifted(["the", "cat"])
        A language model over 3 steps. It reads <s> the cat and after each word must say ...
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
    size = fitted_size(words, width, 6.5, 0.56)
    return (
        f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="26" rx="4" '
        f"{_REAL if real else _EMPTY}/>"
        + text(x + width / 2, y + 17, words, anchor="middle", size=size)
    )
