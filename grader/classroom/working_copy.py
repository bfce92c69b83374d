"""The learner's own copy of the notebooks, `my-work/`.

A unit is copied once and from then on belongs to the learner: nothing in `my-work/` is ever
overwritten or removed here. When a unit was released anew, the new one arrives beside the old
as `my-work/01_rnn@<release>`, so each notebook keeps the `unit.json` that it was released with.
Called by `grader lab`. It must work where learners have no `solutions/`.
"""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

from grader.core.errors import SetupError
from grader.core.names import is_unit_name
from grader.core.unit_file import FILE_NAME

FOLDER = "my-work"
_ARRIVING = ".arriving-"


def find_home(start: Path) -> Path:
    """The folder with `notebooks/`: upward from `start`, else beside the package (a clone).

    Raises SetupError where there is none.
    """
    beside_the_package = Path(__file__).resolve().parents[2]
    start = start.resolve()
    for folder in (start, *start.parents, beside_the_package):
        if (folder / "notebooks").is_dir():
            return folder
    message = (
        f"found no course from {start} upward: no folder there holds notebooks/. "
        "Go to the folder of the course (cd) and try again; in a fresh clone, `make notebooks`."
    )
    raise SetupError(message)


def released_units(home: Path) -> dict[str, Path]:
    """Each released unit's folder by its name, in the order of the course."""
    if not (home / "notebooks").is_dir():
        return {}
    return {
        folder.name: folder
        for folder in sorted((home / "notebooks").iterdir())
        if is_unit_name(folder.name) and (folder / FILE_NAME).is_file()
    }


def bring(home: Path) -> Iterator[str]:
    """Copy what is new into `my-work/`; yield one line for each unit that arrived."""
    mine = home / FOLDER
    mine.mkdir(exist_ok=True)
    _sweep(mine)
    for name, folder in released_units(home).items():
        copy = mine / name
        if not copy.exists():
            _copy(folder, copy)
            yield f"{name} is in {FOLDER}/{name}: it is yours to change."
            continue
        release = _release(folder)
        beside = mine / f"{name}@{release}"
        if release_of(copy) == release or beside.exists():
            continue
        _copy(folder, beside)
        yield (
            f"{name} has a new version, now in {FOLDER}/{beside.name}. "
            f"Your work in {FOLDER}/{name} is untouched; both can be opened and checked."
        )


def release_of(folder: Path) -> str | None:
    """The release that a unit's folder says it is; None where its `unit.json` cannot tell."""
    try:
        release = json.loads((folder / FILE_NAME).read_text(encoding="utf-8"))["release"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return release if isinstance(release, str) and release.isalnum() else None


def _release(folder: Path) -> str:
    release = release_of(folder)
    if release is None:
        message = f"{folder / FILE_NAME} names no release. Build the unit again: make notebooks"
        raise SetupError(message)
    return release


def _copy(folder: Path, target: Path) -> None:
    """Copy whole or not at all: a start that is interrupted leaves no half unit behind."""
    arriving = target.with_name(_ARRIVING + target.name)
    shutil.copytree(folder, arriving, ignore=shutil.ignore_patterns(".*", "__pycache__"))
    arriving.rename(target)


def _sweep(mine: Path) -> None:
    """Remove what an interrupted copy left; nobody has worked in such a folder."""
    for arriving in mine.glob(f"{_ARRIVING}*"):
        shutil.rmtree(arriving)
