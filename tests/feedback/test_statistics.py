"""A class in numbers."""

import io

import pytest

from grader.classroom.engine.jobs import Report
from grader.classroom.grading.entries import Entry
from grader.classroom.report.statistics import class_statistics
from grader.classroom.report.tables import console, summary_table
from grader.core.verdicts import Outcome, Verdict


def _entry(student: str, points: float, mistake: str | None = None) -> Entry:
    outcome = Outcome.PASSED if points == 4 else Outcome.WRONG if mistake else Outcome.NOT_ATTEMPTED
    verdict = Verdict("toy-double", outcome, points, 4.0, "Why.", mistake)
    report = Report(student, "01_toy", "cpu", "warm", 1.0, {"toy-double": verdict})
    return Entry(student, "01_toy", report)


CLASS = [
    _entry("ann", 4.0),
    _entry("bob", 2.0, "squared"),
    _entry("cyd", 0.0, "squared"),
    _entry("dan", 0.0),
    Entry("eve", "01_toy", problem="no file"),
]


def test_scores_are_shares_of_the_maximum_of_those_that_were_graded() -> None:
    numbers = class_statistics(CLASS)
    assert (numbers.submissions, numbers.graded, numbers.full) == (5, 4, 1)
    assert (numbers.mean, numbers.median) == (37.5, 25.0)
    assert numbers.spread == pytest.approx(41.457, abs=1e-3)
    assert numbers.bands == (2, 0, 0, 0, 0, 1, 0, 0, 0, 1)


def test_a_question_has_its_pass_rate_and_commonest_mistakes() -> None:
    (question,) = class_statistics(CLASS).questions
    assert (question.passed, question.attempted, question.mean) == (0.25, 0.75, 1.5)
    assert question.mistakes == (("squared", 2),)


def test_a_class_of_nobody_has_no_numbers() -> None:
    numbers = class_statistics([])
    assert (numbers.mean, numbers.graded, numbers.questions) == (0.0, 0, ())


def test_the_summary_has_a_row_a_question_however_large_the_class() -> None:
    text = io.StringIO()
    console(text).print(summary_table("01_toy", CLASS * 60))
    lines = [line for line in text.getvalue().splitlines() if line.strip()]
    assert len(lines) == 4
    assert "240 of 300 graded, mean 37.5%" in lines[0]
    assert "squared × 120" in lines[3]
