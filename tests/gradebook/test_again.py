"""A class that is graded again: what changed is run or judged anew, and nothing else."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.classroom import engine
from grader.classroom.course_paths import Course
from grader.classroom.engine import PoolOptions, Result
from grader.classroom.grading.pending_runs import fill, missing
from grader.classroom.grading.planning import Planner, plan
from grader.classroom.grading.results import ResultStore
from grader.classroom.grading.settings import RunSettings
from grader.core.errors import SetupError
from tests.gradebook.conftest import SETTINGS, SOLVED, UNIT, made_up

Hand = Callable[..., None]
pytestmark = pytest.mark.sandbox
ANSWERS = {
    "ann": SOLVED | {"toy-challenge-1-answer": 'toy_challenge_1 = "b"'},
    "bob": {"toy-double-answer": "def double(x):\n    return x * x"},
    "cyd": {"toy-double-answer": "def double(x):\n    raise KeyError(x)"},
}


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Results of a class that was run once, under the name of its course."""
    return {"results": tmp_path_factory.mktemp("graded") / "results"}


@pytest.fixture
def class_(course: Course, hand_in: Hand, graded: dict[str, Path]) -> Course:
    """The class, graded: by running it for the first test, from then on by its kept results."""
    for student, answers in ANSWERS.items():
        hand_in(student, answers)
    (course.classroom / "secret").write_text("0" * 64)
    if not graded["results"].exists():
        fill(course, plan(course, UNIT, SETTINGS), SETTINGS, PoolOptions(1))
        shutil.copytree(course.results, graded["results"])
    else:
        shutil.copytree(graded["results"], course.results)
    assert missing(course, plan(course, UNIT, SETTINGS)) == []
    return course


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Who has been run since, with a made-up result: no code runs."""
    students: list[str] = []

    def run_class(jobs: Any, *_: Any) -> Iterator[tuple[int, Result]]:
        for number, job in enumerate(jobs):
            students.append(job.student)
            yield number, made_up(job.student, job.notebook, {})

    monkeypatch.setattr(engine, "run_class", run_class)
    return students


def verdicts(
    course: Course, settings: RunSettings = SETTINGS
) -> dict[str, list[tuple[str, float]]]:
    store = ResultStore(course.results)
    found = {}
    for work in plan(course, UNIT, settings):
        result = store.get(work.key)
        assert result is not None
        told = result.verdicts.values()
        found[work.student] = [(v.mistake or str(v.outcome), v.points) for v in told]
    return found


def grade(course: Course, settings: RunSettings = SETTINGS) -> None:
    fill(course, missing(course, plan(course, UNIT, settings)), settings, PoolOptions(1))


def edit(course: Course, old: str, new: str) -> None:
    path = course.solutions / UNIT / "questions" / "toy-double.py"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_an_unchanged_class_is_not_run(class_: Course, ran: list[str]) -> None:
    before = verdicts(class_)
    assert before["ann"] == [("passed", 2.0), ("passed", 1.0)]
    assert [before[s][0] for s in ("bob", "cyd")] == [("squared", 0.0), ("raised", 0.0)]
    grade(class_)
    assert ran == []
    assert verdicts(class_) == before


def test_a_changed_message_is_told_and_nobody_is_run(class_: Course, ran: list[str]) -> None:
    before = verdicts(class_)
    edit(class_, "You squared x", "Double, not square")
    grade(class_)
    assert ran == []
    assert verdicts(class_) == before
    work = plan(class_, UNIT, SETTINGS, "bob")[0]
    result = ResultStore(class_.results).get(work.key)
    assert result is not None
    assert "Double, not square" in result.verdicts["toy-double"].message


def test_a_changed_reference_gives_other_points_and_nobody_is_run(
    class_: Course, ran: list[str]
) -> None:
    edit(class_, "return x * x", "return 3 * x")
    edit(class_, "return 2 * x", "return x * x")
    grade(class_)
    assert ran == []
    assert [v[0] for v in verdicts(class_).values()] == [
        ("wrong", 0.0),
        ("passed", 2.0),
        ("raised", 0.0),
    ]


def test_changed_inputs_are_answered_by_running_the_code(class_: Course, ran: list[str]) -> None:
    edit(class_, "rng.normal", "2 * rng.normal")
    grade(class_)
    assert sorted(ran) == ["ann", "bob", "cyd"]


def test_a_changed_answer_runs_its_student_only(
    class_: Course, hand_in: Hand, ran: list[str]
) -> None:
    hand_in("bob", SOLVED)
    grade(class_)
    assert ran == ["bob"]


def test_a_damaged_result_is_judged_again_or_run(class_: Course, ran: list[str]) -> None:
    before = verdicts(class_)
    store = ResultStore(class_.results)
    ann, bob, _ = plan(class_, UNIT, SETTINGS)
    for name in (f"{ann.key}.result", f"{bob.run_key}.answers"):
        path = store.folder / name
        content = bytearray(path.read_bytes())
        content[-9] ^= 1
        path.write_bytes(content)
    assert [work.student for work in missing(class_, [ann, bob])] == ["ann"]
    grade(class_)
    assert ran == ["ann"]
    assert verdicts(class_)["bob"] == before["bob"]


def test_a_full_disk_is_named_and_the_next_run_goes_on(
    class_: Course, monkeypatch: pytest.MonkeyPatch, ran: list[str]
) -> None:
    shutil.rmtree(class_.results)
    write = Path.write_bytes

    def full(path: Path, data: bytes) -> int:
        if path.name.endswith(".draft") and ran[1:]:
            raise OSError(28, "No space left on device")
        return write(path, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(SetupError, match=r"No space left.*run the same command"):
        grade(class_)
    monkeypatch.setattr(Path, "write_bytes", write)
    assert ran == ["ann", "bob"]
    grade(class_)
    assert ran == ["ann", "bob", "bob", "cyd"]
    assert not list(class_.results.glob("*.draft"))


def test_all_cells_or_only_those_that_count_give_the_same_scores(class_: Course) -> None:
    everything = RunSettings(device="cpu", everything=True)
    grade(class_, everything)
    assert verdicts(class_, everything) == verdicts(class_)


def test_a_file_that_changes_while_the_class_is_graded_is_named_anew(
    class_: Course, hand_in: Hand
) -> None:
    (planned,) = plan(class_, UNIT, SETTINGS, "bob")
    hand_in("bob", SOLVED)
    now = Planner.of(class_, UNIT, SETTINGS).complete(class_, planned)
    assert now.key != planned.key
    assert plan(class_, UNIT, SETTINGS, "bob")[0].key == now.key
