"""Count every number that a model holds, and tell whether one has changed."""

from __future__ import annotations

import array
import gc
import hashlib
import io
import mmap
from collections.abc import Iterable, Iterator, Sequence
from types import (
    CellType,
    CodeType,
    FrameType,
    FunctionType,
    MethodType,
    ModuleType,
    TracebackType,
)
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

# Things in things: a walk that goes deeper follows somebody's linked list, and would not end.
MAX_DEPTH = 50
# The module that a notebook's cells are run in.
LEARNERS = "__main__"
# Names, settings and a short history are no weights; whoever stores some has more than these.
LEAST_PLAIN = 1024
_BYTES, _BITS = 4, 32  # of one number, as parameters hold it
_BUFFERS = (bytes, bytearray, memoryview, array.array, mmap.mmap)
# Where the standard library's containers, iterators and closures are defined. Other objects of its,
# a logger or a thread, lead to all that the process holds.
_CONTAINERS = {"builtins", "collections", "functools", "itertools", "operator", "queue", "types"}


def numbers(model: torch.nn.Module) -> tuple[int, int]:
    """How many numbers the model's parameters hold, frozen ones too, and how many stand elsewhere.

    Elsewhere are buffers, and tensors, arrays and further modules in plain attributes and in the
    standard library's containers, of the model or of its parts, and in names that its methods use.
    There, bytes, texts and Python's own numbers count as well, four bytes or 32 bits as one number,
    where they make LEAST_PLAIN or more together. What is there twice counts once.
    """
    import numpy as np
    import torch

    parameters = {id(p): p.numel() for p in model.parameters()}
    for module in model.modules():  # weight_norm computes `weight` of `weight_v` in every forward
        for name, _ in module.named_parameters(recurse=False):
            computed = vars(module).get(name.removesuffix("_v"))
            if isinstance(computed, torch.Tensor):
                parameters[id(computed)] = 0
    tensors = plain = 0
    for thing, size in _held(model, 0, {}):
        if not isinstance(thing, torch.Tensor | np.ndarray):
            plain += size
        elif id(thing) not in parameters:
            tensors += size
    return sum(parameters.values()), tensors + (plain if plain >= LEAST_PLAIN else 0)


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


def _held(thing: Any, depth: int, seen: dict[int, Any]) -> Iterator[tuple[Any, int]]:
    """Each thing that holds numbers, once, and how many; `seen` keeps alive what was met."""
    if depth > MAX_DEPTH or id(thing) in seen:
        return
    seen[id(thing)] = thing
    size = _size(thing)
    if size is not None:
        if size:
            yield thing, size
        return
    for held in _parts(thing):
        yield from _held(held, depth + 1, seen)


def _size(thing: Any) -> int | None:
    """How many numbers a thing holds by itself; None where its parts are to be asked."""
    import numpy as np
    import torch

    if isinstance(thing, torch.Tensor):
        return thing.numel() if thing.grad_fn is None else 0  # else it was computed of others
    if isinstance(thing, np.ndarray) and not thing.dtype.hasobject:
        return thing.size
    if isinstance(thing, _BUFFERS):
        return memoryview(thing).nbytes // _BYTES
    if isinstance(thing, io.BytesIO):
        return thing.getbuffer().nbytes // _BYTES
    if isinstance(thing, str):
        return len(thing) // _BYTES
    if isinstance(thing, int):
        return -(-thing.bit_length() // _BITS)
    if isinstance(thing, float | complex):
        return 1
    return _plain_numbers(thing) if isinstance(thing, list | tuple) else None


def _plain_numbers(things: Sequence[Any]) -> int | None:
    """How many numbers a list has that holds nothing else; each of them need not be met."""
    return len(things) if all(type(thing) is float for thing in things) else None


def _parts(thing: Any) -> Iterable[Any]:
    import numpy as np
    import torch

    if isinstance(thing, dict):
        return [*thing, *thing.values()]
    if isinstance(thing, list | tuple | set | frozenset):
        return list(thing)
    if isinstance(thing, np.ndarray):  # of objects
        return thing.ravel().tolist()
    if isinstance(thing, FunctionType | MethodType):
        return _used(getattr(thing, "__func__", thing))
    if isinstance(thing, torch.nn.Module) or type(thing).__module__ == LEARNERS:
        own = [c for c in type(thing).__mro__ if c.__module__ == LEARNERS]
        methods = [part for c in own for part in vars(c).values()]
        return [*getattr(thing, "__dict__", {}).values(), *methods]
    return gc.get_referents(thing) if _is_container(thing) else []


def _is_container(thing: Any) -> bool:
    """Whether a thing is one of Python's own that may hold others: a deque, a partial, a cell."""
    if isinstance(thing, type | ModuleType | CodeType | FrameType | TracebackType):
        return False
    return type(thing).__module__ in _CONTAINERS


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
