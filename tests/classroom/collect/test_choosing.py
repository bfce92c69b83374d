"""Which of several files counts, what is said of the choice, and what becomes of the others."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from grader.classroom.collect.choosing import (
    Candidate,
    candidate,
    looks_like_a_notebook,
    remarks,
)
from grader.classroom.collect.placing import place_all
from grader.classroom.collect.platforms import Submitter
from grader.classroom.notebooks.unit_recognition import ReleasedNotebooks
from tests.classroom.collect.conftest import notebook, submission

UNIT = "01_rnn"
WHEN = datetime(2026, 11, 20, 10, tzinfo=UTC)


def file(name: str = "rnn.ipynb", words: str = "x = 1", **changed: object) -> Candidate:
    """A candidate that somebody worked on."""
    parts = tuple(name.split("/"))
    own = Candidate(Submitter("ann", "ann", parts), UNIT, notebook(words), name, 1, WHEN)
    return replace(own, **changed)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["rnn.ipynb", "rnn.ipynb.txt", "rnn.IPYNB (1)", "a.json", "rnn"])
def test_browsers_and_mail_change_a_notebooks_name(name: str) -> None:
    assert looks_like_a_notebook(name)


@pytest.mark.parametrize("name", ["notes.pdf", "rnn.py"])
def test_other_files_are_not_opened(name: str) -> None:
    assert not looks_like_a_notebook(name)


def test_work_counts_before_an_attempt_before_a_time_before_a_name() -> None:
    own = file()
    untouched = file(written=0, whose=Submitter("ann", "ann", ("rnn.ipynb",), attempt=3))
    again = file(whose=Submitter("ann", "ann", ("rnn.ipynb",), attempt=1), time=None)
    later = file("other.ipynb", time=WHEN + timedelta(seconds=1))
    copies = [file("rnn-Copy1.ipynb"), file("rnn-Copy2.ipynb"), file("other.ipynb")]
    ordered = [again, later, own, *copies, untouched]
    ordered_badly = ordered[::-1]
    assert sorted(ordered_badly, key=lambda each: each.rank, reverse=True) == ordered


def read(
    name: str, data: bytes, releases: ReleasedNotebooks, asked: str | None = None
) -> Candidate | str:
    return candidate(
        Submitter("ann", "ann", tuple(name.split("/"))), data, name, releases, asked, None, 0
    )


def test_cells_say_the_unit_before_a_name_does(releases: ReleasedNotebooks) -> None:
    found = read("02_gru/gru.ipynb", notebook("x = 1"), releases)
    assert isinstance(found, Candidate)
    assert (found.unit, found.written, found.problem) == (UNIT, 1, "")


def test_a_file_that_cannot_be_read_is_a_candidate_where_its_name_says_the_unit(
    releases: ReleasedNotebooks,
) -> None:
    for name in ("rnn (1).ipynb", "Unit 1/final.ipynb", "rnn - Copy (2).ipynb"):
        found = read(name, b"{", releases)
        assert isinstance(found, Candidate), name
        assert (found.unit, found.written) == (UNIT, 0)
        assert "is not JSON" in found.problem
    assert "is not JSON" in str(read("final.ipynb", b"{", releases))
    asked = read("final.ipynb", b"{", releases, asked="02_gru")
    assert isinstance(asked, Candidate)
    assert asked.unit == "02_gru"


def foreign(source: str) -> bytes:
    """A notebook of one cell that this course has not."""
    cell = {"id": "a", "cell_type": "code", "metadata": {}, "source": source, "outputs": []}
    cells = [cell | {"execution_count": None}]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}).encode()


def test_answers_typed_into_an_own_notebook_are_its_unit_s(releases: ReleasedNotebooks) -> None:
    found = read("rnn.ipynb", foreign("def rnn_step(x, h):\n    return h"), releases)
    assert isinstance(found, Candidate)
    assert (found.unit, found.written > 0) == (UNIT, True)


def test_why_a_file_is_no_candidate(releases: ReleasedNotebooks) -> None:
    other = read("rnn.ipynb", notebook(), releases, asked="02_gru")
    assert other == "it is a notebook of 01_rnn, and 02_gru was asked for"
    empty = b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}'
    assert str(read("own.ipynb", empty, releases)).startswith("none of its cells is known")
    strange = foreign("x = 1")
    for name in ("rnn.ipynb", "01_rnn/final.ipynb", "final.ipynb"):
        assert "no notebook of this course" in str(read(name, strange, releases)), name
    assert "is known to 02_gru," in str(read("final.ipynb", strange, releases, asked="02_gru"))
    assert read("settings.json", b"{}", releases) == ""  # nobody takes it for a notebook


def test_nothing_is_said_of_one_notebook_by_its_own_name() -> None:
    assert remarks(file("ann/01_rnn/rnn.ipynb"), []) == []


def test_what_is_said_of_a_choice() -> None:
    chosen = file("2/final.ipynb", written=0)
    late = replace(chosen, whose=replace(chosen.whose, is_late=True))
    others = [file("a.ipynb"), file("b.ipynb", written=0), file("c.ipynb", problem="cut off")]
    assert remarks(late, others) == [
        "taken from 'final.ipynb', which is a notebook of 01_rnn by its cells",
        "late, as the platform says",
        "nobody has written anything in it: it is as it was released",
        "its folder is called '2'; by its cells it is 01_rnn",
        "not 'a.ipynb', with work in it, too",
        "not 'b.ipynb', as released",
        "not 'c.ipynb', which cannot be read",
    ]


def test_the_chosen_one_is_placed_and_other_work_kept(
    classroom: Path, releases: ReleasedNotebooks
) -> None:
    chosen, other = file(words="x = 2", written=2), file("old.ipynb", time=WHEN - timedelta(1))
    twin = replace(chosen, told="twin.ipynb", time=WHEN - timedelta(2))
    (placed,) = place_all("ann", [other, twin, chosen], classroom, releases, dry=False)
    assert (placed.source, placed.changed) == ("rnn.ipynb", True)
    assert placed.remarks == ("not 'old.ipynb', with work in it, too",)  # the twin is the same
    assert submission(classroom, "ann").read_bytes() == chosen.data
    kept = [path.read_bytes() for path in (classroom / "earlier").rglob("*.ipynb")]
    assert kept == [other.data]


def test_dry_changes_nothing(classroom: Path, releases: ReleasedNotebooks) -> None:
    (placed,) = place_all("ann", [file()], classroom, releases, dry=True)
    assert placed.source == "rnn.ipynb"
    assert list(classroom.iterdir()) == []


@pytest.mark.parametrize(
    ("second", "why"),
    [
        (file(words="", written=0), "no work can be read in this one"),
        (file(words="y = 2", time=WHEN - timedelta(1)), "handed in before the one that lies there"),
    ],
)
def test_what_lies_there_stays_where_it_is_better(
    classroom: Path, releases: ReleasedNotebooks, second: Candidate, why: str
) -> None:
    place_all("ann", [file()], classroom, releases, dry=False)
    (placed,) = place_all("ann", [second], classroom, releases, dry=False)
    assert not placed.changed
    assert placed.remarks[-1].startswith(why)
    assert submission(classroom, "ann").read_bytes() == file().data


def test_what_was_replaced_does_not_come_back_without_a_time(
    classroom: Path, releases: ReleasedNotebooks
) -> None:
    first, second = file(time=None), file(words="y = 2", time=None)
    for each in (first, second):
        assert place_all("ann", [each], classroom, releases, dry=False)[0].changed
    (placed,) = place_all("ann", [first], classroom, releases, dry=False)
    assert not placed.changed
    assert placed.remarks[-1].startswith("it was replaced before by the one that lies there")
