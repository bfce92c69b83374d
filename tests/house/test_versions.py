"""Versions: one of the package, one of each library, and ranges that hold them."""

import re
import tomllib
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

import grader
from grader.classroom.cli import install

PYTHONS = ("3.11.0", "3.11.2", "3.12.0", "3.13.0", "3.14.0")


@pytest.fixture(scope="module")
def project(root: Path) -> dict[str, Any]:
    """The `project` table of pyproject.toml."""
    table: dict[str, Any] = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    return table


@pytest.fixture(scope="module")
def pins(root: Path) -> dict[str, Requirement]:
    """Every pin of the three requirements files by its normalised name."""
    wanted = [Requirement(line) for line in install.pins(root / install.FILES["develop"])]
    by_name = {canonicalize_name(requirement.name): requirement for requirement in wanted}
    assert len(by_name) == len(wanted), "a library is pinned twice"
    return {str(name): requirement for name, requirement in by_name.items()}


def test_the_newest_release_of_the_changelog_is_the_packages_version(root: Path) -> None:
    """Whoever raises the one raises the other; what is unreleased stands above it."""
    found = re.findall(r"^## (\S+)", (root / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert found[0] == "Unreleased"
    assert found[1] == grader.__version__


def test_every_pin_is_one_exact_version(pins: dict[str, Requirement]) -> None:
    """No range, no star, no local build such as +cpu."""
    loose = [
        str(pin)
        for pin in pins.values()
        if not re.fullmatch(r"==[0-9][0-9A-Za-z.]*", str(pin.specifier))
    ]
    assert loose == []


def test_every_dependency_is_pinned_within_its_range(
    project: dict[str, Any], pins: dict[str, Requirement]
) -> None:
    """What pyproject.toml asks for is what requirements.txt installs."""
    extras = project["optional-dependencies"]
    assert set(extras) == {"classroom", "dev"}
    asked = [*project["dependencies"], *extras["classroom"], *extras["dev"]]
    for requirement in map(Requirement, asked):
        pin = pins[canonicalize_name(requirement.name)]
        version = str(pin.specifier).removeprefix("==")
        assert requirement.specifier.contains(version), f"{pin} is outside of {requirement}"


@pytest.mark.parametrize("use", ["learn", "grade", "develop"])
def test_each_use_installs_what_it_needs_and_nothing_else(
    root: Path, project: dict[str, Any], use: str
) -> None:
    """What learning needs holds no linter, and nothing that pip would have to choose itself."""
    extras = project["optional-dependencies"]
    asked = [*project["dependencies"], "setuptools"]
    asked += [] if use == "learn" else extras["classroom"]
    asked += extras["dev"] if use == "develop" else []
    wanted = map(Requirement, install.pins(root / install.FILES[use]))
    pinned = {canonicalize_name(pin.name) for pin in wanted if not pin.marker or _is_here(pin)}
    assert pinned == _closure(asked)


def test_every_pin_installs_on_every_python_that_the_readme_promises(
    project: dict[str, Any], pins: dict[str, Requirement]
) -> None:
    """A pin that needs 3.11.5 would stop Debian 12's 3.11.2 with a page of pip's words."""
    assert project["requires-python"] == ">=3.11"
    stopped, others = [], []
    for name, pin in pins.items():
        if pin.marker and not _is_here(pin):
            continue
        found = distribution(name)
        if not pin.specifier.contains(found.version.partition("+")[0]):
            others.append(f"{name} {found.version}")
            continue
        says = "Requires-Python" in found.metadata  # old packages do not
        asked = SpecifierSet(found.metadata["Requires-Python"] if says else "")
        stopped += [f"{pin} on {v}: {asked}" for v in PYTHONS if not asked.contains(v)]
    assert stopped == []
    if others:
        pytest.skip(f"NOT TESTED: installed is not what is pinned: {', '.join(others)}")


def _is_here(pin: Requirement) -> bool:
    return pin.marker is None or pin.marker.evaluate()


def _closure(asked: list[str]) -> set[str]:
    """All that these requirements bring here, as the installed packages say it."""
    seen: set[tuple[str, tuple[str, ...]]] = set()
    left = [Requirement(line) for line in asked]
    while left:
        wanted = left.pop()
        key = (str(canonicalize_name(wanted.name)), tuple(sorted(wanted.extras)))
        if key in seen:
            continue
        seen.add(key)
        for requirement in map(Requirement, distribution(wanted.name).requires or []):
            extras = (*wanted.extras, "")
            marker = requirement.marker
            if marker is None or any(marker.evaluate({"extra": extra}) for extra in extras):
                left.append(requirement)
    return {name for name, _ in seen}


def test_conda_installs_the_same_file(root: Path) -> None:
    """environment.yml adds Python and nothing else of its own."""
    lines = [line.strip() for line in (root / "environment.yml").read_text().splitlines()]
    assert lines.count("- -r requirements.txt") == 1
    items = [line.removeprefix("- ") for line in lines if line.startswith("- ")]
    assert items == ["conda-forge", "python=3.11", "pip", "pip:", "-r requirements.txt"]
