"""How a model is asked: in small batches of rows from all splits, shuffled, padded with noise.

A model learns nothing from a request: neither which split its rows are of, nor whether its layer is
exchanged, nor what the unseen rows look like as a crowd. The order follows from the data, so every
judge of the same draw asks the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from grader.core.requests import Predict, Rows
from grader.core.values import Tensor

ROWS_AT_ONCE = 64
# Ids up to this one have a meaning of their own in every vocabulary of the course (padding, an
# unknown word, the blank or the beginning): noise holds none.
LAST_SPECIAL = 2

Index = npt.NDArray[np.int64]


@dataclass(frozen=True)
class UnlabelledRows:
    """Sequences without labels: `x` (N, T, C) or ids (N, T), `lengths` (N,) where they differ.

    `at` (N,) is the step that is asked for where a model answers at every step.
    """

    x: npt.NDArray[Any]
    lengths: Index | None = None
    at: Index | None = None

    def __len__(self) -> int:
        """How many sequences."""
        return len(self.x)

    def rows(self, index: Index | slice) -> UnlabelledRows:
        """Pick rows."""
        return UnlabelledRows(
            self.x[index],
            None if self.lengths is None else self.lengths[index],
            None if self.at is None else self.at[index],
        )

    def request(self, exchange: str | None = None, others: UnlabelledRows | None = None) -> Predict:
        """Ask a model for all of them in one batch."""
        return Predict(
            _tensor(self.x),
            None if self.lengths is None else _tensor(self.lengths),
            None if self.at is None else _tensor(self.at),
            exchange,
            None if others is None else _tensor(others.x),
            None if others is None or others.lengths is None else _tensor(others.lengths),
        )


def sent(rows: Rows, at: Index | None = None) -> UnlabelledRows:
    """The sequences of a split; up to and with the step `at` where one is asked for."""
    lengths = None if rows.lengths is None else rows.lengths.array
    return UnlabelledRows(rows.x.array, lengths if at is None else at + 1, at)


def joined(parts: Sequence[UnlabelledRows]) -> UnlabelledRows:
    """All rows of several, padded to the longest with zeros."""
    steps = max(part.x.shape[1] for part in parts)
    x = np.concatenate([widened(part.x, steps - part.x.shape[1]) for part in parts])
    lengths = [part.lengths for part in parts if part.lengths is not None]
    at = [part.at for part in parts if part.at is not None]
    return UnlabelledRows(
        x, np.concatenate(lengths) if lengths else None, np.concatenate(at) if at else None
    )


def widened(x: npt.NDArray[Any], columns: int) -> npt.NDArray[Any]:
    """`x` with so many more columns of zeros behind."""
    return np.pad(x, [(0, 0), (0, columns), *[(0, 0)] * (x.ndim - 2)])


def generator(rows: UnlabelledRows, *parts: int) -> np.random.Generator:
    """Random numbers that follow from the data: nobody knows them who lacks it."""
    total = int(np.abs(rows.x.astype(np.float64)).sum() * 1000) % 2**63
    return np.random.default_rng([len(rows), total, *parts])


def batches(rows: UnlabelledRows, rng: np.random.Generator) -> list[Index]:
    """The places of all rows in a random order, a small batch at a time, all of about one size."""
    order = rng.permutation(len(rows))
    return np.array_split(order, -(-len(rows) // ROWS_AT_ONCE))


def with_noise(rows: UnlabelledRows, rng: np.random.Generator) -> UnlabelledRows:
    """The same sequences with steps of others behind their ends, in the place of zeros."""
    if rows.lengths is None:
        return rows
    valid = np.arange(rows.x.shape[1]) < rows.lengths[:, np.newaxis]
    steps = rows.x[valid]
    if rows.x.ndim == 2:
        words = steps[steps > LAST_SPECIAL]
        steps = words if len(words) else steps
    x = rows.x.copy()
    x[~valid] = steps[rng.integers(0, len(steps), int((~valid).sum()))]
    return replace(rows, x=x)


def partners(rows: UnlabelledRows, rng: np.random.Generator, most: int) -> tuple[Index, Index]:
    """Pairs of different rows of one length (and asked at one step): places of both, (P,) each.

    A layer that reads one of a pair computes in the same shapes for the other.
    """
    order = rng.permutation(len(rows))
    lengths = np.zeros(len(rows), np.int64) if rows.lengths is None else rows.lengths
    order = order[np.argsort(lengths[order], kind="stable")]
    ones, others = order[:-1:2], order[1::2]
    alike = lengths[ones] == lengths[others]
    ones, others = ones[alike], others[alike]
    chosen = rng.permutation(len(ones))[:most]
    return ones[chosen], others[chosen]


def _tensor(array: npt.NDArray[Any]) -> Tensor:
    kind = np.float32 if array.dtype.kind == "f" else np.int64
    return Tensor(np.ascontiguousarray(array, kind), np.dtype(kind).name)
