"""A control is a claim over draws; its runs are kept and known by their own code."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import controls, kept

asked: list[str] = []


def noted(control: Callable[[int], dict[str, float]], number: int) -> controls.Measured:
    """Stands in for a run: says that it was asked for."""
    asked.append(f"{control.__name__} {number}")
    return controls.Measured({"it": float(number)})


def test_a_control_holds_on_nine_draws_of_ten() -> None:
    found = [{"plain RNN": 50.0 + k, "GRU": 99.0} for k in range(10)]
    said = controls.Control("it is so", "latch", found.__getitem__, lambda it: it["plain RNN"] < 59)
    claim, row = controls.judged(said, found)
    assert claim.holds
    assert claim.text == "control: it is so: 9 of 10 draws, at least 9"
    assert row == "| it is so | plain RNN 54.5 [50.0, 59.0]; GRU 99.0 [99.0, 99.0] | 9/10 |"
    missed, _ = controls.judged(replace(said, holds=lambda it: it["plain RNN"] < 58), found)
    assert not missed.holds


def test_a_page_without_controls_has_no_table() -> None:
    assert controls.controls_of("00_start") == []
    assert controls.table([]) == ""
    assert "| a | b | 1/1 |" in controls.table(["| a | b | 1/1 |"])


def test_every_control_of_a_unit_is_told_from_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each draw of each is measured once, and found again by what it does."""
    monkeypatch.setattr(kept, "FOLDER", tmp_path)
    asked.clear()
    monkeypatch.setattr(controls, "measure_once", noted)
    places = range(len(controls.controls_of("02_gru")))
    first = [controls.run_of("02_gru", place, number) for place in places for number in (0, 1)]
    again = [controls.run_of("02_gru", place, number) for place in places for number in (0, 1)]
    assert first == again
    assert len(asked) == len(set(asked)) == 2 * len(places)


def test_a_control_measures_what_its_table_names() -> None:
    """The cheapest of unit 2, really run."""
    run = controls.measure_once(controls.controls_of("02_gru")[3].run, 0)
    assert set(run.found) == {"apart", "multiplied"}
    assert all(0 <= value <= 100 for value in run.found.values())
