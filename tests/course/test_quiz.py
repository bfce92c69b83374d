"""Every quiz item: one right answer, a reason for each option, a hint; keys show no pattern."""

from pathlib import Path

from grader.classroom.authoring.quiz_checks import quiz_problems
from grader.classroom.course_paths import Course
from grader.core.names import CHALLENGE, DOOR
from grader.core.quiz import PRACTICE
from grader.referee.question_bank import UnitBank

CHALLENGES, PRACTICES, DOORS = 5, 5, 10
START = "00_start"
ROOT = Path(__file__).resolve().parents[2]


def of_kind(bank: UnitBank, kind: str) -> list[str]:
    """The ids of a unit's items of one kind."""
    return [item.id for item in bank.items.values() if item.kind == kind]


def test_a_unit_asks_what_it_should(our_bank: UnitBank) -> None:
    """Practice of five, challenge of five, a door of ten; the start page has one small question."""
    if our_bank.name == START:
        assert list(our_bank.items) == ["start-practice-1"]
        return
    assert len(of_kind(our_bank, PRACTICE)) >= PRACTICES
    assert len(of_kind(our_bank, CHALLENGE)) == CHALLENGES
    assert len(of_kind(our_bank, DOOR)) == DOORS


def test_a_units_items_are_sound(bank: UnitBank) -> None:
    """Own words for each option, no pattern of letters, keys that judge, sections that exist."""
    found = quiz_problems(Course(ROOT, ROOT / "classroom"), bank)
    assert [str(problem) for problem in found] == []
