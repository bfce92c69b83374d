"""The right numbers in another form are named by what is different about the form."""

import numpy as np
import numpy.typing as npt
import pytest

from grader.core.near_misses import near_miss
from grader.core.values import Tensor, Value, tensor

RNG = np.random.default_rng(0)
ONE, OTHER = RNG.standard_normal((3, 4)), RNG.standard_normal((1, 5))
RIGHT = tensor(ONE)


def whole(array: npt.ArrayLike) -> Tensor:
    return Tensor(np.asarray(array), "int64")


@pytest.mark.parametrize(
    ("name", "got", "right"),
    [
        ("a-numpy-array", Tensor(ONE, "float32", "numpy"), RIGHT),
        ("another-type", tensor([3.0, 5.0]), whole([3, 5])),
        ("another-type", Tensor(np.array([True, False]), "bool"), whole([1, 0])),
        ("an-axis-too-many", tensor(ONE[:, None]), RIGHT),
        ("an-axis-too-many", tensor([2.0]), tensor(2.0)),
        ("an-axis-too-few", tensor(OTHER[0]), tensor(OTHER)),
        ("in-one-row", tensor(ONE.reshape(-1)), RIGHT),
        ("in-one-row", tensor(ONE.reshape(3, 2, 2)), RIGHT),
        ("axes-exchanged", tensor(ONE.T), RIGHT),
        ("signs-turned", tensor(-ONE), RIGHT),
        ("end-missing", tensor(ONE[:, :2]), RIGHT),
        ("beginning-missing", tensor(ONE[2:]), RIGHT),
        (None, tensor(ONE[1:2]), RIGHT),
        (None, tensor(ONE[:2, :2]), RIGHT),
        (None, tensor(ONE[:0]), RIGHT),
        ("axes-exchanged", (RIGHT, tensor(ONE.T)), (RIGHT, RIGHT)),
        (None, tensor(ONE + 1), RIGHT),
        (None, tensor(ONE.reshape(4, 3)[::-1].copy()), RIGHT),
        (None, (RIGHT,), RIGHT),
        (None, (RIGHT, RIGHT), (tensor(-ONE), 7)),
        (None, None, RIGHT),
        (None, tensor([np.nan, 1.0]), tensor([-1.0, -1.0])),
        (None, Tensor(np.array([1j]), "complex64"), tensor([-1.0])),
        (None, Tensor(np.array([True]), "bool"), tensor([2.0])),
        (None, tensor(np.zeros((1, 2, 1, 2, 2))), tensor(np.ones((2, 1, 1, 2, 2)))),
    ],
)
def test_one_result(name: str | None, got: Value, right: Value) -> None:
    found = near_miss([(got, right)])
    assert (found[0] if found else None) == name


def test_a_name_explains_every_wrong_result() -> None:
    pairs: list[tuple[Value, Value]] = [(tensor(-ONE), RIGHT), (tensor(-OTHER), tensor(OTHER))]
    assert near_miss(pairs) is not None
    pairs[1] = (tensor(OTHER + 1), tensor(OTHER))
    assert near_miss(pairs) is None


def test_the_shapes_are_told() -> None:
    found = near_miss([(tensor(ONE[:, None]), RIGHT)])
    assert found is not None
    assert "a float tensor of shape (3, 1, 4), and a float tensor of shape (3, 4) is" in found[1]
