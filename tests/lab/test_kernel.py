"""In a real kernel: the picture stays, no widget does."""

from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbconvert import HTMLExporter

from tests.waiting import HANGS

ROOT = Path(__file__).resolve().parents[2]
WIDGET = "application/vnd.jupyter.widget-view+json"

SETUP = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
import torch
from torch import nn
from grader import lab

torch.set_num_threads(1)
split = lab.Split(torch.randn(64, 4, 3), torch.arange(64) % 2)
model = nn.Sequential(nn.Flatten(), nn.Linear(12, 2))
"""
FIT = "history = lab.fit(model, split, split, epochs={epochs}, patience={epochs}, title='Shown')"


def test_the_picture_and_its_line_stay_in_a_notebook_run_by_nobody() -> None:
    cells = [nbformat.v4.new_code_cell(SETUP), nbformat.v4.new_code_cell(FIT.format(epochs=30))]
    notebook = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(notebook, timeout=HANGS, kernel_name="python3").execute()
    outputs = notebook.cells[1].outputs
    assert [output.output_type for output in outputs] == ["display_data"]
    assert outputs[0].data["text/plain"].startswith("30 epochs in ")
    assert "widgets" not in notebook.metadata
    page, _ = HTMLExporter().from_notebook_node(notebook)
    assert "<title>Shown: loss and accuracy by epoch, 30 epochs." in page
    assert "30 epochs in " in page
    assert WIDGET not in page


def test_a_kernel_remembers_the_cell_that_defined_an_answer() -> None:
    answer = "def train_model(train, val):\n    return given(train, val)"
    look = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from grader.core.unit_file import digest
from grader.lab.checks import _untouched
scaffolds = digest({answer!r}), digest("x")
print(*[bool(_untouched(train_model, scaffold)) for scaffold in scaffolds])
"""
    cells = [nbformat.v4.new_code_cell(source) for source in (answer, look)]
    notebook = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(notebook, timeout=HANGS, kernel_name="python3").execute()
    assert notebook.cells[1].outputs[0].text == "True False\n"
