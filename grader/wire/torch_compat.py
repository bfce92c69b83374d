"""torch's internals that a repair's requests rely on, written for torch 2.13.0."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from grader.core.library_internals import require

WRITTEN_FOR = "2.13.0"
# The functions in which `nn.RNN`, `nn.GRU` and `nn.LSTM` compute.
RECURRENT = ("rnn_tanh", "rnn_relu", "gru", "lstm")

Outputs = tuple[Any, ...]
Kernel = Callable[..., Outputs]


@contextmanager
def exchanged_kernels(wrap: Callable[[str, Kernel], Kernel]) -> Iterator[None]:
    """Have recurrent layers compute with `wrap(name, own)` for each name of RECURRENT in the block.

    `own` is torch's own function, which no assignment reaches, whatever stands in its place now.
    Hooks of modules would not do: a model may call `forward` itself, or have one of its own.
    """
    import torch
    from torch import _VF

    require("torch", WRITTEN_FOR, torch, "_C", "_VF", *RECURRENT)
    require("torch", WRITTEN_FOR, torch._C, "_VariableFunctions")  # noqa: SLF001
    own = torch._C._VariableFunctions  # noqa: SLF001
    require("torch", WRITTEN_FOR, own, *RECURRENT)
    places = [(place, name) for place in (_VF, torch) for name in RECURRENT]
    usual = [getattr(place, name) for place, name in places]
    # others come from the module's __getattr__
    assigned = {name for name in RECURRENT if name in vars(_VF)}
    try:
        for name in RECURRENT:
            kernel = wrap(name, getattr(own, name))
            for place in (_VF, torch):
                setattr(place, name, kernel)
        yield
    finally:
        for (place, name), function in zip(places, usual, strict=True):
            if place is _VF and name not in assigned:
                delattr(place, name)
            else:
                setattr(place, name, function)


@contextmanager
def exchanged_backward(run: Callable[..., Any]) -> Iterator[None]:
    """Have `backward()` and `grad()` call `run` inside the block, in the place of autograd.

    Those themselves stay: recipes import them by name, and torch looks them up, one by one, when
    it loads its compiler in the middle of a recipe.
    """
    import torch

    autograd: Any = torch.autograd  # which does not export the name
    require("torch", WRITTEN_FOR, autograd, "_engine_run_backward")
    usual = autograd._engine_run_backward  # noqa: SLF001
    try:
        autograd._engine_run_backward = run  # noqa: SLF001
        yield
    finally:
        autograd._engine_run_backward = usual  # noqa: SLF001


COMPILER = "torch._dynamo"


class _CompilerOnDemand(ModuleType):
    """Stands for torch's compiler until somebody wants more of it than to be left alone.

    An optimiser imports the compiler, a second of processor time, only to say that its functions
    are not to be compiled. Whatever else is asked for loads the compiler, which takes its place.
    """

    @staticmethod
    def disable(function: Callable[..., Any], *_: object, **__: object) -> Callable[..., Any]:
        """Nothing is compiled: the function itself."""
        return function

    @staticmethod
    def graph_break() -> None:
        """Nothing is compiled: no graph is there to be broken."""

    def __getattr__(self, name: str) -> Any:
        """An attribute of the compiler; of its package, too, for imports of its parts."""
        if name.startswith("__") and name != "__path__":  # of whoever looks at all modules
            raise AttributeError(name)
        if sys.modules.get(COMPILER) is self:
            del sys.modules[COMPILER]
        return getattr(importlib.import_module(COMPILER), name)


def postpone_compiler() -> None:
    """Have torch load its compiler when something is compiled, not with the first optimiser.

    Does nothing where it is loaded already. Numbers are the same to the bit.
    """
    import torch

    require("torch", WRITTEN_FOR, torch, "_compile")
    require("torch", WRITTEN_FOR, torch._compile, "_disable_dynamo")  # noqa: SLF001
    if COMPILER not in sys.modules:
        require("torch", WRITTEN_FOR, importlib.util.find_spec(COMPILER), "loader")
        stand_in = _CompilerOnDemand(COMPILER)
        sys.modules[COMPILER] = stand_in
        torch._dynamo = stand_in  # noqa: SLF001


def loaded_compiler() -> ModuleType | None:
    """torch's compiler where it has been loaded."""
    found = sys.modules.get(COMPILER)
    return None if isinstance(found, _CompilerOnDemand) else found


@contextmanager
def plain_tensors() -> Iterator[None]:
    """Have torch's functions compute with tensors of subclasses as with any other tensor."""
    import torch

    require("torch", WRITTEN_FOR, torch, "_C")
    require("torch", WRITTEN_FOR, torch._C, "DisableTorchFunctionSubclass")  # noqa: SLF001
    with torch._C.DisableTorchFunctionSubclass():  # noqa: SLF001
        yield
