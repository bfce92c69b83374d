"""Hear what torch's own recurrent layers give, and let a model hear it from other sequences.

`nn.RNN`, `nn.GRU` and `nn.LSTM` compute in four functions of torch; these are watched, not the
modules. So hooks, a forward of one's own and an instance's attributes make no difference: what
counts is what torch computed. They are watched in the same way whenever a model is asked, with an
exchange or without, so nothing on them tells a model which of the two it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from grader.wire.torch_compat import Kernel, Outputs, exchanged_kernels, loaded_compiler

KERNELS = {"RNN": ("rnn_tanh", "rnn_relu"), "GRU": ("gru",), "LSTM": ("lstm",)}


@dataclass
class RecordedLayers:
    """What each kernel gave, call after call; `kinds` are the layers that ran."""

    outputs: dict[str, list[Outputs]] = field(default_factory=dict)

    @property
    def kinds(self) -> set[str]:
        """`{"GRU"}` where GRUs ran and nothing else."""
        return {kind for kind, names in KERNELS.items() if any(self.outputs.get(n) for n in names)}


@contextmanager
def hearing(
    exchanged: str | None = None, before: RecordedLayers | None = None
) -> Iterator[RecordedLayers]:
    """Hear all layers inside the block.

    With `exchanged`, layers of that type give what they gave in `before`, call by call, in the
    place of what they compute. Where a model calls them in other shapes than before (it picks steps
    by what it reads), the rows of before fill the shape that is needed.
    """
    heard = RecordedLayers()
    swapped = KERNELS[exchanged] if exchanged else ()

    def wrapped(name: str, own: Kernel) -> Kernel:
        played = before.outputs.get(name, []) if before and name in swapped else []
        return _heard(own, heard.outputs.setdefault(name, []), played)

    with exchanged_kernels(wrapped):
        yield heard


@contextmanager
def uncompiled() -> Iterator[None]:
    """Run compiled models as they were written: compiling again takes longer than a few answers."""
    dynamo = loaded_compiler()  # it is there where there is a compiled model
    if dynamo is None or not hasattr(dynamo, "set_stance"):
        yield
        return
    with dynamo.set_stance("force_eager"):
        yield


def _heard(function: Kernel, kept: list[Outputs], played: list[Outputs]) -> Kernel:
    def kernel(*args: Any, **options: Any) -> Outputs:
        given = function(*args, **options)
        number = len(kept)
        # a model may change in place what it is given
        kept.append(tuple(part.detach().clone() for part in given))
        if not played:
            return given
        other = played[number % len(played)]
        return tuple(_shaped(part, like) for part, like in zip(other, given, strict=True))

    return kernel


def _shaped(part: Any, like: Any) -> Any:
    """`part` as a tensor of the shape of `like`; its rows are repeated where they are too few."""
    import torch

    if part.shape == like.shape:
        return part.clone()
    if part.shape[-1] != like.shape[-1] or not part.numel():
        return like
    rows = part.reshape(-1, part.shape[-1])
    wanted = like.numel() // like.shape[-1]
    index = torch.arange(wanted, device=rows.device) % len(rows)
    return rows[index].reshape(like.shape)
