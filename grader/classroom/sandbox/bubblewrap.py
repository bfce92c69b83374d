"""Bubblewrap's options for a sandbox, cold or warm, and what to say where none can be made.

In a sandbox there is no network, nothing of the course but `grader/` and `data/`, nothing writable
but three bounded folders in memory, no capability, and no way to make another namespace. Its
processes live in a process namespace of their own: they all die with its first process.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil

from grader.classroom.sandbox.python_paths import DETAILS, SYSTEM, python_places
from grader.classroom.sandbox.spec import MIB, SandboxSpec, environment
from grader.core.errors import SetupError

HOME = "/home/learner"
LIBRARY = "/course/library"
DATA = "/course/data"
WRITABLE = (HOME, "/tmp", "/dev/shm")  # noqa: S108 - names inside the sandbox
USER = 1000
HOST = "grader"
# What a warm process may write itself: matplotlib's list of fonts.
OUTER_DISK = 4 * MIB

INSTALL = (
    "Install bubblewrap: `sudo apt-get install bubblewrap` (Debian, Ubuntu) or "
    "`sudo dnf install bubblewrap` (Fedora, RHEL)."
)
# A sandbox is set up in some 20 ms; a machine that swaps may need seconds.
SETUP_SECONDS = 20.0


def arguments(box: SandboxSpec, files: Path) -> list[str]:
    """The options of bubblewrap for a cold sandbox; the folder `files` holds `box.files`.

    A fork of a warm process gets the same from `outer_arguments` and `worker.confinement`.
    """
    return [
        "--disable-userns",
        *_isolation(box),
        *_mounts(box, ("--proc", "/proc"), box.limits.disk_mib * MIB),
        *(w for name in sorted(box.files) for w in _bind(files / name, f"{HOME}/{name}")),
        # Run by root, the sandbox's user owns what root owns: without this it could write the
        # machine's own settings in /proc/sys.
        *("--remount-ro", "/proc"),
        *_sealed(),
    ]


def outer_arguments(box: SandboxSpec) -> list[str]:
    """The options of bubblewrap for a sandbox in which `worker.fork_server` makes further ones.

    What may be seen is the same; what may be written is each fork's own.
    """
    # Run by root, bubblewrap covers parts of a /proc of its own, and Linux then refuses a whole one
    # further in. No learner code runs before the fork has mounted a /proc of its own over this.
    proc = ("--bind", "/proc", "/proc") if os.geteuid() == 0 else ("--proc", "/proc")
    return [*_isolation(box), *_passable([*_mounts(box, proc, OUTER_DISK)]), *_sealed()]


def _isolation(box: SandboxSpec) -> Iterator[str]:
    """Namespaces, no privileges, a clean environment."""
    variables = environment(box, home=HOME, tmp="/tmp", library=LIBRARY, data=DATA)  # noqa: S108
    # --disable-userns wants --unshare-user by name: --unshare-all only tries to have one.
    yield from ("--unshare-user", "--unshare-all")
    yield from ("--die-with-parent", "--new-session", "--cap-drop", "ALL")
    yield from ("--uid", str(USER), "--gid", str(USER), "--hostname", HOST)
    yield "--clearenv"
    for name, value in variables.items():
        yield from ("--setenv", name, value)


def _mounts(box: SandboxSpec, proc: tuple[str, ...], size: int) -> Iterator[str]:
    """Everything visible inside. The order matters: later mounts lie over earlier ones."""
    yield from _system()
    yield from (*proc, "--dev", "/dev")
    for place in WRITABLE:
        yield from ("--size", str(size), "--tmpfs", place)
    # After the writable folders: a Python or a course may lie in /tmp or /home.
    yield from _readable(box)
    yield from _bind(box.package, f"{LIBRARY}/grader")
    if box.data:
        yield from _bind(box.data, DATA)


def _passable(mounts: list[str]) -> Iterator[str]:
    """The same mounts, with every folder on the way open to all: a fork may be another user.

    Bubblewrap makes such folders for the user alone who starts it.
    """
    targets = {"--ro-bind": 2, "--bind": 2, "--size": 3}  # --size N --tmpfs PLACE
    for place, word in enumerate(mounts):
        if word in targets:
            target = Path(mounts[place + targets[word]])
            for folder in [*target.parents][-2::-1]:
                yield from ("--perms", "0755", "--dir", str(folder))
            if word == "--size":
                yield from ("--perms", "0755")
        yield word


def _sealed() -> tuple[str, ...]:
    """Remount read-only what would otherwise be folders in memory of any size."""
    return ("--remount-ro", "/dev", "--remount-ro", "/", "--chdir", HOME)


def check_sandbox() -> None:
    """Make one empty sandbox. Raises SetupError that says what is missing and what mends it."""
    with tempfile.TemporaryDirectory(prefix="grader-") as folder:
        command = [program(), *arguments(SandboxSpec(), Path(folder)), "--", "/bin/true"]
        tried = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    if tried.returncode != 0:
        raise SetupError(explain(tried.stderr.strip()))


def program() -> str:
    """Where bubblewrap is. Raises SetupError where it is not installed."""
    found = shutil.which("bwrap")
    if found is None:
        message = (
            "Learner code runs in a sandbox made by bubblewrap, and there is no `bwrap` on this "
            f"machine. {INSTALL} Nothing was graded."
        )
        raise SetupError(message)
    return found


def in_memory(content: bytes) -> int:
    """A file descriptor to read `content` from, which lies on no disk."""
    number = os.memfd_create("grader")
    with os.fdopen(number, "wb", closefd=False) as file:
        file.write(content)
    os.lseek(number, 0, os.SEEK_SET)
    return number


def zero_ended(words: list[str]) -> bytes:
    """Options as bubblewrap reads them from a file."""
    return "".join(f"{word}\0" for word in words).encode()


def folders_of(first: psutil.Process) -> tuple[Path, ...]:
    """A sandbox's writable folders, seen from outside through its first process."""
    return tuple(Path(f"/proc/{first.pid}/root{place}") for place in WRITABLE)


def explain(said: str) -> str:
    """The text of a SetupError for what bubblewrap wrote on standard error."""
    text = f"The sandbox could not be made; bubblewrap says: {said or 'nothing'}.\n"
    if "mount proc" in said or "/proc" in said:
        return text + (
            "This machine is itself a container that hides parts of /proc. Start it with "
            "`--security-opt systempaths=unconfined` (Docker) or "
            "`procMount: Unmasked` (Kubernetes)."
        )
    if "user namespace" in said or "uid map" in said or "Operation not permitted" in said:
        return text + (
            "It needs user namespaces, which are switched off here. An administrator can allow "
            "them: `sudo sysctl -w kernel.unprivileged_userns_clone=1` (Debian), `sudo sysctl -w "
            "kernel.apparmor_restrict_unprivileged_userns=0` (Ubuntu 24.04 and later), "
            "`sudo sysctl -w user.max_user_namespaces=10000` (RHEL); in Docker, start the "
            "container with `--security-opt seccomp=unconfined --security-opt apparmor=unconfined`."
        )
    if "nknown option" in said:
        return text + f"It is too old: version 0.8 or later is needed. {INSTALL}"
    return text + "`grader doctor` looks for the cause."


def _system() -> Iterator[str]:
    for place in SYSTEM:
        if place.is_symlink():
            yield from ("--symlink", str(place.readlink()), str(place))
        elif place.is_dir():
            yield from _bind(place)
    for place in DETAILS:
        if place.exists():
            yield from _bind(place)


def _readable(box: SandboxSpec) -> Iterator[str]:
    """The Python of `box`, read-only, with the course hidden in it."""
    places = python_places(box.python)
    course = box.course.resolve() if box.course else None
    inside = [place for place in places if course and course in place.parents]
    yield from (word for place in places if place not in inside for word in _bind(place))
    if course and any(root in course.parents for root in (*places, *SYSTEM)):
        yield from ("--size", "4096", "--tmpfs", str(course), "--remount-ro", str(course))
    # The course's own .venv comes back alone, over the empty folder.
    yield from (word for place in inside for word in _bind(place))


def _bind(place: Path, seen: str = "") -> tuple[str, str, str]:
    return ("--ro-bind", str(place), seen or str(place))


def counts_by_namespace() -> bool:
    """Since Linux 5.14 RLIMIT_NPROC counts a sandbox's own processes, before all of the user's."""
    major, minor = (int(part) for part in os.uname().release.split(".")[:2])
    return (major, minor) >= (5, 14)
