"""Rows of numbers as squares."""

import math
from collections.abc import Sequence

import torch

from grader.core.errors import UsageError
from grader.lab.svg import BLUE, ORANGE, Drawing, drawing, text

ROWS_AT_MOST = 16
COLUMNS_AT_MOST = 80


def show_numbers(values: torch.Tensor, rows: Sequence[str], title: str) -> Drawing:
    """Draw rows of numbers as squares, the larger the further from zero; hollow ones are negative.

    Args:
        values: float tensor (R, C), at most (16, 80).
        rows: sequence of R str, the names of the rows.
        title: str above it.

    Returns:
        Drawing, which a notebook shows at the end of a cell; its `repr` says what it shows.

    Raises:
        UsageError: `values` is not (R, C) with R names, or too large.

    Example:
        >>> import torch
        >>> lab.show_numbers(torch.tensor([[0.5, -2.0]]), ["word"], "A vector")
        A vector. 1 rows of 2 numbers: word. ... the largest is 2.00 from zero.
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
