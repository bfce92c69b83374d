"""Give a draw new names: whatever is known from outside its rows then fits nothing in it.

Data sets are public, and so is much of what they were made from. Where a repair is judged, words
get other ids, channels are exchanged and mixed, classes change their names and hidden rows their
order, anew for every draw and by a seed that only its own seed gives. `data/<name>/recipe.py` says
in RECODED what may change without making the task harder or easier; all else stays as the lesson
tells it: special ids, a channel with a part to play, zeros as padding.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Split = dict[str, npt.NDArray[Any]]
Splits = dict[str, Split]
Numbers = npt.NDArray[np.float64]

# Mixed channels keep four decimals: the last bits of a matrix product differ between machines.
DECIMALS = 4


@dataclass(frozen=True)
class Recoding:
    """What may change in a data set's draws; what is left out stays as it is.

    `classes`: so many labels, 0 .. classes - 1, are exchanged.
    `words`: ids from the first to before the second are exchanged, in x and, where `next_words`
    (labels are words, too), in y.
    `rotated`: channels from the first to before the second are rotated by a random orthogonal
    matrix, then scaled to the spread of all of them together where `rescaled`.
    `turned`: channels of this range are put in another order, and half of them change their sign.
    """

    classes: int = 0
    words: tuple[int, int] | None = None
    next_words: bool = False
    rotated: tuple[int, int] | None = None
    rescaled: bool = False
    turned: tuple[int, int] | None = None


def recoded(splits: Splits, rules: Recoding, seed: int, position: int = 0) -> Splits:
    """The splits "train", "val" and "hidden" of the draw of `seed` under new names.

    `position` counts the draws of a grade from 0. In each draw at an even place no class keeps its
    name, so that a model that knows the usual names is wrong in most draws of any grade; elsewhere
    any exchange may come, none as well. The arrays given are left as they are.
    """
    rng = np.random.default_rng([seed, *b"recode"])
    found = {name: dict(split) for name, split in splits.items()}
    if rules.classes:
        names = _exchanged(rng, rules.classes, all_change=position % 2 == 0)
        found = {name: split | {"y": names[split["y"]]} for name, split in found.items()}
    if rules.words:
        found = _other_words(rng, found, rules)
    if rules.turned:
        found = _turned(rng, found, slice(*rules.turned))
    if rules.rotated:
        found = _rotated(rng, found, slice(*rules.rotated), rescaled=rules.rescaled)
    order = rng.permutation(len(found["hidden"]["y"]))
    found["hidden"] = {key: array[order] for key, array in found["hidden"].items()}
    return found


def _exchanged(rng: np.random.Generator, count: int, *, all_change: bool) -> npt.NDArray[np.int64]:
    """A random permutation of 0 .. count - 1; with `all_change` one that leaves none in place."""
    while True:
        names = rng.permutation(count)
        if not all_change or not (names == np.arange(count)).any():
            return names


def _other_words(rng: np.random.Generator, splits: Splits, rules: Recoding) -> Splits:
    first, end = rules.words or (0, 0)
    ids = np.arange(end)
    ids[first:] = first + rng.permutation(end - first)
    keys = ("x", "y") if rules.next_words else ("x",)

    def renamed(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
        # numbers below 0 are no words: what a loss passes over
        return np.where(array >= 0, ids[np.maximum(array, 0)], array).astype(array.dtype)

    return {
        name: split | {key: renamed(split[key]) for key in keys} for name, split in splits.items()
    }


def _turned(rng: np.random.Generator, splits: Splits, channels: slice) -> Splits:
    count = channels.stop - channels.start
    order = rng.permutation(count)
    signs = rng.permutation(np.where(np.arange(count) % 2, -1.0, 1.0))

    def change(x: Numbers) -> Numbers:
        turned: Numbers = x[:, :, order] * signs
        return turned

    return {name: _with_channels(split, channels, change) for name, split in splits.items()}


def _rotated(
    rng: np.random.Generator, splits: Splits, channels: slice, *, rescaled: bool
) -> Splits:
    count = channels.stop - channels.start
    made, upper = np.linalg.qr(rng.standard_normal((count, count)))
    matrix = made * np.sign(np.diag(upper))  # every rotation and mirroring is equally likely
    if rescaled:
        heard = splits["train"]["x"][:, :, channels].astype(np.float64)
        valid = heard[(heard != 0).any(axis=2)]  # padding has no spread
        matrix = matrix * (valid.std() / (valid @ matrix).std(axis=0))

    def change(x: Numbers) -> Numbers:
        mixed: Numbers = x @ matrix
        return mixed

    return {name: _with_channels(split, channels, change) for name, split in splits.items()}


def _with_channels(split: Split, channels: slice, change: Callable[[Numbers], Numbers]) -> Split:
    x = split["x"].copy()
    # + 0.0: no -0.0, so that padding stays what it was bit for bit
    x[:, :, channels] = np.round(change(x[:, :, channels].astype(np.float64)), DECIMALS) + 0.0
    return split | {"x": x}
