"""The walk of an author, by the command line alone: from an empty folder to marks and feedback.

By the installed package it goes through a course of one's own and a second class of it; in a copy
of this repository a unit is added, and this course's own tests are asked about it.
"""

import csv
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import nbformat

from grader.core.names import answer_cell
from tests.wheels import ROOT

UNIT, WORD = "02_waves", "waves"
RIGHT = {
    "waves-row-means": "def waves_row_means(x):\n    return x.mean(dim=1)",
    "waves-weights": "waves_weights = 15",
    "waves-challenge-1": 'waves_challenge_1 = "{key}"',
}
COLUMNS = "def waves_row_means(x):\n    return x.mean(dim=0)"
# Three learners: what they hand in, and the points that it must earn of 4.
CLASS: Mapping[str, tuple[Mapping[str, str], float]] = {
    "ada": (RIGHT, 4.0),
    "ben": ({**RIGHT, "waves-row-means": COLUMNS}, 2.0),
    "cleo": ({}, 0.0),
}
SAID_TO_BEN = "You took the mean of each column"
# What this course asks of every unit that is there, and of its files.
OWN_TESTS = (
    *("tests/course", "tests/natural", "tests/house/test_files.py"),
    *("tests/authoring/test_minutes.py", "tests/authoring/test_spoilers.py"),
)


@dataclass
class Walk:
    """Commands that were run, and what failed; `say` is told each."""

    python: Path
    say: Callable[[str], None]
    commands: int = 0
    failed: list[str] = field(default_factory=list)

    def grader(self, folder: Path, *words: str) -> str:
        """Run one of our commands; what it printed."""
        return self.run(folder, "grader", *words)

    def run(self, folder: Path, *words: str) -> str:
        """Run `python -m …` in a folder; a failure is kept with the end of what it said."""
        self.commands += 1
        done = subprocess.run(
            [self.python, "-m", *words],
            cwd=folder,
            env=_environment(folder),
            capture_output=True,
            text=True,
            check=False,
        )
        self.say(f"{'ok  ' if done.returncode == 0 else 'FAIL'} {' '.join(words)}")
        if done.returncode:
            self.failed.append(f"{' '.join(words)}: {done.returncode}\n{_end(done)}")
        return done.stdout

    def expect(self, what: str, found: object, wanted: object) -> None:
        """Keep a failure where something is not what it should be."""
        if found != wanted:
            self.failed.append(f"{what}: found {found!r}, expected {wanted!r}")


def own_course(walk: Walk, folder: Path, *, quick: bool) -> None:
    """An own course in an empty folder, from its first unit to the marks of two classes."""
    root = folder / "my-course"
    walk.grader(folder, "new", "course", root.name)
    walk.grader(root, "new", "unit", WORD)
    walk.grader(root, "new", "question", UNIT, "waves-weights", "--kind", "value")
    walk.grader(root, "new", "question", UNIT, "waves-challenge-1", "--kind", "choice")
    walk.grader(root, "check", *(["--quick"] if quick else []))
    walk.grader(root, "release")
    walk.grader(root, "handout")
    _class(walk, root, root, folder / "handed")
    if not quick:
        evening = root / "evening"
        evening.mkdir()
        (evening / "nbgrader_config.py").write_text(second_class(), encoding="utf-8")
        _class(walk, root, evening, folder / "handed")
    walk.expect("a folder of data", (root / "data").exists(), wanted=False)


def _class(walk: Walk, root: Path, home: Path, handed: Path) -> None:
    """Collect, grade, write feedback and export in `home`, a class of the course at `root`."""
    for student, (answers, _) in CLASS.items():
        _hand_in(root, handed / student, answers)
    walk.grader(home, "collect", str(handed))
    walk.grader(home, "grade", UNIT)
    walk.grader(home, "feedback", UNIT)
    walk.grader(home, "report", UNIT)
    walk.grader(home, "export", "csv", UNIT)
    classroom = root / "classroom" if home == root else home
    marks = dict(_marks(classroom))
    walk.expect("marks", marks, {student: points for student, (_, points) in CLASS.items()})
    pages = [path.read_text(encoding="utf-8") for path in classroom.glob("feedback/ben/**/*.html")]
    walk.expect("feedback of ben", [SAID_TO_BEN in page for page in pages], [True])


def own_unit(walk: Walk, folder: Path) -> None:
    """A unit of one's own in a copy of this repository, whose tests stay green."""
    root = folder / "clone"
    for name in _tracked():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, root / name)
    walk.grader(root, "new", "unit", WORD)
    unit = next(path.name for path in (root / "solutions").glob(f"*_{WORD}"))
    walk.grader(root, "new", "question", unit, "waves-weights", "--kind", "value")
    walk.grader(root, "new", "question", unit, "waves-challenge-1", "--kind", "choice")
    walk.grader(root, "new", "question", unit, "waves-repair", "--kind", "repair")
    walk.grader(root, "check", unit)
    walk.grader(root, "release", unit)
    walk.run(root, "pytest", "-q", "-p", "no:cacheprovider", "-m", "not slow", *OWN_TESTS)
    walk.run(root, "pytest", "-q", "-p", "no:cacheprovider", "-k", unit, "tests/course")


def second_class() -> str:
    """The configuration of a second class, as docs/authors.md shows it."""
    page = (ROOT / "docs" / "authors.md").read_text(encoding="utf-8")
    found = re.search(r"`evening/nbgrader_config\.py`:\n\n```python\n(.*?)```", page, re.DOTALL)
    assert found is not None
    return found[1]


def packages() -> Path:
    """Where this Python has what the package needs."""
    return Path(sysconfig.get_path("purelib"))


def _hand_in(root: Path, folder: Path, answers: Mapping[str, str]) -> None:
    notebook = nbformat.read(root / "notebooks" / UNIT / f"{WORD}.ipynb", as_version=4)
    key = re.search(
        r'id = "waves-challenge-1".*?^answer = "(\w)"',
        (root / "solutions" / UNIT / "quiz.toml").read_text(encoding="utf-8"),
        re.DOTALL | re.MULTILINE,
    )
    assert key is not None
    for cell in notebook.cells:
        for name, answer in answers.items():
            if cell.id == answer_cell(name):
                cell.source = answer.format(key=key[1]) if "{key}" in answer else answer
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{WORD}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")


def _marks(classroom: Path) -> Iterator[tuple[str, float]]:
    for path in classroom.glob("**/02_waves*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                yield row["student"], float(row["score"])


def _tracked() -> list[str]:
    """The repository's files; of a copy without its history, all that lie in it."""
    told = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [name for name in told.stdout.split("\0") if name]


def _environment(folder: Path) -> dict[str, str]:
    """What a person's terminal has, with Jupyter's own files in the folder of the walk."""
    own = folder / "build" / "jupyter"
    kept = {name: os.environ[name] for name in ("HOME", "LANG", "TMPDIR") if name in os.environ}
    inside = {"PYTHONPATH": str(folder)} if (folder / "grader").is_dir() else {}
    return {
        **kept,
        **inside,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",  # nbgrader calls `alembic`
        "JUPYTER_DATA_DIR": str(own / "data"),
        "JUPYTER_CONFIG_DIR": str(own / "config"),
        "MPLBACKEND": "agg",
        "OMP_NUM_THREADS": "1",
    }


def _end(done: subprocess.CompletedProcess[str]) -> str:
    return "\n".join((done.stdout + done.stderr).splitlines()[-30:])
