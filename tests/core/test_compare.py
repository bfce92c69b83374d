"""Comparison: exact in type and shape, tolerant in numbers, and able to say where things differ."""

import math

import numpy as np
import pytest

from grader.core.compare import agree, difference
from grader.core.values import Tensor, Value, tensor


def test_float32_answer_agrees_with_a_float64_reference() -> None:
    """Rounding is no mistake."""
    exact = np.linspace(-2, 2, 50)
    assert agree(tensor(exact), Tensor(exact, "float64"))


@pytest.mark.parametrize(
    ("got", "kind"),
    [
        (None, "type"),
        ("text", "type"),
        (tensor(np.zeros((3, 2))), "shape"),
        (tensor(np.zeros((2, 3), dtype=int)), "dtype"),
        (tensor(np.zeros((2, 3), dtype=bool)), "dtype"),
        (tensor(np.full((2, 3), np.nan)), "not finite"),
        (Tensor(np.zeros((2, 3)), "float64", "numpy"), "type"),
        (tensor(np.ones((2, 3))), "value"),
    ],
)
def test_each_kind_of_difference_is_named(got: Value, kind: str) -> None:
    """A sentence can be built from the first thing that differs."""
    found = difference(got, tensor(np.zeros((2, 3))))
    assert found is not None
    assert found.kind == kind


def test_the_worst_place_is_reported() -> None:
    """Where and by how much is what a learner needs."""
    got = np.zeros((2, 3))
    got[1, 2] = 0.5
    found = difference(tensor(got), tensor(np.zeros((2, 3))))
    assert found is not None
    assert found.index == (1, 2)
    assert found.gap == pytest.approx(0.5)


def test_equal_infinities_agree() -> None:
    """Attention masks are full of them."""
    mask = np.array([0.0, -np.inf])
    assert agree(tensor(mask), tensor(mask))


def test_nested_results_name_the_part_that_differs() -> None:
    """A tuple of outputs differs in one part."""
    right: Value = (tensor(np.zeros(2)), {"h": 1})
    found = difference([tensor(np.zeros(2)), {"h": 2}], right)
    assert found is not None
    assert found.path == "[1]['h']"


def test_a_list_may_stand_for_a_tuple_but_a_bool_is_no_number() -> None:
    """Taste is free, types of plain values are not."""
    assert agree([1, 2], (1, 2))
    assert not agree(True, 1)
    assert not agree(1, True)
    assert agree(1.0, 1)


def test_a_scalar_tensor_may_stand_for_its_number() -> None:
    """`loss` and `loss.item()` say the same."""
    assert agree(tensor(np.array(2.0)), 2.0)


@pytest.mark.parametrize(
    "got", [2.0, 2, tensor(np.array(2.0)), Tensor(np.array(2.0), "float64", "numpy")]
)
def test_a_number_may_stand_for_a_tensor_without_axes(got: Value) -> None:
    """`loss.item()`, `math.exp(…)`, numpy's: where one number is asked for, each is one."""
    right = Tensor(np.array(2.0), "float64")
    assert agree(got, right)
    assert not agree(got, Tensor(np.array(2.1), "float64"))
    assert not agree(got, Tensor(np.array([2.0]), "float64"))


def test_a_bool_or_a_fraction_stands_for_no_count() -> None:
    """Whole numbers are asked for as whole numbers."""
    count = Tensor(np.array(1), "int64")
    assert agree(1, count)
    assert not agree(True, count)
    assert not agree(1.0, count)


def test_nan_is_not_an_infinity() -> None:
    def one(number: float) -> Tensor:
        return tensor([number])

    assert agree(one(math.nan), one(math.nan))
    assert agree(one(-math.inf), one(-math.inf))
    for wrong in (math.nan, math.inf, 3e38):
        assert not agree(one(wrong), one(-math.inf))
