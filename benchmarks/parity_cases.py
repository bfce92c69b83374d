"""The notebooks that `make parity` compares: styles, samples, wild cases, and its own."""

import json
import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

import nbformat
from nbformat import NotebookNode

from benchmarks import styles
from grader.classroom.course_paths import Course
from grader.classroom.notebooks.rebuilding import is_answer, loads
from grader.classroom.publish.releasing import write_source
from grader.classroom.sample_class import _submission, _without_marks, read_overlays, sample_units
from grader.core.names import answer_cell
from grader.core.question import REPAIR
from grader.referee.question_bank import UnitBank, load_unit

ROOT = Path(__file__).resolve().parents[1]
COURSE = Course(ROOT, ROOT / "build" / "parity")


@dataclass(frozen=True)
class Case:
    """One notebook as it was saved."""

    name: str
    unit: str
    data: bytes


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
            cell.source = _without_marks(sources[cell.id])
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


def begins_a_repair(case: Case) -> bool:
    """Whether a repair's cell is not as released, or cannot be found by its id."""
    given = {cell.id: cell.source for cell in master(case.unit).cells}
    found = {
        name: cell.get("source", "") for name, cell in _repair_cells(_content(case), case.unit)
    }
    return any("".join(found.get(name, ())) != given[name] for name in _repairs(case.unit))


def without_repairs(case: Case) -> Case:
    """The same notebook with its repairs as released."""
    given = {cell.id: cell.source for cell in master(case.unit).cells}
    content = _content(case)
    for name, cell in _repair_cells(content, case.unit):
        cell["source"] = given[name]
    return Case(case.name, case.unit, json.dumps(content).encode()) if content else case


def _content(case: Case) -> dict[str, Any]:
    """A notebook's JSON; nothing where it is none."""
    try:
        content = json.loads(case.data.decode("utf-8-sig"))
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


def _repairs(unit: str) -> set[str]:
    """Cell ids of a unit's repairs."""
    return {answer_cell(q.id) for q in bank(unit).questions.values() if q.kind == REPAIR}


def _repair_cells(content: Mapping[str, Any], unit: str) -> list[tuple[str, Any]]:
    """Cells of a unit's repairs by their ids, as far as a notebook has kept these."""
    found = []
    for cell in content.get("cells", ()):
        name = cell.get("metadata", {}).get("nbgrader", {}).get("grade_id") or cell.get("id")
        if name in _repairs(unit):
            found.append((name, cell))
    return found
