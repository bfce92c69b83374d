"""Marks leave in the forms that other systems read."""

import csv
import io
import json
from dataclasses import replace

import pytest

from grader.classroom.engine.jobs import Report
from grader.classroom.export.formats import FORMATS, course_csv
from grader.classroom.grading.course_totals import totals
from grader.classroom.grading.entries import Entry, Mark, State
from grader.classroom.report.class_pages import class_page
from grader.core.verdicts import Outcome, Verdict

UNIT = "01_toy"


@pytest.fixture
def marked() -> list[Entry]:
    verdict = Verdict("toy-double", Outcome.WRONG, 0.0, 2.0, 'Say "x", not y.', "squared", 0.5)
    report = Report("ann", UNIT, "cpu", "warm", 3.5, {"toy-double": verdict})
    ann = Mark(
        "ann",
        1.5,
        2.0,
        0.0,
        False,
        "Ann",
        "Lee",
        "ann@example.org",
        "sis-7",
        {"toy-double": (1.5, 2.0)},
    )
    evil = Mark(
        "=cmd|x", 0.0, 2.0, 0.0, True, cells={"toy-double": (0.0, 2.0)}, waiting=("toy-double",)
    )
    return [Entry("ann", UNIT, report, mark=ann), Entry("=cmd|x", UNIT, mark=evil)]


def _rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def test_csv_has_every_question_with_outcome_and_mistake(marked: list[Entry]) -> None:
    heads, ann, evil = _rows(FORMATS["csv"](UNIT, marked)["01_toy.csv"])
    row = dict(zip(heads, ann, strict=True))
    assert (row["score"], row["toy-double"]) == ("1.5", "1.5")
    assert (row["toy-double_outcome"], row["toy-double_mistake"]) == ("wrong", "squared")
    waiting = dict(zip(heads, evil, strict=True))
    assert (waiting["state"], waiting["waits"], waiting["score"]) == ("waits", "yes", "")
    assert waiting["toy-double"] == ""
    assert "Manual Grading" in waiting["reason"]


def test_points_by_hand_are_not_contradicted_by_the_graders_words(marked: list[Entry]) -> None:
    ann = marked[0]
    assert ann.mark is not None
    mark = replace(ann.mark, by_hand=("toy-double",), comments={"toy-double": "Read it again."})
    entries = [replace(ann, mark=mark)]
    (_, _, _, feedback) = _rows(FORMATS["moodle"](UNIT, entries)["01_toy-moodle.csv"])[1]
    assert feedback == "toy-double: Scored by hand.\nRead it again."
    heads, row = _rows(FORMATS["csv"](UNIT, entries)["01_toy.csv"])
    told = dict(zip(heads, row, strict=True))
    assert (told["toy-double_outcome"], told["toy-double_mistake"]) == ("by hand", "")
    page = class_page(UNIT, entries)
    cell = page[page.index("1.5 by hand") - 100 :][:200]
    assert ("Scored by hand." in cell, "not y" in cell, "squared" in cell) == (True, False, False)


@pytest.mark.parametrize("name", ["csv", "canvas", "moodle"])
def test_no_cell_begins_like_a_formula(name: str, marked: list[Entry]) -> None:
    for text in FORMATS[name](UNIT, marked).values():
        assert not [cell for row in _rows(text) for cell in row if cell[:1] in "=+@" and cell]


def test_canvas_knows_students_by_their_sis_id(marked: list[Entry]) -> None:
    _, possible, ann, evil = _rows(FORMATS["canvas"](UNIT, marked)["01_toy-canvas.csv"])
    assert possible[-1] == "2"
    assert ann == ["Lee, Ann", "", "sis-7", "ann", "", "1.5"]
    assert evil[-1] == ""


def test_moodle_carries_the_feedback(marked: list[Entry]) -> None:
    _, ann, _ = _rows(FORMATS["moodle"](UNIT, marked)["01_toy-moodle.csv"])
    assert ann[:3] == ["sis-7", "ann@example.org", "1.5"]
    assert 'Say "x", not y.' in ann[3]


def test_gradescope_gets_a_test_for_each_question(marked: list[Entry]) -> None:
    files = FORMATS["gradescope"](UNIT, marked)
    results = json.loads(files["01_toy-gradescope/ann/results.json"])
    assert results["score"] == 1.5
    assert results["execution_time"] == 3.5
    (test,) = results["tests"]
    assert (test["score"], test["max_score"], test["status"]) == (1.5, 2.0, "failed")
    assert "Named mistake: squared." in test["output"]


def test_nothing_that_waits_has_a_number_for_gradescope_to_add_up(marked: list[Entry]) -> None:
    files = FORMATS["gradescope"](UNIT, marked)
    results = json.loads(files["01_toy-gradescope/=cmd|x/results.json"])
    assert "score" not in results
    assert "score" not in results["tests"][0]
    assert "Manual Grading" in results["tests"][0]["output"]


def test_who_is_missing_stands_in_every_table_without_a_number(marked: list[Entry]) -> None:
    missing = Entry("cyd", UNIT, absent=State.MISSING, name="Cyd Ray", lms_id="sis-9")
    entries = [*marked, missing]
    rows = _rows(FORMATS["csv"](UNIT, entries)["01_toy.csv"])
    row = dict(zip(rows[0], rows[-1], strict=True))
    assert (row["student"], row["state"], row["score"]) == ("cyd", "missing", "")
    canvas = _rows(FORMATS["canvas"](UNIT, entries)["01_toy-canvas.csv"])
    assert canvas[-1][2:] == ["sis-9", "cyd", "", ""]
    moodle = _rows(FORMATS["moodle"](UNIT, entries)["01_toy-moodle.csv"])
    assert moodle[-1][2:] == ["", "nothing was handed in"]
    assert not [name for name in FORMATS["gradescope"](UNIT, entries) if "cyd" in name]


def test_an_excused_question_is_no_zero(marked: list[Entry]) -> None:
    mark = Mark("dee", 2.0, 5.0, 0.0, False, cells={"toy-double": (2.0, 2.0), "toy-new": (0, 3.0)})
    dee = Entry("dee", UNIT, mark=mark, report=marked[0].report, excused=frozenset(["toy-new"]))
    rows = _rows(FORMATS["csv"](UNIT, [dee])["01_toy.csv"])
    row = dict(zip(*rows, strict=True))
    assert (row["score"], row["max"]) == ("2", "2")
    assert (row["toy-new"], row["toy-new_outcome"]) == ("", "excused")
    assert _rows(FORMATS["canvas"](UNIT, [dee])["01_toy-canvas.csv"])[-1][-1] == "5"
    (text,) = FORMATS["gradescope"](UNIT, [dee]).values()
    told = {test["name"]: test for test in json.loads(text)["tests"]}
    assert told["toy-new"]["output"] == "excused"
    assert not {"score", "max_score", "status"} & set(told["toy-new"])


def test_who_is_excused_from_everything_has_no_mark_anywhere(marked: list[Entry]) -> None:
    mark = Mark("dee", 0.0, 2.0, 0.0, False, cells={"toy-double": (0.0, 2.0)})
    every = frozenset(["toy-double"])
    dee = Entry("dee", UNIT, mark=mark, report=marked[0].report, excused=every)
    assert (dee.state, dee.score, dee.graded) == (State.EXCUSED, None, True)
    rows = _rows(FORMATS["csv"](UNIT, [dee])["01_toy.csv"])
    row = dict(zip(*rows, strict=True))
    said = "excused from every question"
    told = (row["state"], row["score"], row["waits"], row["reason"])
    assert told == ("excused", "", "no", said)
    assert _rows(FORMATS["canvas"](UNIT, [dee])["01_toy-canvas.csv"])[-1][-1] == "EX"
    assert _rows(FORMATS["moodle"](UNIT, [dee])["01_toy-moodle.csv"])[-1][2:] == ["", said]
    (text,) = FORMATS["gradescope"](UNIT, [dee]).values()
    assert "score" not in json.loads(text)
    assert json.loads(text)["output"] == said
    (alone,) = totals([dee])
    assert (alone.score, alone.told) == (None, "")
    other = Entry("dee", "02_toy", mark=Mark("dee", 1.5, 2.0, 0.0, False))
    (both,) = totals([dee, other])
    assert (both.score, both.maximum) == (1.5, 2.0)
    _, course = _rows(course_csv([dee, other])["course.csv"])
    assert course[2:] == ["", "1.5", "1.5", "2", "01_toy: excused"]


def test_the_courses_total_waits_for_every_unit(marked: list[Entry]) -> None:
    ann, evil = marked
    second = Entry("ann", "02_toy", absent=State.MISSING)
    whole = Entry("bob", "02_toy", mark=Mark("bob", 3.0, 4.0, 0.0, False))
    rows = _rows(course_csv([ann, evil, second, whole])["course.csv"])
    told = {row[0]: row[2:] for row in rows}
    assert told["student"] == ["01_toy", "02_toy", "total", "max", "reason"]
    assert told["ann"] == ["1.5", "", "1.5", "6", "02_toy: missing"]
    assert told["'=cmd|x"] == ["", "", "", "2", "01_toy: waits"]
    assert told["bob"] == ["", "3", "3", "4", ""]
