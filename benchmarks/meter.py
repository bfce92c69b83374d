"""What a command takes, with all of its processes: wall seconds and CPU seconds.

Sandboxed processes that are killed are reaped by nobody, so the usual way (`RUSAGE_CHILDREN`) never
hears of their CPU time. A control group counts everything; where none can be made, /proc is read
twenty times a second, which misses a little of every process that ends.
"""

import contextlib
import os
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

V1 = Path("/sys/fs/cgroup/cpuacct")
V2 = Path("/sys/fs/cgroup")
EVERY_SECONDS = 0.05


@dataclass(frozen=True)
class Spent:
    """Wall and CPU seconds, and the load average of the minute before it began."""

    wall: float
    cpu: float
    load: float

    def __add__(self, other: "Spent") -> "Spent":
        """One after the other."""
        return Spent(self.wall + other.wall, self.cpu + other.cpu, max(self.load, other.load))


def measure(command: Sequence[str], folder: Path, more: Mapping[str, str]) -> Spent:
    """Run a command to its end. Raises RuntimeError with its words when it fails."""
    load = os.getloadavg()[0]
    with _meter() as meter:
        start = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, **more},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            preexec_fn=meter.enter,  # noqa: PLW1509 - no other thread runs before the first fork
        )
        meter.watch(process.pid)
        said, _ = process.communicate()
        wall = time.perf_counter() - start
        cpu = meter.seconds()
    if process.returncode != 0:
        message = f"{' '.join(command)} ended with {process.returncode}:\n{said[-4000:]}"
        raise RuntimeError(message)
    return Spent(wall, cpu, load)


def kind() -> str:
    """How CPU time is counted on this machine."""
    with _meter() as meter:
        return meter.name


@contextlib.contextmanager
def _meter() -> Iterator["_Group | _Sampler"]:
    for place, count in ((V1, "cpuacct.usage"), (V2, "cpu.stat")):
        group = place / f"bench-{os.getpid()}"
        try:
            group.mkdir()
        except OSError:
            continue
        try:
            if (group / count).is_file():
                yield _Group(group, group / count)
                return
        finally:
            _remove(group)
    sampler = _Sampler()
    try:
        yield sampler
    finally:
        sampler.stop()


def _remove(group: Path) -> None:
    """Remove a group as soon as the last process in it has gone."""
    for _ in range(100):
        with contextlib.suppress(OSError):
            group.rmdir()
            return
        time.sleep(0.05)


class _Group:
    """A control group; `count` is the file that tells its CPU time."""

    name = "control group"

    def __init__(self, group: Path, count: Path) -> None:
        self._group = group
        self._count = count

    def enter(self) -> None:
        """Called in the new process, before its program begins."""
        (self._group / "cgroup.procs").write_text(str(os.getpid()), encoding="ascii")

    def watch(self, pid: int) -> None:
        """Nothing to do: the system counts."""

    def seconds(self) -> float:
        """CPU seconds so far."""
        told = self._count.read_text(encoding="ascii")
        if self._count.name == "cpu.stat":
            return int(told.split()[1]) / 1e6
        return int(told) / 1e9


class _Sampler:
    """Reads /proc again and again."""

    name = "samples of /proc"

    def __init__(self) -> None:
        self._most: dict[tuple[int, float], float] = {}
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def enter(self) -> None:
        """Called in the new process; nothing to do."""

    def watch(self, pid: int) -> None:
        """Begin to read."""
        self._thread = threading.Thread(target=self._read, args=(psutil.Process(pid),), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Read no more."""
        self._over.set()
        if self._thread is not None:
            self._thread.join()

    def seconds(self) -> float:
        """CPU seconds so far."""
        return sum(self._most.values())

    def _read(self, root: psutil.Process) -> None:
        while not self._over.wait(EVERY_SECONDS):
            with contextlib.suppress(psutil.Error):
                for process in [root, *root.children(recursive=True)]:
                    self._note(process)

    def _note(self, process: psutil.Process) -> None:
        with contextlib.suppress(psutil.Error):
            times = process.cpu_times()
            self._most[process.pid, process.create_time()] = times.user + times.system
