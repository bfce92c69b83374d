"""Files that are replaced whole, and things that are made once an object."""

from pathlib import Path

import pytest

from grader.core.atomic_files import replace_file
from grader.core.identity_cache import IdentityCache


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    """Text is UTF-8 with the line ends it came with; nothing is left beside the file."""
    path = tmp_path / "kept.json"
    replace_file(path, b"old")
    replace_file(path, "é\n")
    assert path.read_bytes() == "é\n".encode()
    assert [each.name for each in tmp_path.iterdir()] == ["kept.json"]


def test_what_cannot_be_replaced_stays_and_leaves_no_draft(tmp_path: Path) -> None:
    """A folder stands in the way: the rename fails after the draft was written."""
    (tmp_path / "kept" / "inside").mkdir(parents=True)
    with pytest.raises(OSError, match="kept"):
        replace_file(tmp_path / "kept", b"new")
    assert [each.name for each in tmp_path.iterdir()] == ["kept"]


def test_the_same_object_is_made_once_and_an_equal_one_anew() -> None:
    made: list[list[int]] = []

    def make(thing: list[int]) -> int:
        made.append(thing)
        return len(made)

    cache: IdentityCache[list[int], int] = IdentityCache(make)
    one, equal = [1], [1]
    assert [cache.get(one), cache.get(equal), cache.get(one)] == [1, 2, 1]


def test_the_oldest_goes_first_and_is_dropped() -> None:
    dropped: list[str] = []
    cache: IdentityCache[object, str] = IdentityCache(str, most=2, drop=dropped.append)
    things = [object() for _ in range(3)]
    kept = [cache.get(thing) for thing in things]
    assert dropped == [kept[0]]
    assert cache.get(things[2]) == kept[2]
    assert dropped == [kept[0]]
