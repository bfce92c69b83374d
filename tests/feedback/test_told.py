"""Verdicts are told in plain words, and a learner's words are never markup."""

import io

import pytest
from nbconvert.filters import markdown2html

from grader.classroom.engine.jobs import Report
from grader.classroom.grading.comments import as_html, comment, comment_html
from grader.classroom.grading.entries import Entry, Mark, State, columns, grouped
from grader.classroom.report.class_pages import class_page, course_page
from grader.classroom.report.tables import class_table, console, verdict_table
from grader.core import messages
from grader.core.verdicts import Outcome, Verdict

EVIL = "<script>alert(1)</script> [x](javascript:alert(2)) \\`<img src=x onerror=alert(3)>\\`"


def _verdict(outcome: Outcome, question: str = "toy-double", message: str = "Why.") -> Verdict:
    points = 2.0 if outcome is Outcome.PASSED else 0.0
    mistake = "squared" if outcome is Outcome.WRONG else None
    return Verdict(question, outcome, points, 2.0, message, mistake)


def _entry(student: str, *verdicts: Verdict, sandbox: str = "warm") -> Entry:
    found = {verdict.question: verdict for verdict in verdicts}
    return Entry(student, "01_toy", Report(student, "01_toy", "cpu", sandbox, 1.0, found))


def _printed(table: object) -> str:
    text = io.StringIO()
    console(text).print(table)
    return text.getvalue()


def test_a_comment_has_outcome_points_message_and_mistake() -> None:
    told = comment(_verdict(Outcome.WRONG))
    assert told == "Wrong, 0 of 2 points.\nWhy.\nNamed mistake: squared."


def test_a_class_is_told_of_no_cell_that_it_has_not() -> None:
    verdict = _verdict(Outcome.NOT_ATTEMPTED, message=messages.NOT_ATTEMPTED)
    told = "Not attempted: the answer cell is as it was released."
    assert comment(verdict) == told
    for page in (
        class_page("01_toy", [_entry("ann", verdict)]),
        _printed(verdict_table([verdict])),
    ):
        words = " ".join(page.split())
        assert ("Answer there" in words, told in words) == (False, True)


def test_one_point_is_no_points() -> None:
    verdict = Verdict("toy-double", Outcome.WRONG, 0.0, 1.0, "Why.")
    assert comment(verdict) == "Wrong, 0 of 1 point.\nWhy."


def test_a_reason_that_several_questions_share_is_told_once() -> None:
    later = dict.fromkeys(["toy-new", "toy-half"], "it came later") | {"toy-why": "read it"}
    mark = Mark("ann", 0.0, 2.0, 0.0, True, waiting=tuple(later))
    entry = Entry("ann", "01_toy", mark=mark, later=later)
    assert entry.reason == "toy-new, toy-half: it came later; toy-why: read it"


def test_the_graders_own_failure_is_told_without_points() -> None:
    assert comment(_verdict(Outcome.BROKEN)) == "Not graded yet: Why."


@pytest.mark.parametrize(
    "text", [EVIL, f"`{EVIL}`", f"``{EVIL}``", "&lt;script&gt;", "***x*** _y_"]
)
def test_a_comment_carries_no_markup_through_markdown(text: str) -> None:
    page = markdown2html(comment_html(text))
    for evil in ("<script", "<img", "<a ", "<em", "<strong"):
        assert evil not in page


def test_words_between_backticks_become_code() -> None:
    assert "<code>a &lt; b</code>" in markdown2html(comment_html("use `a < b`"))
    assert as_html("use `a < b`") == "use <code>a &lt; b</code>"


def test_the_class_page_escapes_all_words_of_learners() -> None:
    entry = _entry(
        "<b>ann", _verdict(Outcome.RAISED, message=EVIL), _verdict(Outcome.WRONG, "q-w", EVIL)
    )
    page = class_page("01_toy", [entry, Entry("bob", "01_toy", problem=EVIL)])
    for evil in ("<script>alert", "<img", "<b>ann"):
        assert evil not in page
    assert "squared" in page
    assert "These wait for you" in page


def test_an_open_run_is_said_aloud() -> None:
    page = class_page("01_toy", [_entry("ann", _verdict(Outcome.PASSED), sandbox="none")])
    assert "WITHOUT A SANDBOX" in page


def test_the_table_shows_every_student_and_groups_challenges() -> None:
    challenges = [_verdict(Outcome.PASSED, f"toy-challenge-{n}") for n in (1, 2)]
    entries = [
        _entry("ann", _verdict(Outcome.WRONG), *challenges),
        Entry("bob", "01_toy", problem="no file"),
    ]
    shown = _printed(class_table("01_toy", entries))
    assert "0 wrong: squared" in shown
    assert "4 passed" in shown
    assert "not graded" in shown
    names = columns(entries)
    assert list(grouped(names)) == ["toy-double", "toy-challenge"]


def test_square_brackets_in_messages_are_no_styles() -> None:
    message = "index [red] of [/bold] size"
    assert message in _printed(verdict_table([_verdict(Outcome.WRONG, message=message)]))


def test_only_what_was_judged_counts_as_graded() -> None:
    assert _entry("ann", _verdict(Outcome.WRONG)).graded
    assert not _entry("ann", _verdict(Outcome.BROKEN)).graded
    assert not Entry("ann", "01_toy", problem="no file").graded


def test_the_courses_page_has_totals_of_who_has_all_marks() -> None:
    ann, bob = (_entry(name, _verdict(Outcome.PASSED)) for name in ("ann", "<b>bob"))
    missing = Entry("ann", "02_toy", absent=State.MISSING)
    unread = Entry("<b>bob", "02_toy", problem="no file")
    gone = Entry("cyd", "02_toy", absent=State.WITHDRAWN)
    page = course_page([ann, bob, missing, unread, gone])
    assert ">missing</td>" in page
    assert "02_toy: not graded" in page
    assert "<b>bob" not in page
    assert "in no number here: cyd" in page
