"""One submission's results.json: what Gradescope adds up, and what it must not."""

import math
from dataclasses import replace

from grader.classroom.engine.jobs import Report
from grader.classroom.export.gradescope import results
from grader.classroom.grading.entries import Entry, Mark
from grader.core.verdicts import Outcome, Verdict

UNIT = "01_toy"
WRONG = Verdict("toy-double", Outcome.WRONG, 0.5, 2.0, "Say x, not y.", "squared")
PASSED = Verdict("toy-square", Outcome.PASSED, 1.0, 1.0, "Right.")
REPORT = Report("ann", UNIT, "cpu", "warm", 1.5, {"toy-double": WRONG, "toy-square": PASSED})
CELLS = {"toy-double": (0.5, 2.0), "toy-square": (1.0, 1.0)}


def test_without_a_gradebook_the_reports_points_count() -> None:
    content = results(Entry("ann", UNIT, REPORT))
    assert (content["score"], content["output"], content["execution_time"]) == (1.5, "", 1.5)
    assert content["extra_data"] == {"device": "cpu", "sandbox": "warm"}
    first, second = content["tests"]
    assert (first["score"], first["max_score"], first["status"]) == (0.5, 2.0, "failed")
    assert first["tags"] == ["wrong", "squared"]
    assert first["output"].startswith("Wrong, 0.5 of 2 points.\nSay x, not y.")
    assert (second["status"], second["tags"]) == ("passed", ["passed"])


def test_a_persons_points_and_words_stand_in_the_place_of_the_graders() -> None:
    cells = {**CELLS, "toy-double": (2.0, 2.0), "toy-why": (1.0, 3.0)}
    mark = Mark("ann", 3.5, 6.0, 0.5, False, cells=cells, comments={"toy-double": "Well argued."})
    mark = replace(mark, by_hand=("toy-double", "toy-why"))
    content = results(Entry("ann", UNIT, REPORT, mark=mark))
    assert content["score"] == 3.5
    assert content["output"] == "Handed in late: 0.5 points are taken off."
    tests = {test["name"]: test for test in content["tests"]}
    assert list(tests) == list(cells)
    assert (tests["toy-double"]["score"], tests["toy-double"]["output"]) == (
        2.0,
        "Scored by hand.\nWell argued.",
    )
    assert tests["toy-double"]["tags"] == ["by hand"]
    by_hand = tests["toy-why"]  # the grader has nothing to say of it
    assert (by_hand["score"], by_hand["max_score"], by_hand["output"]) == (1.0, 3.0, "")


def test_where_there_is_no_mark_no_test_has_a_score() -> None:
    mark = Mark("ann", 1.5, 3.0, 0.0, True, cells=CELLS, waiting=("toy-double",))
    content = results(Entry("ann", UNIT, REPORT, mark=mark))
    assert "score" not in content
    assert not [test for test in content["tests"] if "score" in test]
    waits, decided = content["tests"]
    assert waits["output"].startswith("Not graded yet: waits for a person")
    assert "status" not in waits
    assert decided["status"] == "passed"


def test_what_could_not_be_read_says_why() -> None:
    content = results(Entry("ann", UNIT, problem="The submitted notebook is empty."))
    assert content["output"] == "The submitted notebook is empty."
    assert content["tests"] == []
    assert not {"score", "execution_time", "extra_data"} & content.keys()


def test_an_excused_question_has_no_points() -> None:
    mark = Mark("ann", 1.5, 3.0, 0.0, False, cells=CELLS)
    content = results(Entry("ann", UNIT, REPORT, mark=mark, excused=frozenset({"toy-double"})))
    excused = content["tests"][0]
    assert excused["output"] == "excused"
    assert not {"score", "max_score", "status", "tags"} & excused.keys()
    assert content["score"] == 1.0


def test_every_number_is_one_that_json_has() -> None:
    mark = Mark("ann", math.nan, math.inf, 0.0, False, cells={"toy-double": (math.nan, math.inf)})
    content = results(Entry("ann", UNIT, mark=mark))
    assert (content["score"], content["tests"][0]["max_score"]) == (0.0, 0.0)
