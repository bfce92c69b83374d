"""The map of the course: it adds up what the records say and never stops for a bad one."""

import json
import shutil
from pathlib import Path

import pytest

from grader import lab
from grader.core import unit_file as units
from grader.lab.course_overview import standing, table
from grader.lab.progress_file import UnitProgress

RELEASED = Path(__file__).resolve().parents[2] / "notebooks"


@pytest.fixture(name="unit")
def _unit(tmp_path: Path) -> Path:
    folder = tmp_path / "01_rnn"
    folder.mkdir()
    shutil.copy(RELEASED / "01_rnn" / "unit.json", folder)
    return folder


def test_a_unit_not_begun_counts_nothing(unit: Path) -> None:
    row = standing(unit)
    assert row is not None
    assert (row.points, row.right, row.badge) == (0, 0, False)
    assert row.most_points > 0
    assert row.items > 0


def test_a_project_has_no_count_of_nothing(tmp_path: Path) -> None:
    """The closing notebook is linked, and nothing of it is `0 of 0`."""
    folder = tmp_path / "06_yours"
    shutil.copytree(RELEASED / "06_yours", folder)
    row = standing(folder)
    assert row is not None
    shown = table([row]).splitlines()[-1]
    assert "[06_yours](../06_yours/yours.ipynb)" in shown
    assert "of your own" in shown
    assert "0" not in shown.replace("06_yours", "")


def test_points_items_and_badge_add_up(unit: Path) -> None:
    progress = UnitProgress(unit)
    progress.put("check", "rnn-step", {"outcome": "passed"})
    progress.put("check", "rnn-repair", {"outcome": "wrong"})
    progress.put("check", "no-such-question", {"outcome": "passed"})
    progress.put("item", "rnn-practice-1", {"right_at": 2})
    progress.put("item", "rnn-practice-2", {"attempts": 1})
    progress.put("badge", "rnn", {"earned": True})
    row = standing(unit)
    assert row is not None
    points = json.loads((unit / "unit.json").read_text())["questions"]["rnn-step"]["points"]
    assert (row.points, row.right, row.badge) == (points, 1, True)
    assert "★" in table([row])


def test_a_hand_outs_map_counts_what_it_can_judge_and_promises_no_badge(unit: Path) -> None:
    whole = standing(unit)
    path = unit / "unit.json"
    path.write_text(units.load(path).without_keys().dumps())
    UnitProgress(unit).put("check", "rnn-challenge-1", {"outcome": "passed"})
    row = standing(unit)
    assert whole is not None
    assert row is not None
    problems = 5  # of a point each
    assert (row.badge, whole.badge) == (None, False)
    assert (row.points, row.most_points) == (0, whole.most_points - problems)
    assert row.items == whole.items - problems
    assert "badge" not in table([row])
    assert {line.count("|") for line in table([row]).splitlines()} == {5}
    assert {line.count("|") for line in table([row, whole]).splitlines()} == {6}


@pytest.mark.parametrize("record", ["{", "[1]", '{"check": {"rnn-step": 3}}', '{"item": 4}'])
def test_a_damaged_record_counts_as_not_begun(unit: Path, record: str) -> None:
    (unit / "progress.json").write_text(record)
    row = standing(unit)
    assert row is not None
    assert (row.points, row.right, row.badge) == (0, 0, False)


def test_a_newer_release_beside_ones_own_is_no_unit(
    unit: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(unit, unit.with_name("01_rnn@abc"))
    (unit.parent / "02_gru").mkdir()
    monkeypatch.chdir(unit)
    lab.course_map()
    shown = capsys.readouterr().out
    assert shown.count("01_rnn/rnn.ipynb") == 1
    assert "@" not in shown
    assert "02_gru" not in shown
