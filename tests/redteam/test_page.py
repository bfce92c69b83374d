"""docs/security.md names rows and tests that are there; stock.json tells of every row."""

import re
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from tests.redteam import stock_box, stock_course
from tests.redteam.case import Case, all_cases
from tests.redteam.stock import (
    NOT_APPLICABLE,
    WHY,
    Record,
    counts,
    digest,
    fits,
    not_applicable,
    read_stock,
    record_stock,
)

CASES = all_cases()
ROWS = {case.name for case in CASES}
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
    told = read_stock()
    assert set(told) == ROWS
    for case in CASES:
        assert fits(told, case), f"make redteam STOCK=1 ROWS={case.name}: the row has changed"
        points = told[case.name].points
        assert isinstance(points, int | float) or (points in WHY and told[case.name].why)
    found = counts(CASES, told)
    assert found["recorded"] + found["not_applicable"] == len(CASES)


def test_what_the_page_counts_of_stock_is_what_is_recorded(page: str) -> None:
    found = counts(CASES, read_stock())
    assert (
        f"pays more than the answers are worth in {found['overpaid']} of the "
        f"{found['recorded']} rows that it can meet and gives {found['given_up']} up"
    ) in page
    assert f"{found['not_applicable']} rows do not apply to it" in page


def test_what_stock_cannot_meet_follows_from_the_row() -> None:
    told = read_stock()
    for case in CASES:
        if reason := not_applicable(case):
            assert told[case.name].points == NOT_APPLICABLE
            assert reason == told[case.name].why
        elif told[case.name].points == NOT_APPLICABLE:
            assert case.change, f"{case.name}: what is it that stock does not have?"


def test_a_record_belongs_to_a_row_by_what_it_hands_in() -> None:
    case = CASES[0]
    record = {case.name: Record(0.0, "", digest(case))}
    assert fits(record, case)
    assert fits(record, replace(case, trick="said otherwise", names={}))
    assert not fits(record, replace(case, answers={"rnn-step": "another = 1"}))
    assert not fits(record, replace(case, base="right"))
    assert not fits({}, case)


def test_rows_that_speak_to_our_referee_do_not_apply() -> None:
    ours = Case("x", "", "held", "", own=[{"source": "from grader.wire import channels"}])
    assert "grader.wire" in not_applicable(ours)
    assert not not_applicable(Case("x", "", "held", "", own=[{"source": "import socket"}]))


def test_stock_is_asked_again_only_for_rows_without_a_record_of_theirs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "stock.json"
    mine = Case("mine", "", "held", "")
    ours = Case("ours", "", "held", "", own=[{"source": "import grader.worker"}])
    asked: list[str] = []

    def grade(_course: object, case: Case) -> tuple[float, str]:
        asked.append(case.name)
        return 2.0, ""

    monkeypatch.setattr(stock_course, "build", lambda _scratch: None)
    monkeypatch.setattr(stock_course, "hand_in_stock", lambda *_: None)
    monkeypatch.setattr(stock_box, "grade", grade)
    record_stock([mine, ours], path)
    record_stock([mine, ours], path)
    assert asked == ["mine"]
    assert read_stock(path)["ours"].points == NOT_APPLICABLE
    record_stock([replace(mine, base="right"), ours], path)
    record_stock([mine], path, anew=True)
    assert asked == ["mine"] * 3
    assert counts([mine, ours], read_stock(path)) == {
        "recorded": 1,
        "not_applicable": 1,
        "given_up": 0,
        "overpaid": 1,
    }
