"""nbgrader's release step: from a source notebook to a released one, and into a gradebook.

`generate` goes through a throwaway database, because nbgrader refuses to change an assignment that
has submissions and deletes the release folder when it does. `ClearAnswers` and
`StampRelease` are named in `configure`.
"""

import json
import tempfile
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.converters import GenerateAssignment
from nbgrader.converters.base import NbGraderException
from nbgrader.preprocessors import ClearSolutions, NbGraderPreprocessor
from traitlets import Unicode
from traitlets.config import Config

from grader.classroom.nbgrader.inprocess import (
    CapturingLogger,
    course_folders,
    nbgrader_environment,
)
from grader.classroom.nbgrader.release_settings import CODE_STUB, configure_release
from grader.classroom.nbgrader.transactions import one_transaction
from grader.core.errors import CourseError
from grader.core.unit_file import FILE_NAME


class ClearAnswers(ClearSolutions):  # type: ignore[misc]
    """nbgrader's ClearSolutions, without a stub below an answer that is one line to fill in."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: Any, cell_index: int
    ) -> tuple[NotebookNode, Any]:
        """Clear one cell; `x = ""  # "a" or "b"` needs no line that says where the answer goes."""
        cell, resources = super().preprocess_cell(cell, resources, cell_index)
        lines = cell.source.split("\n")
        if len(lines) == 2 and lines[1] == CODE_STUB:
            cell.source = lines[0]
        return cell, resources


class StampRelease(NbGraderPreprocessor):  # type: ignore[misc]
    """Writes into a notebook of which release it is, as the `unit.json` beside its source says.

    So what nbgrader's own *Generate* makes is the same as what `grader release` made.
    """

    source = Unicode(help="The folder of the source notebooks").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Stamp one notebook; one with no `unit.json` beside it is left as it is."""
        path = Path(self.source) / resources["nbgrader"]["assignment"] / FILE_NAME
        if path.is_file():
            described = json.loads(path.read_text(encoding="utf-8"))
            nb.metadata["grader"] = {name: described[name] for name in ("unit", "release")}
        return nb, resources


def generate(source: Path, release: Path, unit: str, db_url: str | None = None) -> None:
    """Write the release of `source/<unit>` to `release/<unit>` and register it in a database.

    `db_url`: the class's database; a throwaway one where it is None. Raises CourseError with
    nbgrader's own words when nbgrader refuses.
    """
    with tempfile.TemporaryDirectory() as throwaway, nbgrader_environment():
        log = CapturingLogger()
        config = Config()
        configure_release(config, source)
        config.CourseDirectory.root = str(source.parent)
        config.CourseDirectory.source_directory = source.name
        config.CourseDirectory.release_directory = str(release)
        config.CourseDirectory.db_url = db_url or f"sqlite:///{throwaway}/release.db"
        folders = course_folders(config, unit)
        converter = GenerateAssignment(coursedir=folders, config=config, log=log)
        converter.force = True
        try:
            with one_transaction(folders.db_url):
                converter.start()
        except NbGraderException as error:
            message = f"nbgrader could not release {unit}: " + "\n".join([*log.lines, str(error)])
            raise CourseError(message) from error
