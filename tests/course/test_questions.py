"""Every question tests itself: the reference passes, each mistake is caught and told apart."""

from grader.classroom.authoring.question_checks import question_problems
from grader.core.question import FUNCTION
from grader.referee.question_bank import Question, UnitBank


def test_a_question_is_sound(question: Question) -> None:
    """Reference, mistakes, untouched and odd answers on six draws; and how it reads.

    `tests/authoring` shows that each of these is found where it is wrong.
    """
    assert [str(problem) for problem in question_problems(question)] == []


def test_a_question_knows_at_least_three_mistakes(our_question: Question) -> None:
    """A checker that only says "wrong" teaches nothing."""
    assert len(our_question.mistakes) >= (3 if our_question.kind == FUNCTION else 1)


def test_ids_are_unique_over_a_unit(bank: UnitBank) -> None:
    """One name, one thing, over questions and quiz items."""
    assert not set(bank.questions) & set(bank.items)
