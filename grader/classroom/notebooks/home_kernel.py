"""What a kernel needs to run a notebook as learners run it at home, and what its cells printed."""

import os
from pathlib import Path
from typing import Any

import grader


def home_environment(data: Path) -> dict[str, str]:
    """What the kernel finds: this package, the course's data, and one thread."""
    package = str(Path(grader.__file__).resolve().parents[1])
    paths = os.pathsep.join(filter(None, (package, os.environ.get("PYTHONPATH"))))
    found = {"GRADER_DATA": str(data)} if data.is_dir() else {}
    return {**os.environ, **found, "PYTHONPATH": paths, "OMP_NUM_THREADS": "1"}


def words(output: Any) -> str:
    """An output as text: what was printed, or a picture's words."""
    return str(output.get("text") or output.get("data", {}).get("text/plain", ""))
