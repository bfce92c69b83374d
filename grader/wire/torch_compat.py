"""torch's internals that a repair's requests rely on, written for torch 2.13.0."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
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
