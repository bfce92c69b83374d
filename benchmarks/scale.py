"""Grade large classes and see whether anything grows that should not.

    make bench-scale                    or: python -m benchmarks.scale [STUDENTS ...]

For each size (students; every unit has a submission of each) it makes a class out of the sample
class, with results in place for all but a few untouched submissions, which are run. Then
`grader grade` records the class, and grades it again unchanged. It prints, for each size, seconds
and CPU seconds a submission, the grader's peak memory, and the second run; and ends with one JSON
object. Exit code 0 when time a submission and memory stay flat and the second run takes at most
30 s, 1 when not. What a submission costs that is really run is measured by `make bench`.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from benchmarks.trials import ROOT
from grader.classroom import sample_class
from grader.classroom.course_paths import CONFIG, Course
from grader.classroom.engine import Job, Result
from grader.classroom.engine.jobs import report
from grader.classroom.grading.pending_runs import CARDS
from grader.classroom.grading.planning import Planner, plan
from grader.classroom.grading.results import ResultStore
from grader.classroom.grading.secret_key import SECRET
from grader.classroom.grading.settings import RunSettings
from grader.core import unit_file as units
from grader.core.verdict_rules import rule
from grader.core.verdicts import Outcome

STUDENTS = (17, 50, 300)
# Students whose submission of the first unit is untouched and is run: the workers start.
RUN = 3
RERUN_AT_MOST = 30.0
# The largest class may cost so much more a submission than the smallest, and the grader so much
# more memory: timings on a shared machine differ by more than a tenth.
TIME_AT_MOST, MEMORY_AT_MOST = 1.3, 1.25
SETTINGS = RunSettings(device="cpu")


@dataclass(frozen=True)
class Size:
    """What one class cost. Seconds a submission in the first run; the second run as a whole."""

    submissions: int
    wall: float
    cpu: float
    peak_mib: float
    again_wall: float
    again_cpu: float
    again_peak_mib: float


def build(students: int) -> Course:
    """Make a class of that size, with results for all who are not run."""
    course = Course(ROOT, ROOT / "build" / "scale" / str(students))
    shutil.rmtree(course.classroom, ignore_errors=True)
    template = replace(course, classroom=course.classroom / "template")
    template.classroom.mkdir(parents=True)
    # with the same secret the references' score cards are measured once, for all classes
    (course.classroom / SECRET).write_text("0" * 64)
    (course.classroom / CARDS).symlink_to(_made(ROOT / "build" / "scale" / CARDS))
    for place, unit in enumerate(course.units()):
        ran = RUN if place == 0 else 0
        if (course.solutions / unit / sample_class.FOLDER).is_dir():
            sample_class.build(template, unit, "warm")
        files = [template.submission(unit, student) for student in template.students(unit)]
        for number in range(students):
            is_run = number < ran or not files
            source = course.released(unit) if is_run else files[number % len(files)]
            path = course.submission(unit, f"s{number:04}")
            path.parent.mkdir(parents=True)
            shutil.copyfile(source, path)
        plant(course, unit, ran)
    shutil.copyfile(template.classroom / CONFIG, course.classroom / CONFIG)
    shutil.rmtree(template.classroom)
    return course


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def plant(course: Course, unit: str, ran: int) -> None:
    """Keep a result for each submission but the first `ran`: all points, no outputs."""
    questions = units.find(course.notebooks / unit).questions
    verdicts = {name: rule(q, Outcome.PASSED, "Planted.") for name, q in questions.items()}
    planner = Planner.of(course, unit, SETTINGS)
    store = ResultStore(course.results)
    for planned in plan(course, unit, SETTINGS)[ran:]:
        if planned.problem:
            continue
        work = planner.complete(course, planned)
        job = Job(work.student, unit, work.notebook, questions)
        told = report(job, "warm", verdicts, 1.0)
        store.put(work.key, Result(told, work.notebook, 1.0), work.run_key)


def grade(course: Course) -> tuple[float, float, float]:
    """Wall seconds, CPU seconds and peak MiB of one `grader grade` of the whole class."""
    words = [sys.executable, "-m", "grader", "grade", "--workers", "2", "--device", "cpu"]
    start = time.monotonic()
    process = subprocess.Popen(words, cwd=course.classroom, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in {0, 1}:  # 1: the sample class has files that cannot be read
        sys.exit(f"`{' '.join(words)}` ended with {process.returncode}")
    return time.monotonic() - start, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def measure(students: int) -> Size:
    """Build, grade and grade again a class of that size."""
    course = build(students)
    count = len(list(course.submitted.glob("*/*/")))
    wall, cpu, peak = grade(course)
    again_wall, again_cpu, again_peak = grade(course)
    return Size(count, wall / count, cpu / count, peak, again_wall, again_cpu, again_peak)


def main(words: Sequence[str] | None = None) -> int:
    """Measure every size, print, conclude."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("students", nargs="*", type=int, default=STUDENTS, metavar="STUDENTS")
    sizes = []
    print("submissions | s each | CPU s each | peak MiB | again: s | CPU s | peak MiB")
    for students in sorted(parser.parse_args(words).students):
        size = measure(students)
        sizes.append(size)
        print(
            f"{size.submissions:11} | {size.wall:6.2f} | {size.cpu:10.2f} | {size.peak_mib:8.0f} | "
            f"{size.again_wall:8.1f} | {size.again_cpu:5.1f} | {size.again_peak_mib:8.0f}",
            flush=True,
        )
    first, last = sizes[0], sizes[-1]
    # CPU seconds: what else the machine does is not the grader's growth
    time_ratio, memory_ratio = last.cpu / first.cpu, last.peak_mib / first.peak_mib
    checks = {
        f"CPU seconds a submission grow by at most {TIME_AT_MOST}": time_ratio <= TIME_AT_MOST,
        f"memory grows by at most {MEMORY_AT_MOST}": memory_ratio <= MEMORY_AT_MOST,
        f"an unchanged class takes {RERUN_AT_MOST:g} s": last.again_wall <= RERUN_AT_MOST,
    }
    for claim, holds in checks.items():
        print(f"{'holds ' if holds else 'MISSED'} {claim}")
    result = {
        "sizes": [asdict(size) for size in sizes],
        "time_ratio": time_ratio,
        "memory_ratio": memory_ratio,
        "rerun_seconds": last.again_wall,
        "missed": sum(not holds for holds in checks.values()),
    }
    print(json.dumps(result))
    return 1 if result["missed"] else 0


if __name__ == "__main__":
    (Path(ROOT) / "build").mkdir(exist_ok=True)
    sys.exit(main())
