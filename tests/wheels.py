"""The package as somebody installs it: a wheel, and a Python that has it and nothing of a clone."""

import os
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BUILD = "from setuptools.build_meta import build_wheel; print(build_wheel({folder!r}))"
SOURCES = ("grader", "docs/package.md", "pyproject.toml", "LICENSE")


def build_wheel(place: Path) -> Path:
    """Build the wheel in `place`, from a copy of the sources: setuptools leaves folders behind."""
    copy = place / "copy"
    (copy / "docs").mkdir(parents=True)
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(
                ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", "*.pyc")
            )
        else:
            shutil.copyfile(ROOT / name, copy / name)
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


def install(wheel: Path, place: Path, packages: Path | None = None) -> Path:
    """The Python of a new environment in `place` that holds the wheel, with no pip.

    `packages`: a folder of installed packages that it gets as well, but for this one.
    """
    venv.create(place, with_pip=False, symlinks=os.name != "nt")
    python = place / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    told = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        capture_output=True,
        text=True,
        check=True,
    )
    folder = Path(told.stdout.strip())
    if packages is not None:
        shutil.copytree(
            packages,
            folder,
            copy_function=_link,
            ignore=shutil.ignore_patterns("grader*", "__editable__*", "__pycache__"),
            dirs_exist_ok=True,
        )
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(folder)  # what pip does with a wheel of plain files
    return python


def _link(source: str, target: str) -> None:
    """The same file under another name, where the disk allows: packages are a gigabyte."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
