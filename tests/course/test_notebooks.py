"""The released notebooks: what `solutions/` gives today, no solution in them, and running."""

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from nbconvert import HTMLExporter

from grader.classroom.authoring.demonstration_checks import demonstration_problems
from grader.classroom.authoring.notebook_runs import Rehearsal, output_problems, run_at_home
from grader.classroom.authoring.secrecy_checks import cell_problems
from grader.classroom.authoring.trial_course import TrialCourse
from grader.classroom.course_paths import Course
from grader.classroom.nbgrader.generation import generate
from grader.classroom.notebooks.home_kernel import words
from grader.classroom.publish.releasing import release
from grader.referee.question_bank import UnitBank
from tests.conftest import MakeOnce

from .lessons import prose
from .told import CLAIMS
from .told_yours import YOURS

ROOT = Path(__file__).resolve().parents[2]
GIB = 4
USED = """import resource
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20)"""


@pytest.fixture(name="built")
def _built(bank: UnitBank, make_once: MakeOnce, tmp_path: Path) -> TrialCourse:
    """The unit, released anew, in a folder of the test's own: a run leaves its record there."""

    def make(folder: Path) -> None:
        release(TrialCourse(ROOT, ROOT / "classroom", folder), bank.name, generate)

    made = shutil.copytree(make_once(f"released-{bank.name}", make), tmp_path / "trial")
    return TrialCourse(ROOT, ROOT / "classroom", made)


def test_notebooks_are_what_the_solutions_give(bank: UnitBank, built: TrialCourse) -> None:
    """`make notebooks` changes nothing: the same bytes on every machine."""
    files = {path.name: path.read_bytes() for path in (built.notebooks / bank.name).iterdir()}
    committed = ROOT / "notebooks" / bank.name
    assert sorted(path.name for path in committed.glob("[!.]*")) == sorted(files)
    for name, content in files.items():
        assert (committed / name).read_bytes() == content, f"{name}: run `make notebooks`"


def test_no_line_of_a_solution_stands_in_a_cell(bank: UnitBank, built: TrialCourse) -> None:
    """What an answer cell asks for is in no code cell (hints may say it, one after the other)."""
    assert [str(problem) for problem in cell_problems(built, bank)] == []


@pytest.mark.slow
def test_the_solved_notebook_runs_top_to_bottom(bank: UnitBank, built: TrialCourse) -> None:
    """No error, no warning, under 4 GiB; and what it claims is so."""
    rehearsal = Rehearsal(built, bank)
    notebook = run_at_home(rehearsal, USED)
    assert float(notebook.cells.pop().outputs[0].text) < GIB
    assert [str(problem) for problem in output_problems(rehearsal, notebook)] == []
    _shows_every_picture(notebook)
    outputs = [out for cell in notebook.cells for out in cell.get("outputs", ())]
    _keeps_its_word(bank.name, outputs)


def _shows_every_picture(notebook: Any) -> None:
    """Converted to HTML, without a kernel, each call that draws has its picture."""
    drawing = [
        cell
        for cell in notebook.cells
        if cell.cell_type == "code"
        and re.search(r"^lab\.(show_\w+|LossPlot)\(", cell.source, re.MULTILINE)
    ]
    without = [cell.id for cell in drawing if "<svg" not in str(cell.outputs)]
    assert without == []
    page, _ = HTMLExporter().from_notebook_node(notebook)
    pictures = sum(str(cell.outputs).count("<svg") for cell in notebook.cells if "outputs" in cell)
    assert page.count("<svg") == pictures
    assert "jupyter.widget" not in page


def _keeps_its_word(unit: str, outputs: list[Any]) -> None:
    """What the lesson claims about its runs is what they printed."""
    printed = re.sub(r"\n+", "\n", "\n".join(map(words, outputs)))
    told = prose(unit)
    for claim in {**CLAIMS, "06_yours": YOURS}.get(unit, []):
        assert " ".join(claim.quote.split()) in told, claim.quote
        numbers = claim.numbers(printed)
        assert claim.holds(*numbers), (claim.quote, numbers)


def test_no_demonstration_holds_what_other_cells_need(bank: UnitBank) -> None:
    """Classes, settings and functions stand in cells of their own, so nothing is run for them."""
    found = demonstration_problems(Course(ROOT, ROOT / "classroom"), bank)
    assert [str(problem) for problem in found] == []
