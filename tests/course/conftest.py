"""Every unit and question found in `solutions/` brings its tests with it.

What this course asks of its own units alone (how many items, which claims) goes by `our_bank`
and `our_question`: a unit that somebody adds is held to what every course is held to; so is the
closing notebook, which asks nothing.
"""

from pathlib import Path

import pytest

from grader.core.question import REPAIR
from grader.referee.question_bank import Question, UnitBank, load_unit

ROOT = Path(__file__).resolve().parents[2]
BANKS = [load_unit(folder) for folder in sorted((ROOT / "solutions").glob("[0-9][0-9]_*"))]
OURS = ("00_start", "01_rnn", "02_gru", "03_birnn", "04_packing", "05_text")
QUESTIONS = [question for bank in BANKS for question in bank.questions.values()]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Fill `bank`, `question` (all but repairs) and `repair` with what the folders hold."""
    plain = [question for question in QUESTIONS if question.kind != REPAIR]
    repairs = [question for question in QUESTIONS if question.kind == REPAIR]
    found: dict[str, list[UnitBank] | list[Question]] = {
        "bank": BANKS,
        "our_bank": [bank for bank in BANKS if bank.name in OURS],
        "question": plain,
        "our_question": [question for question in plain if question.unit in OURS],
        "repair": repairs,
        "our_repair": [question for question in repairs if question.unit in OURS],
    }
    for name, things in found.items():
        if name in metafunc.fixturenames:
            ids = [thing.name if isinstance(thing, UnitBank) else thing.id for thing in things]
            metafunc.parametrize(name, things, ids=ids)
