"""The one judge: decides every answer, in a learner's own notebook and in a graded run.

It asks and compares, and holds arrays only. `ask` carries a request to the answer: `wire.perform`
does so in the learner's notebook, the referee's socket in a graded run, so both give the same
verdict. It must never see the learner's object itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any, assert_never

from grader.core import function_messages, messages
from grader.core.accuracy_judge import AccuracyJudge
from grader.core.compare import agree, describe, difference
from grader.core.metrics import ACCURACY, PERPLEXITY, Metric
from grader.core.near_misses import near_miss
from grader.core.perplexity_judge import PerplexityJudge
from grader.core.question import (
    AnyExpected,
    Case,
    CasesQuestion,
    ChoiceQuestion,
    ExpectedGradient,
    FunctionQuestion,
    PreparedQuestion,
    RepairQuestion,
    ValueQuestion,
)
from grader.core.repair_judge import RepairJudge
from grader.core.requests import (
    PLACEHOLDER,
    Call,
    Differentiate,
    Raised,
    ReadAnswer,
    Reply,
    Request,
    Returned,
    Unusable,
)
from grader.core.values import Tensor, Value
from grader.core.verdict_rules import failed, rule
from grader.core.verdicts import Outcome, Verdict

Ask = Callable[[Request], Reply]
JUDGES: dict[Metric, type[RepairJudge[Any]]] = {
    ACCURACY: AccuracyJudge,
    PERPLEXITY: PerplexityJudge,
}


def judge(question: PreparedQuestion, ask: Ask) -> Verdict:
    """Judge one answer. Raises what `ask` raises: WireError when code breaks the protocol."""
    match question:
        case FunctionQuestion():
            return _function(question, ask)
        case ValueQuestion():
            return _cases(question, [ask(ReadAnswer()) for _ in question.cases])
        case ChoiceQuestion():
            return _choice(question, ask(ReadAnswer()))
        case RepairQuestion():
            return JUDGES[question.repair.metric](question, ask).judge()
        case _:
            assert_never(question)


def _function(question: FunctionQuestion, ask: Ask) -> Verdict:
    """The results, then what they did to the inputs, then whether gradients find their way back.

    What is asked depends on the question alone, so kept replies can be judged anew.
    """
    replies = [ask(Call(case.inputs)) for case in question.cases]
    slopes = [
        (case.slope, ask(Differentiate(case.inputs, list(case.slope.expected), case.slope.toward)))
        for case in question.cases
        if case.slope
    ]
    verdict = _cases(question, replies)
    if verdict.outcome is Outcome.WRONG and not verdict.mistake and _random(question, replies):
        return rule(question, Outcome.WRONG, function_messages.RANDOM, mistake="random-result")
    if verdict.outcome is not Outcome.PASSED:
        return verdict
    for case, reply in zip(question.cases, replies, strict=True):
        told = reply.changed.split(", ") if isinstance(reply, Returned) else []
        changed = [name for name in case.inputs if name in told]
        if changed:
            text = function_messages.input_changed(changed)
            return rule(question, Outcome.WRONG, text, mistake="input-changed")
    return _gradients(question, slopes) or verdict


def _random(question: FunctionQuestion, replies: list[Reply]) -> bool:
    """True where the last case is the first once more, and its result has other numbers."""
    first, last = question.cases[0], question.cases[-1]
    if first is last or not agree(dict(last.inputs), dict(first.inputs)):
        return False
    one, other = replies[0], replies[-1]
    if not isinstance(one, Returned) or not isinstance(other, Returned):
        return False
    found = difference(one.value, other.value)
    return found is not None and found.kind == "value"


def _gradients(
    question: FunctionQuestion, slopes: list[tuple[ExpectedGradient, Reply]]
) -> Verdict | None:
    """A verdict where the results are right and their gradient is not.

    Code that raises when it is asked for one cuts nothing silently: a training would say so, too.
    It passes, and is told. So do buffers that are written in place, which autograd refuses.
    """
    for slope, reply in slopes:
        if isinstance(reply, Raised):
            if reply.interrupted:
                return failed(question, reply)
            text = f"{messages.PASSED} {function_messages.gradient_raised(reply)}"
            return rule(question, Outcome.PASSED, text)
        if not isinstance(reply, Returned):
            return rule(question, Outcome.WRONG, messages.unusable(reply.what))
        if agree(reply.value, slope.expected):
            continue
        if _is_zero(reply.value):
            text = function_messages.no_gradient(list(slope.expected))
            return rule(question, Outcome.WRONG, text, mistake="no-gradient")
        text = function_messages.GRADIENT_CUT
        return rule(question, Outcome.WRONG, text, mistake="gradient-cut")
    return None


def _is_zero(gradients: Value) -> bool:
    parts = gradients.values() if isinstance(gradients, dict) else ()
    return not any(isinstance(part, Tensor) and part.array.any() for part in parts)


def _cases(question: CasesQuestion, replies: list[Reply]) -> Verdict:
    if all(_is_placeholder(reply) for reply in replies):
        return rule(question, Outcome.NOT_ATTEMPTED, messages.NOT_ATTEMPTED)
    pairs = list(zip(question.cases, replies, strict=True))
    if all(isinstance(r, Returned) and _right(r.value, case) for case, r in pairs):
        return rule(question, Outcome.PASSED, messages.PASSED)
    named = _named(question, pairs, exactly=True) or _named(question, pairs, exactly=False)
    if named:
        outcome = _first_outcome(pairs)
        return rule(question, outcome, question.messages[named[0]], mistake=named[0])
    if all(reply == Returned(None) for reply in replies):
        text = function_messages.NOTHING_RETURNED
        return rule(question, Outcome.WRONG, text, mistake="nothing-returned")
    if all(isinstance(case.expected, Tensor) for case in question.cases):
        given = [reply.value for reply in replies if isinstance(reply, Returned)]
        if len(given) == len(pairs) and all(isinstance(value, list) for value in given):
            return rule(question, Outcome.WRONG, function_messages.A_LIST, mistake="a-list")
        if len(given) == len(pairs) and all(isinstance(value, tuple) for value in given):
            text = function_messages.several_returned(len(given[0]))  # type: ignore[arg-type]
            return rule(question, Outcome.WRONG, text, mistake="several-returned")
    missed = near_miss(_compared(pairs)) if _all_returned(pairs) else None
    if missed:
        return rule(question, Outcome.WRONG, missed[1], mistake=missed[0])
    return _first_failure(question, pairs)


def _all_returned(pairs: list[tuple[Case, Reply]]) -> bool:
    return all(isinstance(reply, Returned) for _, reply in pairs)


def _compared(pairs: list[tuple[Case, Reply]]) -> list[tuple[Value, Value]]:
    """The wrong results beside the right ones."""
    return [
        (reply.value, case.expected)
        for case, reply in pairs
        if isinstance(reply, Returned) and not _right(reply.value, case)
    ]


def _right(value: Value, case: Case) -> bool:
    return any(agree(value, right) for right in (case.expected, *case.also))


def _is_placeholder(reply: Reply) -> bool:
    return isinstance(reply, Unusable) and reply.what == PLACEHOLDER


def _named(question: CasesQuestion, pairs: list[tuple[Case, Reply]], *, exactly: bool) -> list[str]:
    """The mistakes that give these replies, the errors in the very same words or nearly."""
    return [
        name
        for name in question.messages
        if all(_made(case, reply, name, exactly=exactly) for case, reply in pairs)
    ]


def _made(case: Case, reply: Reply, mistake: str, *, exactly: bool) -> bool:
    """True where the reply is what the named mistake gives for this case."""
    made = case.mistakes[mistake]
    ways = made.made if isinstance(made, AnyExpected) else (made,)
    return any(_is(reply, each, exactly=exactly) for each in ways)


def _words(message: str) -> tuple[list[str], list[str]]:
    """An error's words, and its numbers in whatever order: `a + b` and `b + a` fail alike."""
    return re.split(r"\d+", message), sorted(re.findall(r"\d+", message))


def _is(reply: Reply, made: Value | Raised, *, exactly: bool) -> bool:
    """True for the same value, or the same error in the same words: its sizes are the case's."""
    if not isinstance(made, Raised):
        return isinstance(reply, Returned) and agree(reply.value, made)
    if not isinstance(reply, Raised) or reply.kind != made.kind:
        return False
    if not made.message or reply.message == made.message:
        return True
    return not exactly and _words(reply.message) == _words(made.message)


def _first_outcome(pairs: list[tuple[Case, Reply]]) -> Outcome:
    gave = any(isinstance(reply, Returned) for _, reply in pairs)
    return Outcome.WRONG if gave else Outcome.RAISED


def _first_failure(question: CasesQuestion, pairs: list[tuple[Case, Reply]]) -> Verdict:
    for case, reply in pairs:
        inputs = case.inputs
        if isinstance(reply, Raised):
            return _failed(question, reply, inputs)
        if isinstance(reply, Unusable):
            return rule(question, Outcome.WRONG, messages.unusable(reply.what))
        found = None if _right(reply.value, case) else difference(reply.value, case.expected)
        if found:
            text = messages.wrong(found, inputs, hidden=question.hidden)
            return rule(question, Outcome.WRONG, text)
    message = f"{question.id}: no case failed"  # the caller has ruled this out
    raise AssertionError(message)


def _failed(question: CasesQuestion, reply: Raised, inputs: dict[str, Value]) -> Verdict:
    """An error whose meaning is known is told with it."""
    verdict = failed(question, reply, inputs)
    known = function_messages.error(reply)
    if known is None or verdict.outcome is not Outcome.RAISED:
        return verdict
    name, text = known
    return replace(verdict, message=f"{text} ({verdict.message})", mistake=name)


def _choice(question: ChoiceQuestion, reply: Reply) -> Verdict:
    if question.right is None:
        message = f"{question.id}: the key of this item is not here"
        raise ValueError(message)
    if isinstance(reply, Raised):
        return failed(question, reply)
    got = reply.value if isinstance(reply, Returned) else None
    if _is_placeholder(reply) or (isinstance(got, str) and not got.strip()):
        return rule(question, Outcome.NOT_ATTEMPTED, messages.NOT_ATTEMPTED)
    key = got.strip().lower() if isinstance(got, str) else ""
    if key not in question.whys:
        named = _name(reply)
        text = messages.choice_form(named, sorted(question.whys))
        return rule(question, Outcome.WRONG, text)
    if key == question.right:
        return rule(question, Outcome.PASSED, f"{messages.PASSED} {question.whys[key]}")
    return rule(question, Outcome.WRONG, question.whys[key], mistake=f"option-{key}")


def _name(reply: Reply) -> str:
    return describe(reply.value) if isinstance(reply, Returned) else reply.what  # type: ignore[union-attr]
