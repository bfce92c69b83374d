"""The numbers of a recipe, in one table: what each may be, and how form and runs name it.

Read by `scaffold` (limits, words for a run), by the panel's form (`page/repair.js` gets it as JSON)
and by the tests that hold `lab.fit`'s own limits against it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any


@dataclass(frozen=True)
class Field:
    """One number: `low` and `high` are allowed, too; a `step` of None takes any number.

    `said` names a value in the table of runs. `whole` numbers are rounded; one that `may_be_off`
    may be left empty.
    """

    name: str
    group: str
    label: str
    said: str
    low: float
    high: float
    step: float | None = None
    whole: bool = False
    may_be_off: bool = False

    def limited(self, value: Any, old: Any) -> Any:
        """A number within the limits; `old` where none was given."""
        if value in (None, ""):
            return None if self.may_be_off else old
        try:
            number = float(value)
        except (TypeError, ValueError):
            return old
        if number != number:  # noqa: PLR0124 - nan
            return old
        number = min(max(number, self.low), self.high)
        return round(number) if self.whole else number

    def to_json(self) -> dict[str, Any]:
        """What an <input type=number> and its label need."""
        step = "any" if self.step is None else self.step
        limits = {"min": self.low, "max": self.high, "step": step}
        return {
            "name": self.name,
            "label": self.label,
            "limits": limits,
            "may_be_off": self.may_be_off,
        }


FIELDS = {
    field.name: field
    for field in (
        Field("hidden", "Network", "hidden size", "hidden {:g}", 1, 512, 1, whole=True),
        Field("layers", "Network", "layers", "{:g} layers", 1, 4, 1, whole=True),
        Field("drop_in", "Dropout", "on the input", "dropout in {:g}", 0, 0.95, 0.05),
        Field("drop_between", "Dropout", "between layers", "between {:g}", 0, 0.95, 0.05),
        Field("drop_out", "Dropout", "before the head", "out {:g}", 0, 0.95, 0.05),
        Field("lr", "Training", "learning rate", "lr {:g}", 1e-6, 1),
        Field("epochs", "Training", "epochs", "{:g} epochs", 1, 500, 1, whole=True),
        Field(
            *("patience", "Training", "patience", "patience {}", 1, 500, 1),
            whole=True,
            may_be_off=True,
        ),
        Field("batch_size", "Training", "batch size", "batches of {:g}", 1, 4096, 1, whole=True),
        Field("weight_decay", "Holding back", "weight decay", "decay {:g}", 0, 1),
        Field("label_smoothing", "Holding back", "label smoothing", "smoothing {:g}", 0, 0.9, 0.05),
        Field("clip", "Holding back", "clip gradients", "clip {}", 1e-3, 1000, may_be_off=True),
    )
}


def groups() -> list[dict[str, Any]]:
    """The form's groups in order, each with its title and its fields, as the page gets them."""
    return list(_groups())


def _groups() -> Iterator[dict[str, Any]]:
    for title, fields in groupby(FIELDS.values(), key=lambda field: field.group):
        yield {"title": title, "fields": [field.to_json() for field in fields]}
