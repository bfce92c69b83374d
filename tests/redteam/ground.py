"""The ground that the corpus is run on: bait that nobody may touch, and ears that hear every call.

Bait is a teacher's home, the course's solutions, the class's other submissions, its secret and its
gradebook. `Ground.effects` tells what a submission did outside of its sandbox.
"""

import contextlib
import hashlib
import os
import secrets
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from grader.classroom.course_paths import Course
from grader.classroom.sandbox import Launcher, RunningKernel, SandboxSpec
from tests.waiting import HANGS

SHARED = ("/tmp", "/var/tmp", "/dev/shm")  # noqa: S108 - where a leak would land
MARK = "redteam-"
MEMORY_MIB = 1024
# The end of a process namespace is asked for at once and takes its time on a busy machine.
SECONDS_TO_DIE = HANGS


class Ground:
    """Bait around `course`; `baseline` again after each row tells rows apart."""

    def __init__(self, course: Course, folder: Path) -> None:
        self.course = course
        self.folder = folder
        self.canary = f"CANARY{secrets.token_hex(8)}"
        self.home = folder / "home"
        self._lay_bait()
        self._ears = _Ears(folder)
        self.launched: list[Watched] = []
        self._before = self._digests()

    @property
    def names(self) -> dict[str, str]:
        """What @NAME@ in a case's sources becomes."""
        return {
            "COURSE": str(self.course.root),
            "CLASS": str(self.course.classroom),
            "HOME": str(self.home),
            "TCP": str(self._ears.tcp),
            "UDP": str(self._ears.udp),
            "UNIX": self._ears.path,
            "ABSTRACT": self._ears.abstract,
            "GRADER_PID": str(os.getpid()),
        }

    def effects(self) -> list[str]:
        """What happened outside since the last call."""
        now = self._digests()
        found = [f"{path} changed" for path in sorted(set(now) ^ set(self._before))]
        both = set(now) & set(self._before)
        found += [f"{path} changed" for path in sorted(both) if now[path] != self._before[path]]
        self._before = now
        found += self._ears.heard()
        found += [f"{path} is left" for path in _left_behind()]
        found += [line for kernel in self.launched for line in kernel.left()]
        self.launched.clear()
        return found

    def grew(self) -> list[str]:
        """Whether this process, which holds the referee, took far more memory than usual."""
        peak = _peak_mib()
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
        return [f"the grader took {peak} MiB"] if peak > MEMORY_MIB else []

    def shown(self, text: str) -> list[str]:
        """Whether a secret stands in what a run gave back."""
        return ["a secret is in the outputs"] if self.canary in text else []

    def close(self) -> None:
        """Close the listeners."""
        self._ears.close()

    def _lay_bait(self) -> None:
        startup = self.home / ".ipython" / "profile_default" / "startup"
        startup.mkdir(parents=True)
        (self.home / ".ssh").mkdir()
        (self.home / ".ssh" / "id_rsa").write_text(self.canary, encoding="utf-8")
        (self.home / ".bashrc").write_text(f"# {self.canary}\n", encoding="utf-8")
        other = self.course.submission("90_arena", "aaa-other")
        other.parent.mkdir(parents=True, exist_ok=True)
        other.write_text(f'{{"x": "{self.canary}"}}', encoding="utf-8")
        os.environ["TEACHERS_TOKEN"] = self.canary

    def _digests(self) -> dict[str, str]:
        """What must not change; the class's own results and reports are the grader's to write."""
        trees = [self.home, self.course.solutions, self.course.notebooks, self.course.data]
        trees += [self.course.classroom / "submitted", self.course.classroom / "secret"]
        trees += [self.course.gradebook, self.course.root / "nbgrader_config.py"]
        return {str(p): _digest(p) for tree in trees for p in (tree, *sorted(tree.rglob("*")))}


class Watched:
    """A kernel whose processes are known, so that whatever outlives it is found."""

    def __init__(self, kernel: RunningKernel) -> None:
        self._kernel = kernel
        self._seen: set[psutil.Process] = set()
        # Process namespaces by their numbers, each held open: the system gives the number of one
        # that is gone to the next, which may be that of another row's sandbox.
        self._spaces: dict[str, int] = {}
        self.note()

    def note(self) -> None:
        """Note what runs now."""
        for pid in self._kernel.pids():
            with contextlib.suppress(psutil.Error, OSError):
                self._seen.add(psutil.Process(pid))
                handle = os.open(f"/proc/{pid}/ns/pid", os.O_RDONLY)
                number = str(Path(f"/proc/self/fd/{handle}").readlink())
                own = str(Path("/proc/self/ns/pid").readlink())
                if number == own or number in self._spaces:
                    os.close(handle)
                else:
                    self._spaces[number] = handle

    def left(self) -> Iterator[str]:
        """Says how many processes live on after they had time to end."""
        deadline = time.monotonic() + SECONDS_TO_DIE
        while (alive := self._alive()) and time.monotonic() < deadline:
            time.sleep(0.1)
        for handle in self._spaces.values():
            os.close(handle)
        self._spaces.clear()
        if alive:
            yield f"{len(alive)} processes are left"

    def _alive(self) -> set[int]:
        """Processes of the run, by identity or by their process namespace."""
        alive = {p.pid for p in self._seen if p.is_running() and _lives(p)}
        for each in psutil.process_iter():
            with contextlib.suppress(psutil.Error, OSError):
                inside = str(Path(f"/proc/{each.pid}/ns/pid").readlink()) in self._spaces
                if inside and _lives(each):
                    alive.add(each.pid)
        return alive


def watched(launcher: type[Launcher], ground: Ground) -> type[Launcher]:
    """The launcher, with every kernel's processes noted before it is killed."""

    class Watching(launcher):  # type: ignore[misc, valid-type]
        def launch(self, box: SandboxSpec) -> RunningKernel:
            kernel: RunningKernel = super().launch(box)
            noted, kill = Watched(kernel), kernel.kill
            ground.launched.append(noted)

            def killed() -> None:
                noted.note()
                kill()

            kernel.kill = killed  # type: ignore[method-assign]
            return kernel

    return Watching


class _Ears:
    """Listeners on this machine that nothing inside a sandbox can reach."""

    def __init__(self, folder: Path) -> None:
        self.path = str(folder / "ear")
        self.abstract = f"redteam-{secrets.token_hex(4)}"
        tcp, udp = socket.socket(), socket.socket(type=socket.SOCK_DGRAM)
        unix, abstract = socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)
        tcp.bind(("127.0.0.1", 0))
        udp.bind(("127.0.0.1", 0))
        unix.bind(self.path)
        abstract.bind(f"\0{self.abstract}")
        self.tcp, self.udp = tcp.getsockname()[1], udp.getsockname()[1]
        self._all = {"TCP": tcp, "UDP": udp, "unix": unix, "abstract": abstract}
        for name, ear in self._all.items():
            ear.setblocking(False)
            if name != "UDP":
                ear.listen()

    def heard(self) -> Iterator[str]:
        for name, ear in self._all.items():
            with contextlib.suppress(BlockingIOError):
                if name == "UDP":
                    ear.recv(100)
                else:
                    ear.accept()[0].close()
                yield f"a call came in by {name}"

    def close(self) -> None:
        for ear in self._all.values():
            ear.close()


def _left_behind() -> Iterator[Path]:
    for place in SHARED:
        for path in Path(place).glob(f"{MARK}*"):
            if path.is_file():
                path.unlink()
                yield path


def _digest(path: Path) -> str:
    if path.is_symlink() or not path.is_file():
        return str(path.readlink()) if path.is_symlink() else str(path.exists())
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _lives(process: psutil.Process) -> bool:
    return bool(process.status() != psutil.STATUS_ZOMBIE)


def _peak_mib() -> int:
    status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) // 1024
