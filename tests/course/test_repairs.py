"""Every repair: the reference passes as graded, and the recipe that learners get does not.

Other repairs and tempting wrong fixes are counted over twenty draws by `make evidence`, which fails
when a claim is missed; here one grading guards the code.
"""

from pathlib import Path

import pytest

from grader.core.judgement import judge
from grader.core.question import PreparedQuestion
from grader.core.verdicts import Outcome
from grader.referee.preparation import draw_all, with_draws
from grader.referee.question_bank import Question
from grader.wire.perform import Performer
from tests.course.conftest import OURS

DATA = Path(__file__).resolve().parents[2] / "data"
pytestmark = pytest.mark.slow


def prepared(repair: Question) -> PreparedQuestion:
    """The repair on draws of its own."""
    return with_draws(repair, draw_all(repair, "a test's secret", DATA), {})


def test_the_reference_passes(repair: Question) -> None:
    """As it is graded: medians of fresh draws."""
    verdict = judge(prepared(repair), Performer(repair.reference).perform)
    assert verdict.outcome is Outcome.PASSED, verdict.message


def test_the_untouched_recipe_earns_nothing(repair: Question) -> None:
    """Ours memorise, or read padding where that is ruled out, and are told so."""
    padded = getattr(repair.module, "PAD_INVARIANT", False)
    # on a draw where training accuracy just stays below its bar, the same illness reads "overfits"
    illnesses = {"pad-invariance"} if padded else {"memorises", "overfits"}
    verdict = judge(prepared(repair), Performer(repair.module.baseline).perform)
    assert verdict.points == 0
    assert verdict.mistake in illnesses if repair.unit in OURS else verdict.mistake


def test_a_recipe_without_a_model_is_told_so(repair: Question) -> None:
    """A forgotten return."""
    verdict = judge(prepared(repair), Performer(lambda _train, _val: None).perform)
    assert (verdict.points, verdict.mistake) == (0, "no-model")
