"""What one notebook may see and use: nouns only.

The engine makes a `SandboxSpec` for every notebook; launchers turn it into mounts, an environment
and limits. A box never names `solutions/`, a gradebook or another submission: what is not listed
here is not there.
"""

import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import MappingProxyType

import grader

MIB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """Every limit on learner code, in one place. Messages name the limit that was hit."""

    # A unit runs in well under a minute; ten leave room for a slow machine and own training loops.
    notebook_seconds: float = 600.0
    # For cells that belong to no question (those have SECONDS of their own).
    cell_seconds: float = 60.0
    # After an interrupt code may tidy up (`lab.fit` restores its best weights); then it is killed.
    grace_seconds: float = 5.0
    # torch with a small model needs 0.3 GiB. RLIMIT_DATA for each process, so that a greedy
    # allocation raises a clean error; the watcher holds the whole tree to the same figure.
    # Never RLIMIT_AS: torch maps far more addresses than it uses, and hangs without them.
    memory_mib: int = 2048
    # Threads count. A kernel has about 12, a DataLoader worker 2; a fork bomb wants thousands.
    processes: int = 128
    # Sockets, pipes and shared tensors of a few DataLoader workers.
    open_files: int = 1024
    # All of a sandbox's sockets together: unread data in them is the system's memory, 0.2 MiB each,
    # and counts for no process. A kernel has about 30.
    sockets: int = 512
    # One file; a saved model of this course has less than 1 MiB.
    file_mib: int = 64
    # /tmp, the home folder and /dev/shm each: they live in memory, so they count as memory as well.
    disk_mib: int = 128
    # Files in all three together: every one costs the system about 1 KiB, even when it is empty.
    files: int = 10_000
    # What a cell may print and show before the rest is dropped. A plot has 20 to 100 KiB.
    cell_output_kib: int = 512
    notebook_output_kib: int = 4096
    # One message from the kernel; a larger one is cut off by the transport, unread.
    message_mib: int = 16

    def to_json(self) -> dict[str, float]:
        """What the worker is told."""
        return asdict(self)


@dataclass(frozen=True)
class SandboxSpec:
    """The world of one notebook.

    `data` is seen as GRADER_DATA; `files` (names and contents, such as `unit.json`) lie read-only
    in the working folder; `course` is the folder that must stay hidden wherever it lies, also
    where the Python that runs learner code lies in it or around it. `tests`: the worker runs tests
    of cells, and has no referee to ask. `packages` are loaded before a warm process forks, beside
    those of this course.
    """

    data: Path | None = None
    course: Path | None = None
    files: Mapping[str, bytes] = field(default_factory=lambda: MappingProxyType({}))
    tests: bool = False
    packages: tuple[str, ...] = ()
    threads: int = 1
    limits: Limits = Limits()
    python: Path = Path(sys.executable)
    package: Path = Path(grader.__file__).resolve().parent


def environment(
    box: SandboxSpec, *, home: str, tmp: str, library: str, data: str
) -> dict[str, str]:
    """The whole environment of a kernel: nothing of the teacher's own is passed on.

    `home`, `tmp`, `library` (the folder that holds `grader/`) and `data` are paths as the kernel
    will see them.
    """
    threads = str(box.threads)
    return {
        "HOME": home,
        "USER": "learner",
        "LOGNAME": "learner",
        "PATH": f"{box.python.parent}:/usr/local/bin:/usr/bin:/bin",
        "TMPDIR": tmp,
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "PYTHONPATH": library,
        "PYTHONDONTWRITEBYTECODE": "1",
        # The order of sets must not decide anybody's points.
        "PYTHONHASHSEED": "0",
        "MPLCONFIGDIR": f"{tmp}/matplotlib",
        "IPYTHONDIR": f"{tmp}/ipython",
        "NBGRADER_EXECUTION": "autograde",
        "OMP_NUM_THREADS": threads,
        # A thread that waits for another one sleeps. By default it runs in circles, and on a busy
        # machine takes the very processor that the other one needs.
        "OMP_WAIT_POLICY": "PASSIVE",
        # ipykernel imports a debugger, which would warn on standard error that it may miss a line.
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        "MKL_NUM_THREADS": threads,
        "OPENBLAS_NUM_THREADS": threads,
        **({"GRADER_DATA": data} if box.data else {}),
    }
