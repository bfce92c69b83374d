"""Whatever is known from outside the given rows earns nothing: one submission for each kind.

They know more than a learner can: `@hidden@` in them becomes the teachers' own file of hidden rows,
which whoever has the public sources can make. Each of them passed before draws had names of their
own. What remains, because public rows can be found again by their form, is told to the teacher.
"""

import base64
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.styles import grade, read_style
from grader.classroom.engine import Result
from grader.core.verdicts import Outcome

HERE = Path(__file__).parent / "outside"
pytestmark = [pytest.mark.slow, pytest.mark.sandbox]


HELD = sorted(path for path in HERE.glob("*.py") if not path.name.startswith("remaining"))


@pytest.mark.parametrize("path", HELD, ids=lambda path: path.stem)
def test_knowledge_from_outside_earns_nothing(path: Path, root: Path) -> None:
    result = graded(path, root)
    [verdict] = result.verdicts.values()
    assert verdict.points == 0
    assert verdict.outcome is Outcome.WRONG, verdict.message


def test_a_cipher_that_was_broken_is_told_to_the_teacher(root: Path) -> None:
    """A word is known by its company: this pays, and the page on security says so."""
    result = graded(HERE / "remaining-sentences-found-again.py", root)
    assert any("brings data along" in remark for remark in result.report.remarks)
    page = (root / "docs" / "security.md").read_text(encoding="utf-8")
    assert "remaining-sentences-found-again" in page


def graded(path: Path, root: Path) -> Result:
    """What a submission gets; it carries the hidden rows."""
    style = read_style(path)
    file = root / "solutions" / style.unit / "hidden.npz"
    known = base64.b64encode(file.read_bytes()).decode() if file.is_file() else ""
    cells = tuple(replace(c, source=c.source.replace("@hidden@", known)) for c in style.cells)
    return grade(replace(style, cells=cells))
