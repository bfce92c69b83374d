"""Every quiz item: one right answer, a reason for each option, a hint; keys show no pattern."""

import re
from collections import Counter
from pathlib import Path

from grader.classroom.publish.lesson_parser import read_lesson
from grader.core.judgement import judge
from grader.core.names import CHALLENGE, DOOR
from grader.core.quiz import PRACTICE
from grader.core.verdicts import Outcome
from grader.referee.preparation import prepare_item
from grader.referee.question_bank import UnitBank
from grader.wire.perform import Performer

CHALLENGES, PRACTICES, DOORS = 5, 5, 10
START = "00_start"
ROOT = Path(__file__).resolve().parents[2]


def of_kind(bank: UnitBank, kind: str) -> list[str]:
    """The ids of a unit's items of one kind."""
    return [item.id for item in bank.items.values() if item.kind == kind]


def test_a_unit_asks_what_it_should(bank: UnitBank) -> None:
    """Practice of five, challenge of five, a door of ten; the start page has one small question."""
    if bank.name == START:
        assert list(bank.items) == ["start-practice-1"]
        return
    assert len(of_kind(bank, PRACTICE)) >= PRACTICES
    assert len(of_kind(bank, CHALLENGE)) == CHALLENGES
    assert len(of_kind(bank, DOOR)) == DOORS


def test_each_option_has_its_own_words(bank: UnitBank) -> None:
    """Two equal options or reasons are a slip of the pen."""
    for item in bank.items.values():
        assert len({option.text for option in item.options}) == len(item.options), item.id
        assert len({option.why for option in item.options}) == len(item.options), item.id


def test_the_right_letter_is_no_pattern(bank: UnitBank) -> None:
    """Answering always the same letter earns no more than half."""
    for kind in (PRACTICE, CHALLENGE, DOOR) if bank.name != START else ():
        keys = Counter(item.answer for item in bank.items.values() if item.kind == kind)
        assert max(keys.values()) <= sum(keys.values()) // 2, (kind, keys)


def test_each_challenge_is_judged_by_its_key(bank: UnitBank) -> None:
    """The key passes, every other letter earns nothing."""
    for item in bank.challenges.values():
        for option in item.options:
            verdict = judge(prepare_item(item), Performer(option.key).perform)
            passed = verdict.outcome is Outcome.PASSED
            assert passed == (option.key == item.answer), item.id


def test_doors_say_which_section_to_read(bank: UnitBank) -> None:
    """A wrong answer at the door leads somewhere."""
    for item in bank.items.values():
        assert item.kind != DOOR or item.section, item.id


def test_every_section_that_is_named_exists(bank: UnitBank) -> None:
    """A link to read again leads to a heading; JupyterLab's anchors are headings with hyphens."""
    cells = read_lesson(ROOT / "solutions" / bank.name / "lesson.py")
    words = "\n".join(cell.source for cell in cells if cell.kind == "markdown")
    anchors = {name.replace(" ", "-") for name in re.findall(r"^#+ (.+)$", words, re.MULTILINE)}
    named = {item.id: item.section for item in bank.items.values() if item.section}
    assert {name: at for name, at in named.items() if at not in anchors} == {}
    assert set(re.findall(r"\]\(#([^)]+)\)", words)) <= anchors
