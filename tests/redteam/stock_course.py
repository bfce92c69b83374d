"""The arena as a course of stock nbgrader: the same cells, with tests where nbgrader wants them.

Check cells hold asserts on the same kind of cases, half of them hidden.
"""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.redteam.arena import CHALLENGE, UNIT, build_arena
from tests.redteam.case import Case
from tests.redteam.submission import hand_in

NOTEBOOK = "arena.ipynb"
HONEST = Case("zzz-honest", "none", "held", "full points", base="right")
SECRET_SEED = 4711
LESSON = Path(__file__).parent / "arena" / "solutions" / UNIT / "lesson.py"
# Where a row does not answer the repair, its scaffold would train for seconds and earn nothing. An
# untrained network earns nothing sooner.
_TRAINS = "    lab.fit(model, train, val, epochs=50, lr=3e-3, batch_size=32)\n"
_BEGIN, _END = "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"
_CHOICE = "assert {name} in 'abc'\n{begin}\nassert {name} == 'b'\n{end}"
_REPAIR = f"""\
data = lab.load("rumble")
model = train_model(data.train, data.val).eval()
assert any(isinstance(m, nn.RNN) for m in model.modules())
with torch.no_grad():
    right = lambda s: (model(s.x).argmax(1) == s.y).float().mean().item()
    assert right(data.train) < 0.925
    assert right(data.val) >= 0.84
    {_BEGIN}
    import importlib.util, os
    spec = importlib.util.spec_from_file_location(
        "recipe", os.path.join(os.environ["GRADER_DATA"], "rumble", "recipe.py")
    )
    recipe = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(recipe)
    hidden = recipe.draw({SECRET_SEED})["hidden"]
    x, y = torch.tensor(hidden["x"]), torch.tensor(hidden["y"])
    assert (model(x).argmax(1) == y).float().mean().item() >= 0.84
    {_END}
"""
_CASE = "assert torch.allclose({function}({given}), {expected}, atol=1e-4)"


@dataclass(frozen=True)
class StockCourse:
    """Where things lie.

    template   the course with its release and an empty gradebook, never written to again
    now        the course that one row is graded in; only its `submitted` exists on the disk
    release    the released notebook
    """

    template: Path
    now: Path
    release: dict[str, Any]


def text() -> list[str]:
    """What a row's points hang on beside the row: the lesson and the checks."""
    return [LESSON.read_text(encoding="utf-8"), _REPAIR, _CASE, _CHOICE, _TRAINS]


def build(scratch: Path) -> StockCourse:
    """Make the course in `scratch`. Raises RuntimeError where nbgrader makes no release of it."""
    arena = build_arena(scratch / "arena", train=False)
    course = scratch / "course"
    source = json.loads((arena.source / UNIT / NOTEBOOK).read_text(encoding="utf-8"))
    for cell in source["cells"]:
        grading = cell["metadata"].get("nbgrader", {})
        if grading.get("grade") and not grading.get("solution"):
            cell["source"] = _check(arena.root, grading["grade_id"])
    place = course / "source" / UNIT
    place.mkdir(parents=True)
    (place / NOTEBOOK).write_text(json.dumps(source), encoding="utf-8")
    shutil.copy(arena.notebooks / UNIT / "unit.json", place)
    shutil.copytree(arena.data / "rumble", course / "data" / "rumble")
    _generate(course)
    release = json.loads((course / "release" / UNIT / NOTEBOOK).read_text(encoding="utf-8"))
    for cell in release["cells"]:
        cell["source"] = "".join(cell["source"]).replace(_TRAINS, "")
    return StockCourse(course, scratch / "now", release)


def hand_in_stock(course: StockCourse, case: Case) -> None:
    """Put the row's submission, and the neighbour that its links point to, into `course.now`.

    Raises StopIteration or KeyError where the row changes what a stock release does not have.
    """
    shutil.rmtree(course.now, ignore_errors=True)
    names = dict.fromkeys(("TCP", "UDP"), "9") | {"GRADER_PID": "1", "HOME": str(course.now)}
    names |= {"UNIX": "/nowhere", "ABSTRACT": "nobody"}
    names |= {"COURSE": str(course.now), "CLASS": str(course.now)}
    submitted = course.now / "submitted"
    if linked(case):
        hand_in(HONEST, course.release, {}, submitted / HONEST.name / UNIT / NOTEBOOK)
    hand_in(case, course.release, names, submitted / case.who / UNIT / NOTEBOOK)


def linked(case: Case) -> bool:
    """Whether the row hands in a link to a neighbour's work."""
    return case.file.startswith("link-")


def _check(root: Path, question: str) -> str:
    """The asserts of one check cell."""
    if question == CHALLENGE:
        return _CHOICE.format(name=CHALLENGE.replace("-", "_"), begin=_BEGIN, end=_END)
    if question == "rnn-repair":
        return _REPAIR
    from grader.core.question import FunctionQuestion
    from grader.referee.preparation import prepare
    from grader.referee.question_bank import load_question

    asked = load_question(root / "solutions" / UNIT / "questions" / f"{question}.py", UNIT)
    function = {"rnn-step": "rnn_step", "rnn-last-state": "last_state"}[question]
    prepared = prepare(asked, 1)
    if not isinstance(prepared, FunctionQuestion):
        raise TypeError(question)
    lines = [_assert(function, case) for case in prepared.cases[:4]]
    return "\n".join([*lines[:2], _BEGIN, *lines[2:], _END])


def _assert(function: str, case: Any) -> str:
    given = ", ".join(f"torch.tensor({value.array.tolist()})" for value in case.inputs.values())
    expected = f"torch.tensor({case.expected.array.tolist()})"
    return _CASE.format(function=function, given=given, expected=expected)


def _generate(course: Path) -> None:
    words = ["generate_assignment", UNIT, f"--course-dir={course}"]
    # nbgrader starts `alembic` by its name; it lies beside this Python.
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *words],
        env={**os.environ, "PATH": path},
        cwd=course,  # where no configuration of ours lies
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
