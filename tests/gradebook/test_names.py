"""Which names of students' folders are taken, and why those do no harm in nbgrader's pages."""

import re
from pathlib import Path

import nbgrader
import pytest

from grader.classroom.grading.planning import obstacle

PAGES = Path(nbgrader.__file__).parent / "server_extensions" / "formgrader" / "templates"
# A page's variable that holds what a student's folder or a teacher's list says of a student.
_NAME = re.compile(r"\{\{[^}]*(student|_name)[^}]*\}\}")


def _asked(tmp_path: Path, student: str) -> str:
    folder = tmp_path / student / "01_rnn"
    folder.mkdir(parents=True)
    (folder / "rnn.ipynb").write_text("{}")
    return obstacle(folder, "rnn.ipynb")


@pytest.mark.parametrize("student", ["'t Hooft", "o'brien", "D\u2019Arcy", "Zoë (2)", "a.b@c+d, e"])
def test_names_that_people_have_are_taken(tmp_path: Path, student: str) -> None:
    assert _asked(tmp_path, student) == ""


@pytest.mark.parametrize("student", ["'", "a'b;c", "a'>b", 'a"b', "a`b", "a&b", "{{a}}", "a*"])
def test_others_are_named_to_be_renamed(tmp_path: Path, student: str) -> None:
    assert "Rename it" in _asked(tmp_path, student)


def test_formgrader_puts_no_name_between_single_quotes() -> None:
    """An apostrophe would end the quotes. A new nbgrader that does so fails here."""
    found = 0
    for page in [*PAGES.rglob("*.tpl"), *PAGES.rglob("*.j2")]:
        for line in page.read_text(encoding="utf-8").splitlines():
            for match in _NAME.finditer(line):
                found += 1
                before = re.sub(r'"[^"]*"', "", line[: match.start()])
                assert before.count("'") % 2 == 0, f"{page.name}: {line.strip()}"
    assert found > 5
