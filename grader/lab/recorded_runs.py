"""The curves of a graded training as numbers, from which the feedback page draws its picture.

Inside a check of a graded run nothing can be drawn: the learner's process is not trusted with a
page, and matplotlib would cost more than many trainings. So a run leaves its records as JSON;
`classroom.engine` keeps finite numbers of it, `classroom.feedback` draws them.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Self

from grader.lab import frontend
from grader.lab.curves import ACCURACY, PERPLEXITY, CurveMetric
from grader.lab.training_history import Ending, Epoch, History, Step

CURVES = "application/vnd.grader.curves+json"
"""The MIME type of `{"measure": name, "best": epoch, "records": [[4 numbers], …]}`."""
EPOCHS_AT_MOST = 400
_FIELDS = ("train_loss", "val_loss", "train_accuracy", "val_accuracy")
MEASURES = {measure.name: measure for measure in (ACCURACY, PERPLEXITY)}


class RecordedRun:
    """Stands where a panel would: shows nothing while a run goes on, and its numbers at the end."""

    def __init__(self, measure: CurveMetric) -> None:
        self._measure = measure

    def __enter__(self) -> Self:
        """Show nothing yet."""
        return self

    def hear(self, record: Step | Epoch) -> Ending | None:
        """Let the run go on."""

    def finish(self, history: History) -> None:
        """Leave the numbers."""
        count = "1 epoch" if len(history) == 1 else f"{len(history)} epochs"
        data = {CURVES: to_json(history, self._measure), "text/plain": f"Trained for {count}."}
        frontend.show(data, raw=True)

    def __exit__(self, *_: object) -> None:
        """Leave nothing else."""


def to_json(history: History, measure: CurveMetric) -> dict[str, Any]:
    """The JSON of a run: at most EPOCHS_AT_MOST epochs; null for what is no finite number."""
    rows = [[_finite(getattr(r, name)) for name in _FIELDS] for r in history.records]
    return {
        "measure": measure.name,
        "best": history.best.epoch,
        "records": rows[:EPOCHS_AT_MOST],
    }


def from_json(data: object) -> tuple[CurveMetric, list[Epoch], int] | None:
    """The measure, records and best epoch of a run; None for what `to_json` cannot have written.

    Whoever wrote it ran in the learner's process, so nothing but numbers of the right form passes.
    """
    if not isinstance(data, Mapping):
        return None
    measure, best, rows = data.get("measure"), data.get("best"), data.get("records")
    if not isinstance(measure, str) or measure not in MEASURES or type(best) is not int:
        return None
    if not isinstance(rows, list) or not 1 <= len(rows) <= EPOCHS_AT_MOST:
        return None
    if not all(_is_row(row) for row in rows) or not 1 <= best <= len(rows):
        return None
    numbers = [[math.nan if value is None else float(value) for value in row] for row in rows]
    records = [
        Epoch(epoch, train_loss, val_loss, train_accuracy, val_accuracy, seconds=0.0)
        for epoch, (train_loss, val_loss, train_accuracy, val_accuracy) in enumerate(numbers, 1)
    ]
    return MEASURES[measure], records, best


def _is_row(row: object) -> bool:
    return (
        isinstance(row, Sequence)
        and not isinstance(row, str)
        and len(row) == len(_FIELDS)
        and all(value is None or _is_number(value) for value in row)
    )


def _is_number(value: object) -> bool:
    if type(value) not in (int, float):
        return False
    try:
        return math.isfinite(value) and abs(value) < 1e12  # type: ignore[arg-type]
    except OverflowError:
        return False


def _finite(value: float) -> float | None:
    """Six significant digits are more than a picture shows."""
    return float(f"{value:.6g}") if math.isfinite(value) else None
