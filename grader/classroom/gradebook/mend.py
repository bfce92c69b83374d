"""nbgrader's sanitising, so that no submission can stop a class.

`SafeExporter` reads a submitted file in nbgrader's place: what cannot be read becomes an empty
notebook that says why. `MendCells` rebuilds every notebook on the release; it stands for nbgrader's
ClearOutput, DeduplicateIds and OverwriteCells. `CheckMetadata` is nbgrader's CheckCellMetadata. All
are named in `configure`.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, lru_cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TextIO

import nbformat
from jsonschema.exceptions import best_match
from jsonschema.validators import validator_for
from nbconvert.exporters import Exporter, NotebookExporter
from nbformat import NotebookNode
from nbgrader.nbgraderformat import common
from nbgrader.preprocessors import CheckCellMetadata, NbGraderPreprocessor
from traitlets import Unicode

from grader.classroom.gradebook.plan import Planner, obstacle
from grader.classroom.notebook import LARGEST_FILE, loads, packed, read_submission, rebuild
from grader.core.errors import SubmissionError

# The notebook-level metadata that we write; a learner's never gets this far.
OURS = "grader"
PROBLEM = "problem"


class SafeExporter(NotebookExporter):
    """Reads submissions as strangers' bytes; our own autograded files as notebooks."""

    def from_filename(self, filename: str, resources: Any = None, **kw: Any) -> Any:
        """Look before a submission is opened: nbgrader would follow a link and wait on a pipe."""
        path = Path(filename)
        problem = obstacle(path.parent, path.name) if self._is_submission() else ""
        if problem:
            return self.from_notebook_node(_refused(problem), resources=resources, **kw)
        return super().from_filename(filename, resources=resources, **kw)

    def from_file(self, file_stream: TextIO, resources: Any = None, **kw: Any) -> Any:
        """Read one file; nbgrader's converter says whether it is a submission."""
        # our own file is checked when all steps have changed it
        read = _read if self._is_submission() else _read_ours
        return self.from_notebook_node(_Unshared(read(file_stream)), resources=resources, **kw)  # type: ignore[no-untyped-call]

    def from_notebook_node(self, nb: NotebookNode, resources: Any = None, **kw: Any) -> Any:
        """Convert a notebook; what comes out of sanitising is read once, by the step after it."""
        if not self._is_submission():
            return super().from_notebook_node(nb, resources, **kw)  # type: ignore[no-untyped-call]
        sanitised, resources = Exporter.from_notebook_node(self, nb, resources, **kw)
        return packed(sanitised).decode() + "\n", resources

    def _validate_preprocessor(self, nbc: NotebookNode, preprocessor: Any) -> None:
        """Check the notebook once, when all is in it."""
        if not self._is_submission():
            super()._validate_preprocessor(nbc, preprocessor)  # type: ignore[no-untyped-call]

    def _is_submission(self) -> bool:
        return bool(getattr(self.parent, "_sanitizing", False))


class _Unshared(NotebookNode):
    """A notebook that nobody else holds.

    nbconvert copies what it is given, twice, before it changes it; for us each is 400 objects.
    """

    def __deepcopy__(self, memo: dict[int, Any]) -> "_Unshared":
        return self


class MendCells(NbGraderPreprocessor):  # type: ignore[misc]
    """Puts a learner's answers into the released notebook."""

    notebooks = Unicode(help="The folder of the released units").tag(config=True)
    planner: Planner | None = None  # the unit's, where somebody has made it

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Rebuild one submission; see `classroom.notebook.rebuild`."""
        mended = rebuild(self._master(resources["nbgrader"]), nb)
        problem = nb.metadata.get(OURS, {}).get(PROBLEM)
        if problem:
            mended.metadata[OURS] = {**mended.metadata.get(OURS, {}), PROBLEM: problem}
        return mended, resources

    def _master(self, names: Any) -> NotebookNode:
        if self.planner:
            return self.planner.master
        path = Path(self.notebooks) / names["assignment"] / f"{names['notebook']}.ipynb"
        return loads(path.read_bytes())


class CheckMetadata(CheckCellMetadata):  # type: ignore[misc]
    """nbgrader's own check, of each metadata once and not again for each student.

    All submissions of a unit have the same metadata, the release's. Checking it, and the schema
    itself for each cell, took a third of all that recording a submission takes.
    """

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Check the metadata of all cells. Raises ValidationError as nbgrader does."""
        with _what_is_known():
            checked: tuple[NotebookNode, Any] = super().preprocess(nb, resources)
        return checked


@contextmanager
def _what_is_known() -> Iterator[None]:
    before = common.jsonschema
    common.jsonschema = SimpleNamespace(validate=_validate)
    try:
        yield
    finally:
        common.jsonschema = before


def _validate(instance: Any, schema: Any) -> None:
    """What `jsonschema.validate` does."""
    _check(json.dumps(instance), json.dumps(schema))


@lru_cache(maxsize=4096)
def _check(instance: str, schema: str) -> None:
    """Pass what was passed before; what was refused is checked and refused again."""
    error = best_match(_validator(schema).iter_errors(json.loads(instance)))
    if error is not None:
        raise error


@cache
def _validator(schema: str) -> Any:
    known = json.loads(schema)
    kind = validator_for(known)
    kind.check_schema(known)
    return kind(known)


def _read(stream: TextIO) -> NotebookNode:
    try:
        return read_submission(stream.buffer.read(LARGEST_FILE + 1))
    except SubmissionError as error:
        return _refused(str(error))


def _read_ours(stream: TextIO) -> NotebookNode:
    return loads(stream.buffer.read())


def _refused(problem: str) -> NotebookNode:
    return nbformat.v4.new_notebook(metadata={OURS: {PROBLEM: problem}})  # type: ignore[no-any-return]
