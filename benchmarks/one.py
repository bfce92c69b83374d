"""How long one submission takes: `grader one` beside stock `nbgrader autograde` of the same file.

    make bench-one [UNIT=02_gru] [PAGE=1]       or: python -m benchmarks.one [--page] [UNIT]

An untouched notebook, a solved one whose repair is as it was released, and a solved one, in turn,
so that a load that comes and goes hits all alike; of each the least wall and the least CPU seconds
of five. What happens once for all notebooks is done before: the unit's reference trains, the
release is compared with its solutions, nbgrader's course is made. --page writes the section of
docs/performance.md. Ends with one JSON object.
"""

import argparse
import json
import os
import platform
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path

from benchmarks import meter, workload
from benchmarks.graded_class import REPAIR
from benchmarks.grading import PAGE, write_section
from benchmarks.meter import Spent
from grader.classroom.course_paths import Course, find_course

ROUNDS = 5
HEADING = "## One submission"
UNTOUCHED, LIGHT, SOLVED = "untouched", "solved_without_repair", "solved"
KINDS = (UNTOUCHED, LIGHT, SOLVED)


def set_up(unit: str) -> Course:
    """A class in which three hand in the same unit, each a notebook of one kind."""
    home = find_course(Path(__file__).parent)
    course = Course(home.root, home.root / "build" / "bench" / "one" / "class")
    story = workload.choose(course, [unit], 1)[0].story
    workload.hand_in(course, [workload.Submission(kind, unit, story) for kind in KINDS])
    released = course.released(unit).read_text(encoding="utf-8")
    course.submission(unit, UNTOUCHED).write_text(released, encoding="utf-8")
    light = course.submission(unit, LIGHT)
    text = light.read_text(encoding="utf-8")
    light.write_text(workload.left_out(course, unit, text, REPAIR), encoding="utf-8")
    workload.stock_course(course, _stock(course))
    return course


def _stock(course: Course) -> Path:
    return course.classroom.parent / "stock"


def ours(course: Course, unit: str, kind: str) -> Spent:
    """`grader one` on the file of that kind."""
    words = ["one", str(course.submission(unit, kind)), "--device", "cpu"]
    return meter.measure([sys.executable, "-m", "grader", *words], course.root, {})


def stock(course: Course, unit: str, kind: str) -> Spent:
    """`nbgrader autograde` of the same file, in a course of nbgrader's own."""
    words = ["autograde", unit, "--student", kind, "--force"]
    variables = {
        "GRADER_DATA": str(course.data),
        "OMP_NUM_THREADS": "1",
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
    }
    return meter.measure([sys.executable, "-m", "nbgrader", *words], _stock(course), variables)


def measure(unit: str, rounds: int) -> dict[str, dict[str, float]]:
    """The least seconds of each kind by both ways."""
    course = set_up(unit)
    for kind in KINDS:
        ours(course, unit, kind)  # what is kept for the next is made here
    ways: dict[str, Callable[[Course, str, str], Spent]] = {"ours": ours, "nbgrader": stock}
    took: dict[tuple[str, str], list[Spent]] = {(kind, way): [] for kind in KINDS for way in ways}
    for number in range(rounds):
        for kind in KINDS:
            for way, run in ways.items():
                spent = run(course, unit, kind)
                took[kind, way].append(spent)
                print(
                    f"{number + 1} {kind:22} {way:9} {spent.wall:7.2f} s wall "
                    f"{spent.cpu:7.2f} s CPU   load before {spent.load:.1f}",
                    flush=True,
                )
    return {
        kind: {**_least(took[kind, "ours"]), **_least(took[kind, "nbgrader"], "nbgrader_")}
        for kind in KINDS
    }


def _least(runs: Sequence[Spent], prefix: str = "") -> dict[str, float]:
    return {
        f"{prefix}wall_s": round(min(run.wall for run in runs), 2),
        f"{prefix}cpu_s": round(min(run.cpu for run in runs), 2),
    }


def section(unit: str, rounds: int, told: dict[str, dict[str, float]]) -> str:
    """The page's section."""
    rows = [
        f"| {kind.replace('_', ' ')} | {took['wall_s']:.2f} | {took['cpu_s']:.2f} "
        f"| {took['nbgrader_wall_s']:.2f} | {took['nbgrader_cpu_s']:.2f} |"
        for kind, took in told.items()
    ]
    table = "\n".join(rows)
    return f"""{HEADING}

`make bench-one PAGE=1` writes this section: a notebook of {unit} by `grader one`, and by stock
`nbgrader autograde`, in turn; the least of {rounds} runs, each with the start of its command
({os.cpu_count()} cores with a load of {os.getloadavg()[2]:.1f} meanwhile, {platform.platform()},
Python {platform.python_version()}, torch {version("torch")}; CPU by {meter.kind()}). Done before:
the unit's reference has trained, the release was compared with its solutions.

| notebook | wall s | CPU s | nbgrader, wall s | nbgrader, CPU s |
| --- | ---: | ---: | ---: | ---: |
{table}
"""


def main() -> int:
    """Measure, print, and say it once more as JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.one", description=__doc__)
    parser.add_argument("unit", nargs="?", default="01_rnn")
    parser.add_argument("--rounds", type=int, default=ROUNDS, metavar="N")
    parser.add_argument("--page", action="store_true", help=f"write it into {PAGE.name}")
    arguments = parser.parse_args()
    told = measure(arguments.unit, arguments.rounds)
    text = section(arguments.unit, arguments.rounds, told)
    print(text)
    if arguments.page:
        write_section(text, HEADING)
    print(json.dumps({"unit": arguments.unit, **told}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
