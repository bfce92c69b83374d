"""Count every number that a model holds, and tell whether one has changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from types import CellType, CodeType, FunctionType, MethodType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

# Tensors in lists in dicts in objects of a learner's own; deeper ones are nobody's weights.
MAX_DEPTH = 8
# The module that a notebook's cells are run in.
LEARNERS = "__main__"


def numbers(model: torch.nn.Module) -> tuple[int, int]:
    """How many numbers the model's parameters hold, frozen ones too, and how many stand elsewhere.

    Elsewhere are buffers, and tensors, arrays and further modules in plain attributes, lists and
    dicts of the model or of its parts, and in names that its methods use. What is there twice
    counts once.
    """
    import torch

    parameters = {id(p): p.numel() for p in model.parameters()}
    for module in model.modules():  # weight_norm computes `weight` of `weight_v` in every forward
        for name, _ in module.named_parameters(recurse=False):
            computed = vars(module).get(name.removesuffix("_v"))
            if isinstance(computed, torch.Tensor):
                parameters[id(computed)] = 0
    elsewhere = {
        id(thing): thing.numel() if isinstance(thing, torch.Tensor) else thing.size
        for thing in _held(model, 0, set())
        if id(thing) not in parameters
    }
    return sum(parameters.values()), sum(elsewhere.values())


def digest(model: torch.nn.Module) -> str:
    """A hash of all parameters and floating buffers, the same as long as none has changed."""
    import torch

    made = hashlib.sha256()
    for name, tensor in [*model.named_parameters(), *model.named_buffers()]:
        if tensor.is_floating_point():
            made.update(name.encode())
            flat = tensor.detach().cpu().contiguous().flatten()
            made.update(flat.view(torch.uint8).numpy().tobytes())
    return made.hexdigest()


def _held(thing: Any, depth: int, seen: set[int]) -> Iterator[Any]:
    import numpy as np
    import torch

    if depth > MAX_DEPTH or id(thing) in seen:
        return
    seen.add(id(thing))
    if isinstance(thing, torch.Tensor | np.ndarray):
        if getattr(thing, "grad_fn", None) is None:  # else it was computed of others
            yield thing
        return
    for held in _parts(thing):
        yield from _held(held, depth + 1, seen)


def _parts(thing: Any) -> Iterable[Any]:
    import torch

    if isinstance(thing, dict):
        return list(thing.values())
    if isinstance(thing, list | tuple | set | frozenset):
        return list(thing)
    if isinstance(thing, FunctionType | MethodType):
        return _used(getattr(thing, "__func__", thing))
    if isinstance(thing, torch.nn.Module) or type(thing).__module__ == LEARNERS:
        own = [c for c in type(thing).__mro__ if c.__module__ == LEARNERS]
        methods = [part for c in own for part in vars(c).values()]
        return [*getattr(thing, "__dict__", {}).values(), *methods]
    return []


def _used(function: Any) -> Iterable[Any]:
    """What a learner's function finds by name outside of itself."""
    if function.__module__ != LEARNERS:
        return []
    names = _names(function.__code__)
    cells = [cell.cell_contents for cell in function.__closure__ or () if _is_filled(cell)]
    around = [function.__globals__[name] for name in names if name in function.__globals__]
    return [*cells, *around, *(function.__defaults__ or ())]


def _names(code: CodeType) -> set[str]:
    inner = [const for const in code.co_consts if isinstance(const, CodeType)]
    return set(code.co_names).union(*map(_names, inner))


def _is_filled(cell: CellType) -> bool:
    try:
        return cell.cell_contents is not None
    except ValueError:
        return False
