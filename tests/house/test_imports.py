"""Imports: what is quick stays quick, and the arrows of the house point down."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {"torch", "nbgrader", "dask", "distributed", "matplotlib", "ipywidgets", "IPython"}
# numpy belongs to the core; a verb of the command line needs not even that to say its help.
HEAVY_FOR_HELP = HEAVY | {"nbformat", "nbconvert", "nbclient", "jupytext", "jupyterlab_server"}


def _loads(statement: str) -> set[str]:
    """The top-level modules that are loaded after `statement` in a fresh interpreter."""
    code = f"{statement}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    names: list[str] = json.loads(ran.stdout.splitlines()[-1])
    return {name.partition(".")[0] for name in names}


def test_import_grader_is_instant() -> None:
    """It loads a version and nothing else of ours."""
    assert _loads("import grader").isdisjoint(HEAVY | {"numpy", "msgpack"})


def test_from_grader_import_lab_is_quick() -> None:
    """A notebook's first cell must not wait for torch before it is needed."""
    assert _loads("from grader import lab").isdisjoint(HEAVY)


def test_the_command_line_is_quick_until_a_verb_runs() -> None:
    """Each verb imports what is heavy in its `run`."""
    statement = "from grader.classroom.cli.command_line import parser; parser()"
    assert _loads(statement).isdisjoint(HEAVY_FOR_HELP)


def test_a_verb_that_is_asked_for_imports_no_other() -> None:
    others = {"grader.classroom.cli.grade", "grader.classroom.cli.similar"}
    statement = f"""
import sys
from grader.classroom.cli.command_line import parser
parser("one")
assert "grader.classroom.cli.one" in sys.modules
assert not {others} & set(sys.modules)"""
    _loads(statement)


def test_what_runs_no_submission_needs_no_client_of_jupyters() -> None:
    statement = "import grader.classroom.grading.pending_runs"
    assert _loads(statement).isdisjoint({"jupyter_client", "nbgrader", "distributed", "torch"})


@pytest.mark.parametrize("module", ["grader.referee.judge_session", "grader.core.judgement"])
def test_what_decides_points_needs_no_torch(module: str) -> None:
    """Arrays only on the side that talks to learner code."""
    assert "torch" not in _loads(f"import {module}")


def test_the_arrows_point_down(root: Path) -> None:
    """import-linter's contracts in pyproject.toml hold."""
    program = Path(sys.executable).parent / "lint-imports"
    ran = subprocess.run(
        [program, "--no-cache"], cwd=root, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
