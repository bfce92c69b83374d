"""The course's total of each student, over the units that a class has been graded in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.classroom.grading.entries import Entry, State


@dataclass(frozen=True)
class Total:
    """One student's entries by unit; who handed in nothing for a unit has 0 of it."""

    student: str
    name: str
    entries: Mapping[str, Entry]
    possible: Mapping[str, float]

    @property
    def score(self) -> float | None:
        """The sum of all units; None where a mark is still to come, or all is excused."""
        counted = [e for e in self.entries.values() if e.state is not State.EXCUSED]
        if not counted:
            return None
        given = [0.0 if e.absent is State.MISSING else e.score for e in counted]
        known = [score for score in given if score is not None]
        return sum(known) if len(known) == len(given) else None

    @property
    def maximum(self) -> float:
        """What could be had in all units; excused questions do not count."""
        return sum(
            own if (own := entry.maximum) is not None else self.possible.get(unit, 0.0)
            for unit, entry in self.entries.items()
        )

    @property
    def reason(self) -> str:
        """Which units have no mark yet; empty where the total stands."""
        waits = [
            f"{unit}: {entry.state}" for unit, entry in self.entries.items() if not entry.graded
        ]
        return "; ".join(waits)

    @property
    def told(self) -> str:
        """The total in a table."""
        return "" if self.score is None else f"{self.score:g} of {self.maximum:g}"


def totals(entries: Sequence[Entry]) -> list[Total]:
    """By student; who has withdrawn is left out."""
    counted = [entry for entry in entries if entry.absent is not State.WITHDRAWN]
    possible: dict[str, float] = {}
    for entry in counted:
        whole = entry.mark.maximum if entry.mark else entry.maximum
        possible[entry.unit] = max(possible.get(entry.unit, 0.0), whole or 0.0)
    found = []
    for student in sorted({entry.student for entry in counted}):
        own = {entry.unit: entry for entry in counted if entry.student == student}
        name = next((entry.name for entry in own.values() if entry.name), "")
        found.append(Total(student, name, own, possible))
    return found
