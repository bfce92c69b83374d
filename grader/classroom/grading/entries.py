"""One line of a class: where a student stands in one unit. Tables, pages and exports all read it.

What the grader found is the `report`; what counts is the `mark`, as it stands in the gradebook with
a person's scores and late penalties. No number is given for what still waits for somebody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from grader.classroom.grading.comments import told
from grader.core.names import is_challenge, series, stem
from grader.core.plain_text import plain
from grader.core.test_cells import is_in_learners_process
from grader.core.verdicts import Outcome, Verdict

if TYPE_CHECKING:
    from grader.classroom.engine.jobs import Report

EXCUSED = "excused"
BY_HAND = "by hand"
_LONGEST = 2000


class State(StrEnum):
    """Where a submission stands. Only what is graded has a score.

    EXCUSED is who is excused from every question: 0 of 0 is no mark.
    """

    GRADED = "graded"
    WAITS = "waits"
    NOT_GRADED = "not graded"
    MISSING = "missing"
    WITHDRAWN = "withdrawn"
    EXCUSED = "excused"


@dataclass(frozen=True)
class Mark:
    """One student's mark in one unit, as nbgrader counts it.

    `cells` maps each graded cell to (points, maximum); `waiting` are those that a person has to
    look at; `by_hand` those whose points a person gave; `comments` what a person wrote, by
    question; `late` seconds after the due date.
    """

    student: str
    score: float
    maximum: float
    penalty: float
    waits: bool
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    lms_id: str = ""
    cells: dict[str, tuple[float, float]] = field(default_factory=dict)
    waiting: tuple[str, ...] = ()
    by_hand: tuple[str, ...] = ()
    comments: dict[str, str] = field(default_factory=dict)
    late: float = 0.0


@dataclass(frozen=True)
class Entry:
    """What became of one submission, or why there is none.

    `report` is what the grader found; `problem` why there is none. `mark` is None where the
    gradebook has nothing, or was not asked: then the report's points count. `absent` is MISSING or
    WITHDRAWN for who has no part in it; name and addresses are the roster's. `excused` are
    questions that do not count for this student, `later` those that the release which it holds has
    not, with the reason.
    """

    student: str
    unit: str
    report: Report | None = None
    problem: str = ""
    mark: Mark | None = None
    absent: State | None = None
    name: str = ""
    email: str = ""
    lms_id: str = ""
    excused: frozenset[str] = frozenset()
    later: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """A problem may be told in nbgrader's words, which may hold a learner's."""
        object.__setattr__(self, "problem", plain(self.problem, _LONGEST))

    @property
    def verdicts(self) -> Mapping[str, Verdict]:
        """The verdicts by question id."""
        return self.report.verdicts if self.report else {}

    @property
    def graded(self) -> bool:
        """False where a person has to look: nothing to read, or the grader's own failure."""
        return self.state is not State.NOT_GRADED and self.state is not State.WAITS

    @property
    def state(self) -> State:
        """Where it stands."""
        if self.absent is not None:
            return self.absent
        if self.mark is None:
            is_whole = self.report is not None and self.report.is_final and not self.problem
            return State.GRADED if is_whole else State.NOT_GRADED
        if self.excused and not self.maximum:
            return State.EXCUSED
        if self.waiting:
            return State.NOT_GRADED if self.problem else State.WAITS
        # what cannot be read and has a person's scores is as good as graded
        is_settled = not self.problem or bool(self.mark.by_hand)
        return State.GRADED if is_settled else State.NOT_GRADED

    @property
    def waiting(self) -> dict[str, str]:
        """The questions that have no points yet, each with the reason."""
        waiting = dict(self.later)
        for name in self.mark.waiting if self.mark else ():
            waiting.setdefault(name, _why(self.verdicts.get(name), name, self.mark))
        return {name: why for name, why in waiting.items() if name not in self.excused}

    @property
    def reason(self) -> str:
        """Why there is no score; empty where there is one."""
        if self.state is State.GRADED:
            return ""
        if self.state is State.EXCUSED:
            return "excused from every question"
        if self.absent is not None:
            return "nothing was handed in" if self.absent is State.MISSING else "withdrawn"
        if self.problem:
            return self.problem
        broken = {n: v for n, v in self.verdicts.items() if v.outcome is Outcome.BROKEN}
        told = self.waiting or {name: verdict.message for name, verdict in broken.items()}
        return "; ".join(_by_reason(told)) or "not graded yet"

    @property
    def score(self) -> float | None:
        """The points that count, late penalty taken off; None where there is no mark (yet)."""
        if self.state is not State.GRADED:
            return None
        if self.mark is None:
            return float(self.report.score) if self.report else None
        if not self.excused:
            return self.mark.score
        kept = sum(p for name, (p, _) in self.mark.cells.items() if name not in self.excused)
        return max(0.0, kept - self.mark.penalty)

    @property
    def maximum(self) -> float | None:
        """What could be had; less than the unit's where questions are excused."""
        if self.mark is None:
            return float(self.report.maximum) if self.report else None
        cells = self.mark.cells.items()
        return self.mark.maximum - sum(top for name, (_, top) in cells if name in self.excused)

    def points(self, name: str) -> float | None:
        """The points of one question; None where it is excused, waits, or is not there."""
        if self.absent is not None or name in self.excused or name in self.waiting:
            return None
        if self.mark is not None and name in self.mark.cells:
            return None if self.state is State.NOT_GRADED else self.mark.cells[name][0]
        verdict = self.verdicts.get(name)
        broken = verdict is None or verdict.outcome is Outcome.BROKEN
        return None if broken or verdict is None else verdict.points

    def said(self, name: str) -> str:
        """What stands beside a question's points: its outcome, or who decided otherwise."""
        if name in self.excused:
            return EXCUSED
        if name in self.waiting:
            return "waits"
        if self.is_by_hand(name):
            return BY_HAND
        verdict = self.verdicts.get(name)
        return str(verdict.outcome) if verdict else ""

    def words(self, name: str) -> str:
        """What a learner is told of a question: a person's words go before the grader's."""
        if name in self.excused:
            return EXCUSED
        own = self.mark.comments.get(name, "") if self.mark else ""
        return told(self.verdicts.get(name), own, by_hand=self.is_by_hand(name))

    def is_by_hand(self, name: str) -> bool:
        """Whether a person gave the points of a question."""
        return self.mark is not None and name in self.mark.by_hand

    def mistake(self, name: str) -> str:
        """The named mistake of an answer; empty where the grader's verdict does not count."""
        verdict = self.verdicts.get(name)
        is_told = verdict and name not in self.excused and not self.is_by_hand(name)
        return (verdict.mistake or "") if verdict and is_told else ""


def _by_reason(told: Mapping[str, str]) -> list[str]:
    """Each reason once, after the questions that it holds for."""
    reasons = dict.fromkeys(told.values())
    return [f"{', '.join(n for n in told if told[n] == why)}: {why}" for why in reasons]


def _why(verdict: Verdict | None, name: str, mark: Mark | None) -> str:
    if verdict is not None and verdict.outcome is Outcome.BROKEN:
        return verdict.message
    if mark is not None and name in mark.by_hand:
        return "the score given by hand is older than the present result; confirm it in formgrader"
    return "waits for a person (formgrader: Manual Grading)"


def present(entries: Sequence[Entry]) -> list[Entry]:
    """Those who have handed something in and belong to the class."""
    return [entry for entry in entries if entry.absent is None]


def columns(entries: Sequence[Entry]) -> list[str]:
    """The questions that any of the entries has, challenge items last."""
    names = dict.fromkeys(name for entry in entries for name in entry.verdicts)
    return sorted(names, key=is_challenge)


def tested(entries: Sequence[Entry]) -> frozenset[str]:
    """The questions whose tests ran in the learner's process."""
    found = (entry.verdicts.items() for entry in entries)
    return frozenset(n for each in found for n, v in each if is_in_learners_process(v.details))


def grouped(names: Sequence[str]) -> dict[str, list[str]]:
    """The columns of a narrow table: a question each, all challenge items together."""
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(series(name) if is_challenge(name) else name, []).append(name)
    return groups


def short(name: str, unit: str) -> str:
    """A question's name inside its unit: `rnn-step` of `01_rnn` is `step`."""
    return name.removeprefix(f"{stem(unit)}-")
