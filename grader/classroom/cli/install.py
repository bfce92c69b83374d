"""`grader install`: what learning, grading or developing needs, into `.venv`; one line a step.

Reads the requirements files beside the package and uses Python's standard library alone, so that it
works in a fresh clone and in a hand-out, on every system.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from grader.core.errors import SetupError, UsageError

if TYPE_CHECKING:
    from grader.classroom.cli import Subparsers

FILES = {
    "learn": "requirements.txt",
    "grade": "requirements-grade.txt",
    "develop": "requirements-develop.txt",
}
VENV = ".venv"
_TOLD_LINES = 6
_QUIET_SECONDS = 30.0


def add(subparsers: "Subparsers") -> None:
    """Declare `grader install [learn|grade|develop]`."""
    verb = subparsers.add_parser("install", help="install what learning (or grading) needs")
    verb.add_argument(
        "use", nargs="?", default="learn", metavar="USE", help=f"{', '.join(FILES)} (learn)"
    )
    verb.add_argument(
        "--here", action="store_true", help="into the Python that runs this, not into .venv"
    )
    verb.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Install; say each step with its size."""
    home = Path(__file__).resolve().parents[3]
    if arguments.use not in FILES:
        message = f"{arguments.use!r} is nothing to install for; there are: {', '.join(FILES)}."
        raise UsageError(message)
    wanted = home / FILES[arguments.use]
    if not wanted.is_file():
        there = [use for use, name in FILES.items() if (home / name).is_file()]
        message = (
            f"{wanted} is not there, so this copy cannot install what it takes to "
            f"{arguments.use}. Here is what it takes to: {', '.join(there) or 'nothing'}. A clone "
            "of the course has all of it."
        )
        raise SetupError(message)
    print(f"[1/4] Python {'.'.join(map(str, sys.version_info[:3]))}: {sys.executable}", flush=True)
    python = Path(sys.executable) if arguments.here else _environment(home)
    count = len(pins(wanted))
    print(f"[3/4] installing {count} packages to {arguments.use}; minutes at first", flush=True)
    before = _size(python)
    _pip(python, ["-r", str(wanted)], home)
    _pip(python, ["--no-deps", "--no-build-isolation", "-e", str(home)], home)
    now = _size(python)
    print(f"[4/4] done: {_megabytes(now - before)} new, {_megabytes(now)} in all", flush=True)
    print(_next(python, arguments.use))
    return 0


def pins(path: Path) -> list[str]:
    """The lines of a requirements file and of those that it begins with (`-r`), as they stand."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        word = line.strip()
        if word.startswith("-r "):
            found += pins(path.parent / word.removeprefix("-r ").strip())
        elif word and not word.startswith("#"):
            found.append(word)
    return found


def _environment(home: Path) -> Path:
    """The Python of `.venv`, which is made where it is not."""
    folder = home / VENV
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if python.is_file():
        print(f"[2/4] {folder} is there", flush=True)
        return python
    print(f"[2/4] making {folder}", flush=True)
    done = subprocess.run(
        [sys.executable, "-m", "venv", str(folder)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        message = (
            f"{folder} could not be made: {_last(done.stdout + done.stderr)}\nOn Debian and "
            f"Ubuntu, `sudo apt-get install python{version}-venv` brings what Python lacks there."
        )
        raise SetupError(message)
    return python


def _pip(python: Path, words: Sequence[str], home: Path) -> None:
    command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    before = _size(python)
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as said:
        process = subprocess.Popen([*command, *words], cwd=home, stdout=said, stderr=said)
        while process.poll() is None:
            try:
                process.wait(_QUIET_SECONDS)
            except subprocess.TimeoutExpired:
                new = _megabytes(_size(python) - before)
                print(f"      still at it: {new} installed so far", flush=True)
        said.seek(0)
        told = said.read()
    if process.returncode:
        message = (
            f"pip could not install everything: {_last(told)}\nThe versions "
            "are tested with Python 3.11 to 3.14. Is there a network, and room on the disk? The "
            "same command goes on where this one stopped."
        )
        raise SetupError(message)


def _last(said: str) -> str:
    """The end of what a program said, without the list of all versions that pip knows."""
    lines = [line for line in said.splitlines() if line.strip() and "Ignored the foll" not in line]
    return "\n".join(line[:300] for line in lines[-_TOLD_LINES:])


def _size(python: Path) -> int:
    """Bytes of all that is installed for this Python."""
    top = python.parents[1]
    places = [top] if top.name == VENV else []
    return sum(
        os.lstat(os.path.join(folder, name)).st_size  # noqa: PTH118 - tens of thousands of files
        for place in places
        for folder, _, names in os.walk(place)
        for name in names
    )


def _megabytes(count: int) -> str:
    return f"{count / 1e6:.0f} MB"


def _next(python: Path, use: str) -> str:
    command = {"learn": "lab", "grade": "grade --sample", "develop": "doctor"}[use]
    return f"Next: {python} -m grader {command}"
