"""What the start page says about its question is so."""

from pathlib import Path

from grader.core.judgement import judge
from grader.core.verdicts import Outcome
from grader.referee.preparation import VISIBLE_SEED, prepare
from grader.referee.question_bank import load_unit
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
