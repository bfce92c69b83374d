"""What goes into a run and what comes out: plain values only, so that both can travel anywhere."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Self

from grader.classroom.engine.error_causes import explained, with_earlier
from grader.classroom.engine.teacher_remarks import remarks
from grader.core.question import PreparedQuestion
from grader.core.test_cells import TestCell
from grader.core.verdict_rules import rule
from grader.core.verdicts import Outcome, Verdict

SCHEMA = 1


@dataclass(frozen=True)
class Job:
    """One submission to be run.

    `notebook` is the notebook as `classroom.notebooks.rebuilding` rebuilt it from the master (its
    ids and metadata are ours, its answers the learner's); `questions` are the hidden ones of this
    submission; `files` are laid beside the notebook, such as `unit.json`; `everything` also runs
    cells that only demonstrate; `device` is where the references ran, for the report.

    Of an ordinary assignment, which has no questions but tests in its cells, `tests` are the graded
    cells by grade_id, and `released` its code cells as learners got them; None for a unit.
    """

    student: str
    unit: str
    notebook: bytes
    questions: Mapping[str, PreparedQuestion]
    files: Mapping[str, bytes] = field(default_factory=lambda: MappingProxyType({}))
    everything: bool = False
    device: str = "cpu"
    tests: Mapping[str, TestCell] | None = None
    released: tuple[str, ...] = ()

    def broken(self, text: str) -> dict[str, Verdict]:
        """The verdicts where the grader itself failed."""
        cells = self.tests or {}
        verdicts = {name: rule(q, Outcome.BROKEN, text) for name, q in self.questions.items()}
        return verdicts | {name: c.verdict(Outcome.BROKEN, text) for name, c in cells.items()}


@dataclass(frozen=True)
class Report:
    """What was found in one submission; as JSON what `--json` prints and a kept result holds.

    `verdicts` are in the notebook's order; `device` is where the references ran; `seconds` the wall
    time of the run; `remarks` sentences for the teacher; `causes` sentences by the name that an
    answer missed, kept for the next judgement.
    """

    student: str
    unit: str
    device: str
    sandbox: str
    seconds: float
    verdicts: Mapping[str, Verdict]
    remarks: tuple[str, ...] = ()
    causes: Mapping[str, str] = field(default_factory=dict)

    @property
    def score(self) -> float:
        """All points."""
        return sum(verdict.points for verdict in self.verdicts.values())

    @property
    def maximum(self) -> float:
        """The points that could be had."""
        return sum(verdict.maximum for verdict in self.verdicts.values())

    @property
    def is_final(self) -> bool:
        """False where the grader itself failed: then the work is done again next time."""
        return all(v.outcome is not Outcome.BROKEN for v in self.verdicts.values())

    def to_json(self) -> dict[str, Any]:
        """The JSON report; `from_json` reads it."""
        return {
            "schema": SCHEMA,
            "student": self.student,
            "unit": self.unit,
            "score": self.score,
            "max": self.maximum,
            "device": self.device,
            "sandbox": self.sandbox,
            "seconds": self.seconds,
            **({"causes": dict(self.causes)} if self.causes else {}),
            "remarks": list(self.remarks),
            "questions": {name: verdict.to_json() for name, verdict in self.verdicts.items()},
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Read what `to_json` gave. Raises KeyError, TypeError, ValueError for anything else."""
        return cls(
            student=data["student"],
            unit=data["unit"],
            device=data["device"],
            sandbox=data["sandbox"],
            seconds=float(data["seconds"]),
            verdicts={name: Verdict.from_json(name, q) for name, q in data["questions"].items()},
            remarks=tuple(data["remarks"]),
            causes=dict(data.get("causes", {})),
        )


@dataclass(frozen=True)
class Result:
    """What became of a job: the report, the executed notebook with clean outputs, seconds.

    `answers` is what the code answered, as `referee.recorded_replies` keeps it; empty where it
    cannot be judged again.
    """

    report: Report
    notebook: bytes
    seconds: float
    answers: bytes = b""

    @property
    def verdicts(self) -> Mapping[str, Verdict]:
        """The report's verdicts by question id."""
        return self.report.verdicts


def report(
    job: Job,
    sandbox: str,
    verdicts: Mapping[str, Verdict],
    seconds: float,
    causes: Mapping[str, str] = MappingProxyType({}),
) -> Report:
    """The report of one submission.

    `causes` are sentences by the name that an answer missed.
    """
    verdicts = with_earlier(job.notebook, job.questions, explained(verdicts, causes))
    return Report(
        student=job.student,
        unit=job.unit,
        device=job.device,
        sandbox=sandbox,
        seconds=round(seconds, 3),
        verdicts=dict(verdicts),
        remarks=tuple(remarks(job.notebook, verdicts)),
        causes=dict(causes),
    )
