"""The hand-out: all that learners of a class get, as one zip, and nothing that they shall not.

It holds `notebooks/`, `data/`, the package and what installs it. `solutions/` is never opened.
Challenge keys, with their reasons and explanations, are left out of each `unit.json`: in a class
the referee marks them.
The same releases make the same bytes. Called by `grader handout`.
"""

import hashlib
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import grader
from grader.classroom.course_paths import Course
from grader.classroom.publish.handout_install import installing
from grader.core import unit_file as units
from grader.core.errors import CourseError, SetupError, UsageError
from grader.core.names import CHALLENGE, stem
from grader.core.unit_file import FILE_NAME, Unit

# What stands beside the folders: enough for `make lab`, `pip install` and conda.
CONDA = "environment.yml"
BESIDE = ("LICENSE", "Makefile", CONDA)
# How to begin is the same for every course; what a course tells its learners, it may keep here.
_BEGIN = "handout.md"
_OWN_WORDS = "docs/learners.md"
_BY_CONDA = """ With conda:
`conda env create -f environment.yml`, `conda activate grader`, `python -m grader lab`."""
_BY_NAME = """Where `grader` stands in a line below, type `.venv/bin/python -m grader` (Windows:
`.venv\\Scripts\\python -m grader`)."""
# Examples for authors hold solutions, which are nothing for learners.
_LEFT_OUT = {"__pycache__", ".ipynb_checkpoints", "examples"}
# Zip files cannot tell an earlier time, and a time of today would make other bytes every day.
_EPOCH = (1980, 1, 1, 0, 0, 0)
_FILE = 0o100644 << 16


@dataclass(frozen=True)
class Handout:
    """A zip that was written (or was there already); `releases` is each unit's release.

    `keyed` are the units whose challenge keys were left out.
    """

    path: Path
    releases: dict[str, str]
    changed: bool
    keyed: frozenset[str] = frozenset()


def top(course: Course) -> str:
    """The folder that a hand-out unpacks to: the course's own."""
    return re.sub(r"[^\w-]+", "-", course.root.resolve().name).strip("-") or "course"


def make(course: Course, chosen: Sequence[str], target: Path | None = None) -> Handout:
    """Write the hand-out of these units; a file that says something else is never overwritten.

    Raises SetupError where a unit is not released, UsageError where `target` is another file.
    """
    released = {name: read_released(course, name) for name in chosen}
    data = _zipped(top(course), contents(course, released))
    name = f"{top(course)}-{hashlib.sha256(data).hexdigest()[:8]}.zip"
    path = target or course.root / "build" / "handout" / name
    releases = {name: unit.release for name, unit in released.items()}
    keyed = frozenset(n for n, unit in released.items() if _has_keys(unit))
    if path.exists():
        if path.is_file() and path.read_bytes() == data:
            return Handout(path, releases, changed=False, keyed=keyed)
        message = f"{path} exists and is another file. Name a new one, or move it away first."
        raise UsageError(message)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        file.write(data)
    return Handout(path, releases, changed=True, keyed=keyed)


def _has_keys(unit: Unit) -> bool:
    return any(item.kind == CHALLENGE for item in unit.quiz.values())


def read_released(course: Course, name: str) -> Unit:
    """A unit as it was released. Raises SetupError where it was not."""
    path = course.notebooks / name / FILE_NAME
    if not path.is_file() or not course.released(name).is_file():
        message = f"{name} is not released yet: there is no {path}. Run `grader release {name}`."
        raise SetupError(message)
    return units.load(path)


def contents(course: Course, released: dict[str, Unit]) -> dict[str, bytes]:
    """Every file of a hand-out of these units by its path, but for the one folder around all."""
    own = course.root / _OWN_WORDS
    begin = files(__package__).joinpath(_BEGIN).read_text(encoding="utf-8")
    if not (course.root / CONDA).is_file():
        begin = begin.replace(_BY_CONDA, "")
    if own.is_file():
        begin += f"\n{_BY_NAME}\n"
    words = [begin, *([own.read_text(encoding="utf-8")] if own.is_file() else [])]
    found = {"README.md": "\n".join(words).encode(), **installing(course.root)}
    for name in BESIDE:
        if (course.root / name).is_file():
            found[name] = (course.root / name).read_bytes()
    for name, unit in released.items():
        notebook = course.released(name)
        found[f"notebooks/{name}/{stem(name)}.ipynb"] = notebook.read_bytes()
        found[f"notebooks/{name}/{FILE_NAME}"] = unit.without_keys().dumps().encode()
    package = Path(grader.__file__).resolve().parent
    for folder, place in ((package, "grader"), (course.data, "data")):
        for path in below(folder):
            found[f"{place}/{path.relative_to(folder).as_posix()}"] = path.read_bytes()
    return found


def below(folder: Path) -> Iterator[Path]:
    """Every regular file below, but hidden ones; a link could lead anywhere, and is refused."""
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder).parts
        if any(part.startswith(".") or part in _LEFT_OUT for part in inside):
            continue
        if path.is_symlink():
            message = f"{path} is a link; a hand-out holds files only. Put the file itself there."
            raise CourseError(message)
        if path.is_file():
            yield path


def _zipped(folder: str, files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(f"{folder}/{name}", _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = _FILE
            archive.writestr(entry, files[name])
    return buffer.getvalue()
