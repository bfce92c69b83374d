"""The judge: right answers pass in any style, wrong ones earn nothing, known mistakes are named."""

import numpy as np
import pytest

from grader.core.diagnosis import DrawScore, diagnose
from grader.core.judgement import judge
from grader.core.question import (
    Bars,
    Case,
    ChoiceQuestion,
    FunctionQuestion,
    PreparedQuestion,
    question_from_json,
)
from grader.core.requests import (
    PLACEHOLDER,
    Call,
    Raised,
    ReadAnswer,
    Reply,
    Request,
    Returned,
    Unusable,
)
from grader.core.values import Tensor, tensor
from grader.core.verdicts import Outcome, Verdict


def doubling(*, hidden: bool = False) -> PreparedQuestion:
    """A question that asks for twice the input; its one mistake gives the square."""
    cases = []
    for size in (2, 3):
        numbers = np.arange(1.0, size + 1)
        cases.append(
            Case({"x": tensor(numbers)}, tensor(2 * numbers), {"squared": tensor(numbers**2)})
        )
    return FunctionQuestion(
        "demo-double", "Twice", 2, 5, {"squared": "You squared."}, cases=tuple(cases),
        hidden=hidden,
    )  # fmt: skip


def asked(function: object) -> Verdict:
    """Judge a numpy function on the doubling question."""

    def ask(request: Request) -> Reply:
        assert isinstance(request, Call)
        x = request.inputs["x"]
        assert isinstance(x, Tensor)
        made = function(x.array)  # type: ignore[operator]
        return made if isinstance(made, Raised | Unusable) else Returned(tensor(made))

    return judge(doubling(), ask)


def test_a_right_answer_earns_all_points() -> None:
    """Correct is correct."""
    assert asked(lambda x: x + x) == Verdict("demo-double", Outcome.PASSED, 2, 2, "Correct.")


def test_a_known_mistake_is_named_and_earns_nothing() -> None:
    """The learner is told which mistake it was."""
    verdict = asked(lambda x: x * x)
    assert (verdict.outcome, verdict.points) == (Outcome.WRONG, 0)
    assert (verdict.mistake, verdict.message) == ("squared", "You squared.")


def test_a_mistake_must_match_on_every_case() -> None:
    """Agreeing on one case only is another mistake."""
    verdict = asked(lambda x: x * x if len(x) == 2 else x)
    assert verdict.mistake is None
    assert "expected" in verdict.message


def test_the_placeholder_is_not_attempted() -> None:
    """An untouched answer is not scolded."""
    assert asked(lambda _: Unusable(PLACEHOLDER)).outcome is Outcome.NOT_ATTEMPTED


def test_an_exception_is_reported_with_its_inputs() -> None:
    """What was raised, for which input, where."""
    verdict = asked(lambda _: Raised("ValueError", "no", "line 2: boom()"))
    assert verdict.outcome is Outcome.RAISED
    assert "ValueError" in verdict.message
    assert "x (2,)" in verdict.message
    assert "line 2" in verdict.message


def test_an_interrupt_means_too_slow() -> None:
    """A time limit reaches learner code as an interrupt."""
    assert asked(lambda _: Raised("KeyboardInterrupt", "")).outcome is Outcome.TOO_SLOW


def test_hidden_cases_keep_their_numbers() -> None:
    """A message about a hidden case never tells the expected value."""
    ask = lambda _request: Returned(tensor(np.array([7.25, 7.25])))
    assert "expected 2" in judge(doubling(), ask).message
    message = judge(doubling(hidden=True), ask).message
    assert "expected 2" not in message
    assert "7.25" not in message


CHOICE = ChoiceQuestion("demo-challenge-1", "", 1, 5, right="b", whys={"a": "No: …", "b": "Yes: …"})


@pytest.mark.parametrize(
    ("value", "outcome"),
    [
        ("b", Outcome.PASSED),
        (" B ", Outcome.PASSED),
        ("a", Outcome.WRONG),
        ("", Outcome.NOT_ATTEMPTED),
        ("e", Outcome.WRONG),
        (3, Outcome.WRONG),
        (["a", "b"], Outcome.WRONG),
        (True, Outcome.WRONG),
    ],
)
def test_choices(value: object, outcome: Outcome) -> None:
    """One right key; anything else is no answer."""

    def ask(request: Request) -> Reply:
        assert isinstance(request, ReadAnswer)
        return Returned(value)  # type: ignore[arg-type]

    assert judge(CHOICE, ask).outcome is outcome


@pytest.mark.parametrize(
    ("train", "val", "hidden", "mistake"),
    [
        (90, 87, 86, None),
        (92.4, 84, 84, None),
        (99, 70, 70, "memorises"),
        (94, 86, 86, "train-too-high"),
        (75, 74, 74, "underfits"),
        (89, 79, 79, "overfits"),
        (86.2, 83.9, 84, "nearly"),
        (83, 82, 82, "nearly"),
        (90, 88, 75, "hidden-data"),
        (90, 86, 83.1, "unseen-just-missed"),
        (90, 84.5, 83.1, "hidden-data"),
    ],
)
def test_repairs_are_diagnosed(train: float, val: float, hidden: float, mistake: str) -> None:
    """Three medians tell what is still wrong with a recipe."""
    assert diagnose(DrawScore(train, val, hidden, 0), Bars()) == mistake


def test_points_outside_the_range_cannot_be() -> None:
    """No later step has to check again."""
    with pytest.raises(ValueError, match="cannot be"):
        Verdict("demo", Outcome.PASSED, 3, 2, "")


def test_hidden_cases_are_never_written_to_unit_json() -> None:
    """What is recorded is what learners get."""
    with pytest.raises(ValueError, match="never written"):
        doubling(hidden=True).to_json()


def test_recorded_form_reads_back() -> None:
    """A question survives `unit.json`."""
    again = question_from_json(doubling().to_json())
    assert judge(again, lambda _: Unusable(PLACEHOLDER)).outcome is Outcome.NOT_ATTEMPTED
    assert again.to_json() == doubling().to_json()
