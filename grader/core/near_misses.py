"""Names for results that hold the right numbers in another form, whatever the question.

A question's own mistakes come first. What is left is often right but for one thing that can be seen
from the numbers: an axis too many or too few, axes in another order, all signs turned, another
type. Each is told only where it explains every case that is not right.
"""

from collections.abc import Callable, Sequence
from itertools import permutations

import numpy as np

from grader.core.compare import agree, describe
from grader.core.values import Tensor, Value

MOST_AXES = 4  # of these every order is tried


def _same(got: Tensor, right: Tensor) -> bool:
    """True for the same numbers in the same shape, whatever their types."""
    return agree(Tensor(got.array, right.dtype, right.library), right)


def _numpy(got: Tensor, right: Tensor) -> bool:
    return got.library != right.library and _same(got, right)


def _other_type(got: Tensor, right: Tensor) -> bool:
    return got.library == right.library and _same(got, right)


def _axis_too_many(got: Tensor, right: Tensor) -> bool:
    sizes = [size for size in got.shape if size > 1]
    less = len(got.shape) > len(right.shape)
    return less and sizes == [n for n in right.shape if n > 1] and _in_order(got, right)


def _axis_too_few(got: Tensor, right: Tensor) -> bool:
    sizes = [size for size in got.shape if size > 1]
    more = len(got.shape) < len(right.shape)
    return more and sizes == [n for n in right.shape if n > 1] and _in_order(got, right)


def _in_order(got: Tensor, right: Tensor) -> bool:
    return got.array.size == right.array.size and _same(
        Tensor(got.array.reshape(right.shape), got.dtype, got.library), right
    )


def _axes_exchanged(got: Tensor, right: Tensor) -> bool:
    axes = len(right.shape)
    if len(got.shape) != axes or not 1 < axes <= MOST_AXES:
        return False
    return any(
        _same(Tensor(got.array.transpose(order), got.dtype, got.library), right)
        for order in permutations(range(axes))
    )


def _minus(got: Tensor, right: Tensor) -> bool:
    signed = got.array.dtype.kind in "fi" and got.shape == right.shape
    return signed and _same(Tensor(-got.array, got.dtype, got.library), right)


def _shorter_axis(got: Tensor, right: Tensor) -> int | None:
    """The one axis on which the result is shorter, and not by everything."""
    if len(got.shape) != len(right.shape):
        return None
    other = [axis for axis, size in enumerate(right.shape) if got.shape[axis] != size]
    if len(other) != 1 or not 0 < got.shape[other[0]] < right.shape[other[0]]:
        return None
    return other[0]


def _end_missing(got: Tensor, right: Tensor) -> bool:
    axis = _shorter_axis(got, right)
    if axis is None:
        return False
    left = right.array.take(range(got.shape[axis]), axis)
    return _same(got, Tensor(left, right.dtype, right.library))


def _beginning_missing(got: Tensor, right: Tensor) -> bool:
    axis = _shorter_axis(got, right)
    if axis is None:
        return False
    left = right.array.take(range(right.shape[axis] - got.shape[axis], right.shape[axis]), axis)
    return _same(got, Tensor(left, right.dtype, right.library))


_Kind = Callable[[Tensor, Tensor], bool]
_KINDS: list[tuple[str, _Kind, str]] = [
    (
        "a-numpy-array",
        _numpy,
        "The numbers are right, but in a numpy array. A torch tensor is asked for: "
        "`torch.from_numpy(…)` makes one of it, or compute with torch from the start.",
    ),
    (
        "another-type",
        _other_type,
        "The numbers are right, but of another type: {got}, and {right} is asked for. Whole "
        "numbers, floats and True or False are not the same to what comes next.",
    ),
    (
        "an-axis-too-many",
        _axis_too_many,
        "The numbers are right, but there is an axis of length one too many: {got}, and {right} is "
        "asked for. A slice keeps its axis, an index or `squeeze(dim)` drops it.",
    ),
    (
        "an-axis-too-few",
        _axis_too_few,
        "The numbers are right, but an axis of length one is missing: {got}, and {right} is asked "
        "for. A bare `squeeze()` drops every such axis, the batch's too where it holds one; "
        "`unsqueeze(dim)` puts one in.",
    ),
    (
        "in-one-row",
        _in_order,
        "The numbers are right and in order, but cut into other axes: {got}, and {right} is asked "
        "for. Have axes been joined, with `flatten`, `view` or `cat`?",
    ),
    (
        "axes-exchanged",
        _axes_exchanged,
        "The numbers are right, but axes have changed places: {got}, and {right} is asked for. "
        "`transpose` exchanges two of them; `torch.stack` puts its new one where `dim` says.",
    ),
    (
        "signs-turned",
        _minus,
        "The numbers are right, but every sign is turned: a minus is missing, or one too many.",
    ),
    (
        "end-missing",
        _end_missing,
        "What is there is right, but the end is missing: {got}, and {right} is asked for. Does a "
        "loop or a slice stop too early?",
    ),
    (
        "beginning-missing",
        _beginning_missing,
        "What is there is right, but the beginning is missing: {got}, and {right} is asked for. "
        "Does a loop or a slice begin too late, or was only the last kept?",
    ),
]


def near_miss(pairs: Sequence[tuple[Value, Value]]) -> tuple[str, str] | None:
    """The name and the sentence of what all wrong results have in common; None where nothing.

    `pairs` are results and what was expected, at least one of which differ. Of results with several
    parts the parts that differ are looked at.
    """
    differ = [found for got, right in pairs for found in _different(got, right)]
    tensors = [
        (got, right)
        for got, right in differ
        if isinstance(got, Tensor) and isinstance(right, Tensor) and _numeric(got)
    ]
    if not differ or len(tensors) != len(differ):
        return None
    for name, is_kind, text in _KINDS:
        if all(is_kind(got, right) for got, right in tensors):
            got, right = tensors[0]
            return name, text.format(got=describe(got), right=describe(right))
    return None


def _numeric(value: Tensor) -> bool:
    return value.array.dtype.kind in "fiub" and bool(np.isfinite(value.array).all())


def _different(got: Value, right: Value) -> list[tuple[Value, Value]]:
    """The pairs of parts that differ; the two themselves where their parts cannot be paired."""
    if agree(got, right):
        return []
    if isinstance(got, tuple | list) and isinstance(right, tuple | list) and len(got) == len(right):
        return [
            pair for mine, its in zip(got, right, strict=True) for pair in _different(mine, its)
        ]
    return [(got, right)]
