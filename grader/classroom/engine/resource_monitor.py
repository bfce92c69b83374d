"""Watches one run from outside and kills it when it takes too much; a thread beside the driver.

The limits that a process sets upon itself count for each process alone, and some not at all when
the grader is root. This counts the whole tree.
"""

import contextlib
import os
import threading
import time

from grader.classroom.engine import endings
from grader.classroom.engine.endings import Ending
from grader.classroom.sandbox import Limits, RunningKernel
from grader.classroom.sandbox.resource_usage import (
    anonymous_shared,
    process_usage,
    proportional_share,
    runnable,
    shared_memory,
    sockets_of,
)

# Fast enough for a process that takes 1 GiB a second, cheap enough to run beside a training.
EVERY_SECONDS = 0.15
MIB = 1024 * 1024
# The whole machine's shared memory has grown by so much before it is asked whose it is.
WORTH_ASKING = 64 * MIB
# Threads that want a processor at the same time, at so many looks in a row, stand behind all
# others from then on. A DataLoader has a few.
CROWD, LOOKS = 16, 4
LAST_IN_LINE = 19


class RunMonitor:
    """Watches `kernel` from `start` to `stop`; `ending` says why it was killed, if it was."""

    def __init__(self, kernel: RunningKernel, limits: Limits) -> None:
        self.ending: Ending | None = None
        self._kernel = kernel
        self._limits = limits
        self._over = threading.Event()
        self._shared = shared_memory()
        self._crowded = 0
        self._deadline = time.monotonic() + limits.notebook_seconds
        self._thread = threading.Thread(target=self._watch, name="watcher", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def stop(self) -> None:
        """Stop watching; afterwards `ending` does not change any more."""
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(EVERY_SECONDS):
            ending = self._judge()
            if ending is not None:
                self.ending = ending
                self._kernel.kill()
                return

    def _judge(self) -> Ending | None:
        limits = self._limits
        if time.monotonic() > self._deadline:
            return endings.out_of_time(limits.notebook_seconds)
        pids = self._kernel.pids()
        each = [process_usage(pid) for pid in pids]
        threads = sum(one.threads for one in each)
        if threads > limits.processes:
            return endings.too_many_processes(limits.processes)
        # The sandbox's first process is none of the learner's: it can neither hide nor leave. A
        # fresh sandbox has bubblewrap's own before it, which lives outside and counts nothing.
        if max(map(sockets_of, pids[:2]), default=0) > limits.sockets:
            return endings.too_many_sockets(limits.sockets)
        stored, files = self._stored()
        if files > limits.files:
            return endings.too_many_files(limits.files)
        if threads > CROWD:
            self._lower_priority(pids)
        stored += self._unmapped_shared(pids) + sum(one.tables for one in each)
        most = limits.memory_mib * MIB
        if stored + sum(one.own for one in each) <= most:
            return None
        # A process counts pages that it shares with others as its own; only near the limit is it
        # worth asking for the fair share, which makes the system walk every page.
        fair = stored + sum(map(_fair_share, pids))
        return endings.out_of_memory(limits.memory_mib) if fair > most else None

    def _unmapped_shared(self, pids: list[int]) -> int:
        """Bytes of anonymous shared memory, which stays when it is in no process's page tables.

        It is never more than that of the whole machine has grown by since this run began.
        """
        now = shared_memory()
        self._shared = min(self._shared, now)
        grown = now - self._shared
        return min(grown, anonymous_shared(pids)) if grown > WORTH_ASKING else 0

    def _lower_priority(self, pids: list[int]) -> None:
        """Put a crowd of threads that all want a processor behind everybody else on the machine.

        Where sessions or groups have shares of their own this changes nothing for others.
        """
        crowd = [thread for pid in pids for thread in runnable(pid)]
        self._crowded = self._crowded + 1 if len(crowd) > CROWD else 0
        if self._crowded >= LOOKS:
            for thread in crowd:
                with contextlib.suppress(OSError):
                    os.setpriority(os.PRIO_PROCESS, thread, LAST_IN_LINE)

    def _stored(self) -> tuple[int, int]:
        """Bytes and files in the sandbox's folders in memory."""
        used, files = 0, 0
        for place in self._kernel.disks():
            try:
                disk = os.statvfs(place)
            except OSError:  # the sandbox has just ended
                continue
            used += (disk.f_blocks - disk.f_bfree) * disk.f_frsize
            files += disk.f_files - disk.f_ffree
        return used, files


def _fair_share(pid: int) -> int:
    """Bytes of a process, shared pages divided; all of its own where the system tells no more.

    Nothing for one that has gone since it was listed: brief processes of a crowd share their pages,
    and counted in full they were as much as no submission may have.
    """
    share = proportional_share(pid)
    return process_usage(pid).own if share is None else share
