"""What installs a hand-out, for a course that has no such files of its own."""

import tomllib
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from grader import __version__
from grader.classroom.publish import handout_install
from grader.classroom.publish.handout_install import PINS, PROJECT, installing
from grader.core.errors import SetupError


def test_the_project_is_the_package_with_what_it_needs_to_learn(tmp_path: Path) -> None:
    files = installing(tmp_path)
    project = tomllib.loads(files[PROJECT].decode())["project"]
    assert project["version"] == __version__
    pins = [Requirement(line) for line in files[PINS].decode().splitlines()[1:]]
    allowed = {each.name: each for each in map(Requirement, project["dependencies"])}
    assert {pin.name for pin in pins} == {*allowed, "setuptools"}  # which builds the package
    for pin in pins:
        if pin.name == "setuptools":
            continue
        (exact,) = pin.specifier
        assert exact.operator == "=="
        assert allowed[pin.name].specifier.contains(exact.version, prereleases=True)
    assert "nbgrader" not in allowed


def test_one_file_alone_is_not_taken(tmp_path: Path) -> None:
    """Pins of one origin and a project of another might not fit together."""
    (tmp_path / PINS).write_text("mine\n")
    assert installing(tmp_path)[PINS] != b"mine\n"
    (tmp_path / PROJECT).write_text("mine too\n")
    assert installing(tmp_path) == {PINS: b"mine\n", PROJECT: b"mine too\n"}


def test_a_package_that_is_not_installed_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(name: str) -> None:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(handout_install, "requires", missing)
    with pytest.raises(SetupError, match=r"has no requirements\.txt and pyproject\.toml"):
        installing(tmp_path)
