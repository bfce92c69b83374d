"""Files beside the results: facts of notebooks, releases, excuses; and totals over units."""

import json
from pathlib import Path
from typing import Any

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from grader.classroom import gradebook
from grader.classroom.course_paths import Course
from grader.classroom.grading.course_totals import totals
from grader.classroom.grading.entries import Entry, Mark, State
from grader.classroom.grading.plan_cache import NotebookFacts
from grader.classroom.grading.release_history import (
    COUNT,
    EXCUSE,
    decide,
    decisions,
    later_questions,
    note_release,
)
from grader.classroom.nbgrader import RunSettings, configure
from grader.core.errors import SetupError

UNIT = "01_toy"
NOW = ("judge 1", "run 1")
NAMES = ("key", "run key", "")


@pytest.fixture
def place(tmp_path: Path) -> Course:
    """A class's empty folder."""
    made = Course(tmp_path, tmp_path / "classroom")
    made.classroom.mkdir()
    return made


def released(name: str, *questions: str) -> Any:
    cells = [
        new_code_cell("", metadata={"nbgrader": {"grade_id": question, "grade": True}})
        for question in questions
    ]
    return new_notebook(cells=cells, metadata={"grader": {"release": name}})


def put(path: Path, notebook: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(notebook))


def test_facts_are_found_again_for_the_very_same_file(place: Course) -> None:
    facts = NotebookFacts.of(place, UNIT, NOW)
    facts.add("ann", b"notebook", NAMES)
    facts.keep()
    again = NotebookFacts.of(place, UNIT, NOW)
    assert again.find("ann", b"notebook") == NAMES
    assert again.find("ann", b"notebook ") is None
    assert again.find("bob", b"notebook") is None


@pytest.mark.parametrize("now", [("judge 2", "run 1"), ("judge 1", "run 2")])
def test_facts_of_other_circumstances_are_none(place: Course, now: tuple[str, str]) -> None:
    facts = NotebookFacts.of(place, UNIT, NOW)
    facts.add("ann", b"notebook", NAMES)
    facts.keep()
    assert NotebookFacts.of(place, UNIT, now).find("ann", b"notebook") is None


def test_a_damaged_file_of_facts_only_costs_time(place: Course) -> None:
    facts = NotebookFacts.of(place, UNIT, NOW)
    facts.add("ann", b"notebook", NAMES)
    facts.keep()
    content = facts.path.read_bytes()
    facts.path.write_bytes(content.replace(b"run key", b"run kez"))
    assert NotebookFacts.of(place, UNIT, NOW).find("ann", b"notebook") is None


def test_facts_are_written_only_when_there_are_new_ones(place: Course) -> None:
    NotebookFacts.of(place, UNIT, NOW).keep()
    assert not place.results.exists()
    place.results.touch()  # a file where the folder belongs: whoever keeps results says so
    facts = NotebookFacts.of(place, UNIT, NOW)
    facts.add("ann", b"notebook", NAMES)
    facts.keep()
    assert facts.find("ann", b"notebook") == NAMES


def test_a_question_that_came_later_is_known_by_the_release_that_a_student_holds(
    place: Course,
) -> None:
    old, new = released("r1", "toy-a"), released("r2", "toy-a", "toy-b")
    note_release(place, UNIT, old)
    note_release(place, UNIT, new)
    put(place.released(UNIT), new)
    put(place.submission(UNIT, "ann"), old)
    put(place.submission(UNIT, "bob"), new)
    put(place.submission(UNIT, "cy"), new_notebook())
    missing = ["toy-a", "toy-b"]
    assert later_questions(place, UNIT, "ann", missing) == ["toy-b"]
    assert later_questions(place, UNIT, "bob", missing) == []
    assert later_questions(place, UNIT, "cy", missing) == []  # says nothing of its release
    assert later_questions(place, UNIT, "nobody", missing) == []


@pytest.mark.parametrize("said", ["../r1", "r" * 41, 7, None])
def test_a_release_that_no_grader_named_is_no_release(place: Course, said: object) -> None:
    put(place.released(UNIT), released("r2", "toy-b"))
    strange = released("r1")
    strange.metadata.grader.release = said
    put(place.submission(UNIT, "ann"), strange)
    assert later_questions(place, UNIT, "ann", ["toy-b"]) == []


def test_a_release_is_noted_once(place: Course) -> None:
    note_release(place, UNIT, released("r1", "toy-a"))
    note_release(place, UNIT, released("r1", "toy-b"))
    kept = json.loads((place.classroom / "releases.json").read_text())
    assert kept == {UNIT: {"r1": ["toy-a"]}}


def test_a_decision_is_kept_and_taken_back(place: Course) -> None:
    assert decisions(place, UNIT) == {}
    decide(place, UNIT, "toy-b", ["ann", "zoë"], EXCUSE)
    decide(place, UNIT, "toy-b", ["zoë"], COUNT)
    assert decisions(place, UNIT) == {"toy-b": {"ann": "excused", "zoë": "counts"}}
    decide(place, UNIT, "toy-b", ["ann"], None)
    assert decisions(place, UNIT) == {"toy-b": {"zoë": "counts"}}
    assert decisions(place, "02_other") == {}


@pytest.mark.parametrize(("text", "words"), [("{", "cannot be read"), ("[]", "holds no names")])
def test_a_damaged_file_is_named_and_not_overwritten(place: Course, text: str, words: str) -> None:
    path = place.classroom / "excused.json"
    path.write_text(text)
    with pytest.raises(SetupError, match=rf"excused\.json.*{words}.*Mend it, or remove it"):
        decide(place, UNIT, "toy-b", ["ann"], EXCUSE)
    assert path.read_text() == text


def entry(student: str, unit: str, points: float, *, waits: bool = False) -> Entry:
    cells = {"q": (points, 2.0), "r": (0.0, 1.0)}
    mark = Mark(student, points, 3.0, 0.0, waits, cells=cells, waiting=("q",) if waits else ())
    return Entry(student, unit, mark=mark)


def test_a_total_counts_what_is_missing_as_nothing_of_all() -> None:
    missing = Entry("ann", "02_b", absent=State.MISSING, name="Ann Lee")
    (ann, bob) = totals([entry("bob", "02_b", 1.5), missing, entry("ann", "01_a", 2.0)])
    assert (ann.student, ann.name, ann.score, ann.maximum) == ("ann", "Ann Lee", 2.0, 6.0)
    assert (ann.told, ann.reason) == ("2 of 6", "")
    assert (bob.score, bob.maximum) == (1.5, 3.0)


def test_there_is_no_total_while_a_mark_is_to_come() -> None:
    (ann,) = totals([entry("ann", "01_a", 2.0), entry("ann", "02_b", 1.0, waits=True)])
    assert (ann.score, ann.told, ann.reason) == (None, "", "02_b: waits")


def test_excused_questions_are_no_part_of_a_total_and_who_withdrew_has_none() -> None:
    own = entry("ann", "01_a", 2.0)
    spared = Entry("ann", "01_a", mark=own.mark, excused=frozenset({"r"}))
    gone = Entry("bob", "01_a", mark=own.mark, absent=State.WITHDRAWN)
    (ann,) = totals([spared, gone])
    assert (ann.student, ann.told) == ("ann", "2 of 2")
    assert totals([]) == []


def test_an_older_classs_configuration_finds_the_same_function() -> None:
    assert gradebook.configure is configure
    assert gradebook.Settings is RunSettings
