"""Turn question files into arrays: inputs from a seed, right results, and each mistake's results.

Runs in the trusted reference process with torch, on CUDA where asked. What it returns holds no
code, so the referee that talks to learner code needs neither torch nor `solutions/`.
"""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from grader.core import data_recipe
from grader.core.compare import agree
from grader.core.errors import CourseError
from grader.core.judgement import judge
from grader.core.metrics import ACCURACY, METRICS, Metric
from grader.core.question import (
    REPAIR,
    VALUE,
    AnyExpected,
    Bars,
    Case,
    ChoiceQuestion,
    Draw,
    ExpectedGradient,
    FunctionQuestion,
    PreparedQuestion,
    Repair,
    RepairQuestion,
    ValueQuestion,
)
from grader.core.quiz import Item
from grader.core.requests import Differentiate, Raised, Returned, Unusable
from grader.core.values import Tensor, Value, rounded, tensor
from grader.core.verdicts import Outcome
from grader.referee.question_bank import CHALLENGE_SECONDS, Question, UnitBank
from grader.referee.source_lines import line_of, line_of_entry, line_of_error, refuse
from grader.wire.perform import Performer, raised
from grader.wire.values import from_object, to_object

# The cases learners get are drawn from this seed; graded cases never are.
VISIBLE_SEED = 0
# On about one set of draws in forty, at worst, a sound reference misses a bar by a little. Nobody
# can be judged fairly on those, and no class may be stuck with them.
ATTEMPTS = 4
# Hidden cases are drawn anew, at most so often, until each named mistake is wrong on one of them:
# whoever makes it must not be paid because a draw happened to leave it right.
REDRAWS = 20
# How many cases of an answer that must let gradients through are asked for theirs.
SLOPES = 2


@dataclass(frozen=True)
class ScoreCard:
    """The reference's medians on a class's draws; `attempt` is the set of draws, from 0."""

    attempt: int
    medians: dict[str, float]


def seed_for(secret: str, *parts: object) -> int:
    """A seed that only the holder of `secret` can tell, the same again for the same parts."""
    text = "\0".join([secret, *map(str, parts)])
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def prepare_visible(bank: UnitBank) -> dict[str, PreparedQuestion]:
    """Every question of a unit with the cases that `unit.json` records.

    Raises CourseError where a mistake is none: it gives what the reference gives on all of them.
    """
    made = {q.id: prepare(q, VISIBLE_SEED, visible=True) for q in bank.questions.values()}
    for question in bank.questions.values():
        if question.kind != REPAIR:
            _refuse_right_mistakes(question, made[question.id])
    return made | {item.id: prepare_item(item) for item in bank.challenges.values()}


def as_answer(question: Question, function: Callable[..., Any]) -> Any:
    """What a learner checks who wrote `function`: itself, or what it gives where that is asked."""
    return function() if question.kind == VALUE else function


def _refuse_right_mistakes(question: Question, asked: PreparedQuestion) -> None:
    for place, mistake in enumerate(question.mistakes):
        for function in mistake.functions:
            answer = as_answer(question, function)
            if judge(asked, Performer(answer).perform).outcome is Outcome.PASSED:
                told = (
                    f"mistake {mistake.name!r} gives what the reference gives on every case, so a "
                    "right answer would be told it; make it wrong, or let `inputs` show that it is"
                )
                refuse(question.path, told, line_of_entry(question.path, "MISTAKES", place))


def prepare_hidden(
    bank: UnitBank, secret: str, student: str, names: Collection[str] | None = None
) -> dict[str, PreparedQuestion]:
    """The questions of one graded submission but its repairs, all or those named.

    Each student gets own inputs; those of a question do not depend on what else is asked for.
    """
    made = {
        q.id: prepare(q, seed_for(secret, "cases", student, q.id))
        for q in bank.questions.values()
        if q.kind != REPAIR and (names is None or q.id in names)
    }
    items = bank.challenges.values()
    return made | {
        item.id: prepare_item(item) for item in items if names is None or item.id in names
    }


def prepare_repair(
    question: Question, secret: str, data: Path, card: ScoreCard | None = None
) -> tuple[RepairQuestion, ScoreCard]:
    """A repair with its draws, the same for a whole class: fair, and its reference trains once.

    `card` is the reference's score card for this secret where it is known; else it is measured.
    """
    card = card or score_card(question, secret, data)
    return with_draws(question, draw_all(question, secret, data, card.attempt), card.medians), card


def prepare(question: Question, seed: int, *, visible: bool = False) -> PreparedQuestion:
    """One question with its cases drawn from `seed` (a repair has none: see `with_draws`).

    Visible cases have inputs of six significant digits, as they will stand in a file, and the
    reference is run on just these. Raises CourseError when a reference fails on its own inputs.
    """
    common = _common(question)
    if question.kind == REPAIR:
        return RepairQuestion(**common, repair=rules(question))
    rng = np.random.default_rng([seed, *question.id.encode()])
    cases = _cases(question, rng, visible=visible)
    for _ in range(REDRAWS):
        if visible or _distinguish(cases):  # visible ones are an author's: see prepare_visible
            break
        cases = _cases(question, rng, visible=visible)
    if question.kind == VALUE:
        return ValueQuestion(**common, cases=cases, hidden=not visible)
    cases += (replace(cases[0], slope=None),)  # the same again: is anything drawn at random?
    return FunctionQuestion(**common, cases=cases, hidden=not visible)


def _cases(question: Question, rng: np.random.Generator, *, visible: bool) -> tuple[Case, ...]:
    return tuple(
        _case(question, rng, visible=visible, sloped=number < SLOPES)
        for number in range(question.cases)
    )


def _distinguish(cases: Sequence[Case]) -> bool:
    """True where each way of each mistake is wrong on one of the cases."""
    return all(
        any(_wrong(each, case) for each, case in zip(made, cases, strict=True))
        for name in cases[0].mistakes
        for made in zip(*(_ways(case.mistakes[name]) for case in cases), strict=True)
    )


def _ways(made: Value | Raised | AnyExpected) -> tuple[Value | Raised, ...]:
    return made.made if isinstance(made, AnyExpected) else (made,)


def _wrong(made: Value | Raised, case: Case) -> bool:
    rights = (case.expected, *case.also)
    return isinstance(made, Raised) or not any(agree(made, right) for right in rights)


def prepare_item(item: Item) -> ChoiceQuestion:
    """A challenge item as a question of one point."""
    whys = {option.key: option.why for option in item.options}
    return ChoiceQuestion(item.id, item.id, 1.0, CHALLENGE_SECONDS, right=item.answer, whys=whys)


def rules(question: Question) -> Repair:
    """The rules of a repair question, without draws."""
    module = question.module
    return Repair(
        data=module.DATA,
        layer=module.LAYER,
        bars=Bars(**module.BARS),
        parameters_at_most=module.PARAMETERS_AT_MOST,
        pad_invariant=getattr(module, "PAD_INVARIANT", False),
        metric=_metric(question),
        count=module.DRAWS,
        lab=getattr(module, "LAB", {}),
    )


def _metric(question: Question) -> Metric:
    name = getattr(question.module, "METRIC", ACCURACY.name)
    if name not in METRICS:
        message = f"{question.path}: METRIC is {name!r}; expected one of {', '.join(METRICS)}"
        raise CourseError(message)
    return METRICS[name]


def with_draws(
    question: Question, draws: tuple[Draw, ...], card: dict[str, float]
) -> RepairQuestion:
    """A repair question ready to be judged on these draws."""
    repair = replace(rules(question), draws=draws, reference=card)
    return RepairQuestion(**_common(question), repair=repair, hidden=True)


def draw_all(question: Question, secret: str, data: Path, attempt: int = 0) -> tuple[Draw, ...]:
    """The data sets that a class's repairs are trained and scored on."""
    again = (attempt,) if attempt else ()
    count = question.module.DRAWS
    seeds = [seed_for(secret, "draw", question.id, n, *again) for n in range(count)]
    pool = question.path.parents[1] / "hidden.npz"  # sequences that learners never get
    folder = data / question.module.DATA
    return data_recipe.draws(folder, seeds, pool if pool.is_file() else None)


def score_card(question: Question, secret: str, data: Path) -> ScoreCard:
    """Train the reference on the first set of draws on which it passes.

    Raises CourseError when it passes on none, or cannot be run: then no learner could be judged.
    """
    said = ""
    for attempt in range(ATTEMPTS):
        prepared = with_draws(question, draw_all(question, secret, data, attempt), {})
        # what learners are shown beside theirs are its medians, so each draw is measured
        prepared = replace(prepared, repair=replace(prepared.repair, every_draw=True))
        verdict = judge(prepared, Performer(question.reference).perform)
        if verdict.outcome is Outcome.PASSED:
            return ScoreCard(attempt, verdict.details["median"])
        said = verdict.message
        if verdict.outcome is not Outcome.WRONG:
            break
    message = f"{question.path}: its own reference does not pass: {said}"
    raise CourseError(message)


def _common(question: Question) -> dict[str, Any]:
    """What every kind of question has, for its constructor."""
    return {
        "id": question.id,
        "title": question.title,
        "points": question.points,
        "seconds": question.seconds,
        "messages": {mistake.name: mistake.message for mistake in question.mistakes},
    }


def _case(
    question: Question, rng: np.random.Generator, *, visible: bool, sloped: bool = False
) -> Case:
    inputs = {
        name: _input(question, name, value, visible=visible)
        for name, value in _drawn(question, rng).items()
    }
    # the learner gets float32; the reference computes on just those numbers in float64
    exact = {name: _doubled(value) for name, value in inputs.items()}
    expected = _run(question.reference, exact)
    if isinstance(expected, Raised | Unusable):
        told = f"the reference {_instead(expected)} for its own inputs"
        refuse(question.path, told, line_of(question.path, "reference"))
    mistakes: dict[str, Value | Raised | AnyExpected] = {}
    for place, mistake in enumerate(question.mistakes):
        made = tuple(
            _mistaken(question, place, function, inputs, exact) for function in mistake.functions
        )
        mistakes[mistake.name] = made[0] if len(made) == 1 else AnyExpected(made)
    wanted = getattr(question.module, "GRADIENTS", ())
    slope = _slope(question, exact, expected, wanted, rng) if wanted and sloped else None
    also = tuple(
        _other(question, function, exact) for function in getattr(question.module, "ALSO", ())
    )
    return Case(inputs, expected, mistakes, slope, also)


def _drawn(question: Question, rng: np.random.Generator) -> dict[str, Any]:
    """What the question's `inputs` gives; nothing where it has none."""
    path = question.path
    if not hasattr(question.module, "inputs"):
        return {}
    try:
        drawn = question.module.inputs(rng)
    except Exception as error:
        line = line_of_error(path, error) or line_of(path, "inputs")
        message = f"{path}, line {line}: `inputs` raised {type(error).__name__}: {error}"
        raise CourseError(message) from error
    if not isinstance(drawn, dict) or not all(isinstance(name, str) for name in drawn):
        told = (
            f"`inputs` gave {type(drawn).__name__} {str(drawn)[:60]!r}; expected a dict with a "
            'value for each argument of the reference, such as {"x": rng.normal(size=(2, 3))}'
        )
        refuse(path, told, line_of(path, "inputs"))
    return drawn


def _instead(reply: Raised | Unusable) -> str:
    if isinstance(reply, Unusable):
        return f"gave something {reply.what}"
    return f"raised {reply.kind}: {reply.message}"


def _other(question: Question, function: Callable[..., Any], exact: dict[str, Value]) -> Value:
    """What another right implementation makes of a case."""
    made = _run(function, exact)
    if isinstance(made, Raised | Unusable):
        told = f"{function.__name__} of ALSO is said to be right, too, and {_instead(made)}"
        refuse(question.path, told, line_of(question.path, function.__name__))
    return made


def _mistaken(
    question: Question,
    place: int,
    function: Callable[..., Any],
    inputs: dict[str, Value],
    exact: dict[str, Value],
) -> Value | Raised:
    """What a mistake makes of a case; an error in the words that a learner's float32 raises."""
    made = _run(function, exact)
    if isinstance(made, Raised):
        said = _run(function, inputs)
        made = said if isinstance(said, Raised) else made
    if isinstance(made, Unusable) or (question.kind == VALUE and isinstance(made, Raised)):
        told = f"mistake {question.mistakes[place].name!r} {_instead(made)}; no answer can be that"
        refuse(question.path, told, line_of_entry(question.path, "MISTAKES", place))
    return replace(made, where="") if isinstance(made, Raised) else made


def _slope(
    question: Question,
    exact: dict[str, Value],
    expected: Value,
    wanted: Sequence[str],
    rng: np.random.Generator,
) -> ExpectedGradient:
    """The reference's gradient on this case, of a random projection of its result."""
    unknown = [name for name in wanted if name not in exact]
    if unknown:
        told = f"GRADIENTS names {unknown[0]!r}; expected some of {', '.join(exact) or 'nothing'}"
        refuse(question.path, told, line_of(question.path, "GRADIENTS"))
    toward = _toward(expected, rng)
    reply = Performer(question.reference).perform(Differentiate(exact, list(wanted), toward))
    if not isinstance(reply, Returned) or not isinstance(reply.value, dict):
        told = f"the reference gave {reply} when asked for a gradient (GRADIENTS)"
        refuse(question.path, told, line_of(question.path, "GRADIENTS"))
    return ExpectedGradient(toward, reply.value)


def _toward(expected: Value, rng: np.random.Generator) -> Value:
    if isinstance(expected, Tensor):
        return (
            tensor(rounded(rng.standard_normal(expected.shape))) if expected.is_floating else None
        )
    if isinstance(expected, list | tuple):
        return type(expected)(_toward(part, rng) for part in expected)
    return None


def _input(question: Question, name: str, value: Any, *, visible: bool) -> Value:
    if isinstance(value, np.ndarray) and value.dtype.kind in "fiub":
        exact = rounded(value) if visible and value.dtype.kind == "f" else value
        return tensor(exact)
    if isinstance(value, list | tuple):
        return type(value)(_input(question, name, item, visible=visible) for item in value)
    if isinstance(value, np.generic):
        return value.item()  # type: ignore[no-any-return]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    told = (
        f"`inputs` gives {name!r} as {type(value).__name__}; expected numpy arrays of numbers, "
        "plain numbers and texts, or lists and tuples of them (the answer gets tensors)"
    )
    refuse(question.path, told, line_of(question.path, "inputs"))


def _doubled(value: Value) -> Value:
    if isinstance(value, Tensor) and value.is_floating:
        return Tensor(value.array.astype(np.float64), "float64", value.library)
    if isinstance(value, list | tuple):
        return type(value)(_doubled(item) for item in value)
    return value


def _run(function: Callable[..., Any], inputs: dict[str, Value]) -> Value | Raised | Unusable:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # some mistakes warn; that is their point
            return from_object(function(*[to_object(value) for value in inputs.values()]))
    except Exception as error:  # noqa: BLE001 - a mistake may raise anything
        return raised(error)
