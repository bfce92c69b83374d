"""Long submissions are run first, by what they took before or by how long the reference trains."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from grader.classroom import engine
from grader.classroom.course_paths import Course
from grader.classroom.engine import Job
from grader.classroom.grading import pending_runs
from grader.classroom.grading.planning import PlannedRun, plan
from grader.classroom.grading.run_order import SECONDS, RunSeconds
from grader.core.atomic_files import replace_file
from tests.gradebook.conftest import SETTINGS, SOLVED, UNIT, made_up


def works(*names: str) -> list[PlannedRun]:
    return [PlannedRun(student, unit) for student, unit in (name.split("/") for name in names)]


def order(seconds: RunSeconds, *names: str) -> list[str]:
    return [f"{work.student}/{work.unit}" for work in seconds.longest_first(works(*names))]


def test_long_ones_come_first_unit_by_unit(tmp_path: Path) -> None:
    seconds = RunSeconds.of(tmp_path, tmp_path)
    for work, took in zip(works("ann/a", "bob/a", "cyd/b", "dan/b"), (1, 5, 9, 2), strict=True):
        seconds.note(work, took)
    seconds.keep()
    again = RunSeconds.of(tmp_path, tmp_path)
    given = ("ann/a", "bob/a", "cyd/b", "dan/b")
    assert order(again, *given) == ["cyd/b", "dan/b", "bob/a", "ann/a"]


def test_who_was_never_run_is_expected_to_take_what_the_reference_did(tmp_path: Path) -> None:
    replace_file(tmp_path / "b.seconds", "7.5")
    seconds = RunSeconds.of(tmp_path, tmp_path)
    assert order(seconds, "ann/a", "bob/b") == ["bob/b", "ann/a"]
    seconds.note(PlannedRun("cyd", "b"), 9.0)
    assert order(seconds, "ann/a", "bob/b", "cyd/b") == ["cyd/b", "bob/b", "ann/a"]


@pytest.mark.parametrize("content", ["", "[]", '{"a": 3}', '{"a": {"ann": "x"}}'])
def test_without_any_seconds_the_order_stays(tmp_path: Path, content: str) -> None:
    (tmp_path / SECONDS).write_text(content)
    (tmp_path / "a.seconds").write_text(content)
    given = ("bob/b", "ann/a", "cyd/b")
    assert order(RunSeconds.of(tmp_path, tmp_path), *given) == ["bob/b", "cyd/b", "ann/a"]


def test_a_class_remembers_what_each_took(
    course: Course, hand_in: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    took = {"ann": 1.0, "bob": 3.0, "cyd": 2.0}

    def run_class(jobs: Iterable[Job], *_: object) -> Iterator[tuple[int, engine.Result]]:
        for number, job in enumerate(jobs):
            asked.append(job.student)
            result = made_up(job.student, job.notebook, {})
            yield number, engine.Result(result.report, result.notebook, took[job.student])

    monkeypatch.setattr(engine, "run_class", run_class)
    for student in took:
        hand_in(student, SOLVED)
    for _ in range(2):
        planned = plan(course, UNIT, SETTINGS)
        pending_runs.fill(course, planned, SETTINGS, engine.PoolOptions(), again=True)
    assert asked == ["ann", "bob", "cyd", "bob", "cyd", "ann"]
