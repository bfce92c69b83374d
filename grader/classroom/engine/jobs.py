"""What goes into a run and what comes out: bytes and arrays only, so both can travel anywhere."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from grader.classroom.engine.error_causes import explained
from grader.classroom.engine.teacher_remarks import remarks
from grader.core.question import PreparedQuestion
from grader.core.verdicts import Verdict

SCHEMA = 1


@dataclass(frozen=True)
class Job:
    """One submission to be run.

    `notebook` is the notebook as `classroom.notebooks.rebuilding` rebuilt it from the master (its
    ids and metadata are ours, its answers the learner's); `questions` are the hidden ones of this
    submission; `files` are laid beside the notebook, such as `unit.json`; `everything` also runs
    cells that only demonstrate; `device` is where the references ran, for the report.
    """

    student: str
    unit: str
    notebook: bytes
    questions: Mapping[str, PreparedQuestion]
    files: Mapping[str, bytes] = field(default_factory=lambda: MappingProxyType({}))
    everything: bool = False
    device: str = "cpu"


@dataclass(frozen=True)
class Result:
    """What became of a job: the JSON report, the executed notebook with clean outputs, seconds.

    `answers` is what the code answered, as `referee.recorded_replies` keeps it; empty where it
    cannot be judged again.
    """

    report: dict[str, Any]
    notebook: bytes
    seconds: float
    answers: bytes = b""

    @property
    def verdicts(self) -> dict[str, Verdict]:
        """The report's questions as verdicts."""
        return {name: Verdict.from_json(name, q) for name, q in self.report["questions"].items()}


def report(
    job: Job,
    sandbox: str,
    verdicts: Mapping[str, Verdict],
    seconds: float,
    causes: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, Any]:
    """The JSON report of one submission; `remarks` are for the teacher.

    `causes` are sentences by the name that an answer missed; they are kept for the next judgement.
    """
    verdicts = explained(verdicts, causes)
    return {
        "schema": SCHEMA,
        "student": job.student,
        "unit": job.unit,
        "score": sum(verdict.points for verdict in verdicts.values()),
        "max": sum(verdict.maximum for verdict in verdicts.values()),
        "device": job.device,
        "sandbox": sandbox,
        "seconds": round(seconds, 3),
        **({"causes": dict(causes)} if causes else {}),
        "remarks": remarks(job.notebook, verdicts),
        "questions": {name: verdict.to_json() for name, verdict in verdicts.items()},
    }
