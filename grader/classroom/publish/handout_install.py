"""What installs a hand-out: the course's own files, else those that the installed package gives.

A clone has a `requirements.txt` whose versions were tested together, and its `pyproject.toml`. A
course of somebody's own has neither; its learners get the versions that its author works with.
"""

from importlib.metadata import PackageNotFoundError, metadata, requires, version
from pathlib import Path

from packaging.requirements import Requirement
from packaging.version import Version

import grader
from grader.core.errors import SetupError

PINS, PROJECT = "requirements.txt", "pyproject.toml"
PINS_TO_GRADE = "requirements-grade.txt"
_NAME = "grader"
# `grader install` builds the package with what is there, and asks for nothing else.
_BACKEND, _BACKENDS = "setuptools", "setuptools>=77"


def installing(root: Path) -> dict[str, bytes]:
    """The two files that `grader install` reads, for the course at `root`.

    Raises SetupError where the package that runs is not installed, so that nothing is known of it.
    """
    own = {name: root / name for name in (PINS, PROJECT)}
    if all(path.is_file() for path in own.values()):
        return {name: path.read_bytes() for name, path in own.items()}
    try:
        return {PINS: f"{_pins()}{_backend()}\n".encode(), PROJECT: _project().encode()}
    except PackageNotFoundError as error:
        message = (
            f"{root} has no {PINS} and {PROJECT}, and the installed packages cannot tell what "
            f"learners need: {error}. Install the package (`pip install`), or put both files there."
        )
        raise SetupError(message) from error


def installing_to_grade(root: Path) -> dict[str, bytes]:
    """The three files that `grader install grade` reads, for the course at `root`.

    Raises SetupError where the package that runs is not installed, so that nothing is known of it.
    """
    found, own = installing(root), root / PINS_TO_GRADE
    if own.is_file() and (root / PINS).is_file():
        return {**found, PINS_TO_GRADE: own.read_bytes()}
    return {**found, PINS_TO_GRADE: f"-r {PINS}\n{_pins('classroom')}".encode()}


def _needed(extra: str = "") -> list[Requirement]:
    """What the package needs to learn, or with an extra's name what that adds to it."""
    found = [Requirement(line) for line in requires(_NAME) or ()]
    always = [each for each in found if each.marker is None or each.marker.evaluate({"extra": ""})]
    if not extra:
        return always
    with_it = [each for each in found if each.marker and each.marker.evaluate({"extra": extra})]
    return [each for each in with_it if each not in always]


def _pins(extra: str = "") -> str:
    lines = [f"{each.name}=={Version(version(each.name)).public}" for each in _needed(extra)]
    return "\n".join(["# The versions that this course was made with.", *sorted(lines), ""])


def _backend() -> str:
    """What builds the package: this Python's own, or where it has none any that can."""
    try:
        return f"{_BACKEND}=={version(_BACKEND)}"
    except PackageNotFoundError:
        return _BACKENDS


def _project() -> str:
    about = metadata(_NAME)
    needed = "".join(f'    "{each.name}{each.specifier}",\n' for each in _needed())
    return f"""[build-system]
requires = ["{_BACKENDS}"]
build-backend = "setuptools.build_meta"

[project]
name = "{_NAME}"
version = "{grader.__version__}"
requires-python = "{about["Requires-Python"]}"
dependencies = [
{needed}]

[project.scripts]
grader = "grader.classroom.cli:main"

[tool.setuptools.packages.find]
include = ["grader*"]

[tool.setuptools.package-data]
grader = ["py.typed", "**/*.*"]
"""
