"""Look inside an `nn.GRU` at work: its gates on one sequence, step by step.

`nn.GRU` hands out states only; this walks the same equations again with the layer's own weights.
`gate_heatmap` draws what it returns. It trains nothing and leaves the model as it was.
"""

from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from torch.nn.utils.rnn import PackedSequence

from grader.core.errors import UsageError
from grader.lab import metrics
from grader.lab.argument_checks import check_sequence
from grader.lab.views.layer_parts import floors
from grader.wire.splits import Split


@dataclass(frozen=True)
class Gates:
    """Update gate, reset gate and state of H units after each of T steps, each (T, H).

    `held` says how much of a small change of the state before the first step is left after the
    last one, at most: 0 is nothing, 1 all of it. `held_by_gates` is the same for update gates
    alone, without what the candidate brings back.
    """

    update: torch.Tensor
    reset: torch.Tensor
    state: torch.Tensor
    held: float = 0.0

    @property
    def held_by_gates(self) -> float:
        """The largest product of a unit's update gates over all steps."""
        return float(self.update.double().prod(dim=0).max())


def gates_of(model: nn.Module, clip: torch.Tensor, layer: int = 0) -> Gates:
    """Run the model on one sequence (T, C); give the gates of its first `nn.GRU`, forward in time.

    Raises UsageError where there is no such layer, or `clip` is no single sequence.
    """
    gru = next((part for part in model.modules() if isinstance(part, nn.GRU)), None)
    if gru is None:
        found = [type(part).__name__ for part in model.modules() if isinstance(part, nn.RNNBase)]
        message = (
            f"Your model has no nn.GRU (recurrent layers in it: {', '.join(found) or 'none'}). "
            "Only a GRU has gates to show."
        )
        raise UsageError(message)
    check_sequence(clip)
    if not 0 <= layer < gru.num_layers:
        message = (
            f"You asked for layer={layer}. This GRU has num_layers={gru.num_layers}, and layers "
            "count from 0."
        )
        raise UsageError(message)
    with metrics.evaluating(model):
        alone = Split(clip[None].to(metrics.device_of(model)), torch.zeros(1, dtype=torch.int64))
        x = what_reaches(model, gru, alone)
        parts = floors(gru, x)[layer][0]
    update, reset, state = (parts[name].cpu() for name in ("z", "r", "h"))
    return Gates(update, reset, state, _held(gru, parts["read"], layer))


def _held(gru: nn.GRU, x: torch.Tensor, layer: int) -> float:
    """The largest stretch from the state before the first step to the one after the last.

    `x` (T, features) is what this layer reads, so a layer of its own with these weights is asked.
    """
    alone = nn.GRU(x.shape[1], gru.hidden_size, bias=gru.bias)
    with torch.no_grad():
        for name, weights in alone.named_parameters():
            weights.copy_(getattr(gru, name.removesuffix("0") + str(layer)))

    def last(h: torch.Tensor) -> torch.Tensor:
        state: torch.Tensor = alone(x.cpu(), h[None])[1][0]
        return state

    jacobian: Any = torch.autograd.functional.jacobian
    stretch = jacobian(last, torch.zeros(gru.hidden_size))
    return float(torch.linalg.matrix_norm(stretch.double(), 2))


def what_reaches(model: nn.Module, layer: nn.RNNBase, example: Split) -> torch.Tensor:
    """What a recurrent layer of the model reads of the one sequence of `example`, (T, features).

    Raises UsageError where `forward` does not call the layer.
    """
    seen: list[torch.Tensor] = []

    def note(_layer: nn.Module, inputs: tuple[Any, ...]) -> None:
        x = inputs[0]
        if isinstance(x, PackedSequence):
            seen.append(x.data)
        elif x.dim() == 2:
            seen.append(x)
        else:
            seen.append(x[0] if layer.batch_first else x[:, 0])

    hook = layer.register_forward_pre_hook(note)
    try:
        metrics.forward(model, example)
    finally:
        hook.remove()
    if not seen:
        message = (
            f"Your model has an nn.{type(layer).__name__}, but its forward does not call it: "
            "nothing to show."
        )
        raise UsageError(message)
    return seen[0]
