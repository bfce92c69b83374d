"""The autograder zip, laid out and run as Gradescope does it."""

import json
import os
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

from grader.classroom.cli import main
from grader.classroom.course_paths import Course
from grader.classroom.publish import gradescope_archive
from grader.core.errors import SetupError, UsageError
from tests.environments import no_environment, open_environment, open_folder
from tests.exchange.conftest import release_toys

UNIT = "01_toy"
RIGHT, WRONG = "def double(x):\n    return x + x", "def double(x):\n    return x * x"


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    root = release_toys(tmp_path_factory.mktemp("gradescope") / "course")
    return Course(root, root / "classroom")


def test_the_zip_holds_what_one_unit_takes_and_is_the_same_each_time(
    course: Course, tmp_path: Path
) -> None:
    made = gradescope_archive.make(course, UNIT, tmp_path / "a.zip")
    with zipfile.ZipFile(made) as archive:
        names = set(archive.namelist())
        programs = {i.filename for i in archive.infolist() if i.external_attr >> 16 & 0o111}
    assert programs == {"setup.sh", "run_autograder"}
    wanted = {f"course/notebooks/{UNIT}/toy.ipynb", f"course/solutions/{UNIT}/lesson.py"}
    wanted |= {"course/requirements-grade.txt", "course/pyproject.toml", "course/build/one/secret"}
    assert wanted <= names
    assert not [name for name in names if name.endswith(".db") or "course/classroom/" in name]
    again = gradescope_archive.make(course, UNIT, tmp_path / "b.zip")
    assert again.read_bytes() == made.read_bytes()
    made.write_text("mine")
    with pytest.raises(UsageError, match="is another file"):
        gradescope_archive.make(course, UNIT, made)


def test_a_unit_that_was_not_released_makes_none(course: Course, tmp_path: Path) -> None:
    root = shutil.copytree(course.root, tmp_path / "course")
    shutil.rmtree(root / "notebooks")
    with pytest.raises(SetupError, match="is not released"):
        gradescope_archive.make(Course(root, root / "classroom"), UNIT)


def test_the_command_says_what_to_do_with_it(
    course: Course, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(course.root)
    assert main(["gradescope", UNIT]) == 0
    said = capsys.readouterr().out
    assert (course.root / "build" / "gradescope" / f"{UNIT}.zip").is_file()
    assert "give it to nobody else" in said
    assert main(["gradescope", "02_other"]) == 2
    assert "02_other" in capsys.readouterr().err


@pytest.fixture(scope="module")
def service(course: Course) -> "Iterator[tuple[Path, dict[str, str]]]":
    """The service's folder, the zip unpacked in `source`, and its scripts' environment."""
    with open_folder() as base:
        with zipfile.ZipFile(gradescope_archive.make(course, UNIT)) as archive:
            archive.extractall(base / "source")
        yield base, {"PATH": os.environ["PATH"], "AUTOGRADER": str(base), "HOME": str(base)}


def hand_in(base: Path, course: Course, answers: dict[str, str]) -> None:
    """Lay out `submission/` and an empty `results/`."""
    for name in ("submission", "results"):
        shutil.rmtree(base / name, ignore_errors=True)
        (base / name).mkdir()
    (base / "submission_metadata.json").write_text('{"users": []}')
    for name, source in answers.items():
        notebook = nbformat.read(course.released(UNIT), as_version=4)
        cell = next(cell for cell in notebook.cells if cell.id == "toy-double-answer")
        cell.source = source
        nbformat.write(notebook, base / "submission" / name)


@pytest.mark.sandbox
@pytest.mark.slow
def test_each_submission_gets_its_results(
    course: Course, service: "tuple[Path, dict[str, str]]"
) -> None:
    lacking = no_environment() if os.geteuid() == 0 else "Gradescope's scripts run as root"
    if lacking:
        pytest.skip(f"NOT TESTED: {lacking}")
    base, environment = service

    def run(**answers: str) -> dict[str, object]:
        hand_in(base, course, {f"{name}.ipynb": source for name, source in answers.items()})
        script = ["bash", str(base / "source" / "run_autograder")]
        done = subprocess.run(script, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        found: dict[str, object] = json.loads((base / "results" / "results.json").read_text())
        return found

    with open_environment() as python:
        # what setup.sh would have installed
        (base / "source" / "course" / ".venv").symlink_to(python.parents[1])
        right = run(toy=RIGHT)
        assert (right["score"], right["extra_data"]) == (2.0, {"device": "cpu", "sandbox": "warm"})
        wrong = run(anything=WRONG)
        assert wrong["score"] == 0.0
        assert "twice x is x + x" in json.dumps(wrong["tests"])
        none = run()
        assert "score" not in none
        assert "No notebook" in str(none["output"])
        both = run(a=RIGHT, b=RIGHT)
        assert "2 notebooks were handed in: a.ipynb, b.ipynb" in str(both["output"])
        # a container that allows no namespaces: bubblewrap fails, and nothing else does
        (base / "bin").mkdir()
        refusing = base / "bin" / "bwrap"
        refusing.write_text(
            "#!/bin/sh\necho 'No permissions to create new namespace' >&2\nexit 1\n"
        )
        refusing.chmod(0o755)
        environment = {**environment, "PATH": f"{base / 'bin'}:{environment['PATH']}"}
        other = run(toy=RIGHT)
        assert (other["score"], other["extra_data"]) == (2.0, {"device": "cpu", "sandbox": "user"})
        spy = f"def double(x):\n    open({str(base / 'source/course/build/one/secret')!r})\n"
        assert run(toy=spy)["score"] == 0.0
