"""What stock `nbgrader autograde` gives for the same submissions: recorded in `stock.json`.

The same cells, with the tests where nbgrader wants them: asserts on the same kind of cases in the
check cells, half of them hidden. Stock nbgrader runs learner code as its user, so all of this runs
in a throwaway bubblewrap without a network, in a throwaway course that is copied for each row.

`make redteam STOCK=1` calls `record_stock`; in the bubblewrap this file runs as a program.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tests.redteam.arena import CHALLENGE, ROOT, UNIT, build_arena
from tests.redteam.case import Case, all_cases
from tests.redteam.submission import hand_in

STUDENT = "mallory"
NOTEBOOK = "arena.ipynb"
SECRET_SEED = 4711
# Stock has 30, 4 and 60. A busy machine needs longer to import torch and to hear from a kernel, and
# with the first word that comes late nbgrader gives up the whole submission.
CELL_SECONDS, WORD_SECONDS, START_SECONDS = 60, 60, 200
ROW_SECONDS = 300
# Words in place of points, and what each says.
FAILED, KILLED, NO_CELL, NOT_RUN = "failed", "killed", "no cell", "not run"
WHY = {
    FAILED: "stock nbgrader gave the submission up with an error: a person has to grade it",
    KILLED: f"stock nbgrader had not ended after {ROW_SECONDS} s, or the row had killed it",
    NOT_RUN: "nobody has recorded this row yet: make redteam STOCK=1 ROWS=<row>",
    NO_CELL: "the row changes a cell that only our release has",
}
# Where a row does not answer the repair, its scaffold would train for seconds and earn nothing. An
# untrained network earns nothing sooner.
_TRAINS = "    lab.fit(model, train, val, epochs=50, lr=3e-3, batch_size=32)\n"
GIB = 2**30
_BEGIN, _END = "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"
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


def record_stock(cases: Sequence[Case], path: Path) -> None:
    """Run `cases` through stock nbgrader and write their points to `path`."""
    with tempfile.TemporaryDirectory(prefix="redteam.") as folder:
        scratch = Path(folder)
        points: dict[str, float | str] = dict.fromkeys(_prepare(cases, scratch), NO_CELL)
        while left := sorted(path.name for path in (scratch / "rows").iterdir()):
            _contained(scratch)
            points |= json.loads((scratch / "points.json").read_text(encoding="utf-8"))
            if left == sorted(path.name for path in (scratch / "rows").iterdir()):
                message = f"the throwaway sandbox ends before it has graded {left[0]}"
                raise RuntimeError(message)
    kept = json.loads(path.read_text(encoding="utf-8"))["points"] if path.is_file() else {}
    unknown = dict.fromkeys((case.name for case in all_cases()), NOT_RUN)
    told = {
        "about": "points that stock `nbgrader autograde` gives; made by `make redteam STOCK=1`",
        "nbgrader": version("nbgrader"),
        "cell_seconds": CELL_SECONDS,
        "words": WHY,
        "points": dict(sorted({**unknown, **kept, **points}.items())),
    }
    path.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


def _prepare(cases: Sequence[Case], scratch: Path) -> list[str]:
    """A stock course in `scratch/course`, and each row's submission in `scratch/rows`.

    Returns the rows that cannot be made of a stock release.
    """
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
    shutil.copytree(arena.data, course / "data")
    home = scratch / "home"
    (home / ".ipython" / "profile_default" / "startup").mkdir(parents=True)
    _generate(course, home)
    release = json.loads((course / "release" / UNIT / NOTEBOOK).read_text(encoding="utf-8"))
    names = dict.fromkeys(("TCP", "UDP"), "9") | {"GRADER_PID": "1", "HOME": str(home)}
    names |= {"UNIX": "/nowhere", "ABSTRACT": "nobody"}
    names |= {"COURSE": f"{scratch}/now", "CLASS": f"{scratch}/now"}
    impossible = []
    for cell in release["cells"]:
        cell["source"] = "".join(cell["source"]).replace(_TRAINS, "")
    for case in cases:
        target = scratch / "rows" / case.name / STUDENT / UNIT / NOTEBOOK
        try:
            hand_in(case, release, names, target)
        except (StopIteration, KeyError):
            shutil.rmtree(scratch / "rows" / case.name)
            impossible.append(case.name)
    return impossible


def _check(root: Path, question: str) -> str:
    """The asserts of one check cell."""
    if question == CHALLENGE:
        name = CHALLENGE.replace("-", "_")
        return f"assert {name} in 'abc'\n{_BEGIN}\nassert {name} == 'b'\n{_END}"
    if question == "rnn-repair":
        return _REPAIR
    from grader.referee.bank import load_question
    from grader.referee.prepare import prepare

    asked = load_question(root / "solutions" / UNIT / "questions" / f"{question}.py", UNIT)
    function = {"rnn-step": "rnn_step", "rnn-last-state": "last_state"}[question]
    lines = [_assert(function, case) for case in prepare(asked, 1).cases[:4]]
    return "\n".join([*lines[:2], _BEGIN, *lines[2:], _END])


def _assert(function: str, case: Any) -> str:
    given = ", ".join(f"torch.tensor({value.array.tolist()})" for value in case.inputs.values())
    expected = f"torch.tensor({case.expected.array.tolist()})"
    return f"assert torch.allclose({function}({given}), {expected}, atol=1e-4)"


def _generate(course: Path, home: Path) -> None:
    words = ["generate_assignment", UNIT, f"--course-dir={course}"]
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *words],
        env={**os.environ, "HOME": str(home)},
        cwd=course,  # where no configuration of ours lies
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(done.stderr)


def _contained(scratch: Path) -> None:
    """Run this file inside: everything read-only but `scratch`, no network, bounded processes."""
    words = ["--unshare-user", "--unshare-all", "--die-with-parent", "--new-session"]
    words += ["--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev"]
    words += ["--size", str(GIB), "--tmpfs", "/tmp", "--size", str(GIB), "--tmpfs", "/dev/shm"]  # noqa: S108
    words += ["--ro-bind", str(ROOT), str(ROOT)]  # it may lie in /tmp
    words += ["--bind", str(scratch), str(scratch), "--chdir", str(ROOT)]
    words += ["--setenv", "HOME", str(scratch / "home"), "--setenv", "PYTHONPATH", str(ROOT)]
    words += ["--setenv", "GRADER_DATA", str(scratch / "course" / "data")]
    program = ["prlimit", f"--data={2 * GIB}", "--nproc=600", f"--fsize={GIB}", "--core=0"]
    program += [sys.executable, "-m", "tests.redteam.stock", str(scratch)]
    subprocess.run(["bwrap", *words, "--", *program], check=False)  # a row may end all of it


def _inside(scratch: Path) -> None:
    """Grade every row, each in a copy of the course and in a process of its own."""
    import nbgrader.apps.autogradeapp  # noqa: F401 - once, before the forks

    points: dict[str, float | str] = {}
    course = scratch / "now"
    for row in sorted((scratch / "rows").iterdir()):
        points[row.name] = KILLED  # unless this process lives on
        _note(scratch, points)
        shutil.rmtree(course, ignore_errors=True)
        shutil.copytree(scratch / "course", course)
        (course / "submitted").mkdir()
        (row / STUDENT).rename(course / "submitted" / STUDENT)
        row.rmdir()
        if _forked(partial(_autograde, course), scratch / "said.txt"):
            points[row.name] = _score(course)
        sys.stderr.write(
            f"stock {row.name}: {points[row.name]} {_last_words(scratch / 'said.txt')}\n"
        )
        _note(scratch, points)


def _note(scratch: Path, points: dict[str, float | str]) -> None:
    (scratch / "points.json").write_text(json.dumps(points), encoding="utf-8")


def _autograde(course: Path) -> None:
    from nbgrader.apps.autogradeapp import AutogradeApp

    os.chdir(course)
    words = [UNIT, f"--student={STUDENT}", "--create", f"--course-dir={course}"]
    words += [
        f"--ExecutePreprocessor.timeout={CELL_SECONDS}",
        f"--ExecutePreprocessor.iopub_timeout={WORD_SECONDS}",
        f"--ExecutePreprocessor.startup_timeout={START_SECONDS}",
    ]
    AutogradeApp.launch_instance(words)


def _score(course: Path) -> float | str:
    """The submission's score as the gradebook holds it; a word where nbgrader gave it up."""
    told = course / "told"
    # nbgrader removes what it could not grade to the end, and leaves a score of 0 behind
    if not (course / "autograded" / STUDENT / UNIT / NOTEBOOK).is_file():
        return FAILED

    def tell() -> None:
        from nbgrader.api import Gradebook

        with Gradebook(f"sqlite:///{course}/gradebook.db") as book:
            # The explanation in words always waits for a person; it has no points.
            score = book.find_submission(UNIT, STUDENT).score
        told.write_text(json.dumps(score), encoding="utf-8")

    _forked(tell, Path(os.devnull))
    return json.loads(told.read_text(encoding="utf-8")) if told.is_file() else FAILED


def _last_words(said: Path) -> str:
    """The last error that nbgrader told of, for whoever watches the recording."""
    lines = (
        said.read_text(encoding="utf-8", errors="replace").splitlines() if said.is_file() else []
    )
    errors = [line for line in lines if "Error" in line or "Exception" in line]
    said.unlink(missing_ok=True)
    return errors[-1][-160:] if errors else ""


def _forked(task: Any, said: Path) -> bool:
    """Run `task` in a child of its own session, which writes to `said`; False where it hung."""
    child = os.fork()
    if child == 0:
        os.setsid()
        quiet = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        try:
            task()
        finally:
            os._exit(0)
    deadline = time.monotonic() + ROW_SECONDS
    done = False
    while not done and time.monotonic() < deadline:
        done = os.waitpid(child, os.WNOHANG)[0] == child
        time.sleep(0.1)
    if not done:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    _end_others()
    return done


def _end_others() -> None:
    """End what a row has left behind: all of this namespace but its first process and this one."""
    for process in Path("/proc").glob("[0-9]*"):
        if int(process.name) not in {1, os.getpid()}:
            try:
                os.kill(int(process.name), signal.SIGKILL)
            except OSError:
                continue
    while True:
        try:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                return
        except ChildProcessError:
            return


if __name__ == "__main__":
    _inside(Path(sys.argv[1]))
