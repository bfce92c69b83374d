"""A preset run by PyTorch's own layer: every number of every step, and the gradient by step."""

from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from grader.lab.playground.presets import BLOCKS, Preset

LAYERS = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}
ROWS = {"rnn": ("h",), "gru": ("r", "z", "n", "h"), "lstm": ("i", "f", "g", "o", "c", "h")}


@dataclass(frozen=True)
class CellRun:
    """What a layer computes of T readings: for each name of `ROWS[kind]` its numbers (T, H).

    `gradient` (T,): how far the last state moves with the reading of each step, the norm of its
    Jacobian by that reading.
    """

    rows: dict[str, torch.Tensor]
    gradient: torch.Tensor


def layer_of(preset: Preset) -> nn.RNNBase:
    """The preset's `nn.RNN`, `nn.GRU` or `nn.LSTM`, in double precision."""
    layer: nn.RNNBase = LAYERS[preset.kind](preset.channels, preset.hidden).double()
    with torch.no_grad():
        for name, weights in preset.weights().items():
            long = {"w": "weight", "b": "bias"}[name[0]] + name[1:] + "_l0"
            getattr(layer, long).copy_(torch.tensor(weights))
    return layer


def run(preset: Preset) -> CellRun:
    """Read the preset's readings step by step, from a state of zeros."""
    layer = layer_of(preset)
    x = torch.tensor(preset.x, dtype=torch.float64)
    h = c = x.new_zeros(1, preset.hidden)
    steps: list[dict[str, torch.Tensor]] = []
    with torch.no_grad():
        for reading in x[:, None]:
            gates = _gates(layer, preset.kind, reading, h)
            state = layer(reading, (h, c) if preset.kind == "lstm" else h)[1]
            h, c = state if preset.kind == "lstm" else (state, c)
            steps.append({**gates, "c": c[0], "h": h[0]})
    rows = {name: torch.stack([step[name] for step in steps]) for name in ROWS[preset.kind]}

    def last(readings: torch.Tensor) -> torch.Tensor:
        output: torch.Tensor = layer(readings)[0][-1]
        return output

    moves = torch.autograd.functional.jacobian(last, x)  # (H, T, C)
    return CellRun(rows, moves.permute(1, 0, 2).flatten(1).norm(dim=1))


def _gates(
    layer: Any, kind: str, reading: torch.Tensor, h: torch.Tensor
) -> dict[str, torch.Tensor]:
    """What PyTorch's layers compute on the way to the state and do not return."""
    if kind == "rnn":
        return {}
    count = len(BLOCKS[kind])
    from_x = (reading @ layer.weight_ih_l0.T + layer.bias_ih_l0).chunk(count, dim=1)
    from_h = (h @ layer.weight_hh_l0.T + layer.bias_hh_l0).chunk(count, dim=1)
    if kind == "gru":
        r, z = (torch.sigmoid(from_x[k] + from_h[k])[0] for k in (0, 1))
        return {"r": r, "z": z, "n": torch.tanh(from_x[2] + r * from_h[2])[0]}
    squashed = [
        (torch.tanh if name == "g" else torch.sigmoid)(from_x[k] + from_h[k])[0]
        for k, name in enumerate(BLOCKS["lstm"])
    ]
    return dict(zip(BLOCKS["lstm"], squashed, strict=True))
