"""Read the numbers of one sequence from a .csv or .npy file, and say what is wrong with it.

Called by `own_sequences`. Bounded: no more rows than asked for are turned into numbers.
"""

import math
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from grader.core.errors import UsageError
from grader.lab.plain_files import read_utf8

_BYTES_AT_MOST = 20_000_000
_COLUMNS_AT_MOST = 10_000
_SHOWN = 40


def read_numbers(path: Path, most: int) -> tuple[npt.NDArray[np.float32], bool]:
    """The first `most` steps of a file, float32 (T, C), and whether that is not all of them.

    Raises UsageError naming the file and the place in it.
    """
    read = _of_array if path.suffix.lower() == ".npy" else _of_text
    values, is_cut = read(path, most)
    if values.size == 0:
        message = f"{path} holds no step. Expected: a row of numbers for each step. Take it out."
        raise UsageError(message)
    bad = np.argwhere(~np.isfinite(values))
    if len(bad):
        step, channel = bad[0]
        message = (
            f"{path} holds {values[step, channel]} at step {step + 1}, column {channel + 1} "
            f"({len(bad)} such in all). Finite numbers were expected: one nan makes the whole loss "
            "nan. Fill it in (the number before it will often do), or leave those steps out."
        )
        raise UsageError(message)
    return values.astype(np.float32), is_cut


def _of_array(path: Path, most: int) -> tuple[npt.NDArray[Any], bool]:
    try:
        array = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        message = (
            f"{path} cannot be read as an array: {error} Expected: what `numpy.save` writes of "
            "an array of numbers, (T, C). Save it anew, as float32."
        )
        raise UsageError(message) from error
    if array.ndim not in {1, 2} or array.dtype.kind not in "fiub":
        message = (
            f"{path} holds an array {array.shape} of {array.dtype}. Expected: numbers, (T, C): a "
            "row for each step, a column for each channel; one file for each sequence."
        )
        raise UsageError(message)
    if array.ndim == 1:
        array = array[:, np.newaxis]
    if array.shape[1] > _COLUMNS_AT_MOST:
        raise UsageError(_too_wide(path, array.shape[1]))
    return np.array(array[:most], dtype=np.float64), len(array) > most


def _of_text(path: Path, most: int) -> tuple[npt.NDArray[Any], bool]:
    text, is_cut = read_utf8(path, _BYTES_AT_MOST)
    lines = text.split("\n")
    if is_cut:
        lines.pop()  # its end was not read
    rows: list[list[float]] = []
    named = 0
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        if len(rows) == most:
            return np.array(rows), True
        cells = _cells(line)
        values = [_number(cell) for cell in cells]
        if None in values:
            if not rows and not named and all(value is None for value in values):
                named = len(cells)  # a first line of names
                continue
            wrong = cells[values.index(None)].strip()[:_SHOWN]
            message = (
                f"{path}, line {number}, holds {wrong!r}, which is no number. Expected: a row of "
                "numbers for each step, with commas between. Leave that column out, or fill in "
                "what is missing."
            )
            raise UsageError(message)
        if len(cells) != len(rows[0] if rows else cells) or len(cells) > _COLUMNS_AT_MOST:
            if len(cells) > _COLUMNS_AT_MOST:
                raise UsageError(_too_wide(path, len(cells)))
            message = (
                f"{path}, line {number}, has {len(cells)} numbers, the line(s) before have "
                f"{len(rows[0])}. Each step was expected to have as many. Mend or leave out that "
                "line."
            )
            raise UsageError(message)
        rows.append([value for value in values if value is not None])
    return np.array(rows), is_cut


def _too_wide(path: Path, columns: int) -> str:
    return (
        f"{path} has {columns:,} numbers a step; at most {_COLUMNS_AT_MOST:,} were expected. Is a "
        "sequence written as one line? Then turn it: a row for each step."
    )


def _cells(line: str) -> list[str]:
    """Split at semicolons or tabs where there are any, else at commas, else at spaces.

    Beside semicolons and tabs a comma is a decimal point, as much of Europe writes it.
    """
    line = line.strip()
    for mark in (";", "\t"):
        if mark in line:
            return line.replace(",", ".").split(mark)
    return line.split(",") if "," in line else line.split()


def _number(cell: str) -> float | None:
    try:
        return float(cell)
    except ValueError:
        return math.nan if cell.strip() == "" else None
