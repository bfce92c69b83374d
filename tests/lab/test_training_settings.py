"""One table of settings: defaults, what `fit` takes and what the form offers cannot drift apart."""

import inspect
import json
from dataclasses import fields
from typing import Any

import pytest

from grader import lab
from grader.core.errors import UsageError
from grader.lab.repair.recipe_choice import RecipeChoice
from grader.lab.training_settings import SETTINGS, Setting, TrainingSettings, form_groups

OFFERED = [setting for setting in SETTINGS.values() if setting.form]


@pytest.mark.parametrize("setting", OFFERED, ids=lambda setting: setting.name)
def test_the_form_offers_nothing_that_fit_refuses(setting: Setting) -> None:
    form = setting.form
    assert form is not None
    for value in (form.low, form.high):
        assert setting.limited(value, None) == value
        setting.check(setting.limited(value, None))
    assert setting.limited(float("inf"), 1) == form.high
    assert setting.limited(float("-inf"), 1) == form.low
    assert setting.limited("no number", 7) == setting.limited(float("nan"), 7) == 7
    assert setting.limited("", 7) == (None if setting.default is None else 7)


@pytest.mark.parametrize("setting", SETTINGS.values(), ids=lambda setting: setting.name)
def test_a_default_is_one_that_fit_and_form_take(setting: Setting) -> None:
    setting.check(setting.default)
    if setting.form and setting.default is not None:
        assert setting.limited(setting.default, None) == setting.default


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("lr", 0),
        ("lr", float("nan")),
        ("lr", "0.1"),
        ("epochs", 0),
        ("epochs", None),
        ("batch_size", 2.0),
        ("weight_decay", -1e-9),
        ("label_smoothing", 1),
        ("patience", 0),
        ("clip", 0.0),
        ("seed", -1),
        ("drop_in", 1.0),
        ("layers", True),
    ],
)
def test_what_nobody_can_train_with_is_refused_in_the_tables_words(name: str, value: Any) -> None:
    with pytest.raises(UsageError) as error:
        SETTINGS[name].check(value)
    words = f"You passed {name}={value!r}. {SETTINGS[name].expected} was expected."
    assert str(error.value) == words


def test_fit_and_the_repair_lab_have_the_tables_defaults() -> None:
    taken = inspect.signature(lab.fit).parameters
    for each in fields(TrainingSettings):
        if each.name != "epochs":  # a lesson always says how many
            assert taken[each.name].default == SETTINGS[each.name].default, each.name
    choice = RecipeChoice()
    for setting in OFFERED:
        assert getattr(choice, setting.name) == setting.default


def test_the_page_gets_every_offered_setting_with_its_limits() -> None:
    groups = json.loads(json.dumps(form_groups()))
    got = {field["name"]: field for group in groups for field in group["fields"]}
    assert list(got) == [setting.name for setting in OFFERED]
    for setting in OFFERED:
        assert setting.form is not None
        limits = got[setting.name]["limits"]
        assert (limits["min"], limits["max"]) == (setting.form.low, setting.form.high)
        assert got[setting.name]["may_be_off"] == (setting.default is None)
