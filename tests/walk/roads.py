"""How work reaches the class: nbgrader's exchange, or a platform's archive and `grader collect`."""

import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from tests.walk.ground import Ground
from tests.walk.people import Learner

_LIBRARY = Path(__file__).resolve().parents[2]
Road = Callable[[Ground, Path, Mapping[Learner, bytes]], None]


def by_archive(ground: Ground, folder: Path, handed: Mapping[Learner, bytes]) -> None:
    """What Moodle hands out: a folder for each person in one archive."""
    archive = folder / f"class-{len(list(folder.glob('class-*.zip')))}.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for number, (learner, data) in enumerate(handed.items(), start=71001):
            name = f"{learner.first} {learner.last}_{number}_assignsubmission_file"
            file.writestr(f"{name}/{ground.file}", data)
    words = ("collect", str(archive), "--from", "moodle", "--unit", ground.unit)
    grader(ground, *words, expect=(0, 1))  # 1: what is no notebook is placed by hand
    for learner, data in handed.items():
        path = ground.course.submission(ground.unit, learner.student)
        if not path.is_file():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)


def by_exchange(ground: Ground, folder: Path, handed: Mapping[Learner, bytes]) -> None:
    """Release, fetch, submit and collect with nbgrader's own commands."""
    exchange = folder / "exchange"
    exchange.mkdir(mode=0o777, exist_ok=True)
    exchange.chmod(0o777)
    nbgrader(ground.course.root, "release_assignment", ground.unit, "--force")
    for learner, data in handed.items():
        home = folder / "homes" / learner.student
        home.mkdir(parents=True, exist_ok=True)
        where = [f"--Exchange.root={exchange}", "--course=walk"]
        if not (home / ground.unit).is_dir():
            nbgrader(home, "fetch_assignment", ground.unit, *where)
        (home / ground.unit / ground.file).write_bytes(data)
        nbgrader(home, "submit", ground.unit, f"--student={learner.student}", *where)
    nbgrader(ground.course.root, "collect", ground.unit, "--update")


ROADS: Mapping[str, Road] = {"exchange": by_exchange, "zip": by_archive}


def nbgrader(folder: Path, *words: str) -> str:
    """One of nbgrader's commands, in `folder`; a failure is an error with its words."""
    return _run(folder, "nbgrader", *words, expect=(0,))


def grader(ground: Ground, *words: str, expect: Sequence[int] = (0,)) -> str:
    """One of our commands, in the course."""
    return _run(ground.course.root, "grader", *words, expect=expect)


def _run(folder: Path, *words: str, expect: Sequence[int]) -> str:
    own = folder / ".jupyter"  # what somebody is known to have fetched is kept there
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONPATH": f"{_LIBRARY}:{Path(pytest.__file__).parents[1]}",
        "JUPYTER_DATA_DIR": str(own / "data"),
        "JUPYTER_CONFIG_DIR": str(own / "config"),
        "OMP_NUM_THREADS": "1",
    }
    done = subprocess.run(
        [sys.executable, "-m", *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    said = done.stdout + done.stderr
    assert done.returncode in expect, f"{' '.join(words)}: {done.returncode}\n{said}"
    return done.stdout
