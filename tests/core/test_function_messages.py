"""Errors that the installed torch raises are told by what they mean."""

import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence

from grader.core import function_messages
from grader.core.requests import Raised

X: Any = torch.zeros(2, 3, 4)
RNN = nn.RNN(4, 5, batch_first=True)


def read_too_early() -> object:
    if len(X) > 2:
        late = 1
    return late  # type: ignore[possibly-undefined]


def call_again() -> object:
    return call_again()


def write_too_much() -> None:
    X[0, :2] = torch.zeros(3, 4)


def take_two(x: Any) -> object:
    first, second = x
    return first, second


def raised(run: Callable[[], object]) -> Raised:
    with pytest.raises(Exception) as told:  # noqa: PT011 - which error it is, torch decides
        run()
    return Raised(told.type.__name__, str(told.value))


@pytest.mark.parametrize(
    ("name", "run"),
    [
        ("pair-not-taken-apart", lambda: RNN(X)[:, -1]),
        ("negative-step", lambda: X[:, ::-1]),
        ("flip-without-axis", lambda: torch.flip(X)),  # type: ignore[call-arg]
        ("not-in-a-list", lambda: torch.cat(X)),
        ("not-in-a-list", lambda: torch.hstack(X)),
        ("stack-of-unequal-sizes", lambda: torch.stack([X, X[0]])),
        ("number-without-an-axis", lambda: torch.cat([torch.tensor(1.0), torch.tensor(2.0)])),
        ("tensor-as-a-slice", lambda: X[0, : torch.tensor([1, 2])]),
        ("number-of-a-tensor", lambda: math.tanh(X)),
        ("number-of-a-tensor", X.item),
        ("number-of-a-tensor", lambda: torch.tensor([X, X])),
        ("module-as-a-function", lambda: nn.Tanh(X)),
        ("module-as-a-function", lambda: nn.Softmax(X, 1, 2)),  # type: ignore[call-arg]
        ("axis-out-of-range", lambda: X.sum(5)),
        ("past-the-end", lambda: X[:, 7]),
        ("gather-without-axes", lambda: X.gather(1, torch.zeros(2, dtype=torch.int64))),
        ("wrong-axis-last", lambda: RNN(X.transpose(1, 2))),
        ("wrong-axis-last", lambda: nn.GRUCell(3, 4)(X[0])),
        ("keyword-at-the-call", lambda: RNN(X, batch_first=True)),
        ("not-sorted", lambda: pack_padded_sequence(X, torch.tensor([1, 3]), batch_first=True)),
        ("batch-first-forgotten", lambda: pack_padded_sequence(X, torch.tensor([3, 1]))),
        ("view-does-not-fit", lambda: X.view(5, 5)),
        ("view-of-turned-axes", lambda: X.transpose(0, 2).view(-1)),
        ("two-float-types", lambda: X @ torch.zeros(4, 2, dtype=torch.float64)),
        ("two-float-types", lambda: RNN(X.double())),
        ("two-float-types", lambda: nn.Linear(4, 2)(X.double())),
        ("used-before-it-is-set", read_too_early),
        ("past-the-end", lambda: X[:, -7]),
        ("unknown-name", lambda: not_here),  # type: ignore[name-defined]  # noqa: F821
        ("calls-itself", call_again),
        ("product-does-not-fit", lambda: X[0] @ X[0]),
        ("product-does-not-fit", lambda: X[0] @ torch.zeros(5)),
        ("product-does-not-fit", lambda: X @ torch.zeros(2, 5, 4)),
        ("product-does-not-fit", lambda: X[0, 0] @ torch.zeros(5)),
        ("axes-do-not-meet", lambda: X[0] + torch.zeros(5)),
        ("place-of-another-size", write_too_much),
        ("cat-of-unequal-sizes", lambda: torch.cat([X, X[:, :2]], 0)),
        ("dot-of-matrices", lambda: X[0].dot(X[0])),
        ("names-on-the-left", lambda: take_two(X.transpose(0, 1))),
        ("names-on-the-left", lambda: take_two(X[:1])),
        ("axis-missing-for-the-layer", lambda: RNN(X[0, 0])),
        ("called-like-a-function", lambda: X(0)),
        ("unknown-keyword", lambda: torch.tanh(X, dim=1)),  # type: ignore[call-arg]
        ("not-a-tensor-yet", lambda: 0 @ X),
        ("not-a-tensor-yet", lambda: X @ [X]),
        ("not-a-tensor-yet", lambda: RNN(X).shape),
        ("not-a-tensor-yet", lambda: None + X),
        ("unknown-method", lambda: X.append(X)),
    ],
)
def test_an_error_of_torch_has_its_sentence(name: str, run: Callable[[], object]) -> None:
    reply = raised(run)
    found = function_messages.error(reply)
    assert found is not None, reply
    assert found[0] == name


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("RuntimeError", "one of the variables needed for gradient computation has been modified"),
        # the words alone do not make an error another's
        ("KeyError", "Dimension out of range"),
        ("MyTypeError", "flip() missing 1 required positional argument"),
    ],
)
def test_any_other_error_speaks_for_itself(kind: str, words: str) -> None:
    assert function_messages.error(Raised(kind, words)) is None


def test_changed_inputs_are_named_in_one_sentence() -> None:
    assert "`h` is not as before" in function_messages.input_changed(["h"])
    assert "`x` and `h` are not as before" in function_messages.input_changed(["x", "h"])
    assert "back to `x` or `h`:" in function_messages.no_gradient(["x", "h"])


def test_of_a_gradients_error_the_first_line_is_told() -> None:
    reply = Raised("RuntimeError", "one of the variables was modified.\nHint: the backtrace …")
    assert "raised RuntimeError (one of the variables was modified). So" in (
        function_messages.gradient_raised(reply)
    )
