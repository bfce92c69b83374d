"""The built wheel where nothing else is: its command starts, and says what is missing."""

import os
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

import grader

BUILD = "from setuptools.build_meta import build_wheel; print(build_wheel({folder!r}))"
SOURCES = ("grader", "docs/package.md", "pyproject.toml", "LICENSE")


@pytest.fixture(scope="module")
def wheel(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy of the sources: setuptools leaves folders where it works."""
    place = tmp_path_factory.mktemp("wheel")
    copy = place / "copy"
    (copy / "docs").mkdir(parents=True)
    for name in SOURCES:
        if (root / name).is_dir():
            shutil.copytree(
                root / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", "*.pyc")
            )
        else:
            shutil.copyfile(root / name, copy / name)
    ran = subprocess.run(
        [sys.executable, "-c", BUILD.format(folder=str(place))],
        cwd=copy,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    [found] = place.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def bare(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment that holds the wheel alone, with no pip and no setuptools."""
    place = tmp_path_factory.mktemp("bare")
    venv.create(place, with_pip=False, symlinks=os.name != "nt")
    python = place / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    told = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        capture_output=True,
        text=True,
        check=True,
    )
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(told.stdout.strip())  # what pip does with a wheel of plain files
    return python


def run(python: Path, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """`grader WORDS` in an empty folder, where no clone is found."""
    return subprocess.run(
        [python, "-I", "-m", "grader", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_wheel_holds_the_whole_package_and_nothing_else(wheel: Path, root: Path) -> None:
    """Every module, page script, template and JSON file; no test, no solution."""
    with zipfile.ZipFile(wheel) as packed:
        names = {name for name in packed.namelist() if ".dist-info/" not in name}
        [told] = [name for name in packed.namelist() if name.endswith("METADATA")]
        metadata = packed.read(told).decode()
    ours = (path for path in (root / "grader").rglob("*") if path.is_file())
    expected = {str(p.relative_to(root)) for p in ours if "__pycache__" not in p.parts}
    assert names == expected
    assert f"Version: {grader.__version__}\n" in metadata
    assert "Provides-Extra: classroom\n" in metadata


def test_its_help_needs_nothing_but_python(bare: Path, tmp_path: Path) -> None:
    ran = run(bare, tmp_path, "--help")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "doctor" in ran.stdout


def test_its_doctor_needs_nothing_but_python(bare: Path, tmp_path: Path) -> None:
    """It finds much missing, which is what it is for."""
    ran = run(bare, tmp_path, "doctor")
    assert (ran.returncode, ran.stderr) == (2, "")
    assert "missing torch" in ran.stdout


@pytest.mark.parametrize(
    ("words", "remedy"),
    [
        (("grade", "01_rnn"), 'pip install "grader[classroom]"'),
        (("one", "rnn.ipynb"), 'pip install "grader[classroom]"'),
        (("lab",), 'pip install "grader"'),
    ],
)
def test_a_command_names_the_extra_that_it_lacks(
    bare: Path, tmp_path: Path, words: tuple[str, ...], remedy: str
) -> None:
    """A sentence with the package and the command, not a traceback."""
    ran = run(bare, tmp_path, *words)
    assert ran.returncode == 2
    assert f"`{remedy}` brings it" in ran.stderr
    assert "Traceback" not in ran.stderr
