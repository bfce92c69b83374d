"""Compare what an answer gave with what was expected, and say where and by how much they differ.

Types and shapes are exact, numbers have a tolerance. References run in float64, learners in
float32, so RTOL and ATOL leave room for a few hundred accumulated roundings; a named mistake
differs by far more.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.core.values import Tensor, Value

RTOL = 1e-3
ATOL = 1e-4


@dataclass(frozen=True)
class Difference:
    """The first thing that differs: `kind` is type, length, key, dtype, shape, not finite or value.

    `path` says where in a nested result ("the 2nd part"), empty at the top; `got` and `expected`
    are short texts; for numbers `index` is the worst place and `gap` the largest absolute
    difference.
    """

    kind: str
    path: str
    got: str
    expected: str
    index: tuple[int, ...] = ()
    gap: float = 0.0


def describe(value: Value) -> str:
    """Name a value for a sentence: `a float32 tensor of shape (3, 4)`, `the text 'b'`, `None`."""
    if isinstance(value, Tensor):
        noun = "tensor" if value.library == "torch" else "numpy array"
        # float32 or float64 is a matter of taste; whole numbers or floats is not
        kind = "float" if value.is_floating else value.dtype
        return f"{_article(kind)} {kind} {noun} of shape {value.shape}"
    if isinstance(value, tuple | list):
        return f"a {type(value).__name__} of {len(value)}"
    if isinstance(value, dict):
        return f"a dict with keys {_keys(value)}"
    if isinstance(value, str):
        return f"the text {value[:40]!r}"
    if value is None:
        return "None"
    return f"the {type(value).__name__} {value!r}"


def _keys(value: dict[str, Value]) -> str:
    """The keys for a sentence; a dict may have a hundred thousand, each a page long."""
    shown = [key[:40] for key in sorted(value)[:10]]
    return f"{shown}" if len(value) <= len(shown) else f"{shown} and {len(value) - len(shown)} more"


def _article(word: str) -> str:
    return "an" if word[0] in "aeiou" else "a"


def difference(got: Value, expected: Value, path: str = "") -> Difference | None:
    """Return the first difference between two values, or None where they agree."""
    if isinstance(expected, Tensor):
        return _tensors(got, expected, path)
    if isinstance(expected, tuple | list):
        return _sequences(got, expected, path)
    if isinstance(expected, dict):
        return _dicts(got, expected, path)
    return _plain(got, expected, path)


def agree(got: Value, expected: Value) -> bool:
    """True where the two values are equal within the tolerance."""
    return difference(got, expected) is None


def _tensors(got: Value, expected: Tensor, path: str) -> Difference | None:
    def differ(kind: str, **more: Any) -> Difference:
        return Difference(kind, path, describe(got), describe(expected), **more)

    if not expected.shape:
        got = _without_axes(got, expected)
    if not isinstance(got, Tensor) or got.library != expected.library:
        return differ("type")
    if got.shape != expected.shape:
        return differ("shape")
    if got.is_floating != expected.is_floating or (got.dtype == "bool") != (
        expected.dtype == "bool"
    ):
        return differ("dtype")
    if got.dtype.startswith("complex"):
        return differ("dtype")
    mine, right = got.array.astype(np.float64), expected.array.astype(np.float64)
    if not np.array_equal(np.isfinite(mine), np.isfinite(right)):
        return differ("not finite")
    # equal infinities agree (masks are full of them); their difference would be NaN
    with np.errstate(invalid="ignore"):
        gaps = np.where(mine == right, 0.0, np.abs(mine - right))
    # a gap is NaN where NaN was expected too, or where NaN stands for an infinity
    gaps = np.where(np.isnan(mine) & np.isnan(right), 0.0, np.nan_to_num(gaps, nan=np.inf))
    tolerance = ATOL + RTOL * np.abs(np.where(np.isfinite(right), right, 0.0))
    excess = gaps - tolerance
    if excess.size == 0 or excess.max() <= 0:
        return None
    worst = np.unravel_index(int(excess.argmax()), excess.shape)
    index = tuple(int(axis) for axis in worst)
    return Difference(
        "value",
        path,
        f"{mine[worst]:.4g}",
        f"{right[worst]:.4g}",
        index,
        float(gaps[worst]),
    )


def _without_axes(got: Value, expected: Tensor) -> Value:
    """A plain number, or one of numpy's, as the tensor that it stands for: `loss.item()`."""
    if type(got) is float or (type(got) is int and expected.is_floating):
        return Tensor(np.asarray(got, np.float64), "float64", expected.library)
    if type(got) is int:
        return Tensor(np.asarray(got), "int64", expected.library)
    if isinstance(got, Tensor) and not got.shape:
        return Tensor(got.array, got.dtype, expected.library)
    return got


def _sequences(
    got: Value, expected: tuple[Value, ...] | list[Value], path: str
) -> Difference | None:
    # a list where a tuple was expected is a matter of taste, not of understanding
    if not isinstance(got, tuple | list):
        return Difference("type", path, describe(got), describe(expected))
    if len(got) != len(expected):
        return Difference("length", path, str(len(got)), str(len(expected)))
    for place, (mine, right) in enumerate(zip(got, expected, strict=True)):
        found = difference(mine, right, f"{path}[{place}]")
        if found:
            return found
    return None


def _dicts(got: Value, expected: dict[str, Value], path: str) -> Difference | None:
    if not isinstance(got, dict):
        return Difference("type", path, describe(got), describe(expected))
    if set(got) != set(expected):
        return Difference("key", path, _keys(got), _keys(expected))
    for key, right in expected.items():
        found = difference(got[key], right, f"{path}[{key!r}]")
        if found:
            return found
    return None


def _plain(got: Value, expected: Value, path: str) -> Difference | None:
    if isinstance(got, Tensor) and got.array.size == 1 and not got.shape:
        got = got.array.item()  # loss.item() or loss: both are the number
    if isinstance(expected, int | float) and not isinstance(expected, bool):
        same = type(got) in (int, float) and _close(float(got), float(expected))  # type: ignore[arg-type]
    else:
        same = type(got) is type(expected) and got == expected
    return None if same else Difference("value", path, describe(got), describe(expected))


def _close(got: float, expected: float) -> bool:
    if math.isnan(expected):
        return math.isnan(got)
    return got == expected or abs(got - expected) <= ATOL + RTOL * abs(expected)
