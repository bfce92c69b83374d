"""Docs are tested: what can be called is described, and what is described can be called."""

import argparse
import re
from pathlib import Path

import pytest

from grader.classroom.cli.command_line import Subparsers, parser, verbs


@pytest.fixture(scope="module")
def pages(root: Path) -> str:
    """All of docs/ and the README as one text."""
    files = [root / "README.md", *sorted((root / "docs").glob("*.md"))]
    return "\n".join(path.read_text("utf-8") for path in files)


@pytest.fixture(scope="module")
def make_verbs(root: Path) -> list[str]:
    """The Makefile's phony targets but `bubblewrap`, which is a step of `grade`."""
    declared = re.search(r"^\.PHONY: (.*)$", (root / "Makefile").read_text(), re.MULTILINE)
    assert declared is not None
    return [verb for verb in declared[1].split() if verb != "bubblewrap"]


@pytest.mark.parametrize("verb", verbs())
def test_every_command_is_described(verb: str, pages: str) -> None:
    """A command that no page mentions does not exist for its users."""
    assert f"grader {verb}" in pages


def test_every_command_that_pages_mention_exists(pages: str) -> None:
    """In a code span, `grader` is followed by a command or an option."""
    mentioned = set(re.findall(r"`(?:python -m )?grader ([a-z-]+)", pages))
    assert mentioned <= set(verbs())


def test_every_option_that_teachers_read_of_exists(root: Path) -> None:
    """An option of some command of ours; whatever follows a lone -- is JupyterLab's."""
    page = (root / "docs" / "teachers.md").read_text("utf-8")
    helps = [choice.format_help() for choice in _subparsers().choices.values()]
    known = {option for text in helps for option in re.findall(r"--[a-z]+", text)}
    assert set(re.findall(r"`(--[a-z]+)", page)) <= known


def _subparsers() -> Subparsers:
    return next(a for a in parser()._actions if isinstance(a, argparse._SubParsersAction))


def test_every_make_verb_says_what_it_does(root: Path, make_verbs: list[str]) -> None:
    """`make` alone lists the verbs from their `##` comments."""
    makefile = (root / "Makefile").read_text()
    silent = [v for v in make_verbs if not re.search(rf"^{v}:.* ## \S", makefile, re.MULTILINE)]
    assert silent == []


def test_every_make_verb_that_pages_mention_exists(pages: str, make_verbs: list[str]) -> None:
    """A renamed verb is renamed in the pages, too."""
    assert set(re.findall(r"`make ([a-z-]+)", pages)) <= set(make_verbs)


def test_every_file_that_pages_link_to_exists(root: Path) -> None:
    """Relative links only; the web is not ours to test."""
    broken = [
        f"{page.name}: {target}"
        for page in [*root.glob("*.md"), *(root / "docs").glob("*.md")]
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text("utf-8"))
        if "://" not in target and not (page.parent / target).exists()
    ]
    assert broken == []


def test_every_path_of_the_readmes_map_exists(root: Path) -> None:
    """The map leads somewhere."""
    rows = re.findall(r"^\| .+? \| (.+) \|$", (root / "README.md").read_text("utf-8"), re.MULTILINE)
    paths = [path for row in rows for path in re.findall(r"`([\w./]+/[\w./]*)`", row)]
    assert paths
    assert [path for path in paths if "NN_unit" not in path and not (root / path).exists()] == []
