"""The feedback page and the class page as a phone and a printer show them."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from grader.classroom.engine.jobs import Report
from grader.classroom.grading.entries import Entry
from grader.classroom.report.class_pages import class_page
from grader.core.verdicts import Outcome, Verdict
from tests.feedback.test_learner_page import _graded, _page

PICTURES = Path(__file__).resolve().parents[2] / "build" / "screenshots"
CODE = "def rnn_step(x, h):\n" + "    h = torch.tanh(x @ W.T + h @ U.T)  # a line of code\n" * 12


def _class(students: int, questions: int) -> str:
    def verdict(number: int, student: int) -> Verdict:
        passed = (number + student) % 3
        outcome = Outcome.PASSED if passed else Outcome.WRONG
        mistake = None if passed else "no-recurrent-bias"
        return Verdict(f"toy-question-{number}", outcome, 2.0 * bool(passed), 2.0, "Why.", mistake)

    def entry(student: int) -> Entry:
        found = [verdict(number, student) for number in range(questions)]
        verdicts = {each.question: each for each in found}
        name = f"student-{student:03}"
        return Entry(name, "01_toy", Report(name, "01_toy", "cpu", "warm", 1.0, verdicts))

    return class_page("01_toy", [entry(number) for number in range(students)])


@pytest.mark.browser
@pytest.mark.parametrize("kind", ["learner", "class"])
def test_a_page_fits_a_phone_fetches_nothing_and_prints_on_few_pages(
    browser: Browser, tmp_path: Path, kind: str
) -> None:
    cells = [
        cell
        for number in range(11)
        for cell in _graded(f"rnn-question-{number}", CODE, 1.0, 2.0, "Why `a < b`. " * 20)
    ]
    path = tmp_path / f"{kind}.html"
    path.write_text(_page(*cells) if kind == "learner" else _class(30, 9), encoding="utf-8")
    page = browser.new_page(viewport={"width": 380, "height": 800})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= 380
    assert asked == [path.as_uri()]
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"page-{kind}-phone.png")
    printed = page.pdf(format="A4")
    assert len(re.findall(rb"/Type\s*/Page[^s]", printed)) <= 5
    page.close()
