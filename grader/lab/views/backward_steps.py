"""Backpropagation through time: the way of a gradient from the last state back to each earlier one.

`gradient_by_state` measures, `show_backpropagation` draws. Both work on a copy on the CPU.
"""

import copy
import math
from collections.abc import Mapping
from typing import Any

import torch
from torch import nn
from torch.nn.utils.rnn import PackedSequence

from grader.core.errors import UsageError
from grader.lab import metrics, svg
from grader.lab.svg import BLUE, FAINT, ORANGE, Drawing, drawing, text
from grader.lab.views.states import recurrent_layer
from grader.wire.splits import Split

ROWS_SEEN = 64
BOXES = 9
_COLOURS = (ORANGE, BLUE)


def show_backpropagation(models: Mapping[str, nn.Module], split: Split) -> Drawing:
    """Draw what is left of a gradient on its way from the last state back to earlier ones.

    A gradient of size 1 starts at the last state of the model's first recurrent layer and is walked
    back one step at a time; below each state stands its size there, the mean over up to 64
    sequences in eval mode. The bar above shows the same, by powers of ten.

    Args:
        models: mapping from one or two names to nn.Modules with a recurrent layer.
        split: Split of N sequences of one length.

    Returns:
        Drawing, which a notebook shows at the end of a cell; its `repr` says what it shows.

    Raises:
        UsageError: a model has no recurrent layer or reads packed sequences, or there are three
            models and more.

    Example:
        >>> import torch
        >>> x = torch.linspace(-1, 1, 96).reshape(4, 8, 3)
        >>> split = lab.Split(x, torch.tensor([0, 1, 0, 1]))
        >>> class Classifier(torch.nn.Module):
        ...     def __init__(self):
        ...         super().__init__()
        ...         self.rnn = torch.nn.GRU(3, 4, batch_first=True)
        ...         self.head = torch.nn.Linear(4, 2)
        ...     def forward(self, x):
        ...         return self.head(self.rnn(x)[0][:, -1])
        >>> lab.seed(0)
        >>> lab.show_backpropagation({"GRU": Classifier()}, split)
        Backpropagation through time, a gradient of 1 from the state after step 8 back. GRU: ...
    """
    if not 1 <= len(models) <= len(_COLOURS):
        message = f"You gave {len(models)} models. One or two can be drawn below each other."
        raise UsageError(message)
    parts: list[str] = []
    told = []
    steps = 0
    for number, (name, model) in enumerate(models.items()):
        sizes = gradient_by_state(model, split)
        steps = len(sizes)
        parts += [
            f'<g transform="translate(0 {150 * number})">',
            *_row(name, sizes, number),
            "</g>",
        ]
        told.append(f"{name}: {_short(float(sizes[0]))} is left at the state after step 1")
    alt = (
        f"Backpropagation through time, a gradient of 1 from the state after step {steps} back. "
        f"{'; '.join(told)}."
    )
    return drawing(770, 150 * len(models) + 6, alt, parts)


def gradient_by_state(model: nn.Module, split: Split) -> torch.Tensor:
    """How large a gradient of size 1 at the last state is at the state after each step, (T,).

    Of the model's first recurrent layer, its lowest layer forward in time. The gradient starts in a
    random direction for each sequence; sizes are means over up to 64 sequences.
    """
    frozen = copy.deepcopy(model).cpu().eval()
    layer = recurrent_layer(frozen)
    x = _what_it_reads(frozen, layer, split.rows(slice(0, ROWS_SEEN)).to(torch.device("cpu")))
    alone = _lowest(layer)
    state: Any = None
    states: list[torch.Tensor] = []
    with torch.enable_grad():
        for step in x.split(1, dim=1):
            # a leaf's graph begins here: without it a state from zeros has nothing to walk back to
            _, state = alone(step.detach().requires_grad_(), state)
            states.append(state[0] if isinstance(state, tuple) else state)
        dice = torch.Generator().manual_seed(0)
        start = torch.randn(states[-1].shape, generator=dice)
        start = start / start.norm(dim=-1, keepdim=True)
        found = torch.autograd.grad(states[-1], states, start)
    return torch.stack([gradient.norm(dim=-1).mean() for gradient in found])


def _what_it_reads(model: nn.Module, layer: nn.RNNBase, rows: Split) -> torch.Tensor:
    """What reaches the layer, (N, T, features)."""
    read: list[Any] = []
    hook = layer.register_forward_pre_hook(lambda _layer, inputs: read.append(inputs[0]))
    try:
        with metrics.evaluating(model):
            metrics.forward(model, rows)
    finally:
        hook.remove()
    if not read or isinstance(read[0], PackedSequence):
        what = "packed sequences" if read else "nothing"
        message = (
            f"The model's {type(layer).__name__} reads {what}. Give a model whose recurrent layer "
            "reads a padded batch (N, T, features)."
        )
        raise UsageError(message)
    x: torch.Tensor = read[0]
    return x if layer.batch_first else x.transpose(0, 1)


def _lowest(layer: nn.RNNBase) -> nn.Module:
    """A layer of its own with the lowest layer's weights, forward in time."""
    options = {"nonlinearity": layer.nonlinearity} if isinstance(layer, nn.RNN) else {}
    kind: Any = type(layer)  # of the family's common class torch declares other arguments
    alone: nn.Module = kind(
        layer.input_size, layer.hidden_size, bias=layer.bias, batch_first=True, **options
    )
    with torch.no_grad():
        for name, weights in alone.named_parameters():
            weights.copy_(layer.get_parameter(name))
    return alone


def _row(name: str, sizes: torch.Tensor, number: int) -> list[str]:
    """One model: boxes for some steps, the arrows of the way back, the size at each."""
    steps = len(sizes)
    shown = sorted({round(1 + (steps - 1) * k / (BOXES - 1)) for k in range(BOXES)})
    colour = _COLOURS[number]
    left, spacing, top = 24.0, 78.0, 74.0
    parts = [text(left, 18, name, weight="bold")]
    for place, step in enumerate(shown):
        x, size = left + spacing * place, float(sizes[step - 1])
        high = min(44.0, 40 * max(0.0, 1 + math.log10(max(size, 1e-9)) / 8))  # 1e-8 has no height
        parts += [
            f'<rect x="{x + 14}" y="{top - 6 - high:.1f}" width="14" '
            f'height="{high:.1f}" fill="{colour}"/>',
            svg.box(x, top, 42, 26),
            text(x + 21, top + 17, f"h{step}", anchor="middle"),
            text(x + 21, top + 44, _short(size), anchor="middle"),
        ]
        if place:
            parts.append(svg.arrow(x - 2, top + 13, x - spacing + 46, top + 13))
    parts.append(f'<path d="M{left} {top - 6}h{spacing * (len(shown) - 1) + 42:.0f}" {FAINT}/>')
    parts.append(text(left, top + 64, "← the way back, from the last state", size=11))
    return parts


def _short(size: float) -> str:
    return f"{size:.2f}" if size >= 0.01 else f"{size:.0e}"
