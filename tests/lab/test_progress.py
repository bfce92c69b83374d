"""The record survives restarts and damage, and never stands in a lesson's way."""

from pathlib import Path

import pytest

from grader.lab.progress_file import FILE_NAME, UNREADABLE, UnitProgress


def test_what_was_put_is_there_for_the_next_process(tmp_path: Path) -> None:
    UnitProgress(tmp_path).put("item", "toy-practice-1", {"attempts": 2})
    UnitProgress(tmp_path).put("hint", "toy-double", {"opened": 1})
    later = UnitProgress(tmp_path)
    assert later.get("item", "toy-practice-1") == {"attempts": 2}
    assert later.get("hint", "toy-double") == {"opened": 1}
    assert later.get("hint", "other") == {}
    assert [path.name for path in tmp_path.iterdir()] == [FILE_NAME]


@pytest.mark.parametrize(
    "damage", [b"", b"{", b"\xff\xfe", b"[]", b'{"schema": 99}', b'{"schema": 1, "item": 3}']
)
def test_a_damaged_record_is_set_aside_and_a_new_one_begins(
    tmp_path: Path, damage: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / FILE_NAME).write_bytes(damage)
    assert UnitProgress(tmp_path).get("item", "x") == {}
    UnitProgress(tmp_path).put("item", "x", {"attempts": 1})
    assert UnitProgress(tmp_path).get("item", "x") == {"attempts": 1}
    if b'"item"' not in damage:
        assert (tmp_path / UNREADABLE).read_bytes() == damage
        assert UNREADABLE in capsys.readouterr().out


def test_a_folder_that_cannot_be_written_costs_one_note(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nowhere = UnitProgress(tmp_path / "missing")
    nowhere.put("item", "x", {"attempts": 1})
    nowhere.put("item", "y", {"attempts": 1})
    assert capsys.readouterr().out.count("cannot be saved") == 1
