"""A submission's scores reach the gradebook together, or not at all."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook

from grader.classroom.course_paths import Course
from grader.classroom.grading.planning import plan
from grader.classroom.nbgrader.autograde import Recorder
from grader.classroom.nbgrader.inprocess import nbgrader_environment
from grader.classroom.nbgrader.recording import record
from grader.classroom.nbgrader.score_saving import SaveScores
from grader.classroom.nbgrader.transactions import DeferredConnection, one_transaction
from grader.core.verdicts import Outcome
from tests.gradebook.conftest import SETTINGS, SOLVED, UNIT

Hand = Callable[..., None]


@pytest.fixture
def held(tmp_path: Path) -> Iterator[DeferredConnection]:
    """A connection that holds its commits, to a database with one table."""
    path = tmp_path / "some.db"
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE word (it TEXT)")
    with closing(sqlite3.connect(path, factory=DeferredConnection)) as connection:
        connection.hold()
        yield connection


def _words(held: DeferredConnection) -> list[str]:
    """What another program reads."""
    (_, _, path) = held.execute("PRAGMA database_list").fetchone()
    with closing(sqlite3.connect(path)) as other:
        return [word for (word,) in other.execute("SELECT it FROM word")]


def _say(held: DeferredConnection, word: str) -> None:
    held.execute("INSERT INTO word VALUES (?)", (word,))


def test_what_is_committed_is_seen_once_it_is_settled(held: DeferredConnection) -> None:
    _say(held, "one")
    held.commit()
    _say(held, "two")
    held.commit()
    assert _words(held) == []
    held.settle()
    assert _words(held) == ["one", "two"]
    _say(held, "three")
    held.commit()  # not held any more
    assert _words(held) == ["one", "two", "three"]


def test_a_rollback_goes_back_to_the_last_commit(held: DeferredConnection) -> None:
    _say(held, "lost at once")
    held.rollback()
    _say(held, "kept")
    held.commit()
    _say(held, "lost")
    held.rollback()
    held.rollback()
    held.settle()
    assert _words(held) == ["kept"]


def test_what_is_dropped_was_never_there(held: DeferredConnection) -> None:
    _say(held, "one")
    held.commit()
    held.drop()
    _say(held, "two")
    held.commit()
    assert _words(held) == ["two"]


def test_others_wait_to_write(held: DeferredConnection) -> None:
    (_, _, path) = held.execute("PRAGMA database_list").fetchone()
    with (
        closing(sqlite3.connect(path, timeout=0.01)) as other,
        pytest.raises(sqlite3.OperationalError, match="locked"),
    ):
        other.execute("INSERT INTO word VALUES ('mine')")


def test_nbgrader_inside_nbgrader_has_the_same_connection(tmp_path: Path) -> None:
    """`register` opens the gradebook, and `generate` inside it once more."""
    url = f"sqlite:///{tmp_path}/gradebook.db"
    with nbgrader_environment(), one_transaction(url):
        with Gradebook(url) as outer:
            outer.add_student("ann")
        with nbgrader_environment(), Gradebook(url) as inner:
            inner.add_student("bob")
    with Gradebook(url) as after:
        assert sorted(student.id for student in after.students) == ["ann", "bob"]


def _scores(course: Course) -> list[float | None]:
    with closing(sqlite3.connect(course.gradebook)) as other:
        return [score for (score,) in other.execute("SELECT auto_score FROM grade")]


def test_a_recording_that_fails_leaves_the_gradebook_as_it_was(
    course: Course, hand_in: Hand, judged: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_in("ann", SOLVED)
    judged("ann", {"toy-double": Outcome.PASSED, "toy-challenge-1": Outcome.PASSED})
    works = plan(course, UNIT, SETTINGS)
    assert record(course, UNIT, works, SETTINGS) == {}
    before = _scores(course)
    assert 2.0 in before
    add = SaveScores._add_score

    def stop(self: SaveScores, cell: Any, resources: Any) -> None:
        add(self, cell, resources)
        raise KeyboardInterrupt

    judged("ann", {"toy-double": Outcome.WRONG, "toy-challenge-1": Outcome.WRONG})
    monkeypatch.setattr(SaveScores, "_add_score", stop)
    with pytest.raises(KeyboardInterrupt):
        record(course, UNIT, works, SETTINGS, again=True)
    assert _scores(course) == before


def test_scores_are_there_before_the_file_that_says_so(
    course: Course, hand_in: Hand, judged: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_in("ann", SOLVED)
    judged("ann", {"toy-double": Outcome.PASSED, "toy-challenge-1": Outcome.PASSED})
    seen: list[list[float | None]] = []

    def look(self: Recorder, output: str, resources: Any) -> None:
        write(self, output, resources)
        seen.append(_scores(course))

    write = Recorder.write_single_notebook
    monkeypatch.setattr(Recorder, "write_single_notebook", look)
    assert record(course, UNIT, plan(course, UNIT, SETTINGS), SETTINGS) == {}
    sanitized, graded = seen
    assert sanitized == []
    assert 2.0 in graded
