"""What every user of the machine may enter: a folder, and a Python with this one's packages."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SYSTEM = Path("/usr/bin/python3")
PACKAGES = Path(pytest.__file__).parents[1]


def no_environment() -> str:
    """Why `open_environment` cannot make one; empty where it can."""
    same = f"{sys.version_info.major}.{sys.version_info.minor}"
    is_same = SYSTEM.resolve().name.endswith(same)
    return "" if is_same else f"{SYSTEM} is not Python {same}, and this one is its owner's alone"


@contextmanager
def open_folder() -> Iterator[Path]:
    """An empty folder that everybody may enter; those of pytest are their owner's alone."""
    with tempfile.TemporaryDirectory(prefix="open-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


@contextmanager
def open_environment() -> Iterator[Path]:
    """An environment of the system's Python with this one's packages, which everybody may read.

    Its files are links to this one's, so it lies on the same disk.
    """
    (ROOT / "build").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=ROOT / "build", prefix="python-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        subprocess.run([SYSTEM, "-m", "venv", "--without-pip", folder], check=True)
        (site,) = folder.glob("lib/python*/site-packages")
        shutil.copytree(PACKAGES, site, copy_function=os.link, symlinks=True, dirs_exist_ok=True)
        (site / "course.pth").write_text(f"{ROOT}\n", encoding="utf-8")
        for part in ("share", "etc"):
            (folder / part).symlink_to(Path(sys.prefix) / part)
        yield _with_alembic(folder)


def _with_alembic(folder: Path) -> Path:
    """Add `alembic`, which nbgrader starts by its name; returns the environment's Python."""
    python = folder / "bin" / "python"
    alembic = folder / "bin" / "alembic"
    alembic.write_text(f"#!{python}\nfrom alembic.config import main\nmain()\n", encoding="utf-8")
    alembic.chmod(0o755)
    return python
