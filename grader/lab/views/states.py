"""Where a recurrent layer's state goes, and which steps a loss still feels: any model's own.

Both listen at the model's first recurrent layer while it reads a split. They work on a copy on the
CPU, so that a model in training is left alone.
"""

import copy
import math
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import nn
from torch.nn.utils.rnn import PackedSequence, pad_packed_sequence

from grader.core.errors import UsageError
from grader.lab import metrics
from grader.lab.svg import BLUE, FAINT, ORANGE, Drawing, drawing, polyline, text
from grader.lab.views.line_chart import show_by_step
from grader.wire.splits import Split

ROWS_SEEN, EACH_AT_MOST, ENDS_SHOWN = 256, 8, 30
_LINES = (
    f'stroke="{ORANGE}" stroke-opacity="0.6" fill="none" stroke-width="1.3" stroke-dasharray="5 3"',
    f'stroke="{BLUE}" stroke-opacity="0.6" fill="none" stroke-width="1.3"',
)


def show_trajectory(
    model: nn.Module,
    split: Split,
    classes: Sequence[str],
    *,
    wrong: torch.Tensor | None = None,
    each: int = 2,
) -> Drawing:
    """Draw the way of the state through some sequences of the first two classes.

    The state's numbers are laid flat by PCA of the states of up to 256 sequences. Of up to 30
    sequences of each class the end is marked.

    Args:
        model: nn.Module with a recurrent layer; a copy on the CPU is run.
        split: Split of N sequences with one label each.
        classes: sequence of two or more str; `classes[label]` names a label.
        wrong: bool tensor (N,), sequences to leave out. Default None: none.
        each: int from 1 to 8, how many sequences of a class are drawn. Default 2.

    Returns:
        Drawing, which a notebook shows at the end of a cell; its `repr` says what it shows.

    Raises:
        UsageError: `each` or `classes` is out of range, or the model has no recurrent layer.

    Example:
        >>> import torch
        >>> x = torch.linspace(-1, 1, 96).reshape(4, 8, 3)
        >>> split = lab.Split(x, torch.tensor([0, 1, 0, 1]))
        >>> class Classifier(torch.nn.Module):
        ...     def __init__(self, layer=torch.nn.GRU):
        ...         super().__init__()
        ...         self.rnn = layer(3, 4, batch_first=True)
        ...         self.head = torch.nn.Linear(4, 2)
        ...     def forward(self, x):
        ...         output, _ = self.rnn(x)
        ...         return self.head(output[:, -1])
        >>> lab.seed(0)
        >>> model = Classifier()
        >>> lab.show_trajectory(model, split, ["rumble", "hiss"], each=1)
        The state after each step of 1 sequences of rumble and hiss, in the two directions of ...
    """
    if not 1 <= each <= EACH_AT_MOST or len(classes) < len(_LINES):
        message = (
            f"You asked for each={each} sequences of {len(classes)} classes. Give from 1 to "
            f"{EACH_AT_MOST} of each, and the names of two classes or more."
        )
        raise UsageError(message)
    rows = split.rows(slice(0, ROWS_SEEN))
    states, lengths = states_of(model, rows)
    flat, share = _laid_flat(states, lengths)
    honest = torch.ones(len(rows), dtype=torch.bool) if wrong is None else ~wrong[: len(rows)].cpu()
    low, high = flat.reshape(-1, 2).amin(dim=0), flat.reshape(-1, 2).amax(dim=0)
    parts = [
        text(20, 18, "the state's way, from its first step to its last", weight="bold"),
        f'<rect x="20" y="30" width="470" height="320" {FAINT}/>',
        text(
            255, 368, f"first direction ({100 * share[0]:.0f}% of all difference)", anchor="middle"
        ),
        f'<g transform="translate(12 190) rotate(-90)">'
        f"{text(0, 0, f'second ({100 * share[1]:.0f}%)', anchor='middle')}</g>",
    ]
    ends = []
    for label, style in enumerate(_LINES):
        of_class = torch.nonzero((rows.y.cpu() == label) & honest).flatten()[:ENDS_SHOWN].tolist()
        for row in of_class[:each]:
            points = [_point(place, low, high) for place in flat[row, : lengths[row]]]
            parts += [polyline(points, style), *_begin_and_end(points, label)]
        parts.append('<g opacity="0.55">')
        for row in of_class[each:]:
            parts.append(_end(*_point(flat[row, lengths[row] - 1], low, high), label, size=3.5))
        parts.append("</g>")
        if of_class:
            last = torch.stack([flat[row, lengths[row] - 1] for row in of_class]).mean(dim=0)
            ends.append(f"{classes[label]} ends around ({last[0]:.1f}, {last[1]:.1f})")
        y = 60 + 26 * label
        parts += [f'<path d="M510 {y}h36" {style}/>', *_begin_and_end([(510, y), (546, y)], label)]
        parts.append(text(558, y + 4, classes[label]))
    parts += [
        text(510, 122, f"lines: {each} sequences of each", size=11),
        text(510, 140, "dot: after step 1", size=11),
        text(510, 158, "large mark: after the last step", size=11),
        text(510, 176, "small marks: where others end", size=11),
    ]
    alt = (
        f"The state after each step of {each} sequences of {classes[0]} and {classes[1]}, in the "
        f"two directions of most difference ({100 * float(share.sum()):.0f}% of it). "
        f"{'; '.join(ends)}."
    )
    return drawing(770, 378, alt, parts)


def _point(place: torch.Tensor, low: torch.Tensor, high: torch.Tensor) -> tuple[float, float]:
    x, y = ((place - low) / (high - low).clamp(min=1e-12)).tolist()
    return 32 + 446 * x, 338 - 296 * y


def _begin_and_end(points: Sequence[tuple[float, float]], label: int) -> list[str]:
    (x, y), end = points[0], points[-1]
    begin = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5" fill="{(ORANGE, BLUE)[label]}"/>'
    return [begin, _end(*end, label, size=6)]


def _end(x: float, y: float, label: int, *, size: float) -> str:
    """A hollow square for the first class, a filled disc for the second."""
    if label:
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size}" fill="{BLUE}"/>'
    return (
        f'<rect x="{x - size:.1f}" y="{y - size:.1f}" width="{2 * size}" height="{2 * size}" '
        f'fill="none" stroke="{ORANGE}" stroke-width="2"/>'
    )


def _laid_flat(states: torch.Tensor, lengths: Sequence[int]) -> tuple[torch.Tensor, torch.Tensor]:
    """PCA over all real steps: states (N, T, H) as (N, T, 2), and the two shares of variance."""
    seen = torch.cat([states[row, :length] for row, length in enumerate(lengths)]).double()
    centre = seen.mean(dim=0)
    _, strength, directions = torch.linalg.svd(seen - centre, full_matrices=False)
    variance = strength**2
    # the sign of a direction is arbitrary; fixed so that the same model gives the same picture
    two = directions[:2]
    two = two * two.gather(1, two.abs().argmax(dim=1, keepdim=True)).sign()
    return (states.double() - centre) @ two.T, (variance / variance.sum())[:2]


def states_of(model: nn.Module, split: Split) -> tuple[torch.Tensor, list[int]]:
    """The states of the first recurrent layer after each step, (N, T, H), and the real lengths.

    Of two directions the forward one. Raises UsageError for a model without a recurrent layer.
    """
    states, lengths = both_states_of(model, split)
    return states[:, :, 0], lengths


def both_states_of(model: nn.Module, split: Split) -> tuple[torch.Tensor, list[int]]:
    """As `states_of`, for each direction: (N, T, directions, H), each state at its own step."""
    frozen = copy.deepcopy(model).cpu()
    layer = recurrent_layer(frozen)
    seen: list[torch.Tensor] = []

    def keep(_layer: nn.Module, _inputs: Any, output: Any) -> None:
        states = output[0]
        if isinstance(states, PackedSequence):
            states, _ = pad_packed_sequence(states, batch_first=True, total_length=split.x.shape[1])
        elif not layer.batch_first:
            states = states.transpose(0, 1)
        seen.append(states.detach().unflatten(2, (1 + layer.bidirectional, -1)))

    hook = layer.register_forward_hook(keep)
    try:
        with metrics.evaluating(frozen):
            metrics.forward(frozen, split.to(torch.device("cpu")))
    finally:
        hook.remove()
    if not seen or len(seen[0]) != len(split):
        message = (
            f"The model's {type(layer).__name__} did not read the {len(split)} sequences in one "
            "batch, so there are no states to show."
        )
        raise UsageError(message)
    steps = seen[0].shape[1]
    lengths = [steps] * len(split) if split.lengths is None else split.lengths.tolist()
    return seen[0], [min(int(length), steps) for length in lengths]


def show_gradient_by_step(models: Mapping[str, nn.Module], split: Split) -> Drawing:
    """Draw how strongly each model's loss depends on each step.

    The norm of the gradient by what the first recurrent layer reads: the mean over up to 256
    sequences in eval mode, with the strongest step as 1.

    Args:
        models: mapping from one to four names to nn.Modules with a recurrent layer.
        split: Split of N sequences.

    Returns:
        Drawing, which a notebook shows at the end of a cell; its `repr` says what it shows.

    Raises:
        UsageError: a model has no recurrent layer.

    Example:
        >>> import torch
        >>> x = torch.linspace(-1, 1, 96).reshape(4, 8, 3)
        >>> split = lab.Split(x, torch.tensor([0, 1, 0, 1]))
        >>> class Classifier(torch.nn.Module):
        ...     def __init__(self, layer=torch.nn.GRU):
        ...         super().__init__()
        ...         self.rnn = layer(3, 4, batch_first=True)
        ...         self.head = torch.nn.Linear(4, 2)
        ...     def forward(self, x):
        ...         output, _ = self.rnn(x)
        ...         return self.head(output[:, -1])
        >>> lab.seed(0)
        >>> model = Classifier()
        >>> lab.show_gradient_by_step({"GRU": model}, split)
        What the loss feels of each step, over 8 steps. First to last step: GRU from ... to 1.
    """
    return show_by_step(
        {name: gradient_by_step(model, split) for name, model in models.items()},
        label="gradient of the loss by what the layer reads (strongest step = 1, powers of ten)",
        title="What the loss feels of each step",
        log=True,
    )


def gradient_by_step(model: nn.Module, split: Split) -> torch.Tensor:
    """The norm of the loss's gradient by what the first recurrent layer reads, (T,), largest 1.

    The mean over up to 256 sequences, in eval mode; steps that nobody has read count as zero.
    """
    frozen = copy.deepcopy(model).cpu().eval()
    layer = recurrent_layer(frozen)
    read: list[Any] = []

    def keep(_layer: nn.Module, inputs: tuple[Any, ...]) -> tuple[Any, ...]:
        x = inputs[0]
        if isinstance(x, PackedSequence):
            data = x.data.detach().requires_grad_()
            x = PackedSequence(data, x.batch_sizes, x.sorted_indices, x.unsorted_indices)
        else:
            data = x = x.detach().requires_grad_()
        read.append((data, x))
        return (x, *inputs[1:])

    rows = split.rows(slice(0, ROWS_SEEN)).to(torch.device("cpu"))
    hook = layer.register_forward_pre_hook(keep)
    try:
        with torch.enable_grad():
            scores = metrics.checked(metrics.forward(frozen, rows), rows.y)
            total = metrics.loss(scores, rows.y)
            data, x = read[0]
            (found,) = torch.autograd.grad(total, data)
    finally:
        hook.remove()
    norms = found.norm(dim=-1)
    if isinstance(x, PackedSequence):
        by_step = torch.stack([part.sum() for part in norms.split(x.batch_sizes.tolist())])
    else:
        by_step = norms.sum(dim=0 if layer.batch_first else 1)
    top = float(by_step.max())
    return by_step / top if top > 0 and math.isfinite(top) else by_step


def recurrent_layer(model: nn.Module) -> nn.RNNBase:
    """The model's first recurrent layer. Raises UsageError for a model without one."""
    layer = next((part for part in model.modules() if isinstance(part, nn.RNNBase)), None)
    if layer is None:
        message = (
            f"Your {type(model).__name__} has no recurrent layer (nn.RNN, nn.GRU, nn.LSTM), so "
            "there is no state to look at."
        )
        raise UsageError(message)
    return layer
