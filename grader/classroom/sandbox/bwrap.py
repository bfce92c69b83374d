"""The sandbox: one bubblewrap for each notebook, started cold.

Inside there is no network, nothing of the course but `grader/` and `data/`, nothing writable but
three bounded folders in memory, no capability, no way to make another namespace. When it is killed,
every process in it dies: they live in a process namespace of their own.
"""

import contextlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from grader.classroom.sandbox.box import MIB, Box, environment
from grader.classroom.sandbox.launcher import Doors
from grader.classroom.sandbox.places import DETAILS, SYSTEM, python_places
from grader.classroom.sandbox.process import KILL_SECONDS, Started, read_first
from grader.core.errors import SetupError

HOME = "/home/learner"
LIBRARY = "/course/library"
DATA = "/course/data"
WRITABLE = (HOME, "/tmp", "/dev/shm")  # noqa: S108 - names inside the sandbox

INSTALL = (
    "Install bubblewrap: `sudo apt-get install bubblewrap` (Debian, Ubuntu) or "
    "`sudo dnf install bubblewrap` (Fedora, RHEL)."
)
# A sandbox is set up in some 20 ms; a machine that swaps may need seconds.
SETUP_SECONDS = 20.0


class Bubblewrap:
    """Launches each kernel in a bubblewrap of its own."""

    name = "bwrap"

    def launch(self, box: Box) -> "Caged":
        """Start a worker in a new sandbox. Raises SetupError where this machine cannot make one."""
        program = _program()
        if box.data and not box.data.is_dir():
            message = (
                f"There is no folder of data sets at {box.data}. "
                "Run this from the course's folder, or set GRADER_DATA to its data folder."
            )
            raise SetupError(message)
        doors = Doors.make()
        try:
            return self._start(program, box, doors)
        except BaseException:
            doors.hand_over()
            doors.remove()
            raise

    def _start(self, program: str, box: Box, doors: Doors) -> "Caged":
        files = _stage(box, doors.folder)
        info_in, info_out = os.pipe()
        options = _in_memory([*arguments(box, files), "--info-fd", str(info_out)])
        process = subprocess.Popen(
            [program, "--args", str(options), "--", str(box.python), "-m", "grader.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            pass_fds=(*doors.handed_over(), info_out, options),
            # Bubblewrap is the first process inside, where /proc shows its environment and its
            # words to learner code: no token of the teacher's, no path of this machine.
            env={},
        )
        os.close(info_out)
        os.close(options)
        start = doors.start_message(box, own_processes=_counts_by_namespace())
        with os.fdopen(info_in, "rb", buffering=0) as info:
            kernel = Caged(process, doors, start)
            kernel.first = read_first(info, SETUP_SECONDS)
        if kernel.first is None:
            said = kernel.last_words()
            kernel.kill()
            kernel.channel.close()
            raise SetupError(_explain(said))
        return kernel


class Caged(Started):
    """A worker inside bubblewrap; `first` is its process namespace's first process."""

    first: psutil.Process | None = None

    def disks(self) -> tuple[Path, ...]:
        """The writable folders, seen from outside through the first process."""
        if self.first is None:
            return ()
        return tuple(Path(f"/proc/{self.first.pid}/root{place}") for place in WRITABLE)

    def kill(self) -> None:
        """Kill the namespace's first process: all others have ended before that one is gone."""
        if self.first is None:
            self._process.kill()
        else:
            with contextlib.suppress(psutil.Error):
                self.first.kill()
                _wait_until_dead(self.first)
        self._close()


def _wait_until_dead(first: psutil.Process) -> None:
    """Wait for a namespace's end; a zombie is dead, and whoever adopted it may leave it lying."""
    deadline = time.monotonic() + KILL_SECONDS
    while first.is_running() and first.status() != psutil.STATUS_ZOMBIE:
        if time.monotonic() > deadline:
            return
        time.sleep(0.005)


def arguments(box: Box, files: Path) -> list[str]:
    """The options of bubblewrap for `box`; `files` is the folder that holds `box.files`.

    The order matters: later mounts lie over earlier ones.
    """
    size = str(box.limits.disk_mib * MIB)
    variables = environment(box, home=HOME, tmp="/tmp", library=LIBRARY, data=DATA)  # noqa: S108
    return [
        # --disable-userns wants --unshare-user by name: --unshare-all only tries to have one.
        *("--unshare-user", "--unshare-all", "--disable-userns"),
        *("--die-with-parent", "--new-session", "--cap-drop", "ALL"),
        *("--uid", "1000", "--gid", "1000", "--hostname", "grader"),
        "--clearenv",
        *(word for name, value in variables.items() for word in ("--setenv", name, value)),
        *_system(),
        *("--proc", "/proc", "--dev", "/dev"),
        *(word for place in WRITABLE for word in ("--size", size, "--tmpfs", place)),
        # After the writable folders: a Python or a course may lie in /tmp or /home.
        *_readable(box),
        *_bind(box.package, f"{LIBRARY}/grader"),
        *(_bind(box.data, DATA) if box.data else ()),
        *(w for name in sorted(box.files) for w in _bind(files / name, f"{HOME}/{name}")),
        # Run by root, the sandbox's user owns what root owns: without this it could write the
        # machine's own settings in /proc/sys. /dev and / would be folders in memory of any size.
        *("--remount-ro", "/proc", "--remount-ro", "/dev", "--remount-ro", "/"),
        *("--chdir", HOME),
    ]


def check_sandbox() -> None:
    """Make one empty sandbox. Raises SetupError that says what is missing and what mends it."""
    with tempfile.TemporaryDirectory(prefix="grader-") as folder:
        command = [_program(), *arguments(Box(), Path(folder)), "--", "/bin/true"]
        tried = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    if tried.returncode != 0:
        raise SetupError(_explain(tried.stderr.strip()))


def _program() -> str:
    program = shutil.which("bwrap")
    if program is None:
        message = (
            "Learner code runs in a sandbox made by bubblewrap, and there is no `bwrap` on this "
            f"machine. {INSTALL} Nothing was graded."
        )
        raise SetupError(message)
    return program


def _in_memory(words: list[str]) -> int:
    """A file descriptor to read `words` from, each ended by a zero byte."""
    number = os.memfd_create("options")
    os.write(number, "".join(f"{word}\0" for word in words).encode())
    os.lseek(number, 0, os.SEEK_SET)
    return number


def _explain(said: str) -> str:
    """A setup error's text for what bubblewrap wrote."""
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


def _readable(box: Box) -> Iterator[str]:
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


def _stage(box: Box, folder: Path) -> Path:
    """Write `box.files` where the sandbox can bind them from."""
    files = folder / "files"
    files.mkdir()
    for name, content in box.files.items():
        (files / name).write_bytes(content)
    return files


def _counts_by_namespace() -> bool:
    """Since Linux 5.14 RLIMIT_NPROC counts a sandbox's own processes, before all of the user's."""
    major, minor = (int(part) for part in os.uname().release.split(".")[:2])
    return (major, minor) >= (5, 14)
