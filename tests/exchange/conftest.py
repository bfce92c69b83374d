"""A class with nbgrader's exchange: a teacher, and learners who are other users of the machine.

Where the tests run as root, learners are two of the system's own users, so that every right is
really asked for; elsewhere they are the same user with homes of their own.
"""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest

from grader.classroom.course_paths import Course
from grader.classroom.nbgrader.generation import generate
from grader.classroom.publish.releasing import release
from tests.environments import SYSTEM

ROOT = Path(__file__).resolve().parents[2]
FIXTURE = ROOT / "tests" / "fixtures" / "course"
UNIT, CLASS = "01_toy", "toys"
RECIPE = """
import numpy as np

CLASSES = ("up", "down")


def draw(seed):
    def split(number):
        rng = np.random.default_rng([seed, number])
        x = rng.normal(size=(40, 5, 3)).astype(np.float32)
        return {"x": x, "y": np.arange(40) % 2, "wrong": np.zeros(40, bool)}

    return {"train": split(0), "val": split(1), "hidden": split(2)}
"""


@dataclass(frozen=True)
class Person:
    """Somebody at a terminal: `python` runs as `user`, at home in `home`."""

    name: str
    home: Path
    python: str
    user: int | None = None

    def run(self, *words: str, expect: int | None = 0, cwd: Path | None = None) -> str:
        """Run `python -m …` and return all that it printed; `expect`: its exit code."""
        packages = Path(pytest.__file__).parents[1]
        environment = {
            "PATH": "/usr/bin:/bin",
            "HOME": str(self.home),
            "PYTHONPATH": f"{ROOT}:{packages}",
            "JUPYTER_PLATFORM_DIRS": "1",
            "MPLBACKEND": "agg",
            "OMP_NUM_THREADS": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        done = subprocess.run(
            [self.python, "-m", *words],
            cwd=cwd or self.home,
            env=environment,
            user=self.user,
            group=self.user if self.user is None else pwd.getpwuid(self.user).pw_gid,
            extra_groups=None if self.user is None else [],
            capture_output=True,
            text=True,
            check=False,
        )
        said = done.stdout + done.stderr
        assert expect is None or done.returncode == expect, said
        return said


@dataclass(frozen=True)
class Classroom:
    """The teacher's course, the exchange folder, and two learners."""

    course: Course
    exchange: Path
    teacher: Person
    learners: tuple[Person, Person]

    def teach(self, verb: str, *words: str, expect: int = 0) -> str:
        """Run one of nbgrader's commands in the course's folder."""
        return self.teacher.run("nbgrader", verb, *words, expect=expect, cwd=self.course.root)

    def learn(self, learner: Person, verb: str, *words: str, expect: int = 0) -> str:
        """Run one of nbgrader's commands in a learner's home, with no configuration at all."""
        where = [f"--Exchange.root={self.exchange}", f"--course={CLASS}"]
        return learner.run("nbgrader", verb, *words, *where, expect=expect)

    def answer(self, learner: Person, source: str) -> None:
        """Write into the learner's fetched notebook, as the learner."""
        path = learner.home / UNIT / "toy.ipynb"
        notebook = nbformat.read(path, as_version=4)
        cell = next(cell for cell in notebook.cells if cell.id == "toy-double-answer")
        cell.source = source
        path.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")


def _ordinary_users() -> list[pwd.struct_passwd]:
    """Two of the system's users who own nothing; none where learners cannot be other users."""
    same = f"{sys.version_info.major}.{sys.version_info.minor}"
    if os.geteuid() != 0 or not SYSTEM.resolve().name.endswith(same):
        return []
    wanted = ("games", "news", "mail", "uucp", "nobody")
    known = {user.pw_name: user for user in pwd.getpwall()}
    return [known[name] for name in wanted if name in known][:2]


@pytest.fixture(scope="session")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return release_toys(tmp_path_factory.mktemp("exchange") / "course")


def release_toys(root: Path) -> Path:
    """Make a course of one small unit with a data set at `root`, and release it."""
    shutil.copytree(FIXTURE, root, ignore=shutil.ignore_patterns("__pycache__"))
    beeps = root / "data" / "beeps"
    beeps.mkdir(parents=True)
    (beeps / "recipe.py").write_text(RECIPE)
    (beeps / "README.md").write_text("made for a test\n")
    made = "import numpy as np, recipe; d = recipe.draw(7); np.savez('beeps.npz', **{"
    made += "f'{p}_{k}': v for p in ('train', 'val') for k, v in d[p].items()})"
    subprocess.run([sys.executable, "-B", "-c", made], cwd=beeps, check=True)
    lesson = root / "solutions" / UNIT / "lesson.py"
    text = lesson.read_text().replace(
        "from grader import lab\n", 'from grader import lab\n\nbeeps = lab.load("beeps")\n'
    )
    lesson.write_text(text)
    config = root / "nbgrader_config.py"
    config.write_text(
        config.read_text()
        + f'\nc.CourseDirectory.course_id = "{CLASS}"\n'
        + 'c.Exchange.root = str(Path(__file__).parent.parent / "exchange")\n'
    )
    release(Course(root, root / "classroom"), UNIT, generate)
    return root


@pytest.fixture
def classroom(released: Path) -> Iterator[Classroom]:
    """A released course with an empty exchange; nobody has fetched anything."""
    with tempfile.TemporaryDirectory(prefix="class-", ignore_cleanup_errors=True) as folder:
        place = Path(folder)
        place.chmod(0o755)
        root = place / "teacher" / "course"
        shutil.copytree(released, root)
        (root / "classroom").mkdir(exist_ok=True)
        text = (root / "nbgrader_config.py").read_text()
        (root / "nbgrader_config.py").write_text(
            text.replace("get_config(), root", "c, root").replace(
                "configure(c", "c = get_config()\nconfigure(c"
            )
        )
        exchange = root.parent / "exchange"
        exchange.mkdir(mode=0o777)
        exchange.chmod(0o777)
        learners = (_learner(place, 0), _learner(place, 1))
        teacher = Person("teacher", place / "teacher", sys.executable)
        yield Classroom(Course(root, root / "classroom"), exchange, teacher, learners)


def _learner(place: Path, number: int) -> Person:
    users = _ordinary_users()
    name = users[number].pw_name if users else ("ann", "bob")[number]
    home = place / name
    home.mkdir(mode=0o700)
    if not users:
        return Person(name, home, sys.executable)
    os.chown(home, users[number].pw_uid, users[number].pw_gid)
    return Person(name, home, str(SYSTEM), users[number].pw_uid)
