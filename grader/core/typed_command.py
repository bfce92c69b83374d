"""How this program was called, so that what is printed as the next step can be typed as it is."""

import os
import shlex
import sys
from pathlib import Path


def typed() -> str:
    """The words that call `grader` again, from any folder.

    `grader` where that was typed, `/course/.venv/bin/python -m grader` where that Python was.
    """
    called = Path(sys.argv[0])
    if called.name == "__main__.py" and called.parent.name == "grader":
        return f"{_anywhere(sys.orig_argv[0])} -m grader"
    is_script = called.stem == "grader" and called.parent.as_posix() not in _on_path()
    return _anywhere(sys.argv[0]) if is_script else "grader"


def _anywhere(word: str) -> str:
    """A program's name as it is, a path from the top of the file system."""
    return shlex.quote(str(Path(word).absolute())) if os.path.dirname(word) else word  # noqa: PTH120


def _on_path() -> list[str]:
    folders = os.environ.get("PATH", "").split(os.pathsep)
    return [".", *(Path(folder).as_posix() for folder in folders if folder)]
