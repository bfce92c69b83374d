"""A question as arrays: what a judge needs to decide it, and nothing that could be run.

`referee.preparation` makes these from the question files, once with the visible cases for
`unit.json` and anew with hidden ones for every graded submission.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeAlias

from grader.core.metrics import ACCURACY, METRICS, Metric
from grader.core.requests import Raised, Rows
from grader.core.values import Tensor, Value, from_json, to_json

FUNCTION, VALUE, REPAIR, CHOICE = "function", "value", "repair", "choice"
# Time that code stands in line for a processor is the machine's and not counted; but no question
# takes more than so many times its seconds by the clock.
PATIENCE = 3


@dataclass(frozen=True)
class AnyExpected:
    """What the same mistake gives when it is written in several ways."""

    made: tuple[Value | Raised, ...]


@dataclass(frozen=True)
class ExpectedGradient:
    """A case's right gradient: for each input named, of the result weighed by `toward`."""

    toward: Value
    expected: dict[str, Value]


@dataclass(frozen=True)
class Case:
    """One set of inputs with the right result and what each named mistake makes of it.

    `slope` is there where the answer must let gradients through; `also` holds other right results.
    """

    inputs: dict[str, Value]
    expected: Value
    mistakes: dict[str, Value | Raised | AnyExpected]
    slope: ExpectedGradient | None = None
    also: tuple[Value, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The recorded form in `unit.json`."""
        return {
            "inputs": {name: to_json(value) for name, value in self.inputs.items()},
            "expected": to_json(self.expected),
            "mistakes": {name: _made_to_json(made) for name, made in self.mistakes.items()},
            "slope": {
                "toward": to_json(self.slope.toward),
                "expected": to_json(self.slope.expected),
            }
            if self.slope
            else None,
            "also": [to_json(value) for value in self.also],
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Case:
        """Read what `to_json` wrote."""
        return cls(
            inputs={name: from_json(value) for name, value in data["inputs"].items()},
            expected=from_json(data["expected"]),
            mistakes={name: _made_from_json(made) for name, made in data["mistakes"].items()},
            slope=ExpectedGradient(
                from_json(data["slope"]["toward"]),
                from_json(data["slope"]["expected"]),  # type: ignore[arg-type]
            )
            if data.get("slope")
            else None,
            also=tuple(from_json(value) for value in data.get("also", ())),
        )


def _made_to_json(made: Value | Raised | AnyExpected) -> dict[str, Any]:
    if isinstance(made, AnyExpected):
        return {"any": [_made_to_json(each) for each in made.made]}
    if isinstance(made, Raised):
        return {"raises": made.kind, "says": made.message}
    return {"gives": to_json(made)}


def _made_from_json(data: dict[str, Any]) -> Value | Raised | AnyExpected:
    if "any" in data:
        made = tuple(_made_from_json(each) for each in data["any"])
        return AnyExpected(made)  # type: ignore[arg-type]
    if "raises" in data:
        return Raised(data["raises"], data.get("says", ""))
    return from_json(data["gives"])


@dataclass(frozen=True)
class Bars:
    """A repair's goal, in percent.

    Learners read the published pair; medians are judged by the applied three, a little milder, so
    that 85.2 at home is never 84.8 at grading. A language model's goal is another:
    `perplexity_at_most`, what a bigram model reaches on the page's data. It is judged against the
    bigram model of each draw, on the very same words.
    """

    train_below: float = 92.0
    val_at_least: float = 85.0
    applied_train_below: float = 92.5
    applied_val_at_least: float = 84.0
    applied_hidden_at_least: float = 84.0
    perplexity_at_most: float | None = None


@dataclass(frozen=True)
class Draw:
    """One data set drawn anew. `wrong` marks the training labels that were flipped on purpose."""

    train: Rows
    val: Rows
    hidden: Rows
    wrong: Tensor


@dataclass(frozen=True)
class Repair:
    """A repair: the layer that must stay, the bars, and (when graded) the draws to train on.

    `count` is how many draws a grade is the median of: three, or one where a training is long.
    They are trained on until the rest could not change the verdict; all of them with `every_draw`.
    `metric` is what is scored: accuracy, or a language model's perplexity. `pad_invariant` rules
    that nothing behind a sequence's end moves a logit.
    `lab` is what the scaffold is made of, for `lab.repair_lab` (docs/authors.md).
    `reference` is the score card of the reference on the same draws: medians of train, val, hidden
    in percent and the share of wrong labels learnt by heart.
    """

    data: str
    layer: str
    bars: Bars = Bars()
    parameters_at_most: int | None = None
    pad_invariant: bool = False
    metric: Metric = ACCURACY
    count: int = 3
    draws: tuple[Draw, ...] = ()
    every_draw: bool = False
    reference: dict[str, float] = field(default_factory=dict)
    lab: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The recorded form: the rules, never a draw."""
        bars = {
            "train_below": self.bars.train_below,
            "val_at_least": self.bars.val_at_least,
            "perplexity_at_most": self.bars.perplexity_at_most,
        }
        return {
            "data": self.data,
            "layer": self.layer,
            "bars": bars,
            "parameters_at_most": self.parameters_at_most,
            "pad_invariant": self.pad_invariant,
            "metric": self.metric.name,
            "count": self.count,
            "lab": self.lab,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Repair:
        """Read what `to_json` wrote."""
        return cls(
            data["data"],
            data["layer"],
            Bars(**data["bars"]),
            data["parameters_at_most"],
            data.get("pad_invariant", False),
            METRICS[data.get("metric", ACCURACY.name)],
            data.get("count", 3),
            lab=data.get("lab", {}),
        )


@dataclass(frozen=True)
class _BaseQuestion:
    """What every question has. `messages` maps each named mistake to its sentence.

    `seconds` is the time that an answer may take; `hidden` marks inputs that learners never get.
    """

    kind: ClassVar[str]
    id: str
    title: str
    points: float
    seconds: float
    messages: dict[str, str] = field(default_factory=dict)
    hidden: bool = field(default=False, kw_only=True)

    def to_json(self) -> dict[str, Any]:
        """The recorded form in `unit.json`; refuses hidden cases, which must never be recorded."""
        if self.hidden:
            message = f"{self.id}: hidden cases are never written to a file that learners get"
            raise ValueError(message)
        return {
            "id": self.id,
            "kind": self.kind,
            "title": self.title,
            "points": self.points,
            "seconds": self.seconds,
            "messages": self.messages,
            "cases": [],
            "repair": None,
            "choice": None,
        }


@dataclass(frozen=True)
class _CasesQuestion(_BaseQuestion):
    """A question whose answer is compared with right results."""

    cases: tuple[Case, ...] = field(kw_only=True)

    def to_json(self) -> dict[str, Any]:
        """The recorded form in `unit.json`."""
        return super().to_json() | {"cases": [case.to_json() for case in self.cases]}


@dataclass(frozen=True)
class FunctionQuestion(_CasesQuestion):
    """The answer is a function, called with the inputs of each case."""

    kind = FUNCTION


@dataclass(frozen=True)
class ValueQuestion(_CasesQuestion):
    """The answer is a value, read once for each case."""

    kind = VALUE


@dataclass(frozen=True)
class RepairQuestion(_BaseQuestion):
    """The answer is a recipe, `train_model(train, val)`, judged by what its models predict."""

    kind = REPAIR
    repair: Repair = field(kw_only=True)

    def to_json(self) -> dict[str, Any]:
        """The recorded form in `unit.json`."""
        return super().to_json() | {"repair": self.repair.to_json()}


@dataclass(frozen=True)
class ChoiceQuestion(_BaseQuestion):
    """The answer is an option's key: `right` (None in a hand-out). `whys` has a sentence a key."""

    kind = CHOICE
    right: str | None = field(kw_only=True)
    whys: dict[str, str] = field(kw_only=True)

    def to_json(self) -> dict[str, Any]:
        """The recorded form in `unit.json`."""
        return super().to_json() | {"choice": {"right": self.right, "whys": self.whys}}


CasesQuestion: TypeAlias = FunctionQuestion | ValueQuestion
PreparedQuestion: TypeAlias = FunctionQuestion | ValueQuestion | RepairQuestion | ChoiceQuestion


def has_draws(question: PreparedQuestion) -> bool:
    """Whether a question holds the draws of a repair, megabytes that a whole class shares."""
    return isinstance(question, RepairQuestion) and bool(question.repair.draws)


def question_from_json(data: dict[str, Any]) -> PreparedQuestion:
    """Read what `to_json` wrote. Raises ValueError for a kind of question that is not known."""
    common = {name: data[name] for name in ("id", "title")}
    common |= {name: float(data[name]) for name in ("points", "seconds")}
    common["messages"] = dict(data["messages"])
    match data["kind"]:
        case FunctionQuestion.kind:
            return FunctionQuestion(**common, cases=_cases_from_json(data))
        case ValueQuestion.kind:
            return ValueQuestion(**common, cases=_cases_from_json(data))
        case RepairQuestion.kind:
            return RepairQuestion(**common, repair=Repair.from_json(data["repair"]))
        case ChoiceQuestion.kind:
            return ChoiceQuestion(**common, **data["choice"])
    message = f"{data['id']}: there is no kind of question {data['kind']!r}"
    raise ValueError(message)


def _cases_from_json(data: dict[str, Any]) -> tuple[Case, ...]:
    return tuple(Case.from_json(case) for case in data["cases"])
