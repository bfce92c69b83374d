"""Watches one run from outside and kills it when it takes too much; a thread beside the driver.

The limits that a process sets upon itself count for each process alone, and some not at all when
the grader is root. This counts the whole tree.
"""

import os
import threading
import time

from grader.classroom.engine import endings
from grader.classroom.engine.endings import Ending
from grader.classroom.sandbox import Limits, RunningKernel
from grader.classroom.sandbox.process import memory_of, share_of, sockets_of

# Fast enough for a process that takes 1 GiB a second, cheap enough to run beside a training.
EVERY_SECONDS = 0.15
MIB = 1024 * 1024


class Watcher:
    """Watches `kernel` from `start` to `stop`; `ending` says why it was killed, if it was."""

    def __init__(self, kernel: RunningKernel, limits: Limits) -> None:
        self.ending: Ending | None = None
        self._kernel = kernel
        self._limits = limits
        self._over = threading.Event()
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
        each = [memory_of(pid) for pid in pids]
        if sum(threads for _, threads in each) > limits.processes:
            return endings.too_many_processes(limits.processes)
        if pids and sockets_of(pids[-1]) > limits.sockets:
            return endings.too_many_sockets(limits.sockets)
        stored, files = self._stored()
        if files > limits.files:
            return endings.too_many_files(limits.files)
        most = limits.memory_mib * MIB
        if stored + sum(resident for resident, _ in each) <= most:
            return None
        # Resident memory counts shared pages once for each process; only near the limit is it
        # worth asking for the fair share, which makes the system walk every page.
        shares = (share_of(pid) for pid in pids)
        fair = (
            own if own is not None else resident
            for own, (resident, _) in zip(shares, each, strict=True)
        )
        return endings.out_of_memory(limits.memory_mib) if stored + sum(fair) > most else None

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
