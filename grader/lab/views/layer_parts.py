"""What PyTorch's recurrent layers compute on the way to a state and do not return."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import torch
from torch import nn

BLOCKS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"rnn": ("h",), "gru": ("r", "z", "n"), "lstm": ("i", "f", "g", "o")}
)
"""The blocks of weights in the order in which PyTorch stacks them."""
KINDS: dict[type[nn.RNNBase], str] = {nn.RNN: "rnn", nn.GRU: "gru", nn.LSTM: "lstm"}


def step_parts(kind: str, from_x: torch.Tensor, from_h: torch.Tensor) -> dict[str, torch.Tensor]:
    """The gates and the candidate of steps, from their two affine parts (…, blocks·H).

    Of a plain RNN, which has none, the two parts themselves.
    """
    blocks = BLOCKS[kind]
    x, h = (part.chunk(len(blocks), dim=-1) for part in (from_x, from_h))
    if kind == "rnn":
        return {"from_x": x[0], "from_h": h[0]}
    if kind == "gru":
        r, z = (torch.sigmoid(x[k] + h[k]) for k in (0, 1))
        return {"r": r, "z": z, "n": torch.tanh(x[2] + r * h[2])}
    return {
        name: (torch.tanh if name == "g" else torch.sigmoid)(x[k] + h[k])
        for k, name in enumerate(blocks)
    }


def floors(layer: nn.RNNBase, read: torch.Tensor) -> list[list[dict[str, torch.Tensor]]]:
    """Every number of a layer that reads one sequence (T, features): by floor, then by direction.

    Beside the parts of each step: "read" (T, features), what this floor reads, "before", the state
    that a step started from, "h", and of an LSTM "c_before" and "c"; each (T, H), each at the step
    that was just read.
    """
    kind = kind_of(layer)
    ways = [""] + ["_reverse"] * layer.bidirectional
    found: list[list[dict[str, torch.Tensor]]] = []
    for floor in range(layer.num_layers):
        found.append([_walk(layer, kind, read, f"_l{floor}{way}") for way in ways])
        read = torch.cat([parts["h"] for parts in found[-1]], dim=1)
    return found


def kind_of(layer: nn.RNNBase) -> str:
    """The layer's name in `BLOCKS`."""
    return next(kind for base, kind in KINDS.items() if isinstance(layer, base))


def _walk(layer: Any, kind: str, read: torch.Tensor, suffix: str) -> dict[str, torch.Tensor]:
    """One floor in one direction, by PyTorch's equations."""
    backwards = suffix.endswith("reverse")
    w_ih, w_hh = (getattr(layer, name + suffix) for name in ("weight_ih", "weight_hh"))
    none = read.new_zeros(())
    b_ih, b_hh = (getattr(layer, name + suffix, none) for name in ("bias_ih", "bias_hh"))
    h = c = read.new_zeros(layer.hidden_size)
    steps = []
    for reading in read.flip(0) if backwards else read:
        parts = step_parts(kind, w_ih @ reading + b_ih, w_hh @ h + b_hh)
        parts["before"] = h
        if kind == "rnn":
            h = getattr(torch, layer.nonlinearity)(parts["from_x"] + parts["from_h"])
        elif kind == "gru":
            h = (1 - parts["z"]) * parts["n"] + parts["z"] * h
        else:
            parts["c_before"] = c
            c = parts["f"] * c + parts["i"] * parts["g"]
            h = parts["o"] * torch.tanh(c)
            parts["c"] = c
        steps.append({**parts, "h": h})
    stacked = {name: torch.stack([step[name] for step in steps]) for name in steps[0]}
    parts = {name: part.flip(0) if backwards else part for name, part in stacked.items()}
    return {"read": read, **parts}
