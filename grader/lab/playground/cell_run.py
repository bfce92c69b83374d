"""A preset run by PyTorch's own layer: every number of every step, and the gradient by step."""

from dataclasses import dataclass

import torch
from torch import nn

from grader.lab.playground.presets import Preset
from grader.lab.views.layer_parts import floors

LAYERS = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}
ROWS = {"rnn": ("h",), "gru": ("r", "z", "n", "h"), "lstm": ("i", "f", "g", "o", "c", "h")}


@dataclass(frozen=True)
class LayerNumbers:
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


def run(preset: Preset) -> LayerNumbers:
    """Read the preset's readings from a state of zeros."""
    layer = layer_of(preset)
    x = torch.tensor(preset.x, dtype=torch.float64)
    with torch.no_grad():
        [[parts]] = floors(layer, x)
    rows = {name: parts[name] for name in ROWS[preset.kind]}

    def last(readings: torch.Tensor) -> torch.Tensor:
        output: torch.Tensor = layer(readings)[0][-1]
        return output

    moves = torch.autograd.functional.jacobian(last, x)  # (H, T, C)
    return LayerNumbers(rows, moves.permute(1, 0, 2).flatten(1).norm(dim=1))
