"""What the judge of any repair does first: have the recipe train, and ask what the model is.

It asks and reads replies of any form; it never sees the model.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

from grader.core import messages, repair_messages
from grader.core.question import Draw, RepairQuestion
from grader.core.requests import (
    PLACEHOLDER,
    Build,
    Describe,
    Raised,
    Reply,
    Request,
    Returned,
    Train,
    Unusable,
)
from grader.core.values import Value
from grader.core.verdict_rules import failed, rule
from grader.core.verdicts import Outcome, Verdict

Ask = Callable[[Request], Reply]

# Shares of rows. A label may be another by a slip of rounding in nobody's recipe; validation rows
# that equal a training row are not counted, so few of them can come in by themselves.
RELABELLED_AT_MOST = 0.02
VALIDATED_AT_MOST = 0.1


@dataclass(frozen=True)
class ModelFacts:
    """What a model tells of itself.

    `idle_dropout` is dropout on a layer that does not stack, `state` a hash of the weights, and
    `ran` the types of layers that ran when the model was last asked (None: not told). Shares of
    `relabelled` training rows and of `validated` ones, see `wire.building.RecipeWatch`.
    """

    parameters: int
    elsewhere: int
    layers: tuple[str, ...]
    idle_dropout: float
    state: str
    ran: tuple[str, ...] | None
    relabelled: float
    validated: float


class EndedError(Exception):
    """Carries the verdict that ends the judgement early."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict.message)
        self.verdict = verdict


def end(question: RepairQuestion, mistake: str, **values: object) -> NoReturn:
    """End the judgement with the sentence for a broken rule."""
    text = repair_messages.REPAIR_ADVICE[mistake].format(layer=question.repair.layer, **values)
    raise EndedError(rule(question, Outcome.WRONG, text, mistake=mistake))


def check_facts(question: RepairQuestion, ask: Ask) -> ModelFacts:
    """Check by what is told of a model: the layer is there, the size holds, the data stayed."""
    facts, repair = _facts(question, ask), question.repair
    if repair.layer not in facts.layers:
        end(question, "layer-missing")
    limit = repair.parameters_at_most
    if limit is not None and facts.parameters + facts.elsewhere > limit:
        held = repair_messages.held(facts.parameters, facts.elsewhere)
        end(question, "too-large", held=held, limit=f"{limit:,}")
    if facts.relabelled > RELABELLED_AT_MOST:
        end(question, "relabels", share=100 * facts.relabelled)
    if facts.validated > VALIDATED_AT_MOST:
        end(question, "trains-on-validation", share=100 * facts.validated)
    return facts


def build(question: RepairQuestion, ask: Ask, draw: Draw) -> bool:
    """Have the recipe build its model without training; True where the model is there to be asked.

    Whatever else comes of it is told after training, where it is certain.
    """
    reply = ask(Build(draw.train, draw.val))
    if isinstance(reply, Raised) and reply.interrupted:
        raise EndedError(failed(question, reply))
    return isinstance(reply, Returned) and reply.value is True


def train(question: RepairQuestion, ask: Ask, draw: Draw) -> None:
    """Have the recipe train on a draw. Raises EndedError when no model came of it."""
    reply = ask(Train(draw.train, draw.val))
    if isinstance(reply, Unusable) and reply.what == PLACEHOLDER:
        raise EndedError(rule(question, Outcome.NOT_ATTEMPTED, messages.NOT_ATTEMPTED))
    if isinstance(reply, Unusable):
        text = repair_messages.model_expected(reply.what)
        raise EndedError(rule(question, Outcome.WRONG, text, mistake="no-model"))
    if isinstance(reply, Raised):
        raise EndedError(failed(question, reply))


def _facts(question: RepairQuestion, ask: Ask) -> ModelFacts:
    reply = ask(Describe())
    if isinstance(reply, Raised):
        raise EndedError(failed(question, reply))
    told = reply.value if isinstance(reply, Returned) else None
    facts = _read_facts(told)
    if facts is None:
        text = repair_messages.model_expected("something else")
        raise EndedError(rule(question, Outcome.WRONG, text, mistake="no-model"))
    return facts


def _read_facts(told: Value) -> ModelFacts | None:
    """Read what `Describe` gave; None where it is not of the form that the worker makes."""
    if not isinstance(told, dict):
        return None
    count, elsewhere = told.get("parameters"), told.get("elsewhere", 0)
    layers, ran = told.get("recurrent"), told.get("ran")
    state = told.get("state", "")
    shares = [told.get(name, 0.0) for name in ("relabelled", "validated")]
    if (
        type(count) is not int
        or type(elsewhere) is not int
        or not isinstance(layers, list)
        or not isinstance(state, str)
        or not all(isinstance(share, float) for share in shares)
    ):
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
    kinds = tuple(str(kind) for kind in ran) if isinstance(ran, list) else None
    relabelled, validated = (float(share) for share in shares)  # type: ignore[arg-type]
    return ModelFacts(count, elsewhere, tuple(names), idle, state, kinds, relabelled, validated)
