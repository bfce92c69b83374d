"""In which order a class is run: long ones first, so that its workers end together.

A submission is expected to take what this student's last one of the unit took, and else as long as
the unit's reference trains. Units stay together, because what all submissions of one share is kept
ready for a few units only.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.classroom.grading.planning import PlannedRun
from grader.core.atomic_files import replace_file
from grader.referee.process import reference_seconds

SECONDS = "seconds.json"


@dataclass
class RunSeconds:
    """What the class's last runs took by the clock, by unit and student; kept in a file.

    A cache: without it a class is run in the order in which it was planned.
    """

    path: Path
    cards: Path
    known: dict[str, dict[str, float]] = field(default_factory=dict)
    _noted: bool = False

    @classmethod
    def of(cls, results: Path, cards: Path) -> RunSeconds:
        """Those beside a class's results; `cards` is where its references' seconds lie."""
        path = results / SECONDS
        with suppress(OSError, ValueError):
            return cls(path, cards, _read(json.loads(path.read_text(encoding="utf-8"))))
        return cls(path, cards)

    def longest_first(self, works: Sequence[PlannedRun]) -> list[PlannedRun]:
        """The works, unit by unit; both in falling order of what they are expected to take."""
        units = dict.fromkeys(work.unit for work in works)
        references = {unit: reference_seconds(self.cards, unit) for unit in units}
        takes = {
            (work.unit, work.student): self.known.get(work.unit, {}).get(
                work.student, references[work.unit]
            )
            for work in works
        }
        longest = {unit: max(s for (of, _), s in takes.items() if of == unit) for unit in units}
        place = {unit: number for number, unit in enumerate(units)}
        return sorted(
            works,
            key=lambda work: (
                -longest[work.unit],
                place[work.unit],
                -takes[work.unit, work.student],
            ),
        )

    def note(self, work: PlannedRun, seconds: float) -> None:
        """A submission took so long."""
        self.known.setdefault(work.unit, {})[work.student] = round(seconds, 3)
        self._noted = True

    def keep(self) -> None:
        """Write what was noted; where that cannot be, the next run lacks nothing but an order."""
        if self._noted:
            with suppress(OSError):
                replace_file(self.path, json.dumps(self.known))


def _read(told: Any) -> dict[str, dict[str, float]]:
    """The numbers by unit and student that are there."""
    units: Iterable[tuple[Any, Any]] = told.items() if isinstance(told, Mapping) else ()
    return {str(unit): _numbers(own) for unit, own in units}


def _numbers(own: Any) -> dict[str, float]:
    items: Iterable[tuple[Any, Any]] = own.items() if isinstance(own, Mapping) else ()
    return {str(name): float(n) for name, n in items if isinstance(n, int | float)}
