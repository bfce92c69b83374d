"""What lies beside a released notebook in a class: `unit.json` without keys, and its data sets.

The same files go beside nbgrader's source notebook, so that its own *Generate* copies them, and
into the release that `nbgrader release_assignment` gives to learners.
"""

import re
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from nbformat import NotebookNode

from grader.core.data_checksums import checksums
from grader.core.errors import CourseError
from grader.core.unit_file import FILE_NAME, Unit

DATA = "data"
# Whoever gets a data set gets its licence with it, but not how it was made from what is not here.
_LEFT_OUT = ("make.py",)


def data_of(
    notebook: NotebookNode, repairs: Iterable[str], data: Path
) -> dict[str, dict[str, str]]:
    """The checksums of the data sets below `data` that a notebook names or a repair draws from.

    Raises CourseError where one that is loaded is not there.
    """
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    known = {path.parent.name for path in data.glob("*/recipe.py")}
    needed = {*re.findall(r"""\blab\.load\(\s*["'](\w+)["']""", code), *repairs}
    if needed - known:
        lacking = min(needed - known)
        message = (
            f"the data set {lacking!r} is loaded, but there is no {data / lacking / 'recipe.py'}. "
            f"There are: {', '.join(sorted(known)) or 'none'}. docs/authors.md says what one holds."
        )
        raise CourseError(message)
    named = {*re.findall(r"""["'](\w+)["']""", code), *repairs}
    return {name: checksums(data / name) for name in sorted(known & named)}


def beside(unit: Unit, data: Path) -> Iterator[tuple[str, bytes]]:
    """The files by their paths below the unit's folder. Raises CourseError for a link."""
    yield FILE_NAME, unit.without_keys().dumps().encode()
    for name in unit.data:
        for path in sorted((data / name).iterdir()):
            if path.name.startswith(".") or path.name in _LEFT_OUT or path.is_dir():
                continue
            if path.is_symlink():
                message = f"{path} is a link; a release holds files only. Put the file there."
                raise CourseError(message)
            yield f"{DATA}/{name}/{path.name}", path.read_bytes()


def swap(folder: Path, files: dict[str, bytes]) -> None:
    """Put a new folder in the old one's place; a reader sees the one or the other."""
    coming, going = (folder.with_name(f".{folder.name}.{word}") for word in ("new", "old"))
    for rest in (coming, going):
        shutil.rmtree(rest, ignore_errors=True)
    for name, content in files.items():
        (coming / name).parent.mkdir(parents=True, exist_ok=True)
        (coming / name).write_bytes(content)
    if folder.exists():
        folder.rename(going)
    coming.rename(folder)
    shutil.rmtree(going, ignore_errors=True)
