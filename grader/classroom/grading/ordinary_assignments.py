"""Ordinary nbgrader assignments: what is graded is what the gradebook and the release say.

`nbgrader generate_assignment` writes the release that learners get, and into the gradebook every
cell with its hidden tests and points. From the two the notebook is made on which submissions are
rebuilt: the release in its order, with the locked cells of the gradebook.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Collection, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import nbformat
from nbformat import NotebookNode

from grader.classroom.course_paths import Course
from grader.classroom.engine.environment import hashed
from grader.classroom.notebooks.cell_kinds import question_of
from grader.classroom.notebooks.rebuilding import loads, packed, rebuild
from grader.core.errors import SetupError
from grader.core.test_cells import TestCell
from grader.worker.fork_server import ONLY

_CELLS = """
    SELECT source_cell.name, source_cell.source, source_cell.locked, source_cell.checksum,
        grade_cells.max_score
    FROM source_cell
    JOIN notebook ON source_cell.notebook_id = notebook.id
    JOIN assignment ON notebook.assignment_id = assignment.id
    LEFT JOIN base_cell ON base_cell.name = source_cell.name AND base_cell.notebook_id = notebook.id
        AND base_cell.type = 'GradeCell'
    LEFT JOIN grade_cells ON grade_cells.id = base_cell.id
    WHERE assignment.name = ? AND notebook.name = ?
"""
# What is laid beside a notebook: data, helper modules. One file, and all together.
LARGEST_FILE, LARGEST_SUM = 32 * 2**20, 64 * 2**20
# Their import takes long, and a process that has done it can fork.
_LOADED_ONCE = ("matplotlib", "numpy", "pandas", "scipy")
_IMPORT = re.compile(r"^[ \t]*(?:import|from)[ \t]+(\w+)", re.MULTILINE)
_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")


@dataclass(frozen=True)
class _KnownCell:
    """A cell as the gradebook has it."""

    source: str
    locked: bool
    checksum: str
    points: float


@dataclass(frozen=True)
class OrdinaryAssignment:
    """One assignment: `released` is what learners got, `master` holds the hidden tests, too.

    `tests` are its graded cells by grade_id; `files` lie beside a notebook that runs.
    """

    master: NotebookNode
    released: NotebookNode
    tests: Mapping[str, TestCell]
    files: Mapping[str, bytes]

    @classmethod
    def of(cls, course: Course, name: str) -> OrdinaryAssignment:
        """Read one. Raises SetupError where it was not generated, or only in part."""
        path = course.released(name)
        if not path.is_file():
            message = f"{path} is missing: {_cure(name)}"
            raise SetupError(message)
        released = _released(path.read_bytes())
        known = _known_cells(course, name)
        graded = {c.metadata.nbgrader.grade_id for c in released.cells if "nbgrader" in c.metadata}
        if graded != set(known):
            lacking = ", ".join(sorted(graded ^ set(known))[:5])
            message = (
                f"The gradebook and {path} are of different versions of {name} (cells {lacking}): "
                f"{_cure(name)}"
            )
            raise SetupError(message)
        visible = {question_of(c) or "": str(c.source) for c in released.cells}
        master = _completed(released, known)
        tests = {
            question: TestCell(question, known[question].points, visible[question])
            for cell in master.cells
            if (question := question_of(cell)) and cell.cell_type == "code"
        }
        return cls(_stamped(master, name), released, tests, _files(course, name))

    @property
    def marks(self) -> str:
        """A hash of all that can change points besides the learner's cells."""
        beside = (part for n, data in sorted(self.files.items()) for part in (n.encode(), data))
        return hashed([packed(self.master), packed(self.released), *beside])

    @property
    def code(self) -> tuple[str, ...]:
        """The code cells as learners got them."""
        return tuple(str(c.source) for c in self.released.cells if c.cell_type == "code")

    def rebuild(self, submission: NotebookNode) -> NotebookNode:
        """A submission's answers in the notebook with all tests."""
        return rebuild(self.master, submission, self.released)


def packages(course: Course, units: Collection[str]) -> tuple[str, ...]:
    """What a warm process loads for all who are run, beside or in place of what units need.

    Where all are ordinary assignments, nothing but what their code imports.
    """
    ordinary = [unit for unit in units if course.is_ordinary(unit)]
    names = {
        name
        for unit in ordinary
        for source in OrdinaryAssignment.of(course, unit).code
        for name in _IMPORT.findall(source)
    }
    known = tuple(name for name in _LOADED_ONCE if name in names)
    alone = ordinary and len(ordinary) == len(units) and "torch" not in names
    return (ONLY, *known) if alone else known


def _cure(name: str) -> str:
    return f"run `grader release {name}` or `nbgrader generate_assignment {name}` first."


def _released(data: bytes) -> NotebookNode:
    """A release of any version of notebook format 4, with an id in each cell."""
    notebook = loads(data)
    if notebook.get("nbformat") != nbformat.current_nbformat:
        notebook = nbformat.reads(data.decode(), as_version=4)
    seen: set[str] = set()
    for number, cell in enumerate(notebook.cells, start=1):
        names = (cell.get("id", ""), cell.metadata.get("nbgrader", {}).get("grade_id", ""))
        good = [n for n in names if _ID.fullmatch(str(n)) and n not in seen]
        cell["id"] = good[0] if good else f"given-{number}"
        seen.add(cell.id)
    notebook.nbformat_minor = max(5, int(notebook.get("nbformat_minor", 5)))
    return notebook


def _known_cells(course: Course, name: str) -> dict[str, _KnownCell]:
    """What the gradebook has of each cell."""
    notebook = course.notebook(name).removesuffix(".ipynb")
    rows: list[Any] = []
    if course.gradebook.is_file():
        try:
            with closing(sqlite3.connect(course.gradebook)) as database:
                rows = database.execute(_CELLS, (name, notebook)).fetchall()
        except sqlite3.OperationalError:  # no table yet
            rows = []
        except sqlite3.DatabaseError as error:
            message = f"{course.gradebook} cannot be read: {error}. Put a backup in its place."
            raise SetupError(message) from error
    if not rows:
        message = f"{course.gradebook} does not know {name}: {_cure(name)}"
        raise SetupError(message)
    return {
        str(cell): _KnownCell(str(source or ""), bool(locked), str(mark or ""), float(top or 0.0))
        for cell, source, locked, mark, top in rows
    }


def _completed(released: NotebookNode, known: Mapping[str, _KnownCell]) -> NotebookNode:
    """The release with the gradebook's locked cells, which hold the hidden tests, and points."""
    made = nbformat.from_dict(json.loads(json.dumps(released)))
    for cell in made.cells:
        grading = cell.metadata.get("nbgrader")
        if not grading:
            continue
        own = known[grading.grade_id]
        if own.locked:
            cell.source = own.source
        if own.checksum:
            grading["checksum"] = own.checksum
        if grading.get("grade"):
            grading["points"] = own.points
    return made  # type: ignore[no-any-return]


def _stamped(master: NotebookNode, name: str) -> NotebookNode:
    """With the name of this version in it, as a unit's release has one."""
    release = hashed([packed(master)])[:8]
    master.metadata["grader"] = {"unit": name, "release": release}
    return master


def _files(course: Course, name: str) -> dict[str, bytes]:
    """What lies beside the source notebook: ordinary files, none hidden, no notebooks.

    Raises SetupError where they are too large for a sandbox.
    """
    folder = course.ordinary_source / name
    found, room = {}, LARGEST_SUM
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        is_hidden = any(part.startswith((".", "__pycache__")) for part in inside.parts)
        if is_hidden or path.suffix == ".ipynb" or not path.is_file():
            continue
        size = path.stat().st_size
        room -= size
        if size > LARGEST_FILE or room < 0:
            message = (
                f"{path} does not fit beside a notebook that is graded: a file may have "
                f"{LARGEST_FILE // 2**20} MiB, all together {LARGEST_SUM // 2**20} MiB."
            )
            raise SetupError(message)
        found[inside.as_posix()] = path.read_bytes()
    return found
