"""An honest class beside a hostile one: no verdict may change by who is graded at the same time.

    make neighbours                            or: python -m benchmarks.neighbours [--honest N]

A small course (the red team's arena, with its real repair) is graded twice with one worker a core:
the honest submissions alone, then with a hostile one after each, which burns the processors, takes
leases and locks, holds memory that no process seems to hold, forks, floods or never ends. Both
classes have the same secret, so the same hidden inputs. It prints a line a submission and ends with
one JSON object: {"verdicts_changed": 0, "slowest_ratio": 2.1}, the second the largest ratio of an
honest submission's seconds together to those alone. Exit code 1 where a verdict changed.
"""

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from grader.classroom.course_paths import Course
from grader.classroom.engine import PoolOptions
from grader.classroom.engine.worker_options import cores
from grader.classroom.grade_class import grade
from grader.classroom.grading.planning import plan
from grader.classroom.grading.settings import RunSettings
from tests.redteam.arena import UNIT, build_arena
from tests.redteam.case import HELD, Case
from tests.redteam.submission import hand_in

HONEST = 4
# Trains for some seconds, as a learner's repair does.
TRAINING = """
class Gentle(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.RNN(SENSORS, 24, batch_first=True)
        self.head = nn.Linear(24, 2)
        self.given, self.last = nn.Dropout(0.4), nn.Dropout(0.2)

    def forward(self, x):
        return self.head(self.last(self.rnn(self.given(x))[0][:, -1]))


def train_model(train, val):
    model = Gentle()
    lab.fit(model, train, val, epochs=60, lr=5e-3, batch_size=32, patience=15, plot=False)
    return model
"""
_BURN = 'held = [subprocess.Popen(["sh", "-c", "while :; do :; done"]%s) for _ in range(100)]'
# What each hostile submission does in a cell of its own, before its answers.
HOSTILE = {
    "burners": f"import subprocess, time\n{_BURN % ''}\ntime.sleep(20)",
    "sessions": (
        "import subprocess, time\n"
        f"try: {_BURN % ', start_new_session=True'}\n"
        f"except PermissionError: {_BURN % ''}\n"
        "time.sleep(20)"
    ),
    "leases": (
        "import fcntl, os, signal, time\n"
        "signal.signal(signal.SIGIO, signal.SIG_IGN)\n"
        "paths = ['/course/data/rumble/' + name for name in os.listdir('/course/data/rumble')]\n"
        "held = [os.open(path, os.O_RDONLY) for path in paths if os.path.isfile(path)]\n"
        "end = time.monotonic() + 20\n"
        "while time.monotonic() < end:\n"
        "    for number in held:\n"
        "        for what in (\n"
        "            lambda: fcntl.fcntl(number, fcntl.F_SETLEASE, fcntl.F_WRLCK),\n"
        "            lambda: fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB),\n"
        "        ):\n"
        "            try: what()\n"
        "            except OSError: pass\n"
        "    time.sleep(0.02)"
    ),
    "memory": (
        "import mmap, time\n"
        "held = []\n"
        "while True:\n"
        "    area = mmap.mmap(-1, 128 * 2**20)\n"
        "    for place in range(0, len(area), 4096): area[place] = 1\n"
        "    area.madvise(mmap.MADV_DONTNEED)\n"
        "    held.append(area)"
    ),
    "threads": (
        "import hashlib, threading, time\n"
        "end, block = time.monotonic() + 20, bytes(2**20)\n"
        "def burn():\n"
        "    while time.monotonic() < end: hashlib.sha256(block)\n"
        "for _ in range(90): threading.Thread(target=burn, daemon=True).start()\n"
        "time.sleep(20)"
    ),
    "forks": "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass",
    "flood": "while True: print('x' * 100_000)",
    "cache": (
        "import os, time\n"
        "end = time.monotonic() + 20\n"
        "while time.monotonic() < end:\n"
        "    for folder, _, names in os.walk('/usr/lib'):\n"
        "        for name in names:\n"
        "            try: open(os.path.join(folder, name), 'rb').read()\n"
        "            except OSError: pass\n"
        "        if time.monotonic() > end: break"
    ),
}


def honest(number: int) -> Case:
    """A submission with right answers and a training."""
    return Case(f"s{number}-a-honest", "", HELD, "", base="right", answers={"rnn-repair": TRAINING})


def hostile(number: int) -> Case:
    """One of the kinds, in turn."""
    name = list(HOSTILE)[number % len(HOSTILE)]
    student = f"s{number // 2}-{'bc'[number % 2]}-{name}"
    return Case(student, "", HELD, "", own=[{"after": "code-1", "source": HOSTILE[name]}])


def graded(arena: Path, place: Path, cases: Sequence[Case]) -> dict[str, dict[str, Any]]:
    """The reports of a class with these submissions, by student, graded with a worker a core."""
    shutil.copytree(arena, place)
    course = Course(place, place / "classroom")
    release = json.loads(course.released(UNIT).read_text(encoding="utf-8"))
    for case in cases:
        hand_in(case, release, {}, course.submission(UNIT, case.who))
    settings = RunSettings(device="cpu")
    works = {UNIT: plan(course, UNIT, settings)}
    told = grade(course, works, settings, PoolOptions(max(2, cores())))
    return {e.student: e.report.to_json() if e.report else {} for e in told.entries}


def verdicts(report: dict[str, Any]) -> dict[str, tuple[str, float]]:
    """Outcome and points of each question."""
    asked = report.get("questions", {})
    return {name: (each["outcome"], each["points"]) for name, each in asked.items()}


def main(words: Sequence[str] | None = None) -> int:
    """Grade both ways and compare."""
    parser = argparse.ArgumentParser(prog="make neighbours")
    parser.add_argument("--honest", type=int, default=HONEST, help=f"how many (default: {HONEST})")
    count = parser.parse_args(words).honest
    students = [honest(number) for number in range(count)]
    # two hostile ones for each honest one, so that the worker beside it has always one
    others = [hostile(number) for number in range(2 * count)]
    with tempfile.TemporaryDirectory(prefix="neighbours.") as scratch:
        arena = Path(scratch) / "arena"
        build_arena(arena)
        alone = graded(arena, Path(scratch) / "alone", students)
        together = graded(arena, Path(scratch) / "together", [*students, *others])
    changed, ratios = 0, [1.0]
    for case in students:
        before, after = alone[case.name], together[case.name]
        same = verdicts(before) == verdicts(after)
        changed += not same
        ratios.append(after["seconds"] / before["seconds"])
        print(
            f"{case.name}: {before['score']:g} alone in {before['seconds']:.1f} s, "
            f"{after['score']:g} together in {after['seconds']:.1f} s"
            + ("" if same else f"; {verdicts(before)} became {verdicts(after)}")
        )
    for case in others:
        report = together[case.name]
        print(f"{case.name}: {report.get('score', 0):g} in {report.get('seconds', 0):.1f} s")
    print(json.dumps({"verdicts_changed": changed, "slowest_ratio": round(max(ratios), 2)}))
    return 1 if changed else 0


if __name__ == "__main__":
    sys.exit(main())
