"""Run notebooks at home and by the class's way, and compare the verdicts question by question.

    make parity [QUICK=1]                      or: python -m benchmarks.parity [--quick] [NAME ...]

At home is what learners have: a plain ipykernel with no sandbox in a folder that holds the notebook
and its `unit.json`, Run All, the notebook's own checks with the visible cases and public draws. A
check that said "not attempted" is run once more at the end, as somebody does whose answer stands
below it. The class's way is reading, rebuilding, finding untouched answers, the sandbox, hidden
inputs and secret draws. At home, too, the trainings of demonstrations that a class leaves out stop
after an epoch, so that a run costs what its answers cost.

The notebooks are the styles (tests/styles/corpus), the sample submissions (solutions/*/sample), the
situations of tests/wild that are handed in as a notebook, and those of tests/parity/cases. With
QUICK repairs stay untouched, as they are in most of them, and nothing trains longer than an epoch.

Points must be the same, and so must be what happened, where points were earned or an answer ran.
What differs by design stands in tests/parity/by_design.toml with its reason; an entry that differs
no more fails. A repair near a bar may pass on public draws and miss on secret ones: where the
medians in class lie within LUCK (percent points, or words of perplexity) of a bar, that is told as
luck and no difference. The last line is one JSON object. Homes are kept in build/parity by
content, so a run that was cut short goes on.
"""

import argparse
import contextlib
import json
import os
import shutil
import sys
import tempfile
import tomllib
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode

from benchmarks.parity_cases import (
    COURSE,
    ROOT,
    Case,
    all_cases,
    bank,
    begins_a_repair,
    master,
    without_repairs,
)
from grader.classroom.engine import Job, run_one
from grader.classroom.engine.environment import hashed, launcher, program
from grader.classroom.grading.unattempted import untouched
from grader.classroom.notebooks.rebuilding import (
    dumps,
    is_answer,
    question_of,
    read_submission,
    rebuild,
)
from grader.classroom.sandbox import SandboxSpec
from grader.core.demonstrations import TAG, needed
from grader.core.names import answer_cell, stem
from grader.core.question import REPAIR, PreparedQuestion, RepairQuestion
from grader.core.repair_judge import medians
from grader.core.unit_file import FILE_NAME, Unit, digest, find
from grader.core.verdicts import Outcome
from grader.referee.preparation import draw_all, prepare_hidden, with_draws

BY_DESIGN = ROOT / "tests" / "parity" / "by_design.toml"
SECRET = "the secret of no class"  # noqa: S105 - numbers the draws, so that a run can be repeated
LUCK = 1.5
# A cell that never ends is stopped after so long, as by somebody who presses Stop; sooner where
# nothing trains longer than an epoch.
CELL_SECONDS, SHORT_CELL_SECONDS = 600, 120
# Outcomes that say the same where there is nothing to judge.
NOTHING = {Outcome.RAISED, Outcome.MISSING, Outcome.NOT_ATTEMPTED}
_SHORT = """\
from grader import lab as _lab
_fit = _lab.fit
def _one_epoch(*given, **named):
    return _fit(*given, **{**named, "epochs": 1})
_lab.fit = _one_epoch"""
_WHOLE = "_lab.fit = _fit"


@dataclass(frozen=True)
class Said:
    """What became of one question in one place."""

    outcome: str
    points: float
    message: str = ""

    def agrees(self, other: "Said") -> bool:
        """Whether two places say the same."""
        if self.points != other.points:
            return False
        return self.outcome == other.outcome or {self.outcome, other.outcome} <= NOTHING


@cache
def _release(unit: str) -> Unit:
    return find(COURSE.notebooks / unit)


@cache
def _repairs(unit: str) -> dict[str, PreparedQuestion]:
    """The unit's repairs with draws, the same for all notebooks, as they are for a class."""
    repairs = [q for q in bank(unit).questions.values() if q.kind == REPAIR]
    return {q.id: with_draws(q, draw_all(q, SECRET, COURSE.data), {}) for q in repairs}


def in_class(case: Case, *, quick: bool) -> dict[str, tuple[Said, Mapping[str, Any]]]:
    """Each question by the class's way, with its details; repairs are left out when `quick`."""
    questions = prepare_hidden(bank(case.unit), SECRET, case.name)
    if not quick:
        questions |= _repairs(case.unit)
    job = Job(
        student=case.name,
        unit=case.unit,
        notebook=dumps(rebuild(master(case.unit), read_submission(case.data))),
        questions=questions,
        files={FILE_NAME: _release(case.unit).without_keys().dumps().encode()},
    )
    planned = untouched(job, _release(case.unit).scaffolds)
    result = run_one(planned.rest, launcher("warm"), SandboxSpec(data=COURSE.data, course=ROOT))
    verdicts = planned.complete(result).verdicts
    return {
        name: (Said(str(v.outcome), v.points, v.message), v.details)
        for name, v in verdicts.items()
        if not quick or name in questions
    }


def at_home(case: Case, *, short: bool) -> dict[str, Said]:
    """Each question as the notebook's own checks say it, from a kept run or a new one.

    `short`: nothing in it trains longer than an epoch, as where no repair was begun.
    """
    key = hashed(
        [case.data, program().encode(), _release(case.unit).dumps().encode(), b"%d" % short]
    )
    path = COURSE.classroom / f"{key}.home"
    if path.is_file():
        kept = json.loads(path.read_text(encoding="utf-8"))
        return {name: Said(*said) for name, said in kept.items()}
    with tempfile.TemporaryDirectory() as scratch:
        found = _run_at_home(case, Path(scratch) / "my-work" / case.unit, short=short)
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = {name: [said.outcome, said.points, said.message] for name, said in found.items()}
    path.write_text(json.dumps(rows), encoding="utf-8")
    return found


def _run_at_home(case: Case, folder: Path, *, short: bool) -> dict[str, Said]:
    shutil.copytree(COURSE.notebooks / case.unit, folder)
    file = folder / f"{stem(case.unit)}.ipynb"
    file.write_bytes(case.data)
    notebook = nbformat.reads(case.data.decode("utf-8-sig"), as_version=4)
    notebook.cells = _shortened(notebook.cells, everything=short) + _asked_again(case)
    environment = {**os.environ, "GRADER_DATA": str(COURSE.data), "MPLBACKEND": "agg"}
    run_all(notebook, folder, environment, SHORT_CELL_SECONDS if short else CELL_SECONDS)
    record = folder / "progress.json"
    checked = (
        json.loads(record.read_text(encoding="utf-8")).get("check", {}) if record.is_file() else {}
    )
    found = {}
    for name in _release(case.unit).questions:
        entry = checked.get(name)
        if entry:
            found[name] = Said(entry["outcome"], entry["points"])
        else:
            found[name] = Said(_without_record(notebook, name), 0.0)
    return found


def _shortened(cells: Sequence[NotebookNode], *, everything: bool) -> list[NotebookNode]:
    """The cells, with one epoch a training in demonstrations that a class leaves out."""
    short, whole = nbformat.v4.new_code_cell(_SHORT), nbformat.v4.new_code_cell(_WHOLE)
    if everything:
        return [short, *cells]
    code = [cell for cell in cells if cell.cell_type == "code"]
    shows = [TAG in cell.metadata.get("tags", []) for cell in code]
    run = needed([(cell.source, only) for cell, only in zip(code, shows, strict=True)])
    left = {id(cell) for place, cell in enumerate(code) if shows[place] and place not in run}
    return [
        each for cell in cells for each in ((short, cell, whole) if id(cell) in left else (cell,))
    ]


def run_all(
    notebook: NotebookNode,
    folder: Path,
    environment: Mapping[str, str],
    cell_seconds: float = CELL_SECONDS,
) -> None:
    """Run every cell in a plain kernel, as Run All does; a kernel that dies ends it.

    Not `execute`: that one takes Ctrl-C and SIGTERM for itself while cells run, ends its kernel,
    and goes on; what stops it then is an AssertionError about the kernel that it has ended.
    """
    client = NotebookClient(
        notebook,
        timeout=cell_seconds,
        interrupt_on_timeout=True,
        allow_errors=True,
        resources={"metadata": {"path": str(folder)}},
        kernel_name="python3",
    )
    client.reset_execution_trackers()
    # what was checked before a kernel died counts
    with client.setup_kernel(env=environment), contextlib.suppress(DeadKernelError):
        for index, cell in enumerate(notebook.cells):
            client.execute_cell(cell, index)


def _asked_again(case: Case) -> list[NotebookNode]:
    """Check cells of answers that are as released, to be run once more."""
    rebuilt = rebuild(master(case.unit), read_submission(case.data))
    scaffolds = _release(case.unit).scaffolds
    begun = {
        cell.id
        for cell in rebuilt.cells
        if is_answer(cell) and digest(cell.source) != scaffolds.get(cell.id.removesuffix("-answer"))
    }
    repairs = {q.id for q in bank(case.unit).questions.values() if q.kind == REPAIR}
    return [
        nbformat.v4.new_code_cell(cell.source)
        for cell in rebuilt.cells
        if (name := question_of(cell)) and answer_cell(name) not in begun and name not in repairs
    ]


def _without_record(notebook: NotebookNode, name: str) -> str:
    """What a check says that leaves no record: nobody began, or it raised, or it never ran."""
    call = f'lab.check("{name}"'
    for cell in reversed(notebook.cells):
        if cell.cell_type == "code" and call in cell.source:
            kinds = {output.output_type for output in cell.outputs}
            return str(Outcome.RAISED if "error" in kinds else Outcome.NOT_ATTEMPTED)
    return str(Outcome.MISSING)


def is_luck(
    question: PreparedQuestion, home: Said, there: Said, details: Mapping[str, Any]
) -> bool:
    """Whether a repair's medians lie so near a bar that the draws decide."""
    middle = medians(details)
    if not isinstance(question, RepairQuestion) or home.points == there.points or not middle:
        return False
    bars = question.repair.bars
    near = {
        "train": bars.applied_train_below,
        "val": bars.applied_val_at_least,
        "hidden": bars.applied_hidden_at_least,
    }
    if bars.perplexity_at_most is not None:  # the bigram model of the same words is the bar
        near = {name: middle[f"bigram_{name}"].low for name in ("val", "hidden")}
    return any(
        middle[name].low - LUCK <= bar <= middle[name].high + LUCK
        for name, bar in near.items()
        if name in middle
    )


def by_design() -> dict[tuple[str, str], str]:
    """Reasons by notebook and question."""
    told = tomllib.loads(BY_DESIGN.read_text(encoding="utf-8"))
    return {(row["notebook"], row["question"]): row["reason"] for row in told.get("differs", ())}


@dataclass
class Count:
    """What was found so far."""

    notebooks: int = 0
    questions: int = 0
    differ: int = 0
    by_design: int = 0
    luck: int = 0
    not_asked: int = 0  # the notebook has lost the check, which a class puts back


def compare(case: Case, *, quick: bool, count: Count) -> list[str]:
    """A line for each question whose verdicts differ and should not; counts on the way."""
    known, lines = by_design(), []
    if quick:
        case = without_repairs(case)
    home = at_home(case, short=quick or not begins_a_repair(case))
    there = in_class(case, quick=quick)
    count.notebooks += 1
    for name, (said, details) in there.items():
        count.questions += 1
        if home[name].outcome == Outcome.MISSING:
            count.not_asked += 1
            continue
        reason = known.get((case.name, name))
        same = home[name].agrees(said)
        if same and reason is None:
            continue
        if same:
            count.differ += 1
            lines.append(f"{name} differs no more: take its entry out of {BY_DESIGN.name}")
        elif reason is not None:
            count.by_design += 1
        elif is_luck(_prepared(case.unit, name), home[name], said, details):
            count.luck += 1
        else:
            count.differ += 1
            lines.append(
                f"{name}: {home[name].outcome} with {home[name].points:g} points at home, "
                f"{said.outcome} with {said.points:g} in class. {said.message}"
            )
    return lines


def _prepared(unit: str, name: str) -> PreparedQuestion:
    return _release(unit).questions[name]


def main(words: Sequence[str] | None = None) -> int:
    """Compare the notebooks named, or all, and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="such as styles/rnn-einsum")
    parser.add_argument("--quick", action="store_true", help="leave repairs as released")
    chosen = parser.parse_args(words)
    cases = [c for c in all_cases() if not chosen.names or c.name.startswith(tuple(chosen.names))]
    cases = [case for case in cases if _is_read(case)]
    count = Count()

    def one(case: Case) -> tuple[Case, list[str]]:
        return case, compare(case, quick=chosen.quick, count=count)

    with ThreadPoolExecutor(2) as pool:
        for case, lines in pool.map(one, cases):
            print(f"{case.name}: {'; '.join(lines) or 'the same'}", flush=True)
    print(json.dumps(vars(count)))
    return 1 if count.differ else 0


def _is_read(case: Case) -> bool:
    """Whether both ways can begin: the class reads more than Jupyter opens."""
    try:
        read_submission(case.data)
        there = nbformat.reads(case.data.decode("utf-8-sig"), as_version=4)
    except Exception:  # noqa: BLE001 - nbformat raises whatever it meets in what it does not know
        return False
    return all(isinstance(cell.get("source"), str) for cell in there.cells)


if __name__ == "__main__":
    sys.exit(main())
