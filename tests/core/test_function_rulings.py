"""What a right result does not tell, changed inputs and cut gradients; mistakes as errors."""

from dataclasses import replace

import numpy as np
import pytest

from grader.core import messages
from grader.core.judgement import judge
from grader.core.question import (
    AnyExpected,
    Case,
    ExpectedGradient,
    FunctionQuestion,
    PreparedQuestion,
    question_from_json,
)
from grader.core.requests import Call, Differentiate, Raised, Reply, Request, Returned, Unusable
from grader.core.values import Tensor, tensor
from grader.core.verdicts import Outcome, Verdict

NUMBERS = np.array([1.0, 2.0])
X = tensor(NUMBERS)
SLOPE = ExpectedGradient(tensor(np.ones(2)), {"x": tensor(np.full(2, 2.0))})
MESSAGES = {"squared": "You squared.", "stacked": "You stacked a list."}


def question(**mistakes: object) -> PreparedQuestion:
    """Doubling, of one case, which must let gradients through."""
    case = Case({"x": X}, tensor(2 * NUMBERS), mistakes, SLOPE)  # type: ignore[arg-type]
    known = {name: MESSAGES[name] for name in mistakes}
    return FunctionQuestion("demo-double", "Twice", 2, 5, known, cases=(case,))


def ruled(called: Reply, differentiated: Reply, asked: PreparedQuestion | None = None) -> Verdict:
    """The verdict on an answer that gives these replies."""

    def ask(request: Request) -> Reply:
        if isinstance(request, Differentiate):
            assert request.of == ["x"]
            return differentiated
        assert isinstance(request, Call)
        return called

    return judge(asked or question(), ask)


RIGHT = Returned(tensor(2 * NUMBERS))


def slope(*numbers: float) -> Returned:
    """A reply with this gradient."""
    return Returned({"x": tensor(np.array(numbers, dtype=float))})


def test_a_right_gradient_passes() -> None:
    """Nothing is said of it."""
    assert ruled(RIGHT, slope(2, 2)) == Verdict("demo-double", Outcome.PASSED, 2, 2, "Correct.")


@pytest.mark.parametrize(
    ("gradient", "mistake", "words"),
    [
        (slope(0, 0), "no-gradient", "no gradient flows from them back to `x`"),
        (slope(2, 0), "gradient-cut", "does not find its whole way back"),
        (slope(2, np.nan), "gradient-cut", "does not find its whole way back"),
        (Returned(None), "no-gradient", "no gradient flows"),
    ],
)
def test_a_wrong_gradient_is_named(gradient: Reply, mistake: str, words: str) -> None:
    """Right numbers do not pay where the way back is cut."""
    verdict = ruled(RIGHT, gradient)
    assert (verdict.outcome, verdict.points, verdict.mistake) == (Outcome.WRONG, 0, mistake)
    assert words in verdict.message


def test_an_error_on_the_way_back_is_told_and_costs_nothing() -> None:
    """Buffers written in place are honest, and a training would say it aloud."""
    verdict = ruled(RIGHT, Raised("RuntimeError", "modified by an inplace operation.\nHint: x"))
    assert (verdict.outcome, verdict.points) == (Outcome.PASSED, 2)
    assert "it raised RuntimeError (modified by an inplace operation)" in verdict.message
    assert ruled(RIGHT, Raised("KeyboardInterrupt", "")).outcome is Outcome.TOO_SLOW


def test_a_changed_input_is_named_before_any_gradient() -> None:
    """Names come from an answer's process: only those of the question are repeated."""
    verdict = ruled(replace(RIGHT, changed="x"), slope(2, 2))
    assert (verdict.points, verdict.mistake) == (0, "input-changed")
    assert "`x` is not as before" in verdict.message
    assert ruled(replace(RIGHT, changed="y, <b>"), slope(2, 2)).outcome is Outcome.PASSED


def test_a_wrong_result_is_told_first() -> None:
    """Whoever squares and writes into x is told of the square."""
    asked = question(squared=tensor(NUMBERS**2))
    verdict = ruled(Returned(tensor(NUMBERS**2), "x"), slope(0, 0), asked)
    assert verdict.mistake == "squared"


STACK = Raised("TypeError", "stack(): argument must be tuple of Tensors, not Tensor")


@pytest.mark.parametrize(
    ("reply", "mistake"),
    [
        (STACK, "stacked"),
        (replace(STACK, where="line 3: torch.stack(x)", helper="f got x (2,)"), "stacked"),
        (Returned([tensor(np.array(1.0)), tensor(np.array(2.0))]), "stacked"),
        (Raised("TypeError", "another one"), None),
        (Raised("ValueError", STACK.message), None),
    ],
)
def test_a_mistake_is_known_by_its_error_or_by_any_of_its_ways(
    reply: Reply, mistake: str | None
) -> None:
    """Kind and words must be the same; where it happened may differ."""
    asked = question(stacked=AnyExpected((STACK, [tensor(np.array(n)) for n in NUMBERS])))
    asked = question_from_json(asked.to_json())
    verdict = ruled(reply, slope(2, 2), asked)
    assert verdict.mistake == mistake
    assert verdict.points == 0
    if mistake:
        assert verdict.message == "You stacked a list."


@pytest.mark.parametrize("where", ["<tokenize>", "3141.py", "<ipython-input-2-abc>"])
def test_a_slip_of_syntax_is_told_by_the_line_of_the_cell(where: str) -> None:
    text = f"unindent does not match any outer indentation level ({where}, line 5)"
    told = messages.raised(Raised("IndentationError", text))
    assert told.endswith("does not match any outer indentation level, in line 5 of the cell.")


def test_an_error_in_a_helper_is_told_with_what_the_helper_got() -> None:
    """The answer's own line comes first, with its question; then the helper's shapes and line."""
    error = Raised(
        "RuntimeError", "no", "line 6: h = f(x)", "f got x (2,) and failed in its line 2"
    )
    said = ruled(error, error).message
    assert "It happened in your answer to demo-double, line 6: h = f(x). There f got x (2,)" in said


def test_a_case_of_lists_is_named_by_their_shapes() -> None:
    """No empty slot where inputs are no tensors."""
    batch = [(tensor(np.ones((5, 2))), 1), (tensor(np.ones((7, 2))), 0)]
    case = Case({"batch": batch, "more": 3}, tensor(NUMBERS), {})  # type: ignore[dict-item]
    asked = FunctionQuestion("demo", "", 1, 5, cases=(case,))
    said = judge(asked, lambda _: Raised("RuntimeError", "stack expects equal sizes")).message
    assert "for inputs batch [((5, 2), 1), ((7, 2), 0)], more=3: stack" in said


def test_what_comes_back_for_a_gradient_may_be_anything() -> None:
    """The reply is an answer's: no form of it stops the judge."""
    for odd in (Unusable("of type X"), Returned({"x": None}), Returned([1, 2]), Returned({})):
        assert ruled(RIGHT, odd).points == 0
    tensor_of_text = Returned({"x": Tensor(np.zeros(2), "bool")})
    assert ruled(RIGHT, tensor_of_text).points == 0


def test_another_right_result_is_right_on_any_case() -> None:
    """Where a question leaves a choice, each case may show another side of it."""
    other = tensor(np.array([2.0, 0.0]))
    case = Case({"x": X}, tensor(2 * NUMBERS), {}, also=(other,))
    made = FunctionQuestion("demo-double", "Twice", 2, 5, cases=(case, case))
    asked = question_from_json(made.to_json())
    coming = iter([Returned(other), Returned(tensor(2 * NUMBERS))])
    assert judge(asked, lambda _: next(coming)).outcome is Outcome.PASSED
    assert judge(asked, lambda _: Returned(tensor(NUMBERS))).points == 0
