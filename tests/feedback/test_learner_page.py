"""A learner's page: every question by its name, curves drawn from numbers, no word as markup."""

import base64
import re
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from grader.classroom.engine.outputs import KIB, Budget, OutputCollector
from grader.classroom.feedback.learner_pages import Grades, learner_page
from grader.core import messages
from grader.lab import recorded_runs
from grader.lab.curves import ACCURACY
from grader.lab.training_history import Epoch, History

EVIL = "</pre><script>alert(1)</script><img src=x onerror=alert(2)> [x](javascript:alert(3))"
PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"points").decode()
STUB = "*Your words here.*"


def _history(epochs: int = 12) -> History:
    records = [
        Epoch(n, 1 / n, float("nan") if n == 1 else 2 / n, 50.0 + n, 50.0, 0.1 * n)
        for n in range(1, epochs + 1)
    ]
    return History(records, records[-1], "finished", restored=False)


def _graded(name: str, source: str, points: float | None, maximum: float, *said: str) -> list[Any]:
    answer = new_code_cell(source, id=f"{name}-answer")
    answer.metadata.nbgrader = {"grade_id": f"{name}-answer", "solution": True, "grade": False}
    answer.metadata.nbgrader["comments"] = list(said)
    check = new_code_cell(f'lab.check("{name}", f)', id=name)
    check.outputs = [new_output("stream", name="stdout", text=f"{messages.RECORDED}\n")]
    check.metadata.nbgrader = {"grade_id": name, "grade": True, "solution": False}
    check.metadata.nbgrader |= {"score": points, "points": maximum}
    return [answer, check]


def _page(*cells: Any, problem: str = "") -> str:
    notebook = new_notebook(cells=[new_markdown_cell("# Rumble or hiss?\n\nText."), *cells])
    titles = {"rnn-step": "One step", "rnn-repair": "Repair it"}
    grades = Grades("ann", "01_rnn", 3.0, 6.0, 1.5)
    return learner_page(notebook, grades, titles, problem=problem, stub=STUB)


def test_the_contents_name_each_question_with_its_points() -> None:
    page = _page(
        *_graded("rnn-step", "def f(): ...", 1.0, 2.0, "Half of it."),
        *_graded("rnn-new", "g = 1", None, 2.0),
        *_graded("rnn-challenge-1", 'a = "b"', 0.0, 1.0),
    )
    contents = re.findall(
        r'<a href="#([^"]+)">([^<]+)</a></td><td class="mark (\w+)">([^<]+)', page
    )
    assert contents == [
        ("rnn-step", "One step", "part", "1 of 2"),
        ("rnn-new", "rnn-new", "open", "not scored yet"),
        ("rnn-challenge-1", "Challenge 1", "none", "0 of 1"),
    ]
    assert "Handed in late: 1.5 points" in page
    assert "Half of it." in page
    assert messages.RECORDED not in page, "what a check prints in a graded run tells nothing"


def test_no_word_of_a_learner_is_markup() -> None:
    cells = _graded("rnn-step", f'"""{EVIL}"""', 0.0, 2.0, EVIL)
    cells[1].outputs = [
        new_output("stream", name="stdout", text=EVIL),
        new_output("error", ename=EVIL, evalue=EVIL, traceback=[EVIL]),
        new_output("display_data", data={"image/png": PNG, "text/plain": f'"{EVIL}'}),
    ]
    own = new_markdown_cell(EVIL, id="own-1")
    own.attachments = {f'"{EVIL}': {"image/png": PNG, "image/svg+xml": "<svg onload=alert(4)>"}}
    page = _page(*cells, own, problem=EVIL)
    for evil in ("<script", "<img src=x", '<a href="javascript', "<svg onload"):
        assert evil not in page
    assert page.count(f"data:image/png;base64,{PNG}") == 2


def test_the_curves_of_graded_trainings_are_drawn_from_their_numbers() -> None:
    cells = _graded("rnn-repair", "def train_model(): ...", 10.0, 10.0)
    for epochs in (9, 12):
        data = {
            recorded_runs.CURVES: recorded_runs.to_json(_history(epochs), ACCURACY),
            "text/plain": "x",
        }
        cells[1].outputs.append(new_output("display_data", data=data))
    page = _page(*cells)
    assert page.count('<svg xmlns="http://www.w3.org/2000/svg" role="img"') == 1
    assert "12 epochs. At the end training loss 0.08" in page


def test_an_unwritten_explanation_is_left_out_and_a_written_one_is_shown() -> None:
    def why(text: str) -> Any:
        cell = new_markdown_cell(text, id="rnn-repair-why")
        cell.metadata.nbgrader = {"grade_id": "rnn-repair-why", "grade": True, "solution": True}
        cell.metadata.nbgrader |= {"score": 0.0, "points": 0.0, "comments": ["No response."]}
        return cell

    assert "own words" not in _page(why(STUB))
    page = _page(why("Because a < b."))
    assert "Repair it: in your own words" in page
    assert "Because a &lt; b." in page


def test_a_page_holds_no_address_of_elsewhere() -> None:
    page = _page(*_graded("rnn-step", "x = 1", 2.0, 2.0))
    outside = re.sub(r'xmlns="[^"]+"', "", page)
    assert not re.findall(r"(?:https?:)?//[a-z]", outside)


def test_records_come_back_as_they_were_and_pass_the_engine() -> None:
    written = recorded_runs.to_json(_history(), ACCURACY)
    read = recorded_runs.from_json(written)
    assert read is not None
    measure, records, best = read
    assert (measure, len(records), best) == (ACCURACY, 12, 12)
    assert records[3].val_loss == pytest.approx(0.5)
    tray = OutputCollector(64 * KIB, Budget(1024 * KIB))
    tray.take("display_data", {"data": {recorded_runs.CURVES: written | {"html": "<b>"}}})
    (output,) = tray.outputs()
    assert output.data == {recorded_runs.CURVES: written}
    nbformat.validate(new_notebook(cells=[new_code_cell("", outputs=[output])]))


@pytest.mark.parametrize(
    "change",
    [
        {"measure": "<b>"},
        {"best": 13},
        {"best": True},
        {"records": []},
        {"records": [[1.0, 2.0, 3.0]]},
        {"records": [[1.0, 2.0, 3.0, "<b>"]]},
        {"records": [[1.0, 2.0, 3.0, float("inf")]]},
        {"records": [[10**400, 2.0, 3.0, 4.0]]},
        {"records": [[0, 0, 0, 0]] * (recorded_runs.EPOCHS_AT_MOST + 1)},
    ],
)
def test_what_no_run_can_have_left_is_dropped(change: dict[str, Any]) -> None:
    assert recorded_runs.from_json(recorded_runs.to_json(_history(), ACCURACY) | change) is None
