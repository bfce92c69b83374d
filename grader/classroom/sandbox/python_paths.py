"""Which folders of this machine a Python needs to run, wherever they lie.

Used by `bwrap`. Never lists a folder because it is handy: a home folder or the course is refused.
"""

import os
import sys
from pathlib import Path

from grader.core.errors import SetupError

# The system as far as programs need it; no /etc, /home, /root, /var, /opt, /srv, /mnt.
SYSTEM = tuple(Path(name) for name in ("/usr", "/bin", "/sbin", "/lib", "/lib64", "/lib32"))
# Single files and folders that the loader, matplotlib and torch look up.
DETAILS = tuple(
    Path(name)
    for name in (
        "/etc/ld.so.cache",
        "/etc/alternatives",
        "/etc/fonts",
        "/sys/devices/system/cpu",
    )
)


def python_places(python: Path) -> tuple[Path, ...]:
    """Folders that `python` runs from: its environment, its base, each step of its links.

    A virtual environment's `bin/python` is often a link to a link; every step must exist inside.
    Raises SetupError where one of them would show a home folder.
    """
    found = [Path(sys.prefix), Path(sys.base_prefix), Path(sys.exec_prefix)]
    step = python
    for _ in range(20):
        found.append(step.parent.parent if step.parent.name == "bin" else step.parent)
        if not step.is_symlink():
            break
        step = Path(os.path.normpath(step.parent / step.readlink()))
    both = {place for path in found for place in (path.absolute(), path.resolve())}
    for place in both:
        _refuse_home(place)
    return outermost(both)


def outermost(paths: set[Path]) -> tuple[Path, ...]:
    """Leave out paths that lie inside another one or inside the system's folders; sorted."""
    roots = {*paths, *SYSTEM}
    kept = (path for path in paths if not any(root in path.parents for root in roots))
    return tuple(sorted(path for path in kept if path not in SYSTEM))


def _refuse_home(place: Path) -> None:
    home = Path.home()
    if place == Path("/") or place == home or place in home.parents:
        message = (
            f"Python is installed straight into {place}; binding it would show learner code "
            f"everything under {place}. Make a virtual environment with a Python that has a folder "
            "of its own (the system's, conda's or uv's) and run `make grade` again."
        )
        raise SetupError(message)
