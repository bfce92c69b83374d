"""A cell that failed is named as the cause of what is missing after it."""

import nbformat

from grader.classroom.engine.error_causes import MissingNameCauses, explained
from grader.core import error_messages, messages
from grader.core.requests import Raised
from grader.core.verdicts import Outcome, Verdict

MISSING = Raised("NameError", "name 'half' is not defined")


def test_the_cell_that_failed_is_named_to_the_answer_that_misses_its_name() -> None:
    causes = MissingNameCauses()
    causes.failed("half = 1 / 0", Raised("ZeroDivisionError", "division by zero"))
    text = messages.raised(MISSING)
    raised = Verdict("t-one", Outcome.RAISED, 0, 1, text)
    assert error_messages.missing_name(text) == "half"
    found = causes.of(nbformat.v4.new_notebook(), {"t-one": raised})
    assert list(found) == ["half"]
    told = explained({"t-one": raised}, found)["t-one"].message
    assert text in told
    assert "ZeroDivisionError" in told


def test_a_verdict_that_misses_no_name_stays_as_it_is() -> None:
    passed = {"t-one": Verdict("t-one", Outcome.PASSED, 1, 1, "Passed.")}
    assert explained(passed, {"half": "A sentence."}) == passed
