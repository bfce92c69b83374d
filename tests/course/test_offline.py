"""A learner's check needs `unit.json`, the data and the package; no network and no `solutions/`."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks.checks import graded_cells
from grader.core.question import REPAIR
from grader.referee.question_bank import load_unit

ROOT = Path(__file__).resolve().parents[2]
UNITS = sorted(path.parent.name for path in (ROOT / "solutions").glob("*/lesson.py"))
# What the folder holds is all there is: everything of the course's own folder is hidden.
CHILD = """
import contextlib, io, json, os, socket, sys
import grader
folder = os.getcwd()
told = {"package": grader.__file__, "hidden": os.path.exists(sys.argv[1] + "/solutions")}
try:
    socket.create_connection(("1.1.1.1", 53), timeout=2)
    told["online"] = True
except OSError:
    told["online"] = False
for unit, cells in json.load(sys.stdin).items():
    os.chdir(f"{folder}/notebooks/{unit}")
    names = {}
    for name, source in cells:
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            exec(compile(source, name, "exec"), names)
        told[name] = said.getvalue()
json.dump(told, sys.stdout)
"""


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    """What a learner has: notebooks, data, the package."""
    for name in ("notebooks", "data", "grader"):
        hidden = shutil.ignore_patterns("__pycache__", ".*")
        shutil.copytree(ROOT / name, tmp_path / name, ignore=hidden)
    return tmp_path


def alone(folder: Path, cells: dict[str, list[tuple[str, str]]]) -> dict[str, Any]:
    """What each cell printed, run where there is nothing but the folder and Python."""
    # fmt: off
    words = [
        "bwrap", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--unshare-all",
        "--tmpfs", str(ROOT),
        "--ro-bind", sys.prefix, sys.prefix,  # the Python of a clone lies inside of it
        "--bind", str(folder), str(folder), "--chdir", str(folder),
        "--setenv", "PYTHONPATH", str(folder), "--setenv", "OMP_NUM_THREADS", "1",
        sys.executable, "-c", CHILD, str(ROOT),
    ]
    # fmt: on
    done = subprocess.run(
        words, input=json.dumps(cells), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


@pytest.mark.sandbox
def test_checks_answer_offline_from_unit_json_alone(folder: Path) -> None:
    """Every question of every unit but the repairs; and one wrong answer, which is named."""
    cells = {unit: list(graded_cells(load_unit(ROOT / "solutions" / unit))) for unit in UNITS}
    wrong = ("wrong", "import torch\nlab.check('rnn-step', lambda x, h, *_: torch.tanh(x))")
    cells["01_rnn"].append(wrong)
    told = alone(folder, cells)
    assert told.pop("package") == str(folder / "grader" / "__init__.py")
    assert (told.pop("hidden"), told.pop("online")) == (False, False)
    said = told.pop("wrong")
    assert "✘ rnn-step: wrong" in said
    assert "passed" not in said
    for unit in UNITS:
        bank = load_unit(ROOT / "solutions" / unit)
        for name, question in bank.questions.items():
            if question.kind != REPAIR:
                assert f"✔ {name}: passed" in told[name], told[name]
        for name in bank.challenges:
            assert f"✔ {name}: passed" in told[name], told[name]
