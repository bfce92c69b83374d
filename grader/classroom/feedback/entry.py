"""One line of a class: a student's verdicts in one unit, or why there are none."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from grader.core.names import stem
from grader.core.verdict import Outcome, Verdict

_CHALLENGE = "-challenge-"


@dataclass(frozen=True)
class Entry:
    """What became of one submission. `report` is its JSON report; `problem` why it is empty."""

    student: str
    unit: str
    report: dict[str, Any] = field(default_factory=dict)
    problem: str = ""

    @property
    def verdicts(self) -> dict[str, Verdict]:
        """The verdicts by question id."""
        questions = self.report.get("questions", {})
        return {name: Verdict.from_json(name, given) for name, given in questions.items()}

    @property
    def graded(self) -> bool:
        """False where a person has to look: nothing to read, or the grader's own failure."""
        broken = any(v.outcome is Outcome.BROKEN for v in self.verdicts.values())
        return bool(self.report) and not broken and not self.problem


def columns(entries: Sequence[Entry]) -> list[str]:
    """The questions that any of the entries has, challenge items last."""
    names = dict.fromkeys(name for entry in entries for name in entry.verdicts)
    return sorted(names, key=lambda name: _CHALLENGE in name)


def grouped(names: Sequence[str]) -> dict[str, list[str]]:
    """The columns of a narrow table: a question each, all challenge items together."""
    groups: dict[str, list[str]] = {}
    for name in names:
        head, found, _ = name.partition(_CHALLENGE)
        groups.setdefault(f"{head}-challenge" if found else name, []).append(name)
    return groups


def short(name: str, unit: str) -> str:
    """A question's name inside its unit: `rnn-step` of `01_rnn` is `step`."""
    return name.removeprefix(f"{stem(unit)}-")
