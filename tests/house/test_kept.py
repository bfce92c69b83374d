"""Kept runs of `make evidence`: the same recipe finds its run again, a changed one never does."""

import math
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks import kept
from benchmarks.trials import Run, find_questions, load, recipes, train_once

ROOT = Path(__file__).resolve().parents[2]
RUN = Run(90.0, 88.0, 87.0, 0.3, 0.4, by_heart=2, wrong=33, seconds=1.5)


def _recipe(rate: float, settings: dict[str, int]) -> Callable[[int], float]:
    return lambda epochs: rate * epochs + settings["lowest"]


def test_a_recipe_is_what_it_does() -> None:
    """Settings tell recipes apart; the order of two calls and the place in the file do not."""
    one, same = _recipe(0.1, {"lowest": 1}), _recipe(0.1, {"lowest": 1})
    assert kept.described(one) == kept.described(same)
    others = [_recipe(0.2, {"lowest": 1}), _recipe(0.1, {"lowest": 2}), lambda epochs: epochs]
    assert all(kept.described(one) != kept.described(other) for other in others)


def test_what_cannot_be_described_is_refused() -> None:
    """An object's address would make a key that never comes again."""
    with pytest.raises(TypeError, match="no part of a recipe"):
        kept.described(_recipe(0.1, {"lowest": object()}))  # type: ignore[dict-item]


def test_every_row_has_a_key_of_its_own() -> None:
    """Over all units: two rows with one key would share their runs."""
    for paths in find_questions([]).values():
        for path in paths:
            data = ROOT / "data" / load(path).module.DATA
            made = [recipe for rows in recipes(path).values() for _, recipe in rows]
            keys = [
                kept.key(train_once, recipe, number, data, path)
                for recipe in made
                for number in (0, 1)
            ]
            assert len(set(keys)) == len(keys), path


def test_a_kept_run_comes_back_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With its numbers that are none, and gone after `forget`."""
    monkeypatch.setattr(kept, "FOLDER", tmp_path / "runs")
    assert kept.find("a", Run) is None
    kept.keep("a", RUN)
    again = kept.find("a", Run)
    assert again is not None
    assert (again.train, again.by_heart, again.broken) == (90.0, 2, None)
    assert math.isnan(again.bigram_val)
    assert [path.name for path in kept.FOLDER.iterdir()] == ["a.json"]
    kept.forget()
    assert kept.find("a", Run) is None
