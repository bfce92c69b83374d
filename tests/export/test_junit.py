"""JUnit's report: every outcome has its element, and no word of a learner's breaks the file."""

from xml.etree import ElementTree as ET

from grader.classroom.export.github import summary
from grader.classroom.export.junit import document
from grader.core.verdicts import Outcome, Verdict

UNIT = "01_toy"
EVIL = 'a < b & "c" \x1b[31m]]>'
VERDICTS = {
    name: Verdict(name, outcome, points, 2.0, EVIL)
    for name, outcome, points in (
        ("toy-passed", Outcome.PASSED, 2.0),
        ("toy-half", Outcome.PASSED, 1.0),
        ("toy-wrong", Outcome.WRONG, 0.0),
        ("toy-untouched", Outcome.NOT_ATTEMPTED, 0.0),
        ("toy-broken", Outcome.BROKEN, 0.0),
    )
}


def test_every_outcome_has_its_element() -> None:
    top = ET.fromstring(document(UNIT, VERDICTS).encode())  # noqa: S314 - ours
    (suite,) = top
    counts = [suite.get(name) for name in ("tests", "failures", "errors", "skipped")]
    assert counts == ["5", "2", "1", "1"]
    found = {case.get("name"): [each.tag for each in case] for case in suite}
    assert found == {
        "toy-passed": [],
        "toy-half": ["failure"],
        "toy-wrong": ["failure"],
        "toy-untouched": ["skipped"],
        "toy-broken": ["error"],
    }
    wrong = suite.find("testcase[@name='toy-wrong']/failure")
    assert wrong is not None
    assert wrong.get("message") == "wrong, 0 of 2 points"
    assert 'a < b & "c"' in (wrong.text or "")


def test_a_summary_holds_our_words_alone() -> None:
    told = summary(UNIT, VERDICTS)
    assert told.startswith("### 01_toy: 3 of 10 points\n")
    assert "| toy-half | passed | 1 of 2 |" in told
    assert "a <" not in told
