"""Interrupts stop the cell that they are meant for, whoever started the grader, and break nothing.

Every kernel here is started by a process that ignores Ctrl-C (conftest.interrupts_ignored).
"""

import os
import subprocess
import sys
import time

import pytest

from grader.classroom.engine import kernel_driver
from grader.classroom.sandbox.resource_usage import ThreadTimes, thread_times
from grader.core.question import PATIENCE
from tests.waiting import HANGS

from .conftest import Inside

pytestmark = pytest.mark.sandbox


def replies(inside: Inside, sent: str) -> dict[str, str]:
    """How the kernel answered an interrupt and the cell `sent`."""
    heard: dict[str, str] = {}
    deadline = time.monotonic() + HANGS
    while len(heard) < len(("control", "shell")):
        assert time.monotonic() < deadline
        door, message = inside.client.receive(1.0) or ("", {})
        mine = message.get("parent_header", {}).get("msg_id") == sent
        if door == "control" or (door == "shell" and mine):
            heard[door] = message["content"]["status"]
    return heard


def test_a_cell_is_interrupted_and_the_next_one_is_not(inside: Inside) -> None:
    assert inside.raised("while True: pass", seconds=0.2) == "KeyboardInterrupt"
    assert inside("import time; time.sleep(0.1); print('whole')") == "whole"


def test_time_in_line_for_a_processor_is_not_the_cells(
    inside: Inside, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a machine as busy as can be the cell gets PATIENCE times its seconds, and no more."""
    monkeypatch.setattr(
        kernel_driver, "thread_times", lambda _pid: {1: ThreadTimes(0.0, time.monotonic())}
    )
    start = time.monotonic()
    assert inside.raised("while True: pass", seconds=0.5) == "KeyboardInterrupt"
    # what is less than a look away is not waited for
    assert time.monotonic() - start >= PATIENCE * 0.5 - kernel_driver.POLL_SECONDS
    assert inside.raised("import time; time.sleep(0.8)", seconds=0.5) == ""


def test_on_a_machine_that_withholds_nothing_the_seconds_are_those_of_the_clock(
    inside: Inside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kernel_driver, "thread_times", lambda pid: {pid: ThreadTimes(5.0, 7.0)})
    assert inside.raised("import time; time.sleep(1.4)", seconds=0.5) == "KeyboardInterrupt"


def test_two_that_share_a_processor_wait_for_each_other() -> None:
    """What `thread_times` reads is time in line, and none for a process that is gone."""
    spin = "import os, time; os.sched_setaffinity(0, {%d}); time.sleep(9)\nwhile True: pass"
    one = min(os.sched_getaffinity(0))
    code = spin.replace("time.sleep(9)", "print(flush=True)") % one
    both = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) for _ in range(2)
    ]
    try:
        for each in both:
            assert each.stdout is not None
            each.stdout.readline()
        first = both[0].pid
        before = thread_times(first)[first].waited
        deadline = time.monotonic() + HANGS
        while thread_times(first)[first].waited < before + 0.1:
            assert time.monotonic() < deadline
            time.sleep(0.05)
    finally:
        for each in both:
            each.kill()
            each.communicate()
    assert thread_times(first) == {}


def test_threads_that_wait_for_each_other_sleep(inside: Inside) -> None:
    """Told before torch is there. In circles they would take each other's processor."""
    assert inside("import os; print(os.environ['OMP_WAIT_POLICY'])") == "PASSIVE"


def test_an_interrupt_that_comes_late_is_not_for_the_next_cell(inside: Inside) -> None:
    """On its way when its cell ended: the worker is told which one it was for."""
    sent = inside.client.execute("import time; time.sleep(0.3)")
    inside.client.interrupt("an earlier cell")
    assert replies(inside, sent) == {"control": "ok", "shell": "ok"}


def test_an_interrupt_that_comes_early_is_kept_for_its_cell(inside: Inside) -> None:
    inside.client.execute("import time; time.sleep(0.3)")
    sent = inside.client.execute("while True: pass")
    inside.client.interrupt(sent)
    assert replies(inside, sent) == {"control": "ok", "shell": "error"}
    assert inside("print('whole')") == "whole"


def test_an_interrupt_in_the_kernels_own_work_ends_nothing(fresh: Inside) -> None:
    fresh(
        "import os, signal\n"
        "kernel, before, after, heard = get_ipython().kernel, [], [], []\n"
        "def interrupted(hook, notes):\n"
        "    def hooked():\n"
        "        hook()\n"
        "        os.kill(os.getpid(), signal.SIGINT)\n"
        "        notes.append(1)\n"
        "    return hooked\n"
        "kernel.pre_handler_hook = interrupted(kernel.pre_handler_hook, before)\n"
        "kernel.post_handler_hook = interrupted(kernel.post_handler_hook, after)"
    )
    assert fresh("print(len(before), len(after))") == "1 1"
    assert fresh("print(len(before), len(after))") == "2 2"


def test_a_cell_that_interrupts_itself_is_interrupted(inside: Inside) -> None:
    code = "import os, time; os.kill(os.getpid(), 2); time.sleep(20)"
    assert inside.raised(code) == "KeyboardInterrupt"
    assert inside("print(1)") == "1"


def test_a_cell_that_took_the_interrupts_keeps_them_for_itself_alone(inside: Inside) -> None:
    inside("import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)")
    assert inside.raised("while True: pass", seconds=0.2) == "KeyboardInterrupt"
