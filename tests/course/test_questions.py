"""Every question tests itself: the reference passes, each mistake is caught and told apart."""

import inspect

import pytest

from grader.core.judgement import judge
from grader.core.question import FUNCTION, PreparedQuestion
from grader.core.verdicts import Outcome
from grader.referee.preparation import VISIBLE_SEED, prepare, seed_for
from grader.referee.question_bank import Question, UnitBank
from grader.wire.perform import Performer

SEEDS = [VISIBLE_SEED, *(seed_for("a test's secret", n) for n in range(5))]


def prepared(question: Question, seed: int) -> PreparedQuestion:
    """The question with cases from `seed`; the first seed is what learners get."""
    return prepare(question, seed, visible=seed == VISIBLE_SEED)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_reference_earns_full_marks(question: Question, seed: int) -> None:
    """Also in float32, which is what a learner's function receives."""
    verdict = judge(prepared(question, seed), Performer(question.reference).perform)
    assert verdict.outcome is Outcome.PASSED, verdict.message
    assert verdict.points == question.points > 0


@pytest.mark.parametrize("seed", SEEDS)
def test_each_mistake_earns_nothing_and_is_named(question: Question, seed: int) -> None:
    """All mistakes are told apart, from the reference and from each other, on every draw."""
    asked = prepared(question, seed)
    for mistake in question.mistakes:
        for function in mistake.functions:
            verdict = judge(asked, Performer(function).perform)
            assert verdict.points == 0, mistake.name
            assert verdict.mistake == mistake.name
            assert verdict.message == mistake.message


def test_a_question_knows_at_least_three_mistakes(question: Question) -> None:
    """A checker that only says "wrong" teaches nothing."""
    assert len(question.mistakes) >= (3 if question.kind == FUNCTION else 1)


def test_the_untouched_scaffold_is_not_attempted(question: Question) -> None:
    """Dots are no answer, as a result or in a function's place."""
    asked = prepared(question, VISIBLE_SEED)
    for answer in (..., lambda *_inputs: ...):
        assert judge(asked, Performer(answer).perform).outcome is Outcome.NOT_ATTEMPTED


def test_odd_answers_earn_nothing(question: Question) -> None:
    """None, an exception, text and a constant are wrong for every question."""

    def fail(*_inputs: object) -> None:
        message = "odd"
        raise RuntimeError(message)

    asked = prepared(question, SEEDS[1])
    for answer in (lambda *_: None, fail, lambda *_: "text", lambda *inputs: inputs[0] * 0):
        assert judge(asked, Performer(answer).perform).points == 0


def test_sources_read_well(question: Question) -> None:
    """A question explains itself: a docstring, a title, hints that are sentences."""
    assert inspect.getdoc(question.module)
    assert question.title
    assert question.hints
    for text in [*question.hints, *(mistake.message for mistake in question.mistakes)]:
        assert text.strip()[-1] in ".?!`)", text


def test_ids_are_unique_over_a_unit(bank: UnitBank) -> None:
    """One name, one thing, over questions and quiz items."""
    assert not set(bank.questions) & set(bank.items)
