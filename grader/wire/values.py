"""Turn a learner's objects into values and back; the only place where tensors change sides.

Runs in the learner's process. Conversion is by exact type: a tensor subclass, an object that claims
to equal everything or an object array becomes `Unusable`, never code that someone else would run.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.core.requests import PLACEHOLDER, Unusable
from grader.core.values import Tensor, Value

MAX_DEPTH = 16
MAX_ITEMS = 100_000
_NUMPY_KINDS = "biuf"


class _UnusableError(Exception):
    """Carries what the object was."""


def from_object(thing: object) -> Value | Unusable:
    """Describe a learner's object as a value, or say what it was instead."""
    try:
        return _convert(thing, 0, [MAX_ITEMS])
    except _UnusableError as error:
        return Unusable(str(error))


def to_object(value: Value) -> Any:
    """Build what a learner's function receives: torch tensors, numpy arrays, plain values."""
    if isinstance(value, Tensor):
        return _to_tensor(value)
    if isinstance(value, list):
        return [to_object(item) for item in value]
    if isinstance(value, tuple):
        return tuple(to_object(item) for item in value)
    if isinstance(value, dict):
        return {key: to_object(item) for key, item in value.items()}
    return value


def is_still(thing: object, value: Value) -> bool:
    """True where an object that `to_object` made of `value` holds the same numbers as then."""
    return _same(from_object(thing), value)


def _same(now: Value | Unusable, before: Value) -> bool:
    if isinstance(before, Tensor):
        return (
            isinstance(now, Tensor)
            and now.dtype == before.dtype
            and np.array_equal(now.array, before.array, equal_nan=before.is_floating)
        )
    if isinstance(before, list | tuple):
        return (
            type(now) is type(before) and len(now) == len(before) and all(map(_same, now, before))
        )
    return now == before


def _to_tensor(value: Tensor) -> Any:
    if value.library == "numpy":
        return value.array.copy()
    import torch

    # ascontiguousarray turns 0-d into 1-d; copy() keeps the shape and owns its memory
    return torch.from_numpy(value.array.copy(order="C")).to(getattr(torch, value.dtype))


def _convert(thing: object, depth: int, left: list[int]) -> Value:
    left[0] -= 1
    if depth > MAX_DEPTH or left[0] < 0:
        message = "nested too deeply or too long"
        raise _UnusableError(message)
    kind = type(thing)
    if kind is int and not -(2**63) <= thing < 2**63:  # type: ignore[operator]
        message = "a whole number too large for a tensor"
        raise _UnusableError(message)
    if thing is None or kind in (bool, int, float, str):
        return thing  # type: ignore[return-value]
    if thing is Ellipsis:
        raise _UnusableError(PLACEHOLDER)
    if kind is list:
        return [_convert(item, depth + 1, left) for item in thing]  # type: ignore[attr-defined]
    if isinstance(thing, tuple):  # a named tuple such as torch.return_types.max is a tuple to us
        return tuple(_convert(item, depth + 1, left) for item in tuple.__iter__(thing))
    if kind is dict:
        return _convert_dict(thing, depth, left)  # type: ignore[arg-type]
    if kind is np.ndarray or isinstance(thing, np.generic):
        return _from_numpy(np.asarray(thing))
    return _from_torch(thing)


def _convert_dict(thing: dict[object, object], depth: int, left: list[int]) -> Value:
    if not all(type(key) is str for key in thing):
        message = "a dict whose keys are not all text"
        raise _UnusableError(message)
    return {str(key): _convert(item, depth + 1, left) for key, item in thing.items()}


def _from_numpy(array: np.ndarray[Any, Any]) -> Tensor:
    if array.dtype.kind not in _NUMPY_KINDS or array.dtype.itemsize > np.dtype(np.float64).itemsize:
        message = f"a numpy array of {array.dtype}"
        raise _UnusableError(message)
    return Tensor(np.array(array, order="C"), str(array.dtype), "numpy")


def _from_torch(thing: object) -> Tensor:
    import torch

    kind = type(thing)
    if kind is not torch.Tensor and kind is not torch.nn.Parameter:
        message = "of type " + kind.__name__[:60]
        if isinstance(thing, type(lambda: None)):
            message = "a function (are the brackets of a call missing?)"
        raise _UnusableError(message)
    plain: torch.Tensor = thing.detach()  # type: ignore[attr-defined]
    if plain.layout is not torch.strided or plain.is_complex() or plain.is_quantized:
        message = f"a {plain.layout} tensor of {plain.dtype}"
        raise _UnusableError(message)
    name = str(plain.dtype).removeprefix("torch.")
    plain = plain.cpu().resolve_neg().contiguous()
    if plain.dtype is torch.bfloat16:
        plain = plain.float()  # numpy has no bfloat16; float32 holds each of its values exactly
    try:
        return Tensor(np.array(plain.numpy()), name)
    except TypeError:  # numpy knows no float8 and its like
        message = f"a tensor of {plain.dtype}"
        raise _UnusableError(message) from None
