"""A course's folder with two released units, and archives made on the spot."""

import json
import shutil
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from grader.classroom.collect.archives import opened
from grader.classroom.collect.collecting import CollectReport, CollectRequest, collect
from grader.classroom.collect.student_matching import RosterStudent
from grader.classroom.notebooks.unit_recognition import ReleasedNotebooks

ROOT = Path(__file__).resolve().parents[3]
WHEN = (2026, 11, 20, 10, 0, 0)

# (files by name, options) to what became of them
Taken = Callable[..., CollectReport]


@pytest.fixture(scope="session")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two units of the course, released."""
    home = tmp_path_factory.mktemp("collect")
    for unit in ("01_rnn", "02_gru"):
        shutil.copytree(ROOT / "notebooks" / unit, home / "notebooks" / unit)
    return home


@pytest.fixture(scope="session")
def releases(course: Path) -> ReleasedNotebooks:
    return ReleasedNotebooks.of(course)


def notebook(words: str = "", unit: str = "01_rnn") -> bytes:
    """The released notebook with `words` in its first answer; as released without."""
    path = next((ROOT / "notebooks" / unit).glob("*.ipynb"))
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    answers = (c for c in content["cells"] if c["metadata"].get("nbgrader", {}).get("solution"))
    if words:
        next(c for c in answers if c["cell_type"] == "code")["source"] = words
    return json.dumps(content).encode()


def zipped(path: Path, files: Mapping[str, bytes | tuple[bytes, tuple[int, ...]]]) -> Path:
    """A zip of files; each content may come with its time."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, given in files.items():
            content, when = given if isinstance(given, tuple) else (given, WHEN)
            info = zipfile.ZipInfo(name, when)  # type: ignore[arg-type]
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return path


@pytest.fixture
def classroom(tmp_path: Path) -> Path:
    folder = tmp_path / "classroom"
    folder.mkdir()
    return folder


@pytest.fixture
def take(tmp_path: Path, classroom: Path, releases: ReleasedNotebooks) -> Taken:
    """Collect files (as a zip), an archive or a folder."""

    def run(
        files: Mapping[str, Any] | Path, *, roster: tuple[RosterStudent, ...] = (), **asked: Any
    ) -> Any:
        path = files if isinstance(files, Path) else zipped(tmp_path / "handed-in.zip", files)
        with opened(path) as source:
            return collect(source, path, releases, roster, classroom, CollectRequest(**asked))

    return run


def submission(classroom: Path, student: str, unit: str = "01_rnn") -> Path:
    return classroom / "submitted" / student / unit / f"{unit[3:]}.ipynb"
