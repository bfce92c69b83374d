"""nbgrader's exchange, so that one bad folder stops nobody and no link of a learner is followed.

The classes stand for nbgrader's own by configuration (`configure`), for its commands and for
formgrader alike. `LeanSubmit` is for learners' machines: docs/teachers.md says how.
"""

import glob
import os
import shutil
from pathlib import Path
from typing import Any

from nbgrader.exchange.default import (
    ExchangeReleaseAssignment,
    ExchangeReleaseFeedback,
    ExchangeSubmit,
)
from traitlets import Unicode

from grader.classroom.nbgrader.copied_files import SECRET, TIMESTAMP, belongings
from grader.classroom.nbgrader.nbgrader_compat import NamedSubmissions, read_timestamps
from grader.classroom.submissions.safe_copy import copy_plain, remove_equal
from grader.classroom.submissions.student_names import is_student_name
from grader.core import unit_file as units
from grader.core.data_checksums import checksums
from grader.core.errors import GraderError
from grader.core.names import stem
from grader.core.unit_file import FILE_NAME


class ReleaseUnit(ExchangeReleaseAssignment):  # type: ignore[misc]
    """Releases a unit that is whole, of the current release, and without keys."""

    notebooks = Unicode(help="The folder of the released units").tag(config=True)

    def init_src(self) -> None:
        """Find the folder to release; refuse one that learners could not work with."""
        unit = self.coursedir.assignment_id
        folder = Path(
            self.coursedir.format_path(self.coursedir.release_directory, ".", unit)
        ).resolve()
        ours = Path(self.notebooks) / unit / FILE_NAME
        if ours.is_file():
            problem = _unfit(folder, units.load(ours))
            if problem:
                self.fail(f"{unit} is not released: {problem} Run `grader release {unit}` first.")
        super().init_src()


class Collect(NamedSubmissions):
    """Collects each submission whole or not at all; names those that it cannot collect.

    Files that are the release's own (data sets, `unit.json`) stay in the exchange.
    """

    release = Unicode(help="The folder of the released units").tag(config=True)
    src_records: Any

    def copy_files(self) -> None:
        """Collect one submission after the other."""
        records = self.src_records
        read_timestamps(self.coursedir, self.log)
        for record in records:
            self.src_records = [record]
            source = Path(self.inbound_path) / record["filename"]
            if not is_student_name(record["username"]):
                self.log.error("Not collected: %s has no name that submitting gives", source)
                continue
            try:
                if self._may_be_new(record):
                    self._fetch(source)
                super().copy_files()
            except OSError as error:
                self.log.error("Not collected: %s: %s", source, error)  # noqa: TRY400 - said in full
            finally:
                shutil.rmtree(self._arriving, ignore_errors=True)
        self.src_records = records
        if not records:
            super().copy_files()  # says so

    @property
    def _arriving(self) -> Path:
        """Where a submission is copied to before anything of before is touched."""
        submitted = Path(self.coursedir.root, self.coursedir.submitted_directory)
        return submitted / f".arriving-{os.getpid()}"

    def _may_be_new(self, record: Any) -> bool:
        """False where this very submission was collected before."""
        unit = self.coursedir.assignment_id
        held = Path(
            self.coursedir.format_path(self.coursedir.submitted_directory, record["username"], unit)
        )
        when = belongings(held).get(TIMESTAMP, b"").decode(errors="replace").strip()
        return not held.is_dir() or f"+{unit}+{when}+" not in f"{record['filename']}+"

    def _fetch(self, source: Path) -> None:
        largest = 1000 * self.coursedir.max_dir_size
        for left_out in copy_plain(source, self._arriving, self.coursedir.ignore, largest):
            self.log.warning("Not collected: %s", left_out)
        remove_equal(self._arriving, Path(self.release) / self.coursedir.assignment_id)

    def do_copy(self, src: str, dest: str, log: Any = None) -> None:  # noqa: ARG002 - nbgrader's own
        """Move what has arrived to where it is collected."""
        if not self._arriving.is_dir():
            self._fetch(Path(src))
        self._arriving.rename(dest)
        if self.coursedir.groupshared:
            self.set_perms(dest, 0o664, 0o2770)


class ReleaseFeedback(ExchangeReleaseFeedback):  # type: ignore[misc]
    """Releases every page that can be; names those that were not handed in by the exchange."""

    src_path: str

    def copy_files(self) -> None:
        """Release one student's pages after the other."""
        pattern = self.src_path
        lacking = []
        for folder in sorted(map(Path, glob.glob(pattern))):  # noqa: PTH207 - a pattern of nbgrader's
            if not all((folder / name).is_file() for name in (TIMESTAMP, SECRET)):
                lacking.append(folder)
                continue
            self.src_path = glob.escape(str(folder))
            super().copy_files()
        self.src_path = pattern
        for folder in lacking:
            self.log.warning(
                "%s did not come by the exchange (no %s), so no page can go back by it: send %s",
                folder.parent.name,
                SECRET,
                folder,
            )


class LeanSubmit(ExchangeSubmit):  # type: ignore[misc]
    """Submits without the files that the course itself has given and that are as they were."""

    def do_copy(self, src: str, dest: str, log: Any = None) -> None:
        """Copy the folder to the exchange or to the learner's cache, and drop those files."""
        super().do_copy(src, dest, log)
        remove_equal(Path(dest), Path(self.release_path))


def _unfit(folder: Path, wanted: units.Unit) -> str:
    """Why the folder cannot be given to learners; empty where it can."""
    try:
        described = units.find(folder)
    except GraderError:
        return f"there is no {FILE_NAME} in {folder}."
    if not (folder / f"{stem(wanted.name)}.ipynb").is_file():
        return f"there is no {stem(wanted.name)}.ipynb in {folder}."
    if described.release != wanted.release:
        return (
            f"{folder} is of release {described.release}, notebooks/{wanted.name} of "
            f"{wanted.release}."
        )
    if described.dumps() != described.without_keys().dumps():
        return f"{folder / FILE_NAME} holds keys of challenges."
    for name, sums in wanted.data.items():
        data = folder / "data" / name
        if not data.is_dir() or checksums(data) != sums:
            return f"{data} is not the data set of this release."
    return ""
