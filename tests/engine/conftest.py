"""Notebooks of a few cells and questions of whole numbers: what an engine needs, and no torch."""

from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from grader.classroom.engine import Job, Result, run_one
from grader.classroom.sandbox import LAUNCHERS, Launcher, Limits, SandboxSpec
from grader.core.question import Case, FunctionQuestion, PreparedQuestion

COURSE = Path(__file__).resolve().parents[2]
IMPORTS = "from grader import lab"
Cells = list[str | tuple[str, str]]
Grade = Callable[..., Result]


def question(name: str, seconds: float = 2.0) -> PreparedQuestion:
    """`double(x)`: two hidden cases, one named mistake."""
    cases = tuple(Case({"x": x}, 2 * x, {"squared": x * x}) for x in (3, 5))
    return FunctionQuestion(
        id=name,
        title="Double it",
        points=2.0,
        seconds=seconds,
        messages={"squared": "Twice, not squared."},
        cases=cases,
        hidden=True,
    )


def notebook(cells: Cells) -> bytes:
    """Cells as sources, or as (grade_id, source) where a question owns them."""
    made = new_notebook()
    for number, cell in enumerate(cells):
        name, source = cell if isinstance(cell, tuple) else ("", cell)
        answers = name.endswith("-answer")
        metadata = {"nbgrader": {"grade_id": name, "solution": answers}} if name else {}
        identity = name or f"cell-{number}"
        made.cells.append(new_code_cell(source, id=identity, metadata=metadata))
    text: str = nbformat.writes(made)
    return text.encode()


def answered(name: str, source: str) -> Cells:
    """An answer cell with `source`, which defines `double`, and its check cell."""
    return [(f"{name}-answer", source), (name, f'lab.check("{name}", double)')]


RIGHT = "def double(x):\n    return 2 * x"


@pytest.fixture(scope="session")
def launchers() -> Iterator[dict[str, Launcher]]:
    """One launcher of each kind for all tests: making a warm process takes seconds."""
    made: dict[str, Launcher] = {name: kind() for name, kind in LAUNCHERS.items()}
    yield made
    for launcher in made.values():
        launcher.close()


@pytest.fixture
def grade(launchers: dict[str, Launcher]) -> Grade:
    """Grade cells; questions are t-one, t-two, t-three as far as check cells ask for them."""

    def graded(
        cells: Cells,
        limits: Limits | None = None,
        *,
        sandbox: str = "warm",
        everything: bool = False,
        seconds: float = 2.0,
    ) -> Result:
        names = [cell[0] for cell in cells if isinstance(cell, tuple)]
        asked = [name for name in ("t-one", "t-two", "t-three") if name in names]
        job = Job(
            student="ada",
            unit="99_test",
            notebook=notebook([IMPORTS, *cells]),
            questions={name: question(name, seconds) for name in asked},
            everything=everything,
        )
        box = SandboxSpec(course=COURSE, limits=limits or Limits(memory_mib=512, grace_seconds=2.0))
        return run_one(job, launchers[sandbox], box)

    return graded
