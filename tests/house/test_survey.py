"""`make house` sees what it is for, and the glossary is a table of words with one meaning each."""

from pathlib import Path

import pytest

from tests.house.hooks import hooks
from tests.house.survey import (
    Module,
    classes_twice,
    forbidden_words,
    glossary,
    modules,
    named_as_member,
    untested,
)

PATCHES = """
from nbgrader import api
from nbgrader.preprocessors import SaveAutoGrades

def require(owner, name):
    assert hasattr(owner, name)

class SaveScores(SaveAutoGrades):
    def _add_score(self, cell, resources):
        self._own = 1

REPLACED = ("_add_score", "other")

def patch(new):
    require(SaveAutoGrades, *REPLACED)
    api.create_engine = new
"""


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A package of the name `grader`, to be filled."""
    (tmp_path / "grader").mkdir()
    return tmp_path


def write(root: Path, name: str, text: str) -> list[Module]:
    path = root / "grader" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    return modules(root)


def test_a_module_with_a_member_of_its_name_is_found(made: Path) -> None:
    found = write(made, "fit.py", '"""x"""\ndef fit(): ...\n')
    assert len([*named_as_member(found)]) == 1


def test_a_package_that_hides_a_submodule_is_found(made: Path) -> None:
    write(made, "run.py", "def go(): ...\n")
    found = write(made, "__init__.py", "from grader.other import run\n")
    assert len([*named_as_member(found)]) == 1


def test_a_class_of_two_modules_is_found(made: Path) -> None:
    write(made, "a.py", "class Place: ...\n")
    found = write(made, "b.py", "class Place: ...\nclass _Own: ...\n")
    [line] = classes_twice(found)
    assert "class Place" in line


def test_a_replaced_word_is_found_in_any_name(made: Path, root: Path) -> None:
    terms = glossary(root / "docs" / "glossary.md")
    found = write(made, "a.py", "class CrewMember: ...\ndef f(zygote): crew_size = 1\n")
    assert len([*forbidden_words(found, terms)]) == 3


def test_the_glossary_has_twenty_words_each_with_one_meaning(root: Path) -> None:
    terms = glossary(root / "docs" / "glossary.md")
    words = [term.word for term in terms]
    replaced = [word for term in terms for word in term.replaces]
    assert len(words) == len(set(words)) == 20
    assert len(set(replaced)) == len(replaced)
    assert not set(replaced) & set(words)


def test_modules_are_met_by_import_by_export_and_by_command(made: Path) -> None:
    body = '"""x"""\nx = 1\n'
    for name in ("a.py", "b.py", "lab/fits.py", "classroom/cli/due.py"):
        (made / "grader" / name).parent.mkdir(parents=True, exist_ok=True)
        write(made, name, body)
    found = write(made, "lab/__init__.py", "from .fits import fit\n")
    test = made / "tests" / "test_it.py"
    test.parent.mkdir()
    test.write_text('from grader import a, lab\nlab.fit()\nmain(["due"])\n')
    assert [*untested(found, modules(made, "tests"))] == [
        f"{made / 'grader' / 'b.py'}: no test imports grader.b"
    ]


@pytest.mark.parametrize(("place", "checked"), [("save.py", set()), ("compat.py", {"_add_score"})])
def test_hooks_count_with_a_check_in_a_compat_module(
    made: Path, place: str, checked: set[str]
) -> None:
    found = hooks(write(made, place, PATCHES))
    assert {hook.name for hook in found} == {"_add_score", "create_engine"}
    assert {hook.name for hook in found if hook.is_checked} == checked
    assert {hook.library for hook in found} == {"nbgrader"}
