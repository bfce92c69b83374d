"""What takes too much is ended from outside, and the ending says which limit it was."""

import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from grader.classroom.engine import endings, resource_monitor
from grader.classroom.engine.resource_monitor import RunMonitor
from grader.classroom.sandbox import Limits
from grader.classroom.sandbox.resource_usage import proportional_share

PATIENCE_SECONDS = 60.0


class Kernel:
    """This very process in a kernel's place."""

    def __init__(self) -> None:
        self.killed = False

    def pids(self) -> list[int]:
        return [os.getpid()]

    def disks(self) -> tuple[Path, ...]:
        return ()

    def kill(self) -> None:
        self.killed = True


@pytest.mark.parametrize(
    ("limits", "ending"),
    [
        ({"memory_mib": 1}, endings.out_of_memory(1)),
        ({"processes": 0}, endings.too_many_processes(0)),
        ({"notebook_seconds": 0.0}, endings.out_of_time(0.0)),
    ],
)
def test_a_limit_that_is_passed_ends_the_run(limits: dict[str, Any], ending: object) -> None:
    kernel: Any = Kernel()
    monitor = RunMonitor(kernel, replace(Limits(), **limits))
    monitor.start()
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not kernel.killed and time.monotonic() < deadline:
        time.sleep(0.01)
    monitor.stop()
    assert kernel.killed
    assert monitor.ending == ending


def test_what_stays_below_all_limits_is_left_alone() -> None:
    kernel: Any = Kernel()
    monitor = RunMonitor(kernel, Limits(memory_mib=10**6, processes=10**6))
    assert monitor._judge() is None
    assert not kernel.killed


def test_a_process_that_ends_while_it_is_counted_counts_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Brief processes share their pages; counted in full they cost honest code its run."""
    words = [sys.executable, "-c", "kept = bytearray(90 << 20); print(flush=True); input()"]
    brief = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert brief.stdout is not None
    brief.stdout.readline()
    kernel: Any = Kernel()
    monkeypatch.setattr(kernel, "pids", lambda: [brief.pid])
    monitor = RunMonitor(kernel, Limits(memory_mib=60))
    assert monitor._judge() == endings.out_of_memory(60)
    asked = []

    def share_of_who_has_just_gone(pid: int) -> int | None:
        asked.append(pid)
        brief.kill()
        brief.communicate()
        return proportional_share(pid)

    monkeypatch.setattr(resource_monitor, "proportional_share", share_of_who_has_just_gone)
    assert monitor._judge() is None
    assert asked == [brief.pid]
