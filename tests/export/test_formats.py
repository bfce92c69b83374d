"""Marks leave in the forms that other systems read."""

import csv
import io
import json

import pytest

from grader.classroom.export.formats import FORMATS, Marked
from grader.classroom.feedback.entry import Entry
from grader.classroom.gradebook.marks import Mark
from grader.core.verdict import Outcome, Verdict

UNIT = "01_toy"


@pytest.fixture
def marked() -> list[Marked]:
    verdict = Verdict("toy-double", Outcome.WRONG, 0.0, 2.0, 'Say "x", not y.', "squared", 0.5)
    report = {
        "score": 0.0,
        "max": 2.0,
        "device": "cpu",
        "sandbox": "bwrap",
        "seconds": 3.5,
        "questions": {"toy-double": verdict.to_json()},
    }
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
    evil = Mark("=cmd|x", 0.0, 2.0, 0.0, True, cells={"toy-double": (0.0, 2.0)})
    return [Marked(ann, Entry("ann", UNIT, report)), Marked(evil)]


def _rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def test_csv_has_every_question_with_outcome_and_mistake(marked: list[Marked]) -> None:
    heads, ann, evil = _rows(FORMATS["csv"](UNIT, marked)["01_toy.csv"])
    row = dict(zip(heads, ann, strict=True))
    assert (row["score"], row["toy-double"]) == ("1.5", "1.5")
    assert (row["toy-double_outcome"], row["toy-double_mistake"]) == ("wrong", "squared")
    assert dict(zip(heads, evil, strict=True))["waits"] == "yes"


@pytest.mark.parametrize("name", ["csv", "canvas", "moodle"])
def test_no_cell_begins_like_a_formula(name: str, marked: list[Marked]) -> None:
    for text in FORMATS[name](UNIT, marked).values():
        assert not [cell for row in _rows(text) for cell in row if cell[:1] in "=+@" and cell]


def test_canvas_knows_students_by_their_sis_id(marked: list[Marked]) -> None:
    _, possible, ann, _ = _rows(FORMATS["canvas"](UNIT, marked)["01_toy-canvas.csv"])
    assert possible[-1] == "2"
    assert ann == ["Lee, Ann", "", "sis-7", "ann", "", "1.5"]


def test_moodle_carries_the_feedback(marked: list[Marked]) -> None:
    _, ann, _ = _rows(FORMATS["moodle"](UNIT, marked)["01_toy-moodle.csv"])
    assert ann[:3] == ["sis-7", "ann@example.org", "1.5"]
    assert 'Say "x", not y.' in ann[3]


def test_gradescope_gets_a_test_for_each_question(marked: list[Marked]) -> None:
    files = FORMATS["gradescope"](UNIT, marked)
    results = json.loads(files["01_toy-gradescope/ann/results.json"])
    assert results["score"] == 1.5
    assert results["execution_time"] == 3.5
    (test,) = results["tests"]
    assert (test["score"], test["max_score"], test["status"]) == (1.5, 2.0, "failed")
    assert "Named mistake: squared." in test["output"]
