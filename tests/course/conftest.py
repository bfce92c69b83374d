"""Every unit and question found in `solutions/` brings its tests with it."""

from pathlib import Path

import pytest

from grader.core.question import REPAIR
from grader.referee.question_bank import Question, UnitBank, load_unit

ROOT = Path(__file__).resolve().parents[2]
BANKS = [load_unit(folder) for folder in sorted((ROOT / "solutions").glob("[0-9][0-9]_*"))]
QUESTIONS = [question for bank in BANKS for question in bank.questions.values()]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Fill `bank`, `question` (all but repairs) and `repair` with what the folders hold."""
    found: dict[str, list[UnitBank] | list[Question]] = {
        "bank": BANKS,
        "question": [question for question in QUESTIONS if question.kind != REPAIR],
        "repair": [question for question in QUESTIONS if question.kind == REPAIR],
    }
    for name, things in found.items():
        if name in metafunc.fixturenames:
            ids = [thing.name if isinstance(thing, UnitBank) else thing.id for thing in things]
            metafunc.parametrize(name, things, ids=ids)
