"""What the start page says about its question is so."""

import time
from pathlib import Path
from typing import Any

import pytest

from grader.classroom.publish.lesson import read_lesson
from grader.core.judge import judge
from grader.core.verdict import Outcome
from grader.referee.bank import load_unit
from grader.referee.prepare import VISIBLE_SEED, prepare
from grader.wire.perform import Performer

from .lessons import SOLUTIONS, prose


def test_x_times_x_is_a_mistake_that_the_check_knows_by_name() -> None:
    """The page says: try it and read; and there are hints to open, one at a time."""
    assert "try `x * x`" in prose("00_start")
    question = load_unit(Path(SOLUTIONS / "00_start")).questions["start-double"]
    asked = prepare(question, VISIBLE_SEED, visible=True)
    verdict = judge(asked, Performer(lambda x: x * x).perform)
    assert (verdict.outcome, verdict.mistake) == (Outcome.WRONG, "squared")
    assert len(question.hints) >= 2


def test_the_small_network_takes_seconds(capsys: pytest.CaptureFixture[str]) -> None:
    """One to three seconds is usual; measured in processor seconds, for a test is never alone."""
    assert "One to three seconds is usual." in prose("00_start")
    cells = read_lesson(SOLUTIONS / "00_start" / "lesson.py")
    first, *rest = [cell.source for cell in cells if cell.kind == "code"]
    found: dict[str, Any] = {}
    exec(first, found)  # noqa: S102  the course's own lesson
    started = time.process_time()
    exec(next(source for source in rest if "ten epochs" in source), found)  # noqa: S102
    assert time.process_time() - started < 3
    assert "ten epochs of a small network took" in capsys.readouterr().out
