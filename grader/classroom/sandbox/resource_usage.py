"""What a sandbox's processes use, read from outside in /proc; nothing here asks the processes.

A process that is gone counts as nothing.
"""

import contextlib
from dataclasses import dataclass
from pathlib import Path

KIB = 1024
# The system's name for memory that processes share and that lies in no folder.
_ANONYMOUS = "/dev/zero (deleted)"


@dataclass(frozen=True)
class ProcessUsage:
    """One process: bytes of memory and how many threads.

    resident  all pages that it has mapped, shared ones in full
    own       of these what is no shared memory and lies in no folder in memory
    tables    page tables: memory of the process that no page of it counts
    """

    resident: int = 0
    own: int = 0
    tables: int = 0
    threads: int = 0


@dataclass(frozen=True)
class ThreadTimes:
    """One thread, ever: seconds on a processor, and seconds in line for one."""

    ran: float
    waited: float


def process_usage(pid: int) -> ProcessUsage:
    """Memory and threads of one process; shared pages count in full."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return ProcessUsage()
    found = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
    resident, tables = _kib(found, "VmRSS"), _kib(found, "VmPTE")
    own = resident - _kib(found, "RssShmem")
    return ProcessUsage(resident, own, tables, int(found.get("Threads", "0")))


def thread_times(pid: int) -> dict[int, ThreadTimes]:
    """What each thread of a process has run and waited, by its id.

    Empty on systems that do not count it.
    """
    found: dict[int, ThreadTimes] = {}
    with contextlib.suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            with contextlib.suppress(OSError, IndexError, ValueError):
                words = (thread / "schedstat").read_text(encoding="ascii").split()
                found[int(thread.name)] = ThreadTimes(int(words[0]) / 1e9, int(words[1]) / 1e9)
    return found


def runnable(pid: int) -> list[int]:
    """Ids of a process's threads that run or wait for a processor now."""
    found = []
    with contextlib.suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            with contextlib.suppress(OSError, IndexError):
                # behind the program's name, which may hold anything
                told = (thread / "stat").read_bytes().rpartition(b")")[2].split()
                if told[0] == b"R":
                    found.append(int(thread.name))
    return found


def sockets_of(pid: int) -> int:
    """Sockets of all kinds in the network namespace of a process; 0 where that is our own."""
    try:
        if Path(f"/proc/{pid}/ns/net").readlink() == Path("/proc/self/ns/net").readlink():
            return 0
        told = Path(f"/proc/{pid}/net/sockstat").read_text(encoding="ascii")
    except OSError:
        return 0
    return int(told.split(maxsplit=3)[2])


def proportional_share(pid: int) -> int | None:
    """Bytes of a process without shared memory, other shared pages divided among their users.

    None where the system refuses to tell.
    """
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    found = dict(line.split(":", 1) for line in lines if ": " in line)
    return _kib(found, "Pss") - _kib(found, "Pss_Shmem") if "Pss" in found else None


def shared_memory() -> int:
    """Bytes of shared memory and files in memory of the whole machine."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return _kib(dict(line.split(":", 1) for line in lines if ":" in line), "Shmem")


def anonymous_shared(pids: list[int]) -> int:
    """Bytes of the anonymous shared memory that processes have mapped, each piece once.

    What was written there stays in memory when it is taken out of a process's page tables, so it
    counts as a whole.
    """
    pieces: dict[str, int] = {}
    for pid in pids:
        with contextlib.suppress(OSError, ValueError):
            for line in Path(f"/proc/{pid}/maps").read_text("utf-8", "replace").splitlines():
                if line.endswith(_ANONYMOUS):
                    place, _, offset, _, inode, _ = line.split(maxsplit=5)
                    first, last = (int(end, 16) for end in place.split("-"))
                    end = int(offset, 16) + last - first
                    pieces[inode] = max(end, pieces.get(inode, 0))
    return sum(pieces.values())


def _kib(found: dict[str, str], name: str) -> int:
    """A line such as `VmRSS: 1024 kB` in bytes."""
    return int(found.get(name, "0 kB").split()[0]) * KIB
