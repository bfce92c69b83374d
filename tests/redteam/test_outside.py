"""Whatever is known from outside the given rows earns nothing: one submission for each kind.

They know more than a learner can: `@hidden@` in them becomes the teachers' own file of hidden rows,
which whoever has the public sources can make. Each of them passed before draws had names of their
own.
"""

import base64
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.styles import grade, read_style
from grader.core.verdict import Outcome

HERE = Path(__file__).parent / "outside"
pytestmark = [pytest.mark.slow, pytest.mark.sandbox]


@pytest.mark.parametrize("path", sorted(HERE.glob("*.py")), ids=lambda path: path.stem)
def test_knowledge_from_outside_earns_nothing(path: Path, root: Path) -> None:
    style = read_style(path)
    file = root / "solutions" / style.unit / "hidden.npz"
    known = base64.b64encode(file.read_bytes()).decode() if file.is_file() else ""
    cells = tuple(replace(c, source=c.source.replace("@hidden@", known)) for c in style.cells)
    result = grade(replace(style, cells=cells))
    [verdict] = result.verdicts.values()
    assert verdict.points == 0
    assert verdict.outcome is Outcome.WRONG, verdict.message
