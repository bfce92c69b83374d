"""A course of two units that cases are handed in to; what they hand in, file by file."""

import json
import shutil
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any

import nbformat

from grader.classroom.course_paths import Course
from grader.classroom.grading.secret_key import SECRET
from grader.classroom.publish.releasing import write_source
from grader.classroom.sample_class import Overlay, _submission
from tests.wild.case import Case, Hand
from tests.wild.overlay import notebook, written

ROOT = Path(__file__).resolve().parents[2]
UNIT, OTHER = "01_rnn", "02_gru"
REPAIRS = {UNIT: "rnn-repair", OTHER: "gru-repair"}  # nothing here is about training
WHEN = "2026-11-20 10:00:00"


@dataclass(frozen=True)
class Arena:
    """The course's folder, and the notebooks that cases begin with."""

    course: Course

    @cached_property
    def bases(self) -> dict[str, dict[str, Any]]:
        """Notebooks as JSON: "solved", "untouched", "other"."""
        return {
            "solved": self._solved(UNIT),
            "untouched": json.loads(self.course.released(UNIT).read_text(encoding="utf-8")),
            "other": self._solved(OTHER),
        }

    def file(self, case: Case, hand: Hand) -> bytes:
        """The bytes of one file that comes."""
        if hand.what == "text":
            return hand.text.encode()
        if hand.what == "this":
            return written(notebook(self.bases[case.base], case.change), case.file)
        return written(self.bases[hand.what], [])

    def _solved(self, unit: str) -> dict[str, Any]:
        released = nbformat.read(self.course.released(unit), as_version=4)
        solved = nbformat.read(write_source(self.course, unit), as_version=4)
        overlay = Overlay("solved", "all answers but the repair", left=[REPAIRS[unit]])
        made: dict[str, Any] = json.loads(json.dumps(_submission(overlay, released, solved)))
        return made


def build_arena(folder: Path) -> Arena:
    """Copy what a class needs of two units of the course."""
    for unit in (UNIT, OTHER):
        for part in ("solutions", "notebooks"):
            shutil.copytree(
                ROOT / part / unit,
                folder / part / unit,
                ignore=shutil.ignore_patterns("__pycache__"),
            )
    shutil.copytree(ROOT / "data", folder / "data", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    course = Course(folder, folder / "classroom")
    course.classroom.mkdir()
    (course.classroom / SECRET).write_text("everybody may know how this class was drawn")
    return Arena(course)


def files_of(arena: Arena, case: Case) -> dict[str, tuple[bytes, str]]:
    """Content and time of each file by its path."""
    return {
        hand.path.replace("{student}", case.who): (arena.file(case, hand), hand.time or WHEN)
        for hand in case.hand
    }


def lay(files: Mapping[str, tuple[bytes, str]], top: Path) -> None:
    """Write files below a folder."""
    for path, (data, _) in files.items():
        target = top / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)


def packed(files: Mapping[str, tuple[bytes, str]], way: str, folder: Path) -> Path:
    """The files as a zip, a tar or a folder."""
    return PACKERS[way](files, Path(tempfile.mkdtemp(dir=folder)))


def _zip(files: Mapping[str, tuple[bytes, str]], folder: Path) -> Path:
    path = folder / "handed-in.zip"
    path.write_bytes(_zipped(files))
    return path


def _zipped(files: Mapping[str, tuple[bytes, str]]) -> bytes:
    """A zip of files; what stands below `x.zip!/` goes into a zip of its own within it."""
    inner: dict[str, dict[str, tuple[bytes, str]]] = {}
    for name, file in files.items():
        if "!/" in name:
            above, _, below = name.partition("!/")
            inner.setdefault(above, {})[below] = file
    outer = {name: file for name, file in files.items() if "!/" not in name}
    outer |= {name: (_zipped(held), WHEN) for name, held in inner.items()}
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, (data, time) in outer.items():
            info = zipfile.ZipInfo(name, datetime.fromisoformat(time).timetuple()[:6])
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
    return made.getvalue()


def _tar(files: Mapping[str, tuple[bytes, str]], folder: Path) -> Path:
    path = folder / "handed-in.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for name, (data, time) in files.items():
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(data), datetime.fromisoformat(time).timestamp()
            archive.addfile(info, BytesIO(data))
    return path


def _folder(files: Mapping[str, tuple[bytes, str]], folder: Path) -> Path:
    path = folder / "handed-in"
    lay(files, path)
    return path


PACKERS: dict[str, Callable[[Mapping[str, tuple[bytes, str]], Path], Path]] = {
    "zip": _zip,
    "tar": _tar,
    "folder": _folder,
}
