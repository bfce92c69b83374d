"""Judge a repair: train the learner's recipe on data sets drawn anew and score what it predicts.

A repair is a recipe, not a set of weights, so a lucky seed or a model that has learnt the page's
validation set neither pays nor hurts. Hidden labels stay on the judge's side: only sequences are
sent. What needs no training (the size, the form, what is read) is told before any.

`core.accuracy_judge` and `core.perplexity_judge` say how a model is scored and what scores mean.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import asdict, fields
from statistics import median
from typing import Any, ClassVar, Generic, TypeVar

from grader.core import probes, repair_messages
from grader.core.diagnosis import share_of
from grader.core.probes import ProbedModel
from grader.core.question import Draw, RepairQuestion
from grader.core.repair_preamble import Ask, EndedError, ModelFacts, build, check_facts, end, train
from grader.core.request_batches import UnlabelledRows, generator
from grader.core.verdict_rules import rule
from grader.core.verdicts import Outcome, Verdict

Scores = TypeVar("Scores", bound=Any)  # a dataclass of floats


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

    def judge(self) -> Verdict:
        """Train and score the recipe on every draw; medians decide."""
        draws = self.repair.draws
        if not draws:
            message = f"{self.question.id}: a repair is judged on draws, and none were prepared"
            raise ValueError(message)
        try:
            if build(self.question, self.ask, draws[0]):
                self._check(draws[0])
            scores = [self._trained(draw) for draw in draws]
            return self._decide(scores)
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
        """Name what the medians show, or None where all bars hold."""

    @abstractmethod
    def passed(self, middle: Scores) -> str:
        """The sentence for medians that hold all bars."""

    @abstractmethod
    def measured(self, middle: Scores) -> str:
        """The medians and their goal, for a sentence that begins with `Measured:`."""

    @abstractmethod
    def advice_values(self, middle: Scores) -> dict[str, object]:
        """What stands in the braces of an advice."""

    def _trained(self, draw: Draw) -> Scores:
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
        kind = type(scores[0])
        names = [field.name for field in fields(kind)]
        middle = kind(**{name: median(getattr(each, name) for each in scores) for name in names})
        details = {
            **self.details,
            "draws": [asdict(each) for each in scores],
            "median": asdict(middle),
            "reference": self.repair.reference,
        }
        mistake = self.diagnose(middle)
        if mistake is None:
            return rule(self.question, Outcome.PASSED, self.passed(middle), details=details)
        share = share_of(mistake)
        if self.idle_dropout:
            mistake = "dropout-on-one-layer"
        values = {"dropout": self.idle_dropout, **self.advice_values(middle)}
        text = f"{self.advice[mistake].format(**values)} Measured: {self.measured(middle)}"
        return rule(
            self.question, Outcome.WRONG, text, mistake=mistake, share=share, details=details
        )
