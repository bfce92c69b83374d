"""What passes at home passes in class: a handful of the notebooks that `make parity` compares."""

import os
import signal
from pathlib import Path

import nbformat
import pytest

from benchmarks.parity import Count, Said, at_home, by_design, compare, run_all
from benchmarks.parity_cases import all_cases

SOME = ("own/names-of-demonstrations", "own/stripped")


@pytest.mark.sandbox
@pytest.mark.parametrize("name", SOME)
def test_home_and_class_say_the_same(name: str) -> None:
    case = next(case for case in all_cases() if case.name == name)
    count = Count()
    assert compare(case, quick=True, count=count) == []
    assert count.questions > 5
    assert sum(said.points for said in at_home(case, short=True).values()) > 5


def test_who_ends_a_run_at_home_ends_it(tmp_path: Path) -> None:
    """Ctrl-C and a runner's SIGTERM reach this process, not only the kernel that it has started."""
    cells = [
        f"import os, signal\nos.kill({os.getpid()}, signal.SIGINT)",
        "import time\ntime.sleep(60)",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
    ended = signal.getsignal(signal.SIGTERM)
    with pytest.raises(KeyboardInterrupt):
        run_all(notebook, tmp_path, os.environ)
    assert signal.getsignal(signal.SIGTERM) is ended


def test_a_kernel_that_dies_keeps_what_came_before(tmp_path: Path) -> None:
    cells = ["print('here')", "import os\nos._exit(3)", "print('never')"]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
    run_all(notebook, tmp_path, os.environ)
    assert [cell.outputs for cell in notebook.cells][1:] == [[], []]
    assert notebook.cells[0].outputs[0].text == "here\n"


def test_what_differs_by_design_is_there_and_has_its_reason() -> None:
    cases = {case.name for case in all_cases()}
    for (notebook, question), reason in by_design().items():
        assert notebook in cases
        assert question
        assert len(reason) > 20


def test_points_decide_and_ways_to_nothing_are_one() -> None:
    assert Said("raised", 0.0).agrees(Said("not attempted", 0.0))
    assert not Said("wrong", 0.0).agrees(Said("raised", 0.0))
    assert not Said("passed", 2.0).agrees(Said("passed", 1.0))
