"""docs/security.md names rows and tests that are there; stock.json tells of every row."""

import json
import re
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from tests.redteam.case import all_cases

ROWS = {case.name for case in all_cases()}
# Words in backticks that look like a row and are none.
_WORD = re.compile(r"`([a-z0-9][a-z0-9*-]+)`")
_TEST = re.compile(r"`(test_\w+)`")
_PATH = re.compile(r"`((?:tests|grader|docs)/[\w./-]+)`")


@pytest.fixture(name="page")
def _page(root: Path) -> str:
    return (root / "docs" / "security.md").read_text(encoding="utf-8")


def test_every_row_on_the_page_is_in_the_corpus(page: str) -> None:
    patterns = [word for word in _WORD.findall(page) if "*" in word or word in ROWS]
    assert len(patterns) > 20
    for pattern in patterns:
        assert any(fnmatchcase(row, pattern) for row in ROWS), f"no row {pattern}"
    tables = [line for line in page.splitlines() if line.startswith("| ")]
    for line in tables:
        for name in _WORD.findall(line.rpartition(" | ")[2]):
            assert any(fnmatchcase(row, name) for row in ROWS), f"no row {name}"


def test_every_test_and_file_on_the_page_is_there(page: str, root: Path) -> None:
    files = (root / "tests").rglob("test_*.py")
    known = {n for f in files for n in re.findall(r"def (test_\w+)", f.read_text(encoding="utf-8"))}
    assert len(_TEST.findall(page)) > 10
    assert set(_TEST.findall(page)) <= known
    for path in _PATH.findall(page):
        assert (root / path).exists(), path


def test_every_row_has_what_stock_nbgrader_gives_or_says_why_not() -> None:
    told = json.loads((Path(__file__).parent / "stock.json").read_text(encoding="utf-8"))
    assert set(told["points"]) == ROWS
    for points in told["points"].values():
        assert isinstance(points, int | float) or points in told["words"]
