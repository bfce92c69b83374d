"""Interrupts stop the cell that they are meant for, whoever started the grader, and break nothing.

Every kernel of these tests is started by a process that ignores Ctrl-C (conftest.deaf).
"""

import time

import pytest

from .conftest import Inside

pytestmark = pytest.mark.sandbox
SECONDS = 30.0


def replies(inside: Inside, sent: str) -> dict[str, str]:
    """How the kernel answered an interrupt and the cell `sent`."""
    heard: dict[str, str] = {}
    deadline = time.monotonic() + SECONDS
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
