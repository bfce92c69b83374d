"""torch computes in the functions that are exchanged, and has its own back afterwards."""

import subprocess
import sys

import pytest
import torch
from torch import _VF, nn

from grader.wire import torch_compat
from grader.wire.torch_compat import Kernel, Outputs

X = torch.ones(2, 3, 4)
LAYERS = {
    "rnn_tanh": nn.RNN(4, 5),
    "rnn_relu": nn.RNN(4, 5, nonlinearity="relu"),
    "gru": nn.GRU(4, 5),
    "lstm": nn.LSTM(4, 5),
}


def state() -> list[object]:
    names = torch_compat.RECURRENT
    kept = [vars(torch)[name] for name in names]
    return [*kept, *(vars(_VF).get(name) for name in names), torch.autograd.backward]


@pytest.mark.parametrize("name", torch_compat.RECURRENT)
@pytest.mark.parametrize("packed", [False, True])
def test_a_layer_computes_in_the_function_that_stands_there(name: str, *, packed: bool) -> None:
    called = []

    def counted(kernel: str, own: Kernel) -> Kernel:
        def count(*args: object, **options: object) -> Outputs:
            called.append(kernel)
            return own(*args, **options)

        return count

    given = nn.utils.rnn.pack_padded_sequence(X, torch.tensor([2, 2, 1])) if packed else X
    before, usual = state(), LAYERS[name](given)
    with torch_compat.exchanged_kernels(counted):
        again = LAYERS[name](given)
    assert called == [name]
    assert torch.equal(again[0][0], usual[0][0])
    LAYERS[name](given)
    assert called == [name]
    assert state() == before


def test_what_stood_in_a_functions_place_stands_there_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """And was not what torch's own is taken for."""

    def mine(*_args: object, **_options: object) -> Outputs:
        raise AssertionError

    monkeypatch.setattr(_VF, "gru", mine, raising=False)
    monkeypatch.setattr(torch, "gru", mine)
    with torch_compat.exchanged_kernels(lambda _, own: own):
        LAYERS["gru"](X)
    assert vars(_VF)["gru"] is torch.gru is mine


def test_gradients_by_both_ways_are_asked_of_what_stands_there() -> None:
    asked = []
    weight = torch.ones(2, requires_grad=True)

    def run(*_args: object, **_options: object) -> tuple[torch.Tensor]:
        asked.append(1)
        return (weight,)

    with torch_compat.exchanged_backward(run):
        (2 * weight).sum().backward()
        torch.autograd.grad((2 * weight).sum(), weight)
        assert weight.grad is None
    assert asked == [1, 1]
    assert torch.autograd.grad((2 * weight).sum(), weight)[0].tolist() == [2, 2]


def test_torch_has_its_own_back_where_the_block_raises() -> None:
    before = state()
    with (
        pytest.raises(KeyboardInterrupt),
        torch_compat.exchanged_kernels(lambda _, own: own),
        torch_compat.exchanged_backward(lambda *_: None),
    ):
        raise KeyboardInterrupt
    assert state() == before
    torch.ones(1, requires_grad=True).sum().backward()


TRAINS = """
import sys, torch
from grader.wire.layers import uncompiled
from grader.wire.torch_compat import loaded_compiler, postpone_compiler

if {postponed}:
    postpone_compiler()
    postpone_compiler()  # every fork of a warm process asks
torch.manual_seed(0)
layer = torch.nn.Linear(8, 2)
for kind in (torch.optim.Adam, torch.optim.SGD, torch.optim.RMSprop):
    optimiser = kind(layer.parameters(), lr=0.01)
    for _ in range(5):
        optimiser.zero_grad()
        layer(torch.randn(4, 8)).square().sum().backward()
        optimiser.step()
with uncompiled():
    layer(torch.randn(4, 8))
print(layer.weight.detach().numpy().tobytes().hex())
print("torch._dynamo.symbolic_convert" in sys.modules, loaded_compiler() is not None)
import torch._dynamo.config  # a part of it
print(torch.compile(lambda x: 2 * x, backend="eager")(torch.ones(2)).tolist())
"""


def test_the_compiler_is_loaded_by_who_wants_it_and_trainings_keep_their_bits() -> None:
    bits, loaded, compiled = zip(*(_trained(postponed=each) for each in (False, True)), strict=True)
    assert bits[0] == bits[1]
    assert loaded == ("True True", "False False")
    assert compiled == ("[2.0, 2.0]",) * 2


def _trained(*, postponed: bool) -> list[str]:
    words = [sys.executable, "-c", TRAINS.format(postponed=postponed)]
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout.split("\n")[:3]


def test_whoever_looks_at_all_modules_loads_no_compiler() -> None:
    stand_in = torch_compat._CompilerOnDemand("torch._dynamo")
    assert not hasattr(stand_in, "__file__")
    assert not hasattr(stand_in, "__warningregistry__")
