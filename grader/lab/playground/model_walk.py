"""A model walked through on one sequence: its own states and gates by step, and what it answers."""

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from grader.core.errors import UsageError
from grader.lab import metrics
from grader.lab.views.gate_values import what_reaches
from grader.lab.views.layer_parts import floors, kind_of
from grader.lab.views.states import both_states_of, recurrent_layer
from grader.wire.splits import Split

EXAMPLES_COMPARED = 256
DIRECTIONS = ("forward", "backward")


@dataclass(frozen=True)
class Walk:
    """One sequence of T steps through a model's first recurrent layer and its head.

    Attributes:
        kind: "rnn", "gru" or "lstm".
        nonlinearity: of a plain RNN "tanh" or "relu"; else "".
        parts: for each direction every number of its steps by name, each (T, H), as
            `layer_parts.floors` names them; "h" is the state, as the layer itself gave it.
        answers: (T, classes), shares of the classes after the softmax: what the model says where
            the sequence, or the padding behind it, ends after each step. Of two directions, which
            need the end, (1, classes).
    """

    kind: str
    nonlinearity: str
    parts: list[dict[str, torch.Tensor]]
    answers: torch.Tensor


def walk_through(model: nn.Module, example: Split) -> Walk:
    """Walk through the one sequence of `example`, and through the padding behind it.

    A layer that reads a packed sequence has states for its own steps alone; one that reads padding
    has some for those steps, too. Raises UsageError where the model has no recurrent layer, gives
    no scores (1, classes), or gives no finite ones.
    """
    states, _ = both_states_of(model, example)
    steps = example.x.shape[1]
    both = states.shape[2] == len(DIRECTIONS)
    ends = [steps] if both else range(1, steps + 1)
    scores = [metrics.logits(model, cut(example, end)) for end in ends]
    if scores[0].dim() != 2:
        message = (
            f"Your model gave scores of shape {tuple(scores[0].shape)} for one sequence. One row "
            "of scores for a sequence, (1, classes), was expected."
        )
        raise UsageError(message)
    answers = torch.cat(scores).softmax(dim=1)
    if not bool(answers.isfinite().all() and states.isfinite().all()):
        message = (
            "Your model's states or scores are infinite or no numbers (nan): there is nothing to "
            "draw. Most likely its training has diverged: train it with a lower lr, or clip=1.0."
        )
        raise UsageError(message)
    frozen = copy.deepcopy(model).cpu()
    layer: Any = recurrent_layer(frozen)
    with metrics.evaluating(frozen):
        parts = floors(layer, what_reaches(frozen, layer, example))[-1]
    for direction, given in zip(parts, states[0].unbind(1), strict=True):
        direction["h"] = given[: len(direction["h"])]
    kind = kind_of(layer)
    return Walk(kind, layer.nonlinearity if kind == "rnn" else "", parts, answers)


def cut(example: Split, end: int) -> Split:
    """The sequence as if it ended after `end` steps; behind its own end that is padding."""
    lengths = None if example.lengths is None else example.lengths.clamp(max=end)
    return Split(example.x[:, :end], example.y, lengths)


@dataclass(frozen=True)
class UnitMeaning:
    """What a unit of a state follows most over many sequences: its number, words, correlation."""

    unit: int
    follows: str
    correlation: float


def meanings(
    model: nn.Module, examples: Split, classes: Sequence[str], at_most: int
) -> list[list[UnitMeaning]]:
    """For each direction the units that follow a class most, and what they follow altogether.

    Compared are the state after a direction's last step with each class, and states at all steps
    with the step and with each channel, over at most 256 sequences.
    """
    some = examples.rows(slice(0, EXAMPLES_COMPARED))
    states, lengths = both_states_of(model, some)
    ends = torch.tensor(lengths) - 1
    rows = torch.arange(len(some))
    found = []
    for direction in range(states.shape[2]):
        of = states[:, :, direction].double()
        last = of[rows, ends if direction == 0 else 0]
        by_class = torch.stack([_correlations(last, some.y == k) for k in range(len(classes))])
        others = _followed_by_step(of, some, lengths)
        strongest, kinds = by_class.abs().max(dim=0)
        order = torch.argsort(strongest, descending=True)[:at_most].tolist()
        found.append(
            [
                _meaning(
                    unit, float(by_class[kinds[unit], unit]), classes[int(kinds[unit])], others
                )
                for unit in order
            ]
        )
    return found


def _meaning(
    unit: int, correlation: float, name: str, others: dict[str, torch.Tensor]
) -> UnitMeaning:
    """The class, or what it follows more closely than any class."""
    follows = {name: correlation, **{what: float(values[unit]) for what, values in others.items()}}
    best = max(follows, key=lambda what: abs(follows[what]))
    return UnitMeaning(unit, best, follows[best])


def _followed_by_step(
    states: torch.Tensor, some: Split, lengths: list[int]
) -> dict[str, torch.Tensor]:
    valid = torch.arange(states.shape[1]) < torch.tensor(lengths)[:, None]
    seen = states[valid]
    steps = torch.arange(states.shape[1]).expand(valid.shape)[valid]
    followed = {"the step": _correlations(seen, steps)}
    if some.x.dim() == 3:
        for channel, readings in enumerate(some.x[valid].T):
            followed[f"channel {channel}"] = _correlations(seen, readings)
    return followed


def _correlations(states: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
    """Pearson's r of each column of (N, H) with `other` (N,); 0 where one of them is constant."""
    columns = states - states.mean(dim=0)
    values = other.double() - other.double().mean()
    spread = columns.norm(dim=0) * values.norm()
    return torch.where(spread > 1e-9, columns.T @ values / spread.clamp(min=1e-9), 0.0)
