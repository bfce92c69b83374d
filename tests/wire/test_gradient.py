"""Answers are asked for their gradient, and whether their inputs are as before."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from grader.core.compare import agree
from grader.core.requests import Call, Differentiate, Raised, Returned
from grader.core.values import Tensor, Value, tensor
from grader.wire import gradient
from grader.wire.perform import Performer

NUMBERS = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
X = tensor(NUMBERS)


def asked(function: Callable[..., Any], toward: Value) -> Value:
    """The gradient for x of the weighed result."""
    reply = Performer(function).perform(Differentiate({"x": X, "k": 2}, ["x"], toward))
    assert isinstance(reply, Returned), reply
    assert isinstance(reply.value, dict)
    return reply.value["x"]


def test_the_gradient_is_that_of_the_weighed_sum() -> None:
    """3 x² k, weighed by 1, 10, 100 a column, has the gradient 6 x k times the weight."""
    weights = np.array([[1.0, 10.0, 100.0]] * 2)
    found = asked(lambda x, k: 3 * x**2 * k, tensor(weights))
    assert agree(found, tensor(12 * NUMBERS * weights))


def test_parts_that_are_no_floats_are_passed_over() -> None:
    """A pair of a result and a count has the gradient of the result."""
    found = asked(lambda x, k: (x * k, x.argmax()), (tensor(np.ones((2, 3))), None))
    assert agree(found, tensor(np.full((2, 3), 2.0)))


@pytest.mark.parametrize(
    "cut",
    [
        lambda x, k: x.detach() * k,
        lambda x, k: x.data * k,
        lambda x, k: torch.tensor(x.tolist()) * k,
        lambda x, k: torch.from_numpy(x.detach().numpy()) * k,
        torch.no_grad()(lambda x, k: x * k),
        torch.inference_mode()(lambda x, k: x * k),
    ],
)
def test_where_nothing_flows_the_gradient_is_zero(cut: Callable[..., Any]) -> None:
    """However the chain is cut."""
    assert agree(asked(cut, X), tensor(np.zeros((2, 3))))


def test_a_notebook_that_switched_gradients_off_is_asked_with_them_on() -> None:
    """What is global is none of the answer's; it is as before afterwards."""
    with torch.no_grad():
        assert agree(asked(lambda x, k: x * k, X), tensor(2 * NUMBERS))
        assert not torch.is_grad_enabled()
    with torch.inference_mode():
        assert agree(asked(lambda x, k: x * k, X), tensor(2 * NUMBERS))


def test_doubles_inside_are_no_cut() -> None:
    """A result in float64 has its gradient in the input's type."""
    found = asked(lambda x, k: x.double() * k, X)
    assert isinstance(found, Tensor)
    assert found.dtype == "float32"
    assert agree(found, tensor(2 * NUMBERS))


def test_what_autograd_refuses_is_raised() -> None:
    """A buffer that is written between two steps that read it."""

    def buffered(x: torch.Tensor, _k: int) -> torch.Tensor:
        buffer = torch.zeros(4)
        for t in range(3):
            buffer[t + 1] = buffer[t] ** 2 + x[0, t]
        return buffer

    reply = Performer(buffered).perform(Differentiate({"x": X, "k": 2}, ["x"], tensor(np.ones(4))))
    assert isinstance(reply, Raised)
    assert "inplace" in reply.message


def test_changed_inputs_are_named() -> None:
    """By value, by shape and inside a list; a changed copy is nobody's business."""

    def careless(x: torch.Tensor, y: torch.Tensor, many: list[torch.Tensor], k: int) -> int:
        x[0] = 7
        y.t_()
        many[1].zero_()
        return k

    inputs: dict[str, Value] = {"x": X, "y": X, "many": [X, X], "k": 2}
    reply = Performer(careless).perform(Call(inputs))
    assert reply == Returned(2, "x, y, many")

    def careful(x: torch.Tensor, y: torch.Tensor, many: list[torch.Tensor], k: int) -> int:
        for each in (x, y, *many):
            each.clone().zero_()
        return k

    assert Performer(careful).perform(Call(inputs)) == Returned(2)


def test_an_input_that_holds_nan_is_unchanged_by_being_read() -> None:
    """Nan differs from itself; a reader has not changed it."""
    holed = tensor(np.array([1.0, np.nan]))
    assert Performer(lambda _x: 1).perform(Call({"x": holed})) == Returned(1)


def test_an_error_in_a_helper_says_what_the_helper_got() -> None:
    """The answer's own line, and the helper with its shapes and its line."""

    def helper(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        return a @ b

    def answer(x: torch.Tensor) -> torch.Tensor:
        return helper(x, x)

    reply = Performer(answer).perform(Call({"x": X}))
    assert isinstance(reply, Raised)
    assert reply.where.endswith("return helper(x, x)")
    assert reply.helper.startswith("helper got a (2, 3), b (2, 3) and failed in its line ")
    assert reply.helper.endswith("return a @ b")


def test_an_error_in_the_answer_itself_blames_no_helper() -> None:
    """Also not a comprehension, which is a frame of its own in some Pythons."""
    reply = Performer(lambda x: [row @ x for row in x]).perform(Call({"x": X}))
    assert isinstance(reply, Raised)
    assert reply.helper == ""
    assert "row @ x" in reply.where


def test_every_input_that_is_named_has_its_gradient() -> None:
    """Also one that the answer does not read, and those of a list of results."""
    request = Differentiate({"x": X, "y": X, "k": 2}, ["y", "x"], [tensor(np.ones(3)), None])
    found = gradient.of(lambda x, y, k: [x[0] * k, "words", y], request)
    assert list(found) == ["y", "x"]
    assert agree(found["x"], tensor([[2.0, 2.0, 2.0], [0.0, 0.0, 0.0]]))
    assert agree(found["y"], tensor(np.zeros((2, 3))))


def test_an_answer_of_another_form_has_no_gradient() -> None:
    for answer in (lambda _: None, lambda _: [1, 2], lambda x: x.argmax()):
        assert agree(
            gradient.of(answer, Differentiate({"x": X}, ["x"], X))["x"], tensor(0 * X.array)
        )


def test_what_the_answer_raises_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        gradient.of(lambda _: 1 / 0, Differentiate({"x": X}, ["x"], X))
