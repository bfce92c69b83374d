"""The corpus as a test: every row in the sandbox that classes get, some in a fresh one too."""

from pathlib import Path

import pytest

from tests.redteam.__main__ import COLD, FAST, run_corpus
from tests.redteam.arena import build_arena
from tests.redteam.case import CASES, REMAINING, all_cases, read_case

MOST_REMAINING = 8


@pytest.fixture(scope="module")
def arena(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("redteam") / "arena"
    build_arena(place)
    return place


def test_the_corpus_is_large_and_what_remains_is_little_and_written_down(root: Path) -> None:
    cases = all_cases()
    remaining = [case for case in cases if case.outcome == REMAINING]
    assert len(cases) >= 80
    assert sum(case.cold for case in cases) >= 12
    assert len(remaining) <= MOST_REMAINING
    page = (root / "docs" / "security.md").read_text(encoding="utf-8")
    for case in remaining:
        assert case.name in page, f"docs/security.md does not tell of {case.name}"
        assert case.look, f"{case.name}: what does the report tell the teacher?"


def test_a_case_with_a_word_that_means_nothing_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "case.toml"
    path.write_text('trick = "x"\noutcome = "held"\nexpected = "x"\ndeserves = 3\n')
    with pytest.raises(ValueError, match="'deserves' means nothing"):
        read_case(path)


@pytest.mark.long
@pytest.mark.sandbox
def test_nothing_in_the_corpus_pays_or_gets_out(arena: Path, tmp_path: Path) -> None:
    rows = run_corpus(all_cases(), FAST, arena, tmp_path)
    assert len(rows) == len(list(CASES.glob("*.toml")))
    assert {row.case.name: row.faults for row in rows if row.faults} == {}


@pytest.mark.long
@pytest.mark.sandbox
def test_nothing_pays_or_gets_out_of_a_fresh_sandbox_either(arena: Path, tmp_path: Path) -> None:
    rows = run_corpus([case for case in all_cases() if case.cold], COLD, arena, tmp_path)
    assert {row.case.name: row.faults for row in rows if row.faults} == {}
