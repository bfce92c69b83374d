"""Versions: one of the package, one of each library, and ranges that hold them."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import grader


@pytest.fixture(scope="module")
def project(root: Path) -> dict[str, Any]:
    """The `project` table of pyproject.toml."""
    table: dict[str, Any] = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    return table


@pytest.fixture(scope="module")
def pins(root: Path) -> dict[str, Requirement]:
    """Every line of requirements.txt by its normalised name."""
    lines = (root / "requirements.txt").read_text().splitlines()
    wanted = [Requirement(line) for line in lines if line and not line.startswith("#")]
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


def test_conda_installs_the_same_file(root: Path) -> None:
    """environment.yml adds Python and nothing else of its own."""
    lines = [line.strip() for line in (root / "environment.yml").read_text().splitlines()]
    assert lines.count("- -r requirements.txt") == 1
    items = [line.removeprefix("- ") for line in lines if line.startswith("- ")]
    assert items == ["conda-forge", "python=3.11", "pip", "pip:", "-r requirements.txt"]
