"""The steps that nbgrader runs by their names: making a release, replaying, the feedback page."""

import os
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbgrader.api import Gradebook
from traitlets.config import Config

from grader.classroom.course_paths import Course
from grader.classroom.engine.jobs import Report, Result
from grader.classroom.grading.planning import Planner
from grader.classroom.grading.release_history import decide
from grader.classroom.grading.results import ResultStore
from grader.classroom.nbgrader.copied_files import belongings, read_plain
from grader.classroom.nbgrader.feedback_export import (
    COMMENTS,
    FeedbackExporter,
    ShowGrades,
    forget_tests,
)
from grader.classroom.nbgrader.inprocess import nbgrader_environment
from grader.classroom.nbgrader.release_settings import configure_release
from grader.classroom.nbgrader.replay_outputs import RESULT, Replay
from grader.classroom.notebooks.displayed_cells import SHOWN
from grader.classroom.notebooks.rebuilding import dumps, loads
from tests.gradebook.conftest import SETTINGS, SOLVED, UNIT

NAMES = {"assignment": UNIT, "notebook": "toy", "student": "ann"}


def test_every_step_of_a_release_is_there_and_the_stamp_comes_last() -> None:
    config = Config()
    configure_release(config, Path("source"))
    steps = config.GenerateAssignment.preprocessors
    for path in steps:
        module, _, name = path.rpartition(".")
        assert isinstance(getattr(import_module(module), name), type), path
    names = [path.rpartition(".")[2] for path in steps]
    # what is hidden is gone before anything is hashed or stamped for learners
    assert names.index("ClearAnswers") < names.index("ComputeChecksums") < names.index("SaveCells")
    cleared = names.index("ClearHiddenTests")
    assert names[cleared:] == [
        "ClearHiddenTests",
        "ClearMarkScheme",
        "ComputeChecksums",
        "StampRelease",
        "CheckMetadata",
    ]
    assert config.StampRelease.source == "source"


def test_only_a_time_and_a_secret_are_copied_beside_a_graded_notebook(tmp_path: Path) -> None:
    (tmp_path / "timestamp.txt").write_text("2026-11-21 12:00:00 UTC")
    (tmp_path / "submission_secret.txt").write_text("s3cret")
    (tmp_path / "own.py").write_text("x = 1")
    assert belongings(tmp_path) == {
        "timestamp.txt": b"2026-11-21 12:00:00 UTC",
        "submission_secret.txt": b"s3cret",
    }
    assert belongings(tmp_path / "nowhere") == {}


@pytest.mark.parametrize("kind", ["link", "pipe", "folder", "large", "nothing"])
def test_what_is_no_small_ordinary_file_is_not_read(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "timestamp.txt"
    (tmp_path / "secret").write_text("teacher's")
    make: dict[str, Callable[[], object]] = {
        "link": lambda: path.symlink_to(tmp_path / "secret"),
        "pipe": lambda: os.mkfifo(path),
        "folder": path.mkdir,
        "large": lambda: path.write_bytes(b"x" * 11),
        "nothing": lambda: None,
    }
    make[kind]()
    assert read_plain(path, 10) is None
    assert read_plain(tmp_path / "secret", 10) == b"teacher's"


def replay(course: Course, notebook: Any) -> tuple[Any, dict[str, Any]]:
    """One submission's notebook, replayed from kept results."""
    step = Replay(root=str(course.root), classroom=str(course.classroom), device="cpu")
    found: tuple[Any, dict[str, Any]] = step.preprocess(notebook, {"nbgrader": NAMES})
    return found


def solved(course: Course) -> Any:
    notebook = nbformat.read(course.released(UNIT), as_version=4)
    for cell in notebook.cells:
        cell.source = SOLVED.get(cell.id, cell.source)
    return notebook


def keep(course: Course, notebook: Any, output: str, remark: str = "") -> str:
    """Keep a result whose first check printed something; its key."""
    planner = Planner.of(course, UNIT, SETTINGS)
    key = planner.named("ann", notebook).key
    executed = loads(dumps(notebook))
    check = next(cell for cell in executed.cells if cell.id == "toy-double")
    check.outputs = [nbformat.v4.new_output("stream", text=output)]
    check.execution_count = 7
    report = Report("ann", UNIT, "cpu", "warm", 1.0, {}, remarks=(remark,))
    ResultStore(course.results).put(key, Result(report, dumps(executed), 1.0))
    return key


def test_outputs_come_from_the_kept_result_and_nothing_runs(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grader.classroom.nbgrader.replay_outputs.fill", _never)
    notebook = solved(course)
    key = keep(course, notebook, "passed", "A remark.")
    shown, resources = replay(course, notebook)
    check = next(cell for cell in shown.cells if cell.id == "toy-double")
    assert (check.outputs[0].text, check.execution_count) == ("passed", 7)
    assert shown.metadata["grader"]["key"] == key
    assert resources[RESULT].report.remarks == ("A remark.",)


def test_a_learners_cells_are_shown_bounded_and_without_markup() -> None:
    """Of a submission that cannot be read nothing is looked up: its own words are all there is."""
    given = new_markdown_cell("<b>given</b>")
    given.metadata.nbgrader = {"grade_id": "given", "locked": True, "solution": False}
    cells = [given, new_markdown_cell("<b>own</b>"), new_code_cell("x" * (SHOWN + 1))]
    refused = new_notebook(cells=cells, metadata={"grader": {"problem": "It is empty."}})
    shown, resources = Replay().preprocess(refused, {"nbgrader": NAMES})
    assert shown.cells[0].source == "<b>given</b>"
    assert "<b>" not in shown.cells[1].source
    assert "own" in shown.cells[1].source
    assert "left out here" in shown.cells[2].source
    assert RESULT not in resources


def _never(*_: object, **__: object) -> None:
    message = "something was run"
    raise AssertionError(message)


@pytest.fixture
def scored(course: Course) -> Course:
    """Ann has one of two points for the question, by hand, and none yet for the challenge."""
    with nbgrader_environment(), Gradebook(f"sqlite:///{course.gradebook}") as gradebook:
        gradebook.add_student("ann")
        gradebook.add_submission(UNIT, "ann")
        found = gradebook.find_grade("toy-double", "toy", UNIT, "ann")
        found.auto_score, found.manual_score = 2.0, 1.0
        comment = gradebook.find_comment("toy-double-answer", "toy", UNIT, "ann")
        comment.auto_comment, comment.manual_comment = "The grader's.", "A person's."
        gradebook.db.commit()
    return course


def grades(course: Course) -> dict[str, Any]:
    """What the step writes into each cell's metadata, by grade_id."""
    step = ShowGrades(root=str(course.root), classroom=str(course.classroom))
    told = {**NAMES, "db_url": f"sqlite:///{course.gradebook}"}
    notebook = nbformat.read(course.released(UNIT), as_version=4)
    with nbgrader_environment():
        shown, _ = step.preprocess(notebook, {"nbgrader": told})
    own = (cell.metadata.get("nbgrader") for cell in shown.cells)
    return {each["grade_id"]: each for each in own if each}


def test_a_persons_score_and_words_are_shown_for_the_graders_and_none_is_not_nothing(
    scored: Course,
) -> None:
    found = grades(scored)
    assert found["toy-double"]["score"] == 1.0
    assert found["toy-double-answer"][COMMENTS] == ["Scored by hand.", "A person's."]
    assert found["toy-challenge-1"]["score"] is None


def test_a_comment_by_hand_stands_in_place_of_the_graders(scored: Course) -> None:
    with nbgrader_environment(), Gradebook(f"sqlite:///{scored.gradebook}") as gradebook:
        gradebook.find_grade("toy-double", "toy", UNIT, "ann").manual_score = None
        gradebook.db.commit()
    assert grades(scored)["toy-double-answer"][COMMENTS] == ["A person's."]


def test_what_tests_gave_is_not_shown_below_a_score_by_hand() -> None:
    mine = new_output("stream", text="mine\n")
    tests = new_output(
        "stream", text="0 of 2 points. The test failed.\n(Tests in the learner's process.)\n"
    )
    cell = new_code_cell("assert x", outputs=[mine, tests])
    forget_tests(cell)
    assert cell.outputs == [mine]
    forget_tests(cell)
    assert cell.outputs == [mine]


def test_of_an_excused_question_only_a_persons_words_are_shown(scored: Course) -> None:
    decide(scored, UNIT, "toy-double", ["ann"], "excused")
    found = grades(scored)
    assert (found["toy-double"]["score"], found["toy-double"]["excused"]) == (None, 1.0)
    assert found["toy-double-answer"][COMMENTS] == ["A person's."]


def page(tmp_path: Path, *cells: dict[str, Any], score: float, maximum: float) -> str:
    notebook = new_notebook(
        cells=[
            new_code_cell("", id=cell["grade_id"], metadata={"nbgrader": {"grade": True, **cell}})
            for cell in cells
        ]
    )
    told = {**NAMES, "score": score, "max_score": maximum, "late_penalty": 0.0}
    exporter = FeedbackExporter(notebooks=str(tmp_path))
    text, _ = exporter.from_notebook_node(notebook, {"nbgrader": told})
    return str(text)


def test_a_page_counts_without_what_is_excused(tmp_path: Path) -> None:
    double = {"grade_id": "toy-double", "points": 2.0, "score": None, "excused": 1.0}
    square = {"grade_id": "toy-square", "points": 3.0, "score": 2.5}
    told = page(tmp_path, double, square, score=3.5, maximum=5.0)
    assert "2.5 of 3" in told
    assert "3.5" not in told


def test_a_unit_json_that_cannot_be_read_only_costs_the_titles(tmp_path: Path) -> None:
    (tmp_path / UNIT).mkdir()
    (tmp_path / UNIT / "unit.json").write_text("{")
    told = page(
        tmp_path,
        {"grade_id": "toy-double", "points": 2.0, "score": 1.5},
        score=1.5,
        maximum=2.0,
    )
    assert "toy-double" in told
    assert "1.5 of 2" in told
