"""Values as the trusted side sees them: plain Python, and tensors as numpy arrays.

A value is None, bool, int, float, str, a `Tensor`, or a list, tuple or str-keyed dict of values.
Nothing here ever runs code of a learner: an object that is not of exactly these types does not
exist on this side. JSON form (for `unit.json`): tensors as {"tensor": nested list, "dtype": name},
tuples as {"tuple": [...]}; floats carry six significant digits so that the same file comes out
everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias, Union

import numpy as np
import numpy.typing as npt

Value: TypeAlias = Union[
    bool,
    int,
    float,
    str,
    "Tensor",
    "list[Value]",
    "tuple[Value, ...]",
    "dict[str, Value]",
    None,
]

SIGNIFICANT_DIGITS = 6


@dataclass(frozen=True, eq=False)
class Tensor:
    """A tensor as data: `array` holds the numbers, `dtype` the name torch gives them.

    `library` is "torch" or "numpy": what the learner's object was, or what it shall become.
    """

    array: npt.NDArray[Any]
    dtype: str
    library: str = "torch"

    @property
    def shape(self) -> tuple[int, ...]:
        """The sizes of the axes."""
        return tuple(int(size) for size in self.array.shape)

    @property
    def is_floating(self) -> bool:
        """True for float16, bfloat16, float32 and float64."""
        return "float" in self.dtype


def tensor(array: npt.ArrayLike, *, floats: str = "float32") -> Tensor:
    """Make the tensor a learner receives: floats become `floats`, integers int64, bools stay."""
    made = np.asarray(array)
    if made.dtype.kind == "f":
        return Tensor(made.astype(floats), floats)
    if made.dtype.kind in "iu":
        return Tensor(made.astype(np.int64), "int64")
    if made.dtype.kind == "b":
        return Tensor(made, "bool")
    message = f"a tensor holds floats, integers or bools, not {made.dtype}"
    raise TypeError(message)


def rounded(array: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """Round each number to six significant digits, as it will stand in a JSON file."""
    flat = [float(f"{number:.{SIGNIFICANT_DIGITS}g}") for number in array.reshape(-1).tolist()]
    return np.array(flat, dtype=np.float64).reshape(array.shape)


def to_json(value: Value) -> Any:
    """Turn a value into what `json.dumps` accepts; `from_json` is its inverse."""
    if isinstance(value, Tensor):
        numbers = rounded(value.array) if value.is_floating else value.array
        return {
            "tensor": numbers.tolist(),
            "dtype": value.dtype,
            "shape": list(value.shape),
        }
    if isinstance(value, tuple):
        return {"tuple": [to_json(item) for item in value]}
    if isinstance(value, list):
        return [to_json(item) for item in value]
    if isinstance(value, dict):
        return {"dict": {key: to_json(item) for key, item in value.items()}}
    return value


def from_json(data: Any) -> Value:
    """Read a value that `to_json` wrote."""
    if isinstance(data, list):
        return [from_json(item) for item in data]
    if not isinstance(data, dict):
        return data  # type: ignore[no-any-return]
    if "tensor" in data:
        dtype = str(data["dtype"])
        # bfloat16 has no numpy twin; its values are exact in float32
        kind = "float32" if dtype == "bfloat16" else dtype
        return Tensor(np.array(data["tensor"], dtype=kind).reshape(data["shape"]), dtype)
    if "tuple" in data:
        return tuple(from_json(item) for item in data["tuple"])
    return {key: from_json(item) for key, item in data["dict"].items()}
