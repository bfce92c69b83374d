"""How fast a class is graded: `grader grade`, stock `nbgrader autograde`, and the floor under both.

    make bench                 or: python -m benchmarks.grading [--quick] [--submissions N]

One run on the same real submissions of all units, every one of which trains. The pieces stand
between one another, so that a load that comes and goes hits them alike. Before the clock starts the
class is set up and each unit's reference has trained, which happens once for a class, whatever its
size. Prints a table, writes docs/performance.md with --page, and ends with one JSON object.
"""

import argparse
import json
import os
import pickle
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from benchmarks import meter, workload
from benchmarks.bare import Taken
from benchmarks.meter import Spent
from grader.classroom.course import Course, find_course
from grader.classroom.gradebook.plan import Planner, class_secret, plan
from grader.classroom.gradebook.register import register
from grader.classroom.gradebook.settings import Settings
from grader.referee.process import ReferenceProcess, Sources

WORKERS = 2
SUBMISSIONS = 24
PAGE = Path(__file__).resolve().parent.parent / "docs" / "performance.md"
HEADING = "## Grading a class"


@dataclass(frozen=True)
class Bench:
    """Where everything lies: our class, a stock course, the floor's own files."""

    course: Course
    stock: Path
    floor: Path
    submissions: Sequence[workload.Submission]

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


def set_up(count: int) -> Bench:
    """Make the three places and let the references train."""
    home = find_course(Path(__file__).parent)
    folder = home.root / "build" / "bench"
    course = Course(home.root, folder / "class")
    # a unit that trains has a repair
    units = [
        unit for unit in home.units() if [*home.solutions.glob(f"{unit}/questions/*-repair.py")]
    ]
    chosen = workload.choose(course, units, count)
    workload.hand_in(course, chosen)
    workload.stock_course(course, folder / "stock")
    bench = Bench(course, folder / "stock", folder / "floor", chosen)
    _lay_out_floor(bench)
    return bench


def _lay_out_floor(bench: Bench) -> None:
    """Rebuilt notebooks and hidden questions, so that the floor does what a graded run does."""
    bench.floor.mkdir(parents=True, exist_ok=True)
    course, settings = bench.course, Settings(device="cpu")
    sources = Sources(
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
            questions.write_bytes(pickle.dumps(references.prepare(each.unit, each.student)))


def _floor_files(bench: Bench, each: workload.Submission) -> tuple[Path, Path]:
    return bench.floor / f"{each.student}.ipynb", bench.floor / f"{each.student}.pickle"


def floor(bench: Bench, *, everything: bool) -> Floor:
    """Run the cells alone in as many processes as there are workers."""
    variables = {**os.environ, "GRADER_DATA": str(bench.course.data), "OMP_NUM_THREADS": "1"}
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
    told = json.loads((bench.course.classroom / "report").read_text(encoding="utf-8"))
    _expect_all_points(
        {(r["student"], r["unit"]): r["max"] - r["score"] for r in told["reports"]}, bench
    )
    return spent


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


def _expect_all_points(lost: dict[tuple[str, str], float], bench: Bench) -> None:
    expected = {(each.student, each.unit) for each in bench.submissions}
    if set(lost) != expected or any(lost.values()):
        message = f"Not all submissions got all points: {lost}"
        raise RuntimeError(message)


def run(bench: Bench) -> dict[str, Any]:
    """All pieces, one between the other; what each took."""
    rows: dict[str, Any] = {}
    units = list(bench.units)
    half = len(units) // 2
    spent = Spent(0.0, 0.0, 0.0)
    rows["floor_everything"] = _told("floor, everything", floor(bench, everything=True))
    for unit in units[:half]:
        spent += _told(f"stock {unit}", stock(bench, unit))
    rows["ours_everything"] = _told("ours, everything", ours(bench, everything=True))
    for unit in units[half:]:
        spent += _told(f"stock {unit}", stock(bench, unit))
    rows["ours"] = _told("ours", ours(bench, everything=False))
    rows["floor"] = _told("floor", floor(bench, everything=False))
    rows["stock"] = spent
    return rows


def _told(name: str, what: Any) -> Any:
    times = f"{what.wall:8.1f} s wall {what.cpu:8.1f} s CPU"
    print(f"{name:22}{times}   load before {what.load:.1f}", flush=True)
    return what


def table(bench: Bench, rows: dict[str, Any]) -> str:
    """The rows that are published."""
    count = len(bench.submissions)
    named = (
        ("nbgrader autograde", "stock"),
        ("grader grade --everything", "ours_everything"),
        ("grader grade", "ours"),
        ("the cells alone, all", "floor_everything"),
        ("the cells alone, without demonstrations", "floor"),
    )
    lines = [
        f"| {count} submissions | wall s | CPU s | CPU s each | load before |",
        "| --- | --- | --- | --- | --- |",
    ]
    for name, key in named:
        row = rows[key]
        each = row.cpu / count
        lines.append(f"| {name} | {row.wall:.1f} | {row.cpu:.1f} | {each:.2f} | {row.load:.1f} |")
    return "\n".join(lines)


def section(bench: Bench, rows: dict[str, Any]) -> str:
    """The page's section: the table, what it counts, the gap to the limit."""
    figures = summary(bench, rows)
    lost = workload.stock_lost(bench.stock)
    shipped, every = rows["floor"], rows["floor_everything"]
    over = rows["ours_everything"].wall - every.wall
    return f"""{HEADING}

`make bench` grades {len(bench.submissions)} honest submissions of {len(bench.units)} units, all of
which train, with {WORKERS} workers on {os.cpu_count()} cores ({platform.platform()}, Python
{platform.python_version()}, torch {version("torch")}, one thread each; CPU by {meter.kind()}).

{table(bench, rows)}

- `nbgrader autograde` runs the same notebooks in its own kernels, one after another; our check
  cells judge there by the visible cases, and nbgrader's own rule gives the points. It took points
  from {", ".join(lost) or "nobody"}.
- "The cells alone" is the limit: the same cells in {WORKERS} processes that have imported torch,
  with no sandbox, no judge and no gradebook. Of its CPU time without demonstrations,
  {shipped.graded:.1f} of {shipped.cpu:.1f} s are graded questions, nearly all of it training.
- Against stock nbgrader: {figures["speedup_vs_nbgrader"]} times as fast as shipped,
  {figures["speedup_everything"]} times with `--everything`.
- Against the limit with `--everything`: {figures["wall_over_limit"]} times its wall time
  ({over:.1f} s more), {figures["cpu_over_limit"]} times its CPU time;
  {figures["overhead_cpu_s"]} CPU s of our own for each submission, of everything from the command's
  start to the last row in the gradebook ({figures["overhead_shipped_cpu_s"]} as shipped).
- Not counted: each unit's reference trains once for a class, before the clock starts, and the units
  are registered in the gradebook.
"""


def write_section(text: str) -> None:
    """Put the section into the page, in the place of an older one."""
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(HEADING)
    _, mark, after = rest.partition("\n## ")
    PAGE.write_text(f"{before.rstrip()}\n\n{text}{mark}{after}", encoding="utf-8")


def summary(bench: Bench, rows: dict[str, Any]) -> dict[str, float]:
    """The figures of the last line."""
    count = len(bench.submissions)
    every, shipped = rows["floor_everything"], rows["floor"]
    return {
        "speedup_vs_nbgrader": round(rows["stock"].wall / rows["ours"].wall, 2),
        "speedup_everything": round(rows["stock"].wall / rows["ours_everything"].wall, 2),
        "overhead_cpu_s": round((rows["ours_everything"].cpu - every.cpu) / count, 3),
        "overhead_shipped_cpu_s": round((rows["ours"].cpu - shipped.cpu) / count, 3),
        "cpu_over_limit": round(rows["ours_everything"].cpu / every.cpu, 3),
        "wall_over_limit": round(rows["ours_everything"].wall / every.wall, 3),
        "submissions": count,
        "training_cpu_s": round(shipped.graded, 1),
    }


def main() -> int:
    """Measure, print, and say it once more as JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.grading", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one submission a unit, for trying")
    parser.add_argument("--submissions", type=int, default=SUBMISSIONS, metavar="N")
    parser.add_argument("--page", action="store_true", help=f"write it into {PAGE.name}")
    arguments = parser.parse_args()
    count = 5 if arguments.quick else arguments.submissions
    bench = set_up(count)
    _forget(bench.course)
    print(f"{count} submissions; CPU by {meter.kind()}; {platform.platform()}", flush=True)
    rows = run(bench)
    told = section(bench, rows)
    print(told)
    if arguments.page:
        write_section(told)
    print(json.dumps(summary(bench, rows)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
