"""The built wheel where nothing else is: its command starts, and says what is missing."""

import subprocess
import zipfile
from pathlib import Path

import pytest

import grader
from tests.wheels import build_wheel, install


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of these sources."""
    return build_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def bare(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment that holds the wheel alone, with no pip and no setuptools."""
    return install(wheel, tmp_path_factory.mktemp("bare"))


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
