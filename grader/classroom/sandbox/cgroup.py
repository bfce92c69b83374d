"""One control group (cgroup v2) a sandbox, where this machine lets us make any.

Linux then counts what is inside as one thing: memory of every kind, processes, a share of the
processors; and ends all of it at once. Each limit is set only where its controller is offered. What
is not offered stays with the watcher (`engine.resource_monitor`), which counts in every case.

A group's name says which grader made it, so that the next one clears away what a killed one left.
"""

import contextlib
import errno
import itertools
import os
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from grader.classroom.sandbox.spec import MIB, SandboxSpec

CONTROLLERS = ("memory", "pids", "cpu")
# Groups with limits stand below groups without processes: the grader itself goes into this one.
LEAF = "grader-itself"
# The watcher stops a run at its limit and says so; Linux's own wall stands behind it, for what is
# taken between two looks.
BEHIND = 1.25
# What Linux gives to a group of which nothing is said.
WEIGHT = 100
END_SECONDS = 10.0

_NAME = re.compile(r"grader-(\d+)-(\d+)-(\d+)-\d+")
_numbers = itertools.count()
_lock = threading.Lock()


@dataclass(frozen=True)
class Cgroup:
    """A control group of one sandbox; `limits` are the controllers that hold it."""

    folder: Path
    limits: frozenset[str]

    def take(self, processes: Callable[[], list[int]]) -> None:
        """Put all of `processes` into the group: asked again until none is left outside.

        A child is born where its parent is, so nothing slips through that is asked for once more.
        """
        taken: set[int] = set()
        while left := [pid for pid in processes() if pid not in taken]:
            for pid in left:
                taken.add(pid)
                with contextlib.suppress(OSError):  # gone, or not ours to move: the watcher counts
                    (self.folder / "cgroup.procs").write_text(str(pid), encoding="ascii")

    def starved(self) -> bool:
        """Whether Linux has ended it for its memory."""
        return _number_in(self.folder / "memory.events", "oom_kill") > 0

    def end(self) -> None:
        """End all that is inside and remove the group; what cannot go now is swept later."""
        with contextlib.suppress(OSError):
            (self.folder / "cgroup.kill").write_text("1", encoding="ascii")
        deadline = time.monotonic() + END_SECONDS
        while self.folder.is_dir() and not _remove(self.folder) and time.monotonic() < deadline:
            time.sleep(0.005)


def make_cgroup(box: SandboxSpec) -> Cgroup | None:
    """A new group for one sandbox; None where this machine lets us make none."""
    base = _base()
    if base is None:
        return None
    folder = base / f"{_marks(os.getpid())}-{next(_numbers)}"
    try:
        folder.mkdir()
    except OSError:
        return None
    if not (folder / "cgroup.kill").exists():  # Linux before 5.14
        _remove(folder)
        return None
    return Cgroup(folder, frozenset(limit(folder, box)))


def limit(folder: Path, box: SandboxSpec) -> list[str]:
    """Write what `box` allows into a group's files; the controllers that took it."""
    wanted = {
        "memory": {
            "memory.max": int(box.limits.memory_mib * MIB * BEHIND),
            "memory.swap.max": 0,
            "memory.oom.group": 1,
        },
        "pids": {"pids.max": 2 * box.limits.processes},
        "cpu": {"cpu.weight": WEIGHT * box.threads},
    }
    return [name for name, files in wanted.items() if _write_all(folder, files)]


def _write_all(folder: Path, files: dict[str, int]) -> bool:
    """Whether the first of `files`, the limit itself, could be written; others need not be there.

    Nothing is made: a file that Linux does not offer is a limit that it does not keep.
    """
    held = []
    for name, value in files.items():
        try:
            with (folder / name).open("r+", encoding="ascii") as file:
                file.write(str(value))
            held.append(name)
        except OSError:
            continue
    return next(iter(files)) in held


@cache
def _base_of(process: int) -> Path | None:  # noqa: ARG001 - a forked process asks for itself
    own = own_cgroup()
    if own is None or not os.access(own, os.W_OK):
        return None
    base = own.parent if own.name == LEAF else own
    offer(base)
    sweep(base)
    return base


def _base() -> Path | None:
    """The group below which this process makes others."""
    with _lock:
        return _base_of(os.getpid())


def own_cgroup(
    mounts: Path = Path("/proc/self/mountinfo"), groups: Path = Path("/proc/self/cgroup")
) -> Path | None:
    """The folder of this process's own group, wherever the file system of groups is mounted."""
    try:
        lines = groups.read_text(encoding="utf-8").splitlines()
        mounted = mounts.read_text(encoding="utf-8").splitlines()
    except OSError:
        return None
    path = next((line[3:] for line in lines if line.startswith("0::")), "/..")
    if ".." in path.split("/"):  # outside of what this namespace shows
        return None
    for line in mounted:
        place, _, kind = line.partition(" - ")
        if kind.startswith("cgroup2 "):
            root, point = place.split(" ")[3:5]
            if path == root or path.startswith(f"{root.rstrip('/')}/"):
                return Path(point) / path[len(root) :].lstrip("/")
    return None


def offer(base: Path) -> None:
    """Let groups below `base` have limits, as far as Linux and whoever gave us `base` allow."""
    try:
        offered = set((base / "cgroup.controllers").read_text(encoding="ascii").split())
        given = set((base / "cgroup.subtree_control").read_text(encoding="ascii").split())
    except OSError:
        return
    for name in CONTROLLERS:
        if name in offered - given and not _enable(base, name) and is_delegated(base):
            _step_aside(base)
            _enable(base, name)


def _enable(base: Path, name: str) -> bool:
    """Whether it was done, or is not to be had; not when `base` has processes of its own."""
    try:
        (base / "cgroup.subtree_control").write_text(f"+{name}", encoding="ascii")
    except OSError as error:
        return error.errno != errno.EBUSY
    return True


def is_delegated(base: Path) -> bool:
    """Whether `base` was given to us to divide: it is ours, or systemd has written so on it."""
    if os.geteuid() != 0:
        return base.stat().st_uid == os.geteuid()
    for name in ("trusted.delegate", "user.delegate"):
        with contextlib.suppress(OSError):
            if os.getxattr(base, name) == b"1":
                return True
    return False


def _step_aside(base: Path) -> None:
    """Move what is in `base` into a group below it: Linux limits no group beside processes."""
    leaf = base / LEAF
    with contextlib.suppress(OSError):
        leaf.mkdir(exist_ok=True)
        for pid in (base / "cgroup.procs").read_text(encoding="ascii").split():
            with contextlib.suppress(ProcessLookupError):
                (leaf / "cgroup.procs").write_text(pid, encoding="ascii")


def sweep(base: Path) -> None:
    """End and remove the groups of graders that are gone."""
    space = _marks(os.getpid()).split("-")[1]
    for folder in base.glob("grader-*"):
        made = _NAME.fullmatch(folder.name)
        if made and made[1] == space and _marks(int(made[2])) != folder.name.rpartition("-")[0]:
            Cgroup(folder, frozenset()).end()


def _marks(pid: int) -> str:
    """A name for a process that no later one has: its process namespace, its id, its start."""
    try:
        space = Path("/proc/self/ns/pid").stat().st_ino
        # behind the program's name, which may hold anything
        told = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
    except OSError:
        return ""
    return f"grader-{space}-{pid}-{int(told[19])}"


def _remove(folder: Path) -> bool:
    try:
        folder.rmdir()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True


def _number_in(file: Path, name: str) -> int:
    """A line such as `oom_kill 1`; 0 where there is none."""
    with contextlib.suppress(OSError):
        for line in file.read_text(encoding="ascii").splitlines():
            if line.startswith(f"{name} "):
                return int(line.split()[1])
    return 0
