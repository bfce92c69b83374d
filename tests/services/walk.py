"""An own course, made and released by the installed package, graded by three services' own steps.

Each service is laid out as it lays itself out, in an empty folder: Gradescope's `source` and
`submission`, a checkout for each forge with learners' repositories beside it. All are handed an
honest, an untouched and a wrong notebook.
"""

import csv
import json
import os
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat

from grader.core.names import answer_cell
from tests.services.steps import Ran, environment, run_github, run_gitlab, stand_ins

UNIT, FILE = "02_tables", "tables.ipynb"
QUESTION = "tables-row-means"
RIGHT = "def tables_row_means(x):\n    return x.mean(dim=1)"
WRONG = "def tables_row_means(x):\n    return x.mean(dim=0)"
# Who hands in what; the share of the points that the questions pay for it, and words of the page.
CLASS: Mapping[str, tuple[str | None, bool, str]] = {
    "honest": (RIGHT, True, "passed"),
    "untouched": (None, False, "not attempted"),
    "wrong": (WRONG, False, "You took the mean of each column"),
}
POINTS = 2.0
SECRET = "what the class draws from"  # noqa: S105 - nobody is graded on these draws


@dataclass
class Walk:
    """`python` has the installed wheel; what a service did wrong is kept by its name."""

    python: Path
    folder: Path
    say: Callable[[str], None]
    failed: dict[str, list[str]] = field(default_factory=dict)

    def go(self) -> None:
        """Make the course, then walk each service."""
        course = self.folder / "course"
        self._grader(self.folder, "new", "course", course.name)
        self._grader(course, "new", "unit", "tables")
        self._grader(course, "release")
        (course / "classroom").mkdir(exist_ok=True)
        (course / "classroom" / "secret").write_text(f"{SECRET}\n", encoding="utf-8")
        programs = stand_ins(self.folder / "programs")
        services = {"gradescope": _gradescope, "github": _forge, "gitlab": _forge}
        for name, service in services.items():
            self.failed[name] = []
            service(self, name, course, environment(programs, self.folder / "home"))
            self.say(f"{name}: {'; '.join(self.failed[name]) or 'as it should be'}")

    def expect(self, service: str, what: str, found: object, wanted: object) -> None:
        """Keep what is not as it should be."""
        if found != wanted:
            self.failed[service].append(f"{what}: {found!r}, expected {wanted!r}")

    def make(self, course: Path, *words: str) -> None:
        """Run one of our commands in the course."""
        self._grader(course, *words)

    def _grader(self, folder: Path, *words: str) -> None:
        self.say(f"grader {' '.join(words)}")
        home = self.folder / "author"
        home.mkdir(exist_ok=True)
        kept = {name: os.environ[name] for name in ("LANG", "TMPDIR") if name in os.environ}
        path = f"{self.python.parent}:/usr/bin:/bin"
        ran = subprocess.run(
            [self.python, "-m", "grader", *words],
            cwd=folder,
            env={**kept, "HOME": str(home), "PATH": path, "OMP_NUM_THREADS": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr


def _gradescope(walk: Walk, name: str, course: Path, environ: dict[str, str]) -> None:
    """`setup.sh` once, then `run_autograder` for each."""
    base = walk.folder / name
    walk.make(course, name, UNIT, "--to", str(walk.folder / "autograder.zip"))
    with zipfile.ZipFile(walk.folder / "autograder.zip") as archive:
        archive.extractall(base / "source")
    _installed(walk, base / "source" / "course")
    environ = {**environ, "AUTOGRADER": str(base)}
    ran = _script(base / "source" / "setup.sh", environ)
    walk.expect(name, f"setup.sh\n{ran.said}\n", ran.code, 0)
    for who, (answer, is_right, words) in CLASS.items():
        for part in ("submission", "results"):
            shutil.rmtree(base / part, ignore_errors=True)
            (base / part).mkdir(parents=True)
        (base / "submission_metadata.json").write_text("{}", encoding="utf-8")
        _hand_in(course, base / "submission" / FILE, answer)
        ran = _script(base / "source" / "run_autograder", environ)
        walk.expect(name, f"{who}: exit code\n{ran.said}\n", ran.code, 0)
        told = json.loads((base / "results" / "results.json").read_text("utf-8"))
        walk.expect(name, f"{who}: points", told.get("score"), POINTS if is_right else 0.0)
        shown = json.dumps(told["tests"])
        walk.expect(name, f"{who}: {words} in {shown}", words in shown, wanted=True)


def _forge(walk: Walk, name: str, course: Path, environ: dict[str, str]) -> None:
    """The learners' workflow in each repository, then the teacher's for all of them."""
    made = walk.folder / name
    walk.make(course, "forge", name, UNIT, "--fail-under", "100%", "--to", str(made))
    summary = walk.folder / f"{name}-summary.md"
    forge = walk.folder / f"{name}-server"
    for who, (answer, is_right, words) in CLASS.items():
        here = made / "learners"
        _hand_in(course, here / "notebooks" / UNIT / FILE, answer)
        _push(here, forge / "class" / f"tables-{who}.git", environ)
        _installed(walk, here)
        ran = _run(name, here, "self-check", environ, summary, forge)
        walk.expect(name, f"{who}, own check: exit code\n{ran.said}\n", ran.code, int(not is_right))
        walk.expect(name, f"{who}, own check: {words}", words in ran.said, wanted=True)
        told = [path.exists() for path in ran.kept] + (
            [summary.exists()] if name == "github" else []
        )
        walk.expect(name, f"{who}, own check: a report", told, [True])
    here = made / "teacher"
    with (here / "learners.txt").open("a", encoding="utf-8") as file:
        file.writelines(f"class/tables-{who} {who}\n" for who in CLASS)
    _installed(walk, here)
    secrets = [path for path in made.rglob("*") if path.is_file() and path.name == "secret"]
    walk.expect(name, "secrets in what was written", secrets, [])
    ran = _run(name, here, "grade", environ, summary, forge)
    walk.expect(name, f"grading: exit code\n{ran.said}\n", ran.code, 0)
    wanted = {who: POINTS if is_right else 0.0 for who, (_, is_right, _) in CLASS.items()}
    walk.expect(name, f"marks\n{ran.said}\n", _marks(here / "classroom" / "report"), wanted)
    walk.expect(name, "what is kept", [path.is_dir() for path in ran.kept], [True, True])
    pages = "".join(p.read_text("utf-8") for p in here.glob("classroom/feedback/wrong/**/*.html"))
    walk.expect(name, "a page of feedback", CLASS["wrong"][2] in pages, wanted=True)
    _unread(walk, name, here, environ, summary, forge)


def _unread(
    walk: Walk, name: str, here: Path, environ: dict[str, str], summary: Path, forge: Path
) -> None:
    """A repository that is not there makes the job fail, and takes nobody else's mark."""
    with (here / "learners.txt").open("a", encoding="utf-8") as file:
        file.write("class/nobody\n")
    ran = _run(name, here, "grade", environ, summary, forge)
    walk.expect(name, f"a repository that is not there\n{ran.said}\n", ran.code, 1)
    walk.expect(name, "it is named", "class/nobody cannot be read" in ran.said, wanted=True)
    walk.expect(name, "others' marks", len(_marks(here / "classroom" / "report")), len(CLASS))


def _run(
    name: str, here: Path, workflow: str, environ: dict[str, str], summary: Path, forge: Path
) -> Ran:
    """Run a job as its forge does, with what that one keeps and sets."""
    server, kept = forge.as_uri(), {"GRADER_SECRET": SECRET, "LEARNERS_TOKEN": "a token"}
    is_teachers = workflow == "grade"
    if name == "gitlab":
        own = {"GITLAB_CI": "true", "CI_SERVER_URL": server, **(kept if is_teachers else {})}
        return run_gitlab(here, {**environ, **own})
    known = {"github.server_url": server, "github.ref": "refs/heads/main"}
    if is_teachers:
        known |= {f"secrets.{key}": value for key, value in kept.items()}
    own = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary)}
    return run_github(here, f".github/workflows/{workflow}.yml", known, {**environ, **own})


def _script(path: Path, environ: Mapping[str, str]) -> Ran:
    ran = subprocess.run(
        ["bash", path], env=dict(environ), capture_output=True, text=True, check=False
    )
    return Ran(ran.returncode, ran.stdout + ran.stderr)


def _installed(walk: Walk, folder: Path) -> None:
    """The packages that an index would bring are there; the steps install the course's own."""
    if not (folder / ".venv").exists():
        (folder / ".venv").symlink_to(walk.python.parents[1])


def _hand_in(course: Path, path: Path, answer: str | None) -> None:
    notebook: Any = nbformat.read(course / "notebooks" / UNIT / FILE, as_version=4)
    for cell in notebook.cells:
        if answer is not None and cell.id == answer_cell(QUESTION):
            cell.source = answer
    path.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")


def _push(folder: Path, bare: Path, environ: Mapping[str, str]) -> None:
    """Commit all of a folder, and copy that to where the forge keeps it."""
    who = ["-c", "user.name=learner", "-c", "user.email=learner@localhost"]
    bare.parent.mkdir(parents=True, exist_ok=True)
    for words in (
        ["init", "--quiet", "."],
        ["add", "--all"],
        [*who, "commit", "--quiet", "--allow-empty", "--message", "Work"],
        ["clone", "--quiet", "--bare", ".", str(bare)],
    ):
        subprocess.run(["git", *words], cwd=folder, env=dict(environ), check=True)


def _marks(report: Path) -> dict[str, float]:
    marks: dict[str, float] = {}
    for path in report.glob(f"{UNIT}*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            marks |= {row["student"]: float(row["score"]) for row in csv.DictReader(file)}
    return marks
