"""Results are kept by content: what can change a point changes the name, and nothing else does."""

import argparse
import json
from collections.abc import Callable
from dataclasses import replace

import nbformat
import pytest

from grader.classroom.command_options import add_running, settings_of
from grader.classroom.course_paths import Course
from grader.classroom.engine.jobs import Report
from grader.classroom.grading.pending_runs import missing
from grader.classroom.grading.planning import plan
from grader.classroom.grading.results import ResultStore
from grader.classroom.grading.settings import RunSettings
from grader.classroom.hashed_files import write_whole
from grader.core.errors import UsageError
from grader.core.verdicts import Outcome
from tests.gradebook.conftest import SETTINGS, SOLVED, UNIT, made_up

Hand = Callable[..., None]


def _key(course: Course, student: str = "ann", settings: RunSettings = SETTINGS) -> str:
    return plan(course, UNIT, settings, student)[0].key


def test_a_result_comes_back_as_it_was(course: Course) -> None:
    store, result = (
        ResultStore(course.results),
        made_up("ann", b"{}", {"toy-double": Outcome.PASSED}),
    )
    store.put("k", result)
    assert store.get("k") == result
    assert [path.name for path in course.results.iterdir()] == ["k.result"]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"report": {}}', '{"report": {"seconds": 1}}'])
def test_a_damaged_result_is_none(course: Course, text: str) -> None:
    course.results.mkdir(parents=True)
    (course.results / "k.result").write_text(text)
    assert ResultStore(course.results).get("k") is None
    write_whole(course.results / "k.result", text.encode())
    assert ResultStore(course.results).get("k") is None


def test_outputs_and_metadata_do_not_change_the_name(course: Course, hand_in: Hand) -> None:
    hand_in("ann", SOLVED)
    before = _key(course)
    path = course.submission(UNIT, "ann")
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata["x"] = 1
    notebook.cells[1].outputs = [nbformat.v4.new_output("stream", text="hello")]
    nbformat.write(notebook, path)
    assert _key(course) == before


def test_answers_student_questions_data_and_settings_change_the_name(
    course: Course, hand_in: Hand
) -> None:
    hand_in("ann", SOLVED)
    hand_in("bob", SOLVED)
    names = {_key(course), _key(course, "bob")}
    names |= {_key(course, settings=RunSettings(device="cuda"))}
    names |= {_key(course, settings=RunSettings(device="cpu", sandbox="none"))}
    names |= {_key(course, settings=RunSettings(device="cpu", everything=True))}
    question = course.solutions / UNIT / "questions" / "toy-double.py"
    question.write_text(question.read_text() + "\n")
    names |= {_key(course)}
    (course.data / "toy").mkdir()
    (course.data / "toy" / "recipe.py").write_text("")
    names |= {_key(course)}
    hand_in("ann", {"toy-double-answer": "pass"})
    names |= {_key(course)}
    assert len(names) == 8


def test_the_graders_own_failure_is_run_again(course: Course, hand_in: Hand, judged: Hand) -> None:
    hand_in("ann", SOLVED)
    works = plan(course, UNIT, SETTINGS)
    assert missing(course, works) == works
    judged("ann", {"toy-double": Outcome.BROKEN})
    kept = ResultStore(course.results).get(works[0].key)
    assert kept is not None
    assert not kept.report.is_final
    assert missing(course, works) == works
    judged("ann", {"toy-double": Outcome.WRONG})
    assert missing(course, works) == []


def test_a_wrong_file_name_is_a_problem_that_is_named(course: Course, hand_in: Hand) -> None:
    hand_in("ann", SOLVED)
    path = course.submission(UNIT, "ann")
    path.rename(path.with_name("toy (1).ipynb"))
    work = plan(course, UNIT, SETTINGS)[0]
    assert "toy (1).ipynb" in work.problem
    assert missing(course, [work]) == []


def test_a_link_to_another_file_is_not_followed(course: Course, hand_in: Hand) -> None:
    hand_in("ann", SOLVED)
    path = course.submission(UNIT, "bob")
    path.parent.mkdir(parents=True)
    path.symlink_to(course.submission(UNIT, "ann"))
    assert plan(course, UNIT, SETTINGS, "bob")[0].problem


def test_the_class_has_one_secret_that_others_cannot_read(course: Course, hand_in: Hand) -> None:
    hand_in("ann", SOLVED)
    first = _key(course)
    assert _key(course) == first
    secret = course.classroom / "secret"
    assert len(secret.read_text().strip()) == 64
    assert secret.stat().st_mode & 0o077 == 0


def test_settings_that_do_not_exist_are_refused() -> None:
    with pytest.raises(UsageError, match="docker"):
        RunSettings(sandbox="docker")


def test_the_sandboxs_earlier_name_still_means_the_warm_one() -> None:
    assert RunSettings(sandbox="bwrap") == RunSettings(sandbox="warm") == RunSettings()
    top = argparse.ArgumentParser()
    add_running(top)
    assert settings_of(top.parse_args(["--sandbox", "bwrap"])) == RunSettings()


def test_where_a_cell_stands_changes_the_name(course: Course, hand_in: Hand) -> None:
    """A helper moved above the check that needs it earns what it had not before."""
    hand_in("ann", SOLVED)
    path = course.submission(UNIT, "ann")
    names = set()
    for place in (2, -1):
        notebook = nbformat.read(path, as_version=4)
        notebook.cells.insert(place, nbformat.v4.new_code_cell("helper = 1"))
        path.write_text(nbformat.writes(notebook))
        names.add(_key(course))
        hand_in("ann", SOLVED)
    assert len(names) == 2


def test_a_report_reads_back_as_it_was_written() -> None:
    outcomes = {"toy-double": Outcome.WRONG}
    report = replace(made_up("ann", b"", outcomes).report, remarks=("Look.",), causes={"x": "Why."})
    written = json.dumps(report.to_json())
    assert json.dumps(Report.from_json(json.loads(written)).to_json()) == written
    assert list(report.to_json()) == [
        *("schema", "student", "unit", "score", "max", "device", "sandbox", "seconds"),
        *("causes", "remarks", "questions"),
    ]
