"""`grader doctor`: what this machine lacks for learning and for grading, and what mends it.

It needs nothing but Python, so that it can say what to install before anything is.
"""

import argparse
import importlib.metadata
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from grader.core.errors import SetupError

if TYPE_CHECKING:
    from grader.classroom.cli import Subparsers

LEARNER, TEACHER, DEVELOPER = "learn", "grade", "develop"
PRIVACY = "keep the class private"
SHARES = "let Linux itself count a sandbox's memory, processes and share"
OWN_USERS = "let each sandbox be a user of its own, whom Linux keeps apart from all others"
SUBORDINATE = (
    "sudo apt-get install uidmap && "
    "sudo usermod --add-subuids 200000-265535 --add-subgids 200000-265535 $USER"
)
DELEGATED = "systemd-run --user --scope -p Delegate=yes make grade"
INSTALL = "python -m grader install {}, then the Python that it names"


@dataclass(frozen=True)
class Finding:
    """One thing looked at, and what it is needed for; `mend` is empty where all is well."""

    name: str
    needed_for: str
    found: str
    mend: str = ""
    sign: str = "missing"


def add(subparsers: "Subparsers") -> None:
    """Declare `grader doctor`."""
    parser = subparsers.add_parser("doctor", help="say what this machine lacks, and what mends it")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:  # noqa: ARG001 - it takes no words
    """Print one line a finding; exit code 2 where learning or grading lacks something."""
    findings = list(examine(Path.cwd()))
    for finding in findings:
        sign = finding.sign if finding.mend else "ok"
        print(f"{sign:8}{finding.name:18}{finding.found}")
        if finding.mend:
            print(f"{'':8}to {finding.needed_for}: {finding.mend}")
    lacking = {finding.needed_for for finding in findings if finding.mend}
    well = [use for use in (LEARNER, TEACHER, DEVELOPER) if use not in lacking]
    print(f"This machine is ready to: {', '.join(well) or 'nothing yet'}.")
    return 2 if lacking & {LEARNER, TEACHER} else 0


def examine(start: Path) -> Iterator[Finding]:
    """Look at everything, the most basic first."""
    yield _python()
    yield from _packages(LEARNER, ("torch", "numpy", "msgpack", "jupyterlab", "ipywidgets"))
    yield _device()
    yield _course(start)
    yield from _packages(TEACHER, ("nbgrader", "jupytext", "nbclient"))
    yield _sandbox()
    yield from _groups()
    yield from _users()
    yield from _rights(start)
    yield from _packages(DEVELOPER, ("pytest", "ruff", "mypy", "import-linter", "playwright"))
    yield _chromium()


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    mend = "" if sys.version_info >= (3, 11) else "install Python 3.11 or newer"
    return Finding("Python", LEARNER, version, mend)


def _packages(use: str, names: tuple[str, ...]) -> Iterator[Finding]:
    for name in names:
        try:
            yield Finding(name, use, importlib.metadata.version(name))
        except importlib.metadata.PackageNotFoundError:
            yield Finding(name, use, "not installed", INSTALL.format(use))


def _device() -> Finding:
    try:
        import torch
    except ImportError as error:
        found = f"torch cannot be imported ({error})"
        return Finding("device", LEARNER, found, INSTALL.format(LEARNER))
    if torch.cuda.is_available():
        return Finding("device", LEARNER, torch.cuda.get_device_name())
    return Finding("device", LEARNER, "CPU (no CUDA device: all units are made for that, too)")


def _course(start: Path) -> Finding:
    try:
        from grader.classroom.working_copy import find_home, released_units

        home = find_home(start)
    except ModuleNotFoundError as error:
        found = f"not looked for ({error.name} is not installed)"
        return Finding("course", LEARNER, found, INSTALL.format(LEARNER))
    except SetupError as error:
        return Finding("course", LEARNER, "not found", str(error))
    units = list(released_units(home))
    if not units or not (home / "data").is_dir():
        return Finding("course", LEARNER, f"{home} lacks notebooks or data", "git checkout .")
    return Finding("course", LEARNER, f"{len(units)} unit(s) in {home}")


def _sandbox() -> Finding:
    """Whether an empty sandbox can be made here, which is what grading asks of the machine."""
    try:
        from grader.classroom.sandbox import check_sandbox

        check_sandbox()
    except ModuleNotFoundError as error:
        found = f"not tried ({error.name} is not installed)"
        return Finding("sandbox", TEACHER, found, INSTALL.format(TEACHER))
    except SetupError as error:
        return Finding("sandbox", TEACHER, "cannot be made", str(error))
    return Finding("sandbox", TEACHER, "bubblewrap works")


def _groups() -> Iterator[Finding]:
    """What Linux counts for each sandbox; nothing where there is no sandbox to ask about."""
    try:
        from grader.classroom.sandbox.cgroup import CONTROLLERS, make_cgroup
        from grader.classroom.sandbox.spec import SandboxSpec
    except ModuleNotFoundError:
        return
    made = make_cgroup(SandboxSpec())
    if made is None:
        found = "no control group of its own for a sandbox: it is watched"
        yield Finding("limits", SHARES, found, DELEGATED, sign="could")
        return
    made.end()
    missing = [name for name in CONTROLLERS if name not in made.limits]
    found = f"a control group for each sandbox: {', '.join(sorted(made.limits)) or 'to end it'}"
    if missing:
        found += f"; watched, because not offered here: {', '.join(missing)}"
    yield Finding("limits", SHARES, found, DELEGATED if missing else "", sign="could")


def _users() -> Iterator[Finding]:
    """As whom a warm sandbox's processes run; nothing where there is no sandbox to ask about."""
    try:
        from grader.classroom.sandbox import uids
        from grader.classroom.sandbox.spec import SandboxSpec
    except ModuleNotFoundError:
        return
    spec = SandboxSpec()
    found = uids.own_uids()
    if found is None:
        told = "sandboxes run as you, apart by namespaces alone"
        yield Finding("users", OWN_USERS, told, SUBORDINATE, sign="could")
        return
    try:
        closed = uids.closed_to_others(spec.python, spec.package, spec.data)
    except SetupError:  # a Python that no sandbox may show: the line before says so
        return
    if closed is not None:
        told = f"sandboxes run as you: others may not read {closed}"
        yield Finding("users", OWN_USERS, told, f"chmod -R go+rX {closed.parent}", sign="could")
        return
    count = f"{found.uid} to {found.uid + uids.COUNT - 1}"
    yield Finding("users", OWN_USERS, f"each sandbox is a user of its own, such as {count}")


def _rights(start: Path) -> Iterator[Finding]:
    """What of a class other users can read; nothing where there is no class or no such rights."""
    from grader.classroom.course_paths import find_course
    from grader.classroom.permissions import closing, open_to_others

    try:
        course = find_course(start)
    except SetupError:
        return  # a learner's hand-out
    if os.name == "nt" or not course.classroom.is_dir():
        return
    found = open_to_others(course)
    if not found:
        yield Finding("class", PRIVACY, f"no other user can read {course.classroom}")
        return
    names = ", ".join(os.path.relpath(path, course.root) for path in found)
    told = f"other users of this machine can read: {names}"
    yield Finding("class", PRIVACY, told, closing(found), sign="open")


def _chromium(which: Callable[[str], str | None] = shutil.which) -> Finding:
    found = next(filter(None, map(which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        mend = "apt-get install chromium (browser tests are skipped without)"
        return Finding("Chromium", DEVELOPER, "not found", mend)
    return Finding("Chromium", DEVELOPER, os.fspath(found))
