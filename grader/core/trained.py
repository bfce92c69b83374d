"""What the judge of any repair does first: have the recipe train, and ask what the model is.

`core.repair` (accuracy) and `core.perplexity` (language models) build on it. It asks and reads
replies of any form; it never sees the model.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

from grader.core import messages, repair_messages
from grader.core.question import Draw, Prepared, Repair
from grader.core.requests import (
    PLACEHOLDER,
    Describe,
    Raised,
    Reply,
    Request,
    Returned,
    Train,
    Unusable,
)
from grader.core.ruling import failed, rule
from grader.core.values import Value
from grader.core.verdict import Outcome, Verdict

Ask = Callable[[Request], Reply]


@dataclass(frozen=True)
class Facts:
    """What a model tells of itself; `idle_dropout` is dropout on a layer that does not stack."""

    parameters: int
    layers: tuple[str, ...]
    idle_dropout: float


class EndedError(Exception):
    """Carries the verdict that ends the judgement early."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict.message)
        self.verdict = verdict


def end(question: Prepared, repair: Repair, mistake: str, **values: object) -> NoReturn:
    """End the judgement with the sentence for a broken rule."""
    text = repair_messages.REPAIR_ADVICE[mistake].format(layer=repair.layer, **values)
    raise EndedError(rule(question, Outcome.WRONG, text, mistake=mistake))


def size_and_layer(question: Prepared, repair: Repair, ask: Ask) -> Facts:
    """Check that the layer is there and the size holds, by what the model tells of itself."""
    facts = _facts(question, ask)
    if repair.layer not in facts.layers:
        end(question, repair, "layer-missing")
    limit = repair.parameters_at_most
    if limit is not None and facts.parameters > limit:
        found, most = f"{facts.parameters:,}", f"{limit:,}"
        end(question, repair, "too-large", parameters=found, limit=most)
    return facts


def train(question: Prepared, ask: Ask, draw: Draw) -> None:
    """Have the recipe train on a draw. Raises EndedError when no model came of it."""
    reply = ask(Train(draw.train, draw.val))
    if isinstance(reply, Unusable) and reply.what == PLACEHOLDER:
        raise EndedError(rule(question, Outcome.NOT_ATTEMPTED, messages.NOT_ATTEMPTED))
    if isinstance(reply, Unusable):
        text = repair_messages.model_expected(reply.what)
        raise EndedError(rule(question, Outcome.WRONG, text, mistake="no-model"))
    if isinstance(reply, Raised):
        raise EndedError(failed(question, reply))


def _facts(question: Prepared, ask: Ask) -> Facts:
    reply = ask(Describe())
    if isinstance(reply, Raised):
        raise EndedError(failed(question, reply))
    told = reply.value if isinstance(reply, Returned) else None
    facts = _read_facts(told)
    if facts is None:
        text = repair_messages.model_expected("something else")
        raise EndedError(rule(question, Outcome.WRONG, text, mistake="no-model"))
    return facts


def _read_facts(told: Value) -> Facts | None:
    """Read what `Describe` gave; None where it is not of the form that the worker makes."""
    if not isinstance(told, dict):
        return None
    count, layers = told.get("parameters"), told.get("recurrent")
    if type(count) is not int or not isinstance(layers, list):
        return None
    idle = 0.0
    names = []
    for layer in layers:
        if not isinstance(layer, dict) or not isinstance(layer.get("type"), str):
            return None
        names.append(str(layer["type"]))
        dropout = layer.get("dropout")
        if layer.get("num_layers") == 1 and isinstance(dropout, float):
            idle = max(idle, dropout)
    return Facts(count, tuple(names), idle)
