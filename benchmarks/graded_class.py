"""A class that is graded three ways: by us, by stock `nbgrader autograde`, by its cells alone.

`grading` and `overhead` print what each way takes.
"""

import json
import os
import pickle
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from benchmarks import meter, workload
from benchmarks.bare import Taken
from benchmarks.meter import Spent
from grader.classroom.course_paths import Course, find_course
from grader.classroom.grading.planning import Planner, plan
from grader.classroom.grading.secret_key import class_secret
from grader.classroom.grading.settings import RunSettings
from grader.classroom.nbgrader.registration import register
from grader.core.verdicts import Outcome
from grader.referee.process import ReferencePaths, ReferenceProcess

WORKERS = 2
REPAIR = "-repair"


@dataclass(frozen=True)
class Bench:
    """Where everything lies: our class, a stock course, the floor's own files."""

    course: Course
    stock: Path
    floor: Path
    submissions: Sequence[workload.Submission]
    trains: bool

    @property
    def units(self) -> list[str]:
        """The units that have submissions."""
        return sorted({each.unit for each in self.submissions})


@dataclass(frozen=True)
class Floor:
    """The cells alone: the wall time of the workers, and what each submission took."""

    wall: float
    load: float
    each: Sequence[Taken]

    @property
    def cpu(self) -> float:
        """CPU seconds of all cells."""
        return sum(taken.cpu for taken in self.each)

    @property
    def graded(self) -> float:
        """CPU seconds of the graded questions' cells, most of it training."""
        return sum(taken.graded for taken in self.each)


def set_up(count: int, *, trains: bool = True) -> Bench:
    """Make the three places and let the references train; what was graded before is forgotten.

    trains: whether learners have answered their repairs; without it there is no stock course.
    """
    home = find_course(Path(__file__).parent)
    folder = home.root / "build" / "bench" / ("trains" if trains else "light")
    course = Course(home.root, folder / "class")
    # a unit that trains has a repair
    units = [
        unit for unit in home.units() if [*home.solutions.glob(f"{unit}/questions/*{REPAIR}.py")]
    ]
    chosen = workload.choose(course, units, count)
    workload.hand_in(course, chosen, without="" if trains else REPAIR)
    bench = Bench(course, folder / "stock", folder / "floor", chosen, trains)
    if trains:
        workload.stock_course(course, bench.stock)
    _lay_out_floor(bench)
    _forget(course)
    return bench


def _lay_out_floor(bench: Bench) -> None:
    """Rebuilt notebooks and hidden questions, so that the floor does what a graded run does."""
    bench.floor.mkdir(parents=True, exist_ok=True)
    course, settings = bench.course, RunSettings(device="cpu")
    sources = ReferencePaths(
        solutions=course.solutions,
        data=course.data,
        cards=course.classroom / "cards",
        secret=class_secret(course),
        device="cpu",
    )
    planners = {unit: Planner.of(course, unit, settings) for unit in bench.units}
    with ReferenceProcess(sources) as references:
        for each in bench.submissions:
            (planned,) = plan(course, each.unit, settings, each.student)
            whole = planners[each.unit].complete(course, planned)
            notebook, questions = _floor_files(bench, each)
            notebook.write_bytes(whole.notebook)
            asked = references.prepare(each.unit, each.student)
            if not bench.trains:
                asked = {name: q for name, q in asked.items() if not name.endswith(REPAIR)}
            questions.write_bytes(pickle.dumps(asked))


def _floor_files(bench: Bench, each: workload.Submission) -> tuple[Path, Path]:
    return bench.floor / f"{each.student}.ipynb", bench.floor / f"{each.student}.pickle"


def floor(bench: Bench, *, everything: bool) -> Floor:
    """Run the cells alone in as many processes as there are workers."""
    variables = {
        **os.environ,
        "GRADER_DATA": str(bench.course.data),
        "OMP_NUM_THREADS": "1",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",  # as in the sandbox
    }
    load = os.getloadavg()[0]
    waiting: SimpleQueue[workload.Submission] = SimpleQueue()
    for each in bench.submissions:
        waiting.put(each)
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "benchmarks.bare"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=variables,
        )
        for _ in range(WORKERS)
    ]
    for process in processes:
        assert process.stdout is not None  # noqa: S101 - asked for above
        if process.stdout.readline() != "ready\n":
            message = "The floor's process did not start; its words stand above."
            raise RuntimeError(message)
    start = time.perf_counter()
    with ThreadPoolExecutor(WORKERS) as pool:
        feeds = [_feed(bench, process, waiting, everything=everything) for process in processes]
        shares: list[list[Taken]] = list(pool.map(list, feeds))
    wall = time.perf_counter() - start
    return Floor(wall, load, [taken for share in shares for taken in share])


def _feed(
    bench: Bench,
    process: "subprocess.Popen[str]",
    waiting: "SimpleQueue[workload.Submission]",
    *,
    everything: bool,
) -> Iterator[Taken]:
    assert process.stdin is not None  # noqa: S101
    assert process.stdout is not None  # noqa: S101
    while not waiting.empty():
        each = waiting.get()
        notebook, questions = _floor_files(bench, each)
        asked = {
            "notebook": str(notebook),
            "questions": str(questions),
            "folder": str(bench.course.notebooks / each.unit),
            "everything": everything,
        }
        process.stdin.write(json.dumps(asked) + "\n")
        process.stdin.flush()
        answer = process.stdout.readline()
        if not answer:
            message = f"The floor's process ended in {each.student}, {each.unit}."
            raise RuntimeError(message)
        taken = Taken(**json.loads(answer))
        if taken.failed:
            message = f"{each.student}, {each.unit}: {taken.failed} questions without all points"
            raise RuntimeError(message)
        yield taken
    process.stdin.close()
    process.wait()


def ours(bench: Bench, *, everything: bool) -> Spent:
    """`grader grade` on the whole class, as nobody has graded it before but for the references."""
    _forget(bench.course)
    for unit in bench.units:
        register(bench.course, unit)
    words = [
        "grade",
        *bench.units,
        "--workers",
        str(WORKERS),
        "--device",
        "cpu",
        "--json",
        "report",
    ]
    spent = meter.measure(
        [sys.executable, "-m", "grader", *words, *(["--everything"] if everything else [])],
        bench.course.classroom,
        {},
    )
    _expect_all_points(_reports(bench), bench)
    return spent


def draws_saved_share(bench: Bench) -> float:
    """Of the draws that repairs were to be trained on, the share that the last run left out."""
    details = [told["details"] for each in _reports(bench) for told in each["questions"].values()]
    trained = sum(len(each["draws"]) for each in details if "draws" in each)
    drawn = sum(each.get("of_draws", len(each["draws"])) for each in details if "draws" in each)
    return 1.0 - trained / float(drawn)


def _reports(bench: Bench) -> list[dict[str, Any]]:
    text = (bench.course.classroom / "report").read_text(encoding="utf-8")
    reports: list[dict[str, Any]] = json.loads(text)["reports"]
    return reports


def _forget(course: Course) -> None:
    for place in (course.results, course.autograded):
        shutil.rmtree(place, ignore_errors=True)
    course.gradebook.unlink(missing_ok=True)


def stock(bench: Bench, unit: str) -> Spent:
    """`nbgrader autograde` on one unit; our check cells judge by the visible cases, in the kernel.

    A check that does not pass raises there, so nbgrader's own rule gives the points.
    """
    words = ["autograde", unit, "--force"]
    return meter.measure(
        [sys.executable, "-m", "nbgrader", *words],
        bench.stock,
        {
            "GRADER_DATA": str(bench.course.data),
            "OMP_NUM_THREADS": "1",
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        },
    )


def _expect_all_points(reports: Sequence[dict[str, Any]], bench: Bench) -> None:
    """Or what was measured is no grading of honest submissions."""
    expected = {(each.student, each.unit) for each in bench.submissions}
    fine = {Outcome.PASSED, Outcome.NOT_ATTEMPTED}
    lost = [
        f"{report['student']}, {report['unit']}: {name} {told['outcome']}"
        for report in reports
        for name, told in report["questions"].items()
        if told["outcome"] not in fine
    ]
    if {(report["student"], report["unit"]) for report in reports} != expected or lost:
        message = f"Not all submissions got all points: {lost or 'some are missing'}"
        raise RuntimeError(message)
