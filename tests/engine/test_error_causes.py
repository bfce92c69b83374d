"""A cell or an answer that failed is named as the cause of what fails after it."""

from dataclasses import replace

import nbformat
import pytest

from grader.classroom.engine.error_causes import MissingNameCauses, explained, with_earlier
from grader.core import error_messages, messages
from grader.core.question import FunctionQuestion
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


def _notebook(**answers: str) -> bytes:
    """A unit of two questions, `t-one` and `t-two`, whose checks are given `one` and `two`."""
    cells = []
    for name, source in answers.items():
        given = {"locked": True, "grade": True, "solution": False, "grade_id": f"t-{name}"}
        mine = {"locked": False, "grade": False, "solution": True, "grade_id": f"t-{name}-answer"}
        for what, grading in ((source, mine), (f'lab.check("t-{name}", {name})', given)):
            cell = nbformat.v4.new_code_cell(what, metadata={"nbgrader": grading})
            cell.id = grading["grade_id"]
            cells.append(cell)
    text: str = nbformat.writes(nbformat.v4.new_notebook(cells=cells))
    return text.encode()


CALLS = _notebook(one="def one(x): ...", two="def two(x):\n    return one(x)")
ALONE = _notebook(one="def one(x): ...", two="def two(x):\n    return x")
QUESTIONS = {
    name: FunctionQuestion(name, name, 2.0, 5.0, messages={"known": "You did it twice."}, cases=())
    for name in ("t-one", "t-two")
}
WRONG = Verdict("t-two", Outcome.WRONG, 0, 2, "It is wrong.")


@pytest.mark.parametrize(
    ("notebook", "first", "second", "is_told"),
    [
        (CALLS, Outcome.WRONG, WRONG, True),
        (CALLS, Outcome.NOT_ATTEMPTED, replace(WRONG, outcome=Outcome.RAISED), True),
        (CALLS, Outcome.PASSED, WRONG, False),
        (CALLS, Outcome.BROKEN, WRONG, False),
        (CALLS, Outcome.WRONG, replace(WRONG, mistake="known"), False),
        (CALLS, Outcome.WRONG, replace(WRONG, outcome=Outcome.PASSED, points=2), False),
        (ALONE, Outcome.WRONG, WRONG, False),
        (b"{", Outcome.WRONG, WRONG, False),
    ],
)
def test_an_answer_that_uses_one_that_failed_is_told_so_once_and_earns_the_same(
    notebook: bytes, first: Outcome, second: Verdict, *, is_told: bool
) -> None:
    points = 2.0 if first is Outcome.PASSED else 0.0
    verdicts = {"t-one": Verdict("t-one", first, points, 2, "Said."), "t-two": second}
    found = with_earlier(notebook, QUESTIONS, verdicts)
    assert ("Your code uses `one`, and t-one has not passed" in found["t-two"].message) is is_told
    assert found["t-two"].points == second.points
    assert found["t-one"] == verdicts["t-one"]
    assert with_earlier(notebook, QUESTIONS, found) == found


def _cell(source: str, name: str = "own", **grading: object) -> nbformat.NotebookNode:
    metadata = {"nbgrader": {"grade_id": name, **grading}} if grading else {}
    return nbformat.v4.new_code_cell(source, id=name, metadata=metadata)  # type: ignore[no-any-return]


def test_an_answer_under_another_name_is_told_what_its_name_has_to_be() -> None:
    answer = _cell("def mine(x): ...", "t-one-answer", grade=False, solution=True, locked=False)
    check = _cell("lab.check('t-one', half)", "t-one", grade=True, solution=False, locked=True)
    notebook = nbformat.v4.new_notebook(cells=[answer, check])
    raised = {"t-one": Verdict("t-one", Outcome.RAISED, 0, 1, messages.raised(MISSING))}
    found = MissingNameCauses().of(notebook, raised)
    assert (
        "binds `mine`; what is checked is called `half`"
        in explained(raised, found)["t-one"].message
    )


def test_a_cell_that_took_a_name_of_pythons_is_told_to_the_answer_that_uses_it() -> None:
    text = "'int' object is not callable. It happened in line 2: return sum(x)"
    raised = {"t-one": Verdict("t-one", Outcome.RAISED, 0, 1, text)}
    found = MissingNameCauses().of(nbformat.v4.new_notebook(cells=[_cell("sum = 0")]), raised)
    assert list(found) == ["sum"]
    assert "begins `sum = 0`" in explained(raised, found)["t-one"].message
