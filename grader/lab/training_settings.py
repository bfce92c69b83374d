"""Every number of a training recipe in one table: default, what `fit` takes, what the form offers.

`fit` and its checks, the repair lab's scaffold and runs, and the page's form (`page/repair.js` gets
`form_groups()` as JSON) read SETTINGS. What the form offers lies within what `fit` takes.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from grader.core.errors import UsageError


@dataclass(frozen=True)
class FormField:
    """How a setting stands in the repair lab.

    The form stands `label` in the fieldset `group` and takes numbers from `low` to `high`, both
    included, in steps of `step` (None: any). `said` formats a value for the table of runs.
    """

    group: str
    label: str
    said: str
    low: float
    high: float
    step: float | None = None


@dataclass(frozen=True)
class Setting:
    """One number of a recipe.

    `default` of None means off, as for `patience` and `clip`; those may be left empty. `fit` takes
    numbers for which `fits` holds, only whole ones where `whole`; `expected` says so in words.
    `form` is None where the repair lab does not offer it.
    """

    name: str
    default: Any
    fits: Callable[[float], bool]
    expected: str
    form: FormField | None = None
    whole: bool = False

    def check(self, value: object) -> None:
        """Raise UsageError for a value that `fit` cannot train with."""
        if value is None and self.default is None:
            return
        kinds = int if self.whole else int | float
        if not isinstance(value, kinds) or isinstance(value, bool) or not self.fits(value):
            message = f"You passed {self.name}={value!r}. {self.expected} was expected."
            raise UsageError(message)

    def limited(self, value: Any, old: Any) -> Any:
        """What the form's text or number means: within the form's limits, or `old` for no number.

        Empty means None where the setting may be off.
        """
        if self.form is None:
            return old
        if value in (None, ""):
            return None if self.default is None else old
        try:
            number = float(value)
        except (TypeError, ValueError):
            return old
        if number != number:  # noqa: PLR0124 - nan
            return old
        number = min(max(number, self.form.low), self.form.high)
        return round(number) if self.whole else number


def _above_zero(value: float) -> bool:
    return value > 0


def _not_negative(value: float) -> bool:
    return value >= 0


def _below_one(value: float) -> bool:
    return 0 <= value < 1


def _whole(name: str, default: int | None, least: int, form: FormField | None = None) -> Setting:
    words = f"A whole number of {least} or more"
    return Setting(name, default, lambda value: value >= least, words, form, whole=True)


def _dropout(name: str, label: str, said: str) -> Setting:
    words = "A number from 0 to below 1, for instance 0.2,"
    return Setting(name, 0.0, _below_one, words, FormField("Dropout", label, said, 0, 0.95, 0.05))


SETTINGS = {
    setting.name: setting
    for setting in (
        _whole("hidden", 64, 1, FormField("Network", "hidden size", "hidden {:g}", 1, 512, 1)),
        _whole("layers", 1, 1, FormField("Network", "layers", "{:g} layers", 1, 4, 1)),
        _dropout("drop_in", "on the input", "dropout in {:g}"),
        _dropout("drop_between", "between layers", "between {:g}"),
        _dropout("drop_out", "before the head", "out {:g}"),
        Setting(
            *("lr", 1e-3, _above_zero, "A number above 0, for instance lr=1e-3,"),
            FormField("Training", "learning rate", "lr {:g}", 1e-6, 1),
        ),
        _whole("epochs", 50, 1, FormField("Training", "epochs", "{:g} epochs", 1, 500, 1)),
        _whole("patience", None, 1, FormField("Training", "patience", "patience {}", 1, 500, 1)),
        _whole(
            *("batch_size", 64, 1),
            FormField("Training", "batch size", "batches of {:g}", 1, 4096, 1),
        ),
        Setting(
            *("weight_decay", 0.0, _not_negative, "A number 0 or more, for instance 1e-4,"),
            FormField("Holding back", "weight decay", "decay {:g}", 0, 1),
        ),
        Setting(
            "label_smoothing",
            0.0,
            _below_one,
            "A number from 0 to below 1, for instance 0.1,",
            FormField("Holding back", "label smoothing", "smoothing {:g}", 0, 0.9, 0.05),
        ),
        Setting(
            *("clip", None, _above_zero, "A number above 0, for instance clip=1.0,"),
            FormField("Holding back", "clip gradients", "clip {}", 1e-3, 1000),
        ),
        _whole("seed", 0, 0),
    )
}


@dataclass(frozen=True)
class TrainingSettings:
    """How to train; `fit` documents each. The repair lab's code names them in this order."""

    epochs: int
    lr: float = SETTINGS["lr"].default
    batch_size: int = SETTINGS["batch_size"].default
    weight_decay: float = SETTINGS["weight_decay"].default
    label_smoothing: float = SETTINGS["label_smoothing"].default
    patience: int | None = SETTINGS["patience"].default
    clip: float | None = SETTINGS["clip"].default
    seed: int = SETTINGS["seed"].default


def form_groups() -> list[dict[str, Any]]:
    """The form's fieldsets in order as JSON: `{"title": …, "fields": […]}`.

    A field has its `name`, its `label`, the attributes of its <input type=number> (`limits`) and
    whether it may be empty (`may_be_off`).
    """
    return list(_form_groups())


def _form_groups() -> Iterator[dict[str, Any]]:
    offered = [(each, each.form) for each in SETTINGS.values() if each.form]
    for title, fields in groupby(offered, key=lambda pair: pair[1].group):
        rows = [
            {
                "name": setting.name,
                "label": form.label,
                "limits": {"min": form.low, "max": form.high, "step": form.step or "any"},
                "may_be_off": setting.default is None,
            }
            for setting, form in fields
        ]
        yield {"title": title, "fields": rows}
