"""Spoilers: no page tells too early, and what tells is found where it stands."""

from pathlib import Path

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from grader.classroom.authoring.solved_notebook import released_cells
from grader.classroom.authoring.spoilers import (
    Secret,
    declared,
    given_away,
    spoiler_problems,
)
from grader.classroom.course_paths import Course
from grader.core.quiz import PREDICT
from grader.referee.question_bank import UnitBank, load_unit
from tests.course.conftest import OURS

ROOT = Path(__file__).resolve().parents[2]
COURSE = Course(ROOT, ROOT / "classroom")
UNITS = COURSE.units()


@pytest.fixture(name="unit", scope="module", params=UNITS)
def _unit(request: pytest.FixtureRequest) -> tuple[UnitBank, list[NotebookNode]]:
    bank = load_unit(ROOT / "solutions" / request.param)
    return bank, released_cells(COURSE, bank)


def test_nothing_is_given_away(unit: tuple[UnitBank, list[NotebookNode]]) -> None:
    """And every place that asks for a guess is declared."""
    assert [str(problem) for problem in spoiler_problems(COURSE, unit[0])] == []


def test_every_prediction_of_ours_is_declared_once() -> None:
    own = [(secret.unit, secret.asked) for secret in declared(COURSE)]
    assert len(own) == len(set(own))
    for name in OURS:
        bank = load_unit(ROOT / "solutions" / name)
        predictions = [item for item in bank.items.values() if item.kind == PREDICT]
        assert {(name, item.id) for item in predictions} <= set(own)


@pytest.fixture(name="page")
def _page() -> tuple[UnitBank, list[NotebookNode]]:
    """A page that asks which lamp is on and shows it two cells further down."""
    bank = load_unit(ROOT / "solutions" / "01_rnn")
    return bank, [
        new_markdown_cell("# Lamps", id="markdown-1"),
        new_code_cell("lamps = [1, 0]", id="code-1"),
        new_markdown_cell("Which lamp is on? Decide, then run.", id="markdown-2"),
        new_code_cell("show(lamps)", id="code-2", metadata={"tags": ["demonstration"]}),
        new_markdown_cell("The **left** lamp is on.", id="markdown-3"),
    ]


SECRET = Secret("01_rnn", "Which lamp is on?", (r"left lamp", r"on_the_left"))


def test_what_stands_below_the_answer_tells_nothing(
    page: tuple[UnitBank, list[NotebookNode]],
) -> None:
    assert given_away(SECRET, *page) == []


@pytest.mark.parametrize(
    ("place", "source"),
    [
        (0, "# The *left* lamp"),
        (1, "on_the_left = 1"),
        (3, 'show(lamps, title="The left lamp")'),
        (1, 'lab.hint("rnn-step", 0)'),
        (1, 'lab.repair_lab("rnn-repair")'),
    ],
)
def test_a_word_a_name_a_title_a_hint_or_a_form_tells(
    page: tuple[UnitBank, list[NotebookNode]], place: int, source: str
) -> None:
    bank, cells = page
    cells[place].source = source
    secret = Secret("01_rnn", SECRET.asked, (*SECRET.terms, "mean over all steps", "W_ih.T is"))
    told = given_away(secret, bank, cells)
    assert len(told) == 1
    assert cells[place].id in told[0].place or told[0].place.endswith(("rnn-step", "rnn-repair"))


def test_a_door_tells_by_what_it_replies(page: tuple[UnitBank, list[NotebookNode]]) -> None:
    bank, cells = page
    cells[1] = new_code_cell('lab.door("rnn", "")', id="rnn-door")
    secret = Secret("01_rnn", SECRET.asked, ("classic silent mistake", "never sees an old reading"))
    told = given_away(secret, bank, cells)
    assert [place.place for place in told] == [
        "rnn-door-1"
    ]  # the right choice's reason is no reply


def test_a_findings_last_hint_may_tell_it(page: tuple[UnitBank, list[NotebookNode]]) -> None:
    bank, cells = page
    last = Secret("01_rnn", SECRET.asked, ("the right moment to stop",), finding="rnn-repair")
    third = Secret("01_rnn", SECRET.asked, ("somewhere from 0.3 to 0.5",), finding="rnn-repair")
    assert given_away(last, bank, cells) == []
    assert [place.place for place in given_away(third, bank, cells)] == ["hint 3 of rnn-repair"]


def test_a_prediction_is_searched_for_by_its_right_choice(
    page: tuple[UnitBank, list[NotebookNode]],
) -> None:
    bank, cells = page
    cells[2] = new_markdown_cell("**Predict 1**", id="rnn-predict-1-text")
    secret = Secret("01_rnn", "rnn-predict-1", ("nothing of this",))
    assert given_away(secret, bank, cells) == []
    cells[0].source = "Hardly anything: both stay about where they are."
    assert [place.place for place in given_away(secret, bank, cells)] == ["markdown-1"]


def test_a_secret_that_is_nowhere_asked_is_refused(
    page: tuple[UnitBank, list[NotebookNode]],
) -> None:
    with pytest.raises(ValueError, match="stands in 0 cells"):
        given_away(Secret("01_rnn", "Which fan is on?", ("left",)), *page)
