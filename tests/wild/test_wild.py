"""The corpus is well-formed, and its quick part holds; `make wild` runs all of it."""

import re
from pathlib import Path

import pytest

from tests.wild.arena import build_arena
from tests.wild.case import all_cases
from tests.wild.rows import run_rows

LEAST = 80


def test_there_are_enough_and_half_were_reported() -> None:
    cases = all_cases()
    reported = [case for case in cases if case.report]
    assert len(cases) >= LEAST
    assert 2 * len(reported) >= len(cases)
    for case in reported:
        assert re.fullmatch(r"[\w.-]+/[\w.-]+#\d+", case.report), case.name
    assert len({case.story for case in cases}) == len(cases)


@pytest.mark.sandbox
@pytest.mark.long
def test_the_quick_part(tmp_path: Path) -> None:
    folder = tmp_path / "course"
    folder.mkdir()
    cases = [case for case in all_cases() if case.quick]
    assert cases
    for row in run_rows(cases, build_arena(folder), tmp_path):
        assert (row.wrong, row.silent, row.traceback) == ([], [], False), row.case.name
