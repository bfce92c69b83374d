"""A padded batch and what a PackedSequence keeps of it."""

from collections.abc import Iterable, Sequence

from grader.core.errors import UsageError
from grader.lab import svg
from grader.lab.svg import Drawing, drawing, text

# A larger batch is drawn as small cells, without numbers in them.
ROWS_WITH_NUMBERS = 8
STEPS_WITH_NUMBERS = 16
ROWS_AT_MOST = 64
STEPS_AT_MOST = 100
_LETTERS = "ABCDEFGH"
_VALID = f'fill="{svg.BLUE}" fill-opacity="0.3" stroke="{svg.BLUE}"'
_PADDING = (
    'fill="none" stroke="currentColor" stroke-opacity="0.35" stroke-dasharray="1 2" '
    'stroke-width="0.8"'
)


def show_padded(lengths: Iterable[int], steps: int | None = None) -> Drawing:
    """Draw a padded batch: a row for each sequence, its steps and its padding.

    Args:
        lengths: iterable of int, 1 or more; at most 64 rows of 100 columns.
        steps: int, how many columns. Default None: as many as the longest sequence has steps.

    Returns:
        Drawing, which a notebook shows at the end of a cell; its `repr` says what it shows.

    Raises:
        UsageError: there are no lengths, one is below 1 or above `steps`, or the batch is too
            large.

    Example:
        >>> lab.show_padded([3, 5, 2])
        A padded batch. 3 rows of 5 columns: 67% is sequence, the rest padding. ...
    """
    rows = _checked(lengths)
    width = max(rows) if steps is None else steps
    if width < max(rows):
        message = f"The longest sequence has {max(rows)} steps; {width} columns cannot hold it."
        raise UsageError(message)
    _check_size(len(rows), width)
    share = 100 * sum(rows) / (len(rows) * width)
    heading = f"{len(rows)} rows of {width} columns: {share:.0f}% is sequence, the rest padding"
    cell, height = _cell_size(len(rows), width)
    cells = _bars(rows, width, cell, height)
    bottom = 30 + height * len(rows)
    parts = [text(40, 16, heading, weight="bold"), *cells, *_key(bottom + 14)]
    parts.append(text(40 + cell * width, bottom + 16, f"step {width}", anchor="end", size=11))
    alt = f"A padded batch. {heading}. Lengths by row: {_listed(rows)}."
    return drawing(max(60 + cell * width, 460), bottom + 26, alt, parts)


def show_packed(lengths: Iterable[int]) -> Drawing:
    """Draw what a PackedSequence keeps of a batch: sorted rows and their `batch_sizes`.

    Batches of at most 8 rows and 16 steps show which sequence each number of `data` belongs to.

    Args:
        lengths: iterable of int, 1 or more; at most 64 rows of 100 steps.

    Returns:
        Drawing, which a notebook shows at the end of a cell; its `repr` says what it shows.

    Raises:
        UsageError: there are no lengths, one is below 1, or the batch is too large.

    Example:
        >>> lab.show_packed([3, 5, 2])
        A packed batch of 3 sequences. Rows are sorted, longest first: rows 1, 0, 2 ...
    """
    rows = _checked(lengths)
    _check_size(len(rows), max(rows))
    order = sorted(range(len(rows)), key=lambda row: -rows[row])
    stairs = _stairs(rows)
    alt = (
        f"A packed batch of {len(rows)} sequences. Rows are sorted, longest first: rows "
        f"{_listed(order)} with lengths {_listed([rows[row] for row in order])}. "
        f"batch_sizes, the height of each column: {_listed(stairs)}. Only the {sum(rows)} valid "
        f"steps are kept, column after column; {len(rows) * max(rows) - sum(rows)} cells of "
        "padding are not."
    )
    if len(rows) <= ROWS_WITH_NUMBERS and max(rows) <= STEPS_WITH_NUMBERS:
        return _packed_with_numbers(rows, order, stairs, alt)
    cell, height = _cell_size(len(rows), max(rows))
    cells = _bars([rows[row] for row in order], max(rows), cell, height)
    bottom = 30 + height * len(rows)
    heading = f"{len(rows)} rows, longest first: the staircase of batch_sizes"
    labels = [
        text(40 + cell * (step + 0.5), bottom + 12, str(size), anchor="middle", size=9)
        for step, size in enumerate(stairs)
    ]
    parts = [text(40, 16, heading, weight="bold"), *cells, *labels, *_key(bottom + 26)]
    parts.append(text(36, bottom + 12, "sizes", anchor="end", size=9))
    return drawing(max(60 + cell * max(rows), 460), bottom + 38, alt, parts)


def _stairs(lengths: Sequence[int]) -> list[int]:
    """How many sequences are still running at each step."""
    return [sum(length > step for length in lengths) for step in range(max(lengths))]


def _packed_with_numbers(rows: list[int], order: list[int], stairs: list[int], alt: str) -> Drawing:
    cell, left, top = 34, 110, 52
    parts = [
        text(left, 16, "sorted, longest first; inside: the place in data", weight="bold"),
        text(8, top - 8, "row (length)", size=11),
    ]
    starts = [sum(stairs[:step]) for step in range(len(stairs))]
    for place, row in enumerate(order):
        y = top + cell * place
        parts.append(text(8, y + 22, f"{_LETTERS[row]} = row {row} ({rows[row]})"))
        for step in range(max(rows)):
            valid = step < rows[row]
            parts.append(_box(left + cell * step, y, cell, valid=valid))
            if valid:
                words = f"{_LETTERS[row]}{starts[step] + place}"
                parts.append(text(left + cell * (step + 0.5), y + 21, words, anchor="middle"))
    below = top + cell * len(rows)
    parts += [
        text(left + cell * (step + 0.5), below + 18, str(size), anchor="middle", weight="bold")
        for step, size in enumerate(stairs)
    ]
    parts.append(text(left - 8, below + 18, "batch_sizes", anchor="end", weight="bold"))
    stride = min(cell, 680 / sum(rows))
    places = [row for step in range(max(rows)) for row in order if step < rows[row]]
    strip = below + 44
    parts.append(text(8, strip + 20, "data", weight="bold"))
    for number, row in enumerate(places):
        x = 60 + stride * number
        parts.append(
            f'<rect x="{x:.1f}" y="{strip}" width="{stride:.1f}" height="30" {_VALID}/>'
            + text(x + stride / 2, strip + 19, _LETTERS[row], anchor="middle")
        )
    for step, start in enumerate(starts):
        x = 60 + stride * start
        parts.append(f'<path d="M{x:.1f} {strip - 5}v40" stroke="currentColor"/>')
        parts.append(text(x + 2, strip + 46, f"step {step}", size=9))
    width = max(left + cell * max(rows) + 20, 60 + stride * sum(rows) + 20, 420)
    return drawing(int(width), strip + 54, alt, parts)


def _cell_size(rows: int, steps: int) -> tuple[int, int]:
    """Width and height of one step in a picture of bars."""
    return max(6, min(24, 640 // steps)), max(5, min(18, 300 // rows))


def _bars(lengths: Sequence[int], steps: int, cell: int, height: int) -> list[str]:
    """A bar of steps and, behind it, one of padding for each row."""
    bars = []
    for row, length in enumerate(lengths):
        y, end = 30 + height * row, 40 + cell * length
        bars.append(_bar(40, y, cell * length, height, _VALID))
        if length < steps:
            bars.append(_bar(end, y, cell * (steps - length), height, _PADDING))
    return bars


def _bar(x: int, y: int, width: int, height: int, style: str) -> str:
    return f'<rect x="{x}" y="{y + 1}" width="{width - 1}" height="{height - 2}" {style}/>'


def _box(x: float, y: float, size: float, *, valid: bool) -> str:
    style = _VALID if valid else _PADDING
    return f'<rect x="{x + 1:.0f}" y="{y + 1:.0f}" width="{size - 2}" height="{size - 2}" {style}/>'


def _key(y: float) -> list[str]:
    return [
        f'<rect x="40" y="{y - 8:.0f}" width="10" height="10" {_VALID}/>',
        text(56, y + 1, "a step of the sequence", size=11),
        f'<rect x="190" y="{y - 8:.0f}" width="10" height="10" {_PADDING}/>',
        text(206, y + 1, "padding", size=11),
    ]


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers))


def _checked(lengths: Iterable[int]) -> list[int]:
    rows = [int(length) for length in lengths]
    if not rows or min(rows) < 1:
        message = (
            f"A batch can be drawn from lengths of at least 1; you gave {rows}. "
            "A sequence of length 0 cannot be packed either."
        )
        raise UsageError(message)
    return rows


def _check_size(rows: int, steps: int) -> None:
    if rows > ROWS_AT_MOST or steps > STEPS_AT_MOST:
        message = (
            f"{rows} rows of {steps} columns are too many to draw; give at most {ROWS_AT_MOST} "
            f"lengths and {STEPS_AT_MOST} columns."
        )
        raise UsageError(message)
