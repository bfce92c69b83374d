"""What a check at home tells of other cells, in a real kernel beside a real unit."""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell

from tests.waiting import HANGS

ROOT = Path(__file__).resolve().parents[2]
UNIT = ROOT / "notebooks" / "01_rnn"
RIGHT = (
    "def rnn_step(x, h, W_ih, W_hh, b_ih, b_hh):\n"
    "    return torch.tanh(x @ W_ih.T + b_ih + h @ W_hh.T + b_hh)"
)
Run = Callable[..., dict[str, str]]


@pytest.fixture(name="run")
def _run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run some cells of the unit, changed and with own ones; what each printed or raised."""
    monkeypatch.setenv("GRADER_DATA", str(ROOT / "data"))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    shutil.copy(UNIT / "unit.json", tmp_path)

    def run(
        names: Sequence[str], changes: dict[str, str] | None = None, **environment: str
    ) -> dict[str, str]:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        made = nbformat.read(UNIT / "rnn.ipynb", as_version=4)
        known = {cell.id: cell for cell in made.cells}
        own = {name: new_code_cell(text, id=name) for name, text in (changes or {}).items()}
        for name, cell in own.items():
            if name in known:
                known[name].source = cell.source
        made.cells = [known.get(name) or own[name] for name in names]
        nbformat.write(made, tmp_path / "rnn.ipynb")
        client = NotebookClient(
            made, resources={"metadata": {"path": str(tmp_path)}}, allow_errors=True, timeout=HANGS
        )
        client.execute()
        return {cell.id: _said(cell) for cell in made.cells}

    return run


def _said(cell: nbformat.NotebookNode) -> str:
    parts = []
    for output in cell.outputs:
        data = output.get("data", {})
        parts.append(output.get("text", "") or data.get("text/html", "") or output.get("ename", ""))
    return "\n".join(parts)


def test_a_name_is_traced_to_the_cell_that_failed(run: Run) -> None:
    said = run(
        ["code-1", "mine", "rnn-step-answer", "rnn-step"],
        {
            "mine": "import sklearn\nscale = 2",
            "rnn-step-answer": RIGHT.replace("torch.tanh(", "scale * torch.tanh("),
        },
    )
    assert "the one that begins" in said["rnn-step"]
    assert "package sklearn is not part" in said["rnn-step"]


def test_a_changed_given_cell_is_told_once_with_the_cure(run: Run) -> None:
    first = nbformat.read(UNIT / "rnn.ipynb", as_version=4)
    given = next(cell.source for cell in first.cells if cell.id == "code-1")
    said = run(
        ["code-1", "rnn-step-answer", "rnn-step", "rnn-last-state-answer", "rnn-last-state"],
        {"code-1": f"import numpy as np\n{given}", "rnn-step-answer": RIGHT},
    )
    assert "Correct" in said["rnn-step"]
    assert "You changed a given cell" in said["rnn-step"]
    assert "np" in said["rnn-step"].partition("You changed")[2]
    assert "You changed" not in said["rnn-last-state"]


def test_an_untouched_answer_that_was_made_right_elsewhere_passes(run: Run) -> None:
    """The scaffold of rnn-layout is right as it stands, once what it calls is mended."""
    cells = ["code-1", "given", "mine", "rnn-layout-answer", "rnn-layout"]
    given = next(
        cell.source
        for cell in nbformat.read(UNIT / "rnn.ipynb", as_version=4).cells
        if cell.source.startswith("def rnn_with")
    )
    mend = (
        "before = rnn_with\ndef rnn_with(*weights, **options):\n"
        "    return before(*weights, **{'batch_first': True, **options})"
    )
    assert "Correct" in run(cells, {"given": given, "mine": mend})["rnn-layout"]
    assert "Not attempted" in run(cells, {"given": given, "mine": "1"})["rnn-layout"]


def test_an_untouched_repair_trains_nothing_unless_its_names_are_bound_anew(run: Run) -> None:
    cells = ["code-1", "rnn-repair-answer", "mine", "rnn-repair"]
    said = run(cells, {"mine": "other = 1"})
    assert "Not attempted" in said["rnn-repair"]
    assert "data set 1" not in said["rnn-repair"]


def test_validate_passes_over_demonstrations_that_nothing_needs(run: Run) -> None:
    made = nbformat.read(UNIT / "rnn.ipynb", as_version=4)
    shown = [c.id for c in made.cells if "demonstration" in c.metadata.get("tags", [])][:2]
    said = run(["code-1", *shown], NBGRADER_EXECUTION="validate")
    assert not any(said[name] for name in shown)
    assert said["code-1"]
    names = ["code-1", *shown, "mine"]
    said = run(names, {"mine": "print(len(four))"}, NBGRADER_EXECUTION="validate")
    assert "NameError" not in said["mine"]
