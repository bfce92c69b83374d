"""Attempts as learners write them: right ones pass, wrong ones earn nothing and get their name."""

import pytest

from benchmarks.natural import (
    CORPUS,
    RIGHT,
    UNNAMED,
    Attempt,
    complaint,
    read_attempts,
    units,
    verdict,
)
from benchmarks.styles import bank
from grader.core.question import FUNCTION
from grader.referee.preparation import VISIBLE_SEED, prepare, seed_for
from tests.course.conftest import OURS

# Every question of this course has its attempts; one that somebody adds may have some.
ASKED = [
    (unit, question.id)
    for unit in units()
    for question in bank(unit).questions.values()
    if question.kind == FUNCTION and (unit in OURS or (CORPUS / f"{question.id}.py").is_file())
]
ATTEMPTS = 25
MOST_UNNAMED = 0.1


@pytest.mark.parametrize("hidden", [False, True], ids=["visible", "hidden"])
@pytest.mark.parametrize(("unit", "name"), ASKED)
def test_every_attempt_gets_what_it_deserves(unit: str, name: str, *, hidden: bool) -> None:
    """At home and on cases that nobody has seen."""
    seed = seed_for("a test's secret", name) if hidden else VISIBLE_SEED
    asked = prepare(bank(unit).questions[name], seed, visible=not hidden)
    found = [complaint(each, verdict(each, unit, asked)) for each in read_attempts(name)]
    assert [said for said in found if said] == []


@pytest.mark.parametrize(("unit", "name"), ASKED)
def test_there_are_enough_of_them(unit: str, name: str) -> None:
    """Wrong in many ways, and right in some that a reference does not show."""
    attempts = read_attempts(name)
    assert len(attempts) >= ATTEMPTS
    assert sum(each.deserves == RIGHT for each in attempts) >= 3
    sources = {each.source.strip() for each in attempts}
    assert len(sources) == len(attempts), f"{unit}: one stands twice"


def test_few_of_the_wrong_ones_have_no_name() -> None:
    """A check that only says "wrong" teaches nothing."""
    attempts: list[Attempt] = [each for _, name in ASKED for each in read_attempts(name)]
    wrong = [each for each in attempts if each.deserves != RIGHT]
    assert sum(each.deserves == UNNAMED for each in wrong) <= MOST_UNNAMED * len(wrong)
