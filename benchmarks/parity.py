"""Run notebooks at home and by the class's way, and compare the verdicts question by question.

    make parity [QUICK=1]                      or: python -m benchmarks.parity [--quick] [NAME ...]

At home is what learners have: a plain ipykernel with no sandbox in a folder that holds the notebook
and its `unit.json`, Run All, the notebook's own checks with the visible cases and public draws. A
check that said "not attempted" is run once more at the end, as somebody does whose answer stands
below it. The class's way is reading, rebuilding, finding untouched answers, the sandbox, hidden
inputs and secret draws.

The notebooks are the styles (tests/styles/corpus), the sample submissions (solutions/*/sample), the
situations of tests/wild that are handed in as a notebook, and those of tests/parity/cases. With
QUICK repairs stay untouched, and the trainings of demonstrations at home stop after an epoch.

Points must be the same, and so must be what happened, where points were earned or an answer ran.
What differs by design stands in tests/parity/by_design.toml with its reason; an entry that differs
no more fails. A repair near a bar may pass on public draws and miss on secret ones: where the
medians of the two lie on different sides of a bar by less than LUCK percent points each, that is
told as luck and no difference. The last line is one JSON object. Homes are kept in build/parity by
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
from collections.abc import Iterator, Mapping, Sequence
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

from benchmarks import styles
from grader.classroom.course import Course
from grader.classroom.engine import Job, run_one
from grader.classroom.engine.place import hashed, launcher, program
from grader.classroom.gradebook.untouched import untouched
from grader.classroom.notebook import (
    dumps,
    is_answer,
    loads,
    question_of,
    read_submission,
    rebuild,
)
from grader.classroom.publish.release import write_source
from grader.classroom.sample import _submission, read_overlays, sample_units
from grader.classroom.sandbox import Box
from grader.core.errors import SubmissionError
from grader.core.names import answer_cell, stem
from grader.core.question import REPAIR, Prepared
from grader.core.unit import FILE_NAME, Unit, digest, find
from grader.core.verdict import Outcome
from grader.referee.bank import UnitBank, load_unit
from grader.referee.prepare import draw_all, prepare_hidden, with_draws

ROOT = Path(__file__).resolve().parents[1]
COURSE = Course(ROOT, ROOT / "build" / "parity")
BY_DESIGN = ROOT / "tests" / "parity" / "by_design.toml"
SECRET = "the secret of no class"  # noqa: S105 - numbers the draws, so that a run can be repeated
LUCK = 1.5
CELL_SECONDS = 600
# Outcomes that say the same where there is nothing to judge.
NOTHING = {Outcome.RAISED, Outcome.MISSING, Outcome.NOT_ATTEMPTED}
_SHORT = """\
from grader import lab as _lab
_fit = _lab.fit
def _one_epoch(*given, **named):
    return _fit(*given, **{**named, "epochs": 1})
_lab.fit = _one_epoch"""


@dataclass(frozen=True)
class Case:
    """One notebook as it was saved."""

    name: str
    unit: str
    data: bytes


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


def all_cases() -> Iterator[Case]:
    """Every notebook that is compared."""
    for style in styles.read_styles():
        yield Case(f"styles/{style.name}", style.unit, styles.submission(style))
    for unit in sample_units(COURSE):
        yield from _samples(unit)
    yield from _wild()
    yield from _own()


def _samples(unit: str) -> Iterator[Case]:
    released = nbformat.read(COURSE.released(unit), as_version=4)
    solved = nbformat.read(write_source(COURSE, unit), as_version=4)
    for overlay in read_overlays(COURSE, unit):
        if not overlay.content:
            made = json.dumps(_submission(overlay, released, solved)).encode()
            yield Case(f"sample/{unit}/{overlay.student}", unit, made)


def _wild() -> Iterator[Case]:
    """Situations that are one notebook, handed in as it is."""
    from tests.wild import arena, case

    bases = arena.Arena(COURSE)
    for each in case.all_cases():
        hand = each.hand[0]
        if len(each.hand) == 1 and hand.what == "this" and case.REFUSED not in _marks(each):
            yield Case(f"wild/{each.name}", arena.UNIT, bases.file(each, hand))


def _marks(each: Any) -> list[Any]:
    return list(each.expected.values())


def _own() -> Iterator[Case]:
    """tests/parity/cases: a released notebook solved but for its repair, with changes."""
    for path in sorted((ROOT / "tests" / "parity" / "cases").glob("*.toml")):
        told = tomllib.loads(path.read_text(encoding="utf-8"))
        yield Case(f"own/{path.stem}", told["unit"], _changed(told))


def _changed(told: Mapping[str, Any]) -> bytes:
    unit = told["unit"]
    released = nbformat.read(COURSE.released(unit), as_version=4)
    solved = nbformat.read(write_source(COURSE, unit), as_version=4)
    sources = {cell.id: cell.source for cell in solved.cells}
    repairs = {q.id for q in bank(unit).questions.values() if q.kind == REPAIR}
    left = {answer_cell(name) for name in (*repairs, *told.get("left", ()))}
    for cell in released.cells:
        if is_answer(cell) and cell.cell_type == "code" and cell.id not in left:
            cell.source = sources[cell.id].replace("### BEGIN SOLUTION\n", "")
            cell.source = cell.source.replace("    ### END SOLUTION\n", "")
        cell.source = told.get("write", {}).get(cell.id, cell.source)
        for old, new in told.get("replace", {}).get(cell.id, {}).items():
            cell.source = cell.source.replace(old, new)
    for own in told.get("own", ()):
        at = next(i for i, cell in enumerate(released.cells) if cell.id == own["after"])
        made = nbformat.v4.new_code_cell(own["source"])
        if "copies" in own:
            made.metadata = next(c.metadata for c in released.cells if c.id == own["copies"])
        released.cells.insert(at + 1, made)
    released.cells = [c for c in released.cells if c.id not in told.get("deleted", ())]
    if told.get("stripped"):
        for number, cell in enumerate(released.cells):
            cell.metadata, cell.id = {}, f"c{number}"
    text: str = nbformat.writes(released)
    return text.encode()


@cache
def bank(unit: str) -> UnitBank:
    """A unit's questions."""
    return load_unit(COURSE.solutions / unit)


@cache
def master(unit: str) -> NotebookNode:
    """The released notebook."""
    return loads(COURSE.released(unit).read_bytes())


@cache
def _release(unit: str) -> Unit:
    return find(COURSE.notebooks / unit)


@cache
def _repairs(unit: str) -> dict[str, Prepared]:
    """The unit's repairs with draws, the same for all notebooks, as they are for a class."""
    repairs = [q for q in bank(unit).questions.values() if q.kind == REPAIR]
    return {q.id: with_draws(q, draw_all(q, SECRET, COURSE.data), {}) for q in repairs}


def without_repairs(case: Case) -> Case:
    """The same notebook with its repairs as released."""
    given = {cell.id: cell.source for cell in master(case.unit).cells}
    repairs = {answer_cell(q.id) for q in bank(case.unit).questions.values() if q.kind == REPAIR}
    try:
        content = json.loads(case.data.decode("utf-8-sig"))
        for cell in content["cells"]:
            name = cell.get("metadata", {}).get("nbgrader", {}).get("grade_id") or cell.get("id")
            if name in repairs:
                cell["source"] = given[name]
    except (ValueError, KeyError, TypeError, AttributeError):
        return case
    return Case(case.name, case.unit, json.dumps(content).encode())


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
    result = run_one(planned.rest, launcher("bwrap"), Box(data=COURSE.data, course=ROOT))
    verdicts = planned.complete(result).verdicts
    return {
        name: (Said(str(v.outcome), v.points, v.message), v.details)
        for name, v in verdicts.items()
        if not quick or name in questions
    }


def at_home(case: Case, *, quick: bool) -> dict[str, Said]:
    """Each question as the notebook's own checks say it, from a kept run or a new one."""
    key = hashed(
        [case.data, program().encode(), _release(case.unit).dumps().encode(), b"%d" % quick]
    )
    path = COURSE.classroom / f"{key}.home"
    if path.is_file():
        kept = json.loads(path.read_text(encoding="utf-8"))
        return {name: Said(*said) for name, said in kept.items()}
    with tempfile.TemporaryDirectory() as scratch:
        found = _run_at_home(case, Path(scratch) / "my-work" / case.unit, quick=quick)
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = {name: [said.outcome, said.points, said.message] for name, said in found.items()}
    path.write_text(json.dumps(rows), encoding="utf-8")
    return found


def _run_at_home(case: Case, folder: Path, *, quick: bool) -> dict[str, Said]:
    shutil.copytree(COURSE.notebooks / case.unit, folder)
    file = folder / f"{stem(case.unit)}.ipynb"
    file.write_bytes(case.data)
    notebook = nbformat.reads(case.data.decode("utf-8-sig"), as_version=4)
    if quick:
        notebook.cells.insert(0, nbformat.v4.new_code_cell(_SHORT))
    again = _asked_again(case)
    notebook.cells += again
    client = NotebookClient(
        notebook,
        timeout=CELL_SECONDS,
        interrupt_on_timeout=True,
        allow_errors=True,
        resources={"metadata": {"path": str(folder)}},
        kernel_name="python3",
    )
    environment = {**os.environ, "GRADER_DATA": str(COURSE.data), "MPLBACKEND": "agg"}
    with contextlib.suppress(DeadKernelError):  # what was checked before counts
        client.execute(env=environment)
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


def is_luck(question: Prepared, home: Said, there: Said, details: Mapping[str, Any]) -> bool:
    """Whether a repair's medians lie so near a bar that the draws decide."""
    bars, middle = question.repair, details.get("median", {})
    if bars is None or home.points == there.points or not middle:
        return False
    limits = json.loads(json.dumps(question.to_json()))["repair"].get("bars", {})
    near = [
        abs(value - bar)
        for value in middle.values()
        for bar in limits.values()
        if isinstance(value, int | float) and isinstance(bar, int | float)
    ]
    return bool(near) and min(near) <= LUCK


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


def compare(case: Case, *, quick: bool, count: Count) -> list[str]:
    """A line for each question whose verdicts differ and should not; counts on the way."""
    known, lines = by_design(), []
    if quick:
        case = without_repairs(case)
    home, there = at_home(case, quick=quick), in_class(case, quick=quick)
    count.notebooks += 1
    for name, (said, details) in there.items():
        count.questions += 1
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


def _prepared(unit: str, name: str) -> Prepared:
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
    try:
        read_submission(case.data)
        nbformat.reads(case.data.decode("utf-8-sig"), as_version=4)
    except (SubmissionError, ValueError, AttributeError):
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
