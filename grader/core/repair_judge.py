"""Judge a repair: train the learner's recipe on data sets drawn anew and score what it predicts.

A repair is a recipe, not a set of weights, so a lucky seed or a model that has learnt the page's
validation set neither pays nor hurts. Hidden labels stay on the judge's side: only sequences are
sent. What needs no training (the size, the form, what is read) is told before any. Draws are
trained one after another until no further one could change what the medians say.

`core.accuracy_judge` and `core.perplexity_judge` say how a model is scored and what scores mean.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, fields
from typing import Any, ClassVar, Generic, TypeVar

from grader.core import probes, repair_messages
from grader.core.diagnosis import share_of
from grader.core.intervals import Interval, UndecidedError, median_of
from grader.core.probes import ProbedModel
from grader.core.question import Draw, RepairQuestion
from grader.core.repair_preamble import Ask, EndedError, ModelFacts, build, check_facts, end, train
from grader.core.request_batches import UnlabelledRows, generator
from grader.core.verdict_rules import rule
from grader.core.verdicts import Outcome, Verdict

Scores = TypeVar("Scores", bound=Any)  # a dataclass of numbers


def medians(details: Mapping[str, Any]) -> dict[str, Interval]:
    """What the details of a verdict tell of the medians by name; of bounds what lies between.

    Empty where nothing was measured; a number that is not finite is left out.
    """
    known = {name: (middle, middle) for name, middle in details.get("median", {}).items()}
    known |= {name: (low, high) for name, (low, high) in details.get("between", {}).items()}
    return {name: Interval(*ends) for name, ends in known.items() if None not in ends}


class RepairJudge(ABC, Generic[Scores]):
    """One judgement of a repair; `Scores` is what a draw is scored with."""

    advice: ClassVar[Mapping[str, str]] = repair_messages.REPAIR_ADVICE
    # What details say of every verdict of this kind.
    details: ClassVar[Mapping[str, Any]] = {}

    def __init__(self, question: RepairQuestion, ask: Ask) -> None:
        self.question = question
        self.repair = question.repair
        self.ask = ask
        # Dropout on a layer that does not stack, the largest of all draws.
        self.idle_dropout = 0.0
        # How many draws have been trained on.
        self.trained = 0

    def judge(self) -> Verdict:
        """Train and score the recipe on draw after draw until their medians decide."""
        draws = self.repair.draws
        if not draws:
            message = f"{self.question.id}: a repair is judged on draws, and none were prepared"
            raise ValueError(message)
        try:
            if build(self.question, self.ask, draws[0]):
                self._check(draws[0])
            return self._judge_trained()
        except EndedError as ended:
            return ended.verdict

    @abstractmethod
    def model(self, draw: Draw) -> ProbedModel:
        """The model as it can be asked about rows of a draw."""

    @abstractmethod
    def probed_rows(self, draw: Draw) -> tuple[UnlabelledRows, UnlabelledRows | None]:
        """The rows that `probes.check_form` asks about, and the same with what must not count."""

    @abstractmethod
    def score(self, draw: Draw) -> Scores:
        """Ask the trained model and score it. Raises EndedError where it breaks a rule."""

    @abstractmethod
    def diagnose(self, middle: Scores) -> str | None:
        """Name what the medians show, or None where all bars hold.

        Raises UndecidedError where another draw may change that.
        """

    @abstractmethod
    def passed(self, middle: Scores) -> str:
        """The sentence for medians that hold all bars."""

    @abstractmethod
    def measured(self, middle: Scores) -> str:
        """The medians and their goal, for a sentence that begins with `Measured:`."""

    @abstractmethod
    def advice_values(self, middle: Scores) -> dict[str, object]:
        """What stands in the braces of an advice."""

    @property
    def left(self) -> int:
        """How many draws have not been trained on."""
        return len(self.repair.draws) - self.trained

    def _judge_trained(self) -> Verdict:
        scores: list[Scores] = []
        for draw in self.repair.draws:
            scores.append(self.train_and_score(draw))
            self.trained += 1
            if self.left and self.repair.every_draw:
                continue
            with suppress(UndecidedError):
                return self._decide(scores)
        message = f"{self.question.id}: all draws were trained on and decide nothing"
        raise AssertionError(message)  # numbers that are all known compare

    def train_and_score(self, draw: Draw) -> Scores:
        """Train the recipe on a draw, check the rules, and score it. Raises EndedError."""
        train(self.question, self.ask, draw)
        facts = self._check(draw)
        self.idle_dropout = max(self.idle_dropout, facts.idle_dropout)
        scores = self.score(draw)
        if check_facts(self.question, self.ask).state != facts.state:
            end(self.question, "weights-change")
        return scores

    def _check(self, draw: Draw) -> ModelFacts:
        """Check what holds with any weights; before a training and after each."""
        check_facts(self.question, self.ask)
        rows, whole = self.probed_rows(draw)
        probes.check_form(self.model(draw), rows, generator(rows, 0), whole)
        facts = check_facts(self.question, self.ask)
        probes.check_layer_runs(self.question, facts)
        return facts

    def _decide(self, scores: list[Scores]) -> Verdict:
        """The verdict; raises UndecidedError where it hangs on draws that are left."""
        kind = type(scores[0])
        known = {
            field.name: median_of([getattr(each, field.name) for each in scores], self.left)
            for field in fields(kind)
        }
        middle = kind(**known)
        mistake = self.diagnose(middle)
        details = {
            **self.details,
            "draws": [asdict(each) for each in scores],
            **self._told_medians(known),
            "reference": self.repair.reference,
        }
        if mistake is None:
            text = self._with_left(self.passed(middle))
            return rule(self.question, Outcome.PASSED, text, details=details)
        share = share_of(mistake)
        if self.idle_dropout:
            mistake = "dropout-on-one-layer"
        values = {"dropout": self.idle_dropout, **self.advice_values(middle)}
        measured = self._with_left(self.measured(middle))
        text = f"{self.advice[mistake].format(**values)} Measured: {measured}"
        return rule(
            self.question, Outcome.WRONG, text, mistake=mistake, share=share, details=details
        )

    def _told_medians(self, known: Mapping[str, Interval]) -> dict[str, Any]:
        """The medians, or where they lie and of how many draws they are; `medians` reads both."""
        if not self.left:
            return {"median": {name: middle.low for name, middle in known.items()}}
        return {
            "between": {name: [middle.low, middle.high] for name, middle in known.items()},
            "of_draws": len(self.repair.draws),
        }

    def _with_left(self, text: str) -> str:
        return f"{text} {repair_messages.decided(self.trained, self.left)}" if self.left else text
