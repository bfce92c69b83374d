"""The released notebooks: what `solutions/` gives today, no solution in them, and running."""

import re
import shutil
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbconvert import HTMLExporter

from grader.classroom.course_paths import Course
from grader.classroom.nbgrader.generation import generate
from grader.classroom.publish.releasing import release
from grader.core.demonstrations import TAG, needed
from grader.core.names import stem
from grader.referee.question_bank import UnitBank
from tests.conftest import MakeOnce
from tests.waiting import HANGS

from .lessons import prose
from .told import CLAIMS

ROOT = Path(__file__).resolve().parents[2]
SOLUTION = re.compile(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", re.DOTALL)
GIB = 4
USED = """import resource
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20)"""


@pytest.fixture(name="built")
def _built(bank: UnitBank, make_once: MakeOnce, tmp_path: Path) -> Course:
    """The unit, released anew, in a folder of the test's own."""

    def make(root: Path) -> None:
        course = Course(root, root / "classroom")
        shutil.copytree(ROOT / "solutions" / bank.name, course.solutions / bank.name)
        course.data.symlink_to(ROOT / "data")
        release(course, bank.name, generate)

    released = make_once(f"released-{bank.name}", make)
    root = shutil.copytree(released, tmp_path / "course", symlinks=True)
    return Course(root, root / "classroom")


def test_notebooks_are_what_the_solutions_give(bank: UnitBank, built: Course) -> None:
    """`make notebooks` changes nothing: the same bytes on every machine."""
    files = {path.name: path.read_bytes() for path in (built.notebooks / bank.name).iterdir()}
    committed = ROOT / "notebooks" / bank.name
    assert sorted(path.name for path in committed.glob("[!.]*")) == sorted(files)
    for name, content in files.items():
        assert (committed / name).read_bytes() == content, f"{name}: run `make notebooks`"


def test_no_line_of_a_solution_stands_in_a_cell(bank: UnitBank) -> None:
    """What an answer cell asks for is in no code cell (hints may say it, one after the other)."""
    lesson = (ROOT / "solutions" / bank.name / "lesson.py").read_text(encoding="utf-8")
    shown = SOLUTION.sub("", lesson)
    lines = {line.strip() for part in SOLUTION.findall(lesson) for line in part.splitlines()}
    secret = {line for line in lines if line and line not in shown}
    assert secret
    notebook: Any = nbformat.read(Course(ROOT, ROOT).released(bank.name), as_version=4)
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    assert not secret & {line.strip() for line in code.splitlines()}


@pytest.mark.slow
def test_the_solved_notebook_runs_top_to_bottom(
    bank: UnitBank, built: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No error, no warning, under 4 GiB; and what it claims is so."""
    monkeypatch.setenv("GRADER_DATA", str(ROOT / "data"))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    path = built.source / bank.name / f"{stem(bank.name)}.ipynb"
    notebook: Any = nbformat.read(path, as_version=4)
    place = {"metadata": {"path": str(built.notebooks / bank.name)}}
    notebook.cells.append(nbformat.v4.new_code_cell(USED))
    NotebookClient(notebook, timeout=int(HANGS), kernel_name="python3", resources=place).execute()
    assert float(notebook.cells.pop().outputs[0].text) < GIB
    outputs = [(cell.id, out) for cell in notebook.cells for out in cell.get("outputs", ())]
    assert not [(name, out.text) for name, out in outputs if out.get("name") == "stderr"]
    checks = [name for name in bank.questions if name in {cell.id for cell in notebook.cells}]
    assert sorted(checks) == sorted(bank.questions)
    said = {name: str(out) for name, out in outputs if name in checks and "passed" in str(out)}
    assert sorted(said) == sorted(bank.questions)
    _shows_every_picture(notebook)
    _keeps_its_word(bank.name, [out for _, out in outputs])


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
    printed = re.sub(r"\n+", "\n", "\n".join(_printed(out) for out in outputs))
    told = prose(unit)
    for claim in CLAIMS[unit]:
        assert " ".join(claim.quote.split()) in told, claim.quote
        numbers = claim.numbers(printed)
        assert claim.holds(*numbers), (claim.quote, numbers)


def _printed(out: Any) -> str:
    """An output as words: what was printed, or a picture's text."""
    return str(out.get("text") or out.get("data", {}).get("text/plain", ""))


@pytest.mark.parametrize("unit", [path.name for path in sorted((ROOT / "notebooks").iterdir())])
def test_no_demonstration_holds_what_other_cells_need(unit: str) -> None:
    """Classes, settings and functions stand in cells of their own, so nothing is run for them."""
    notebook = nbformat.read(ROOT / "notebooks" / unit / f"{stem(unit)}.ipynb", as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    cells = [(cell.source, TAG in cell.metadata.get("tags", [])) for cell in code]
    assert not [code[place].source for place in needed(cells)]
