"""Kept answers: the same verdict as a run for the same requests, and no verdict for others."""

from dataclasses import replace

import pytest

from grader.core.judgement import judge
from grader.core.question import Case, FunctionQuestion, PreparedQuestion
from grader.core.requests import Call, Raised, Reply, Request, Returned, Unusable
from grader.core.verdicts import Outcome, Verdict
from grader.referee import recorded_replies
from grader.referee.recorded_replies import (
    TRAINED_SECONDS,
    RecordedAnswer,
    judge_again,
    reply_frame,
    request_frame,
)


def question(factor: int = 2, inputs: tuple[int, ...] = (3, 5)) -> PreparedQuestion:
    """`times(x)`, with squaring as its named mistake."""
    cases = tuple(Case({"x": x}, factor * x, {"squared": x * x}) for x in inputs)
    told = {"squared": "Not squared."}
    return FunctionQuestion("t-one", "", 2.0, 9.0, messages=told, cases=cases, hidden=True)


def answered(asked: PreparedQuestion, replies: list[Reply]) -> dict[str, RecordedAnswer]:
    """What is kept of a run in which the code gave these replies."""
    turns = []
    coming = iter(replies)

    def ask(request: Request) -> Reply:
        reply = next(coming)
        turns.append((request_frame(request)[1], reply_frame(reply)))
        return reply

    judge(asked, ask)
    kept = recorded_replies.dumps({"t-one": RecordedAnswer(asked.seconds, 0.25, tuple(turns))})
    return recorded_replies.loads(kept)


@pytest.mark.parametrize(
    "replies",
    [
        [Returned(6), Returned(10)],
        [Returned(9), Returned(25)],
        [Returned(6), Returned(0)],
        [Raised("ValueError", "no", "line 1"), Returned(10)],
        [Unusable("a function"), Unusable("a function")],
    ],
)
def test_the_same_question_gets_the_same_verdict(replies: list[Reply]) -> None:
    coming = iter(replies)
    wanted = judge(question(), lambda _: next(coming))
    again = judge_again({"t-one": question()}, answered(question(), replies))
    assert again == {"t-one": replace(wanted, seconds=0.25)}


def test_a_changed_reference_judges_anew_what_was_answered() -> None:
    kept = answered(question(), [Returned(9), Returned(15)])
    verdicts = judge_again({"t-one": question(factor=3)}, kept)
    assert verdicts is not None
    assert verdicts["t-one"].outcome is Outcome.PASSED


def test_a_changed_message_is_told() -> None:
    kept = answered(question(), [Returned(9), Returned(25)])
    asked = replace(question(), messages={"squared": "Twice, please."})
    verdicts = judge_again({"t-one": asked}, kept)
    assert verdicts is not None
    assert verdicts["t-one"].message == "Twice, please."


@pytest.mark.parametrize(
    "other",
    [
        question(inputs=(3, 6)),
        question(inputs=(3, 5, 7)),
        question(inputs=(3,)),
        replace(question(), seconds=1.0),
    ],
    ids=["other inputs", "one more", "one less", "another limit"],
)
def test_what_was_not_asked_before_has_to_be_run(other: PreparedQuestion) -> None:
    kept = answered(question(), [Returned(6), Returned(10)])
    assert judge_again({"t-one": other}, kept) is None


def test_another_set_of_questions_has_to_be_run() -> None:
    kept = answered(question(), [Returned(6), Returned(10)])
    assert judge_again({"t-one": question(), "t-two": question()}, kept) is None
    assert judge_again({}, kept) is None


def test_what_the_driver_noted_stays_as_it_was_noted() -> None:
    noted = {"t-one": RecordedAnswer(9.0, 9.5, None, "too slow", "It took too long.")}
    verdicts = judge_again(
        {"t-one": question()}, recorded_replies.loads(recorded_replies.dumps(noted))
    )
    assert verdicts is not None
    assert (verdicts["t-one"].outcome, verdicts["t-one"].points) == (Outcome.TOO_SLOW, 0.0)
    assert verdicts["t-one"].message == "It took too long."


@pytest.mark.parametrize(
    ("trained", "told"), [(0.125, {"median": {}, TRAINED_SECONDS: 0.125}), (None, {"median": {}})]
)
def test_how_long_a_training_took_is_kept(
    monkeypatch: pytest.MonkeyPatch, trained: float | None, told: dict[str, object]
) -> None:
    """No request tells it, and the teacher's remarks ask for it after a second judgement, too."""
    given = Verdict("t-one", Outcome.PASSED, 2.0, 2.0, "", details={"median": {}})
    monkeypatch.setattr(recorded_replies, "judge", lambda *_: given)
    kept = recorded_replies.dumps({"t-one": RecordedAnswer(9.0, 1.0, (), trained=trained)})
    verdicts = judge_again({"t-one": question()}, recorded_replies.loads(kept))
    assert verdicts is not None
    assert verdicts["t-one"].details == told


@pytest.mark.parametrize("data", [b"", b"x", b"\x81\xa1a\x01"])
def test_damaged_answers_are_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="no kept answers"):
        recorded_replies.loads(data)


def test_a_damaged_reply_has_to_be_run() -> None:
    asked = request_frame(Call({"x": 3}))[1]
    turns = ((asked, b"\xc1"), (asked, b"\xc1"))
    assert judge_again({"t-one": question()}, {"t-one": RecordedAnswer(9.0, 1.0, turns)}) is None


def test_answers_that_are_too_large_are_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorded_replies, "LARGEST", 10)
    assert (
        recorded_replies.dumps({"t-one": RecordedAnswer(9.0, 1.0, None, "wrong", "x" * 20)}) == b""
    )
