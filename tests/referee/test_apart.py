"""A referee in a process of its own: what it keeps, and what is left when it is lost."""

import contextlib
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest

from grader.core.errors import WireError
from grader.core.question import Case, FunctionQuestion
from grader.core.requests import Reply, Request, Returned
from grader.core.values import Tensor, tensor
from grader.core.verdicts import Outcome
from grader.referee import judge_proxy
from grader.referee.judge_proxy import RefereeProxy
from grader.referee.judge_server import MEMORY_MIB
from grader.wire import frames
from tests.referee.test_table import offer, question
from tests.waiting import HANGS

Table = tuple[RefereeProxy, socket.socket]


@pytest.fixture(name="table")
def _table() -> Iterator[Table]:
    ours, theirs = socket.socketpair()
    cases = tuple(Case({"x": tensor(np.ones(2))}, tensor(np.ones(2)), {}) for _ in range(10))
    many = FunctionQuestion("demo-many", "demo-many", 2, 60, {}, cases=cases, hidden=True)
    questions = {"demo-many": many} | {n: question(n) for n in ("demo-one", "demo-two")}
    referee = RefereeProxy(ours, questions)
    referee.start()
    yield referee, theirs
    referee.close()
    theirs.close()


def judge_of(referee: RefereeProxy) -> psutil.Process:
    """The process that judges."""
    told = Path(f"/proc/self/fdinfo/{referee._judge}").read_text()
    return psutil.Process(int(told.partition("Pid:")[2].split()[0]))


def test_a_lost_judge_costs_the_question_at_hand_and_no_other(table: Table) -> None:
    referee, sock = table
    referee.arm("demo-one")
    assert offer(sock, "demo-one") == ["request", "done"]
    referee.disarm()
    referee.arm("demo-two")
    frames.send(sock, {"check": "demo-two"})
    frames.receive(sock, time.monotonic() + HANGS)
    judge_of(referee).kill()
    referee.record("demo-two", Outcome.TOO_SLOW, "the driver waited in vain")
    assert "done" in (frames.receive(sock, time.monotonic() + HANGS) or {}), "the code waits"
    referee.disarm()
    referee.arm("demo-many")
    offer(sock, "demo-many", lambda _: Returned(tensor(np.ones(2))))
    referee.disarm()
    referee.close()
    ledger = referee.ledger()
    assert ledger["demo-one"].outcome is Outcome.PASSED
    assert ledger["demo-two"].outcome is Outcome.BROKEN
    assert "demo-two" in ledger["demo-two"].message
    assert ledger["demo-many"].outcome is Outcome.PASSED
    assert referee.turns() is None, "half of what was said is lost"


def test_a_stopped_judge_is_replaced(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.referee.judge_proxy.ANSWER_SECONDS", 0.5)
    referee, sock = table
    referee.arm("demo-one")
    frames.send(sock, {"check": "demo-one"})
    frames.receive(sock, time.monotonic() + HANGS)
    judge = judge_of(referee)
    os.kill(judge.pid, signal.SIGSTOP)
    referee.disarm()
    assert "done" in (frames.receive(sock, time.monotonic() + HANGS) or {})
    assert not judge.is_running() or judge.status() == psutil.STATUS_ZOMBIE
    referee.arm("demo-two")
    assert offer(sock, "demo-two")[-1] == "done"
    referee.disarm()
    ledger = referee.ledger()
    assert ledger["demo-one"].outcome is Outcome.BROKEN
    assert ledger["demo-two"].outcome is Outcome.PASSED


def test_answers_that_fill_the_judges_memory_are_told_so_and_the_grader_stays_small(
    table: Table,
) -> None:
    referee, sock = table
    peak = 0

    def huge(_: Request) -> Reply:
        nonlocal peak
        peak = max(peak, judge_of(referee).memory_info().rss // 2**20)
        array = np.zeros(frames.MAX_FRAME_BYTES - 1000, np.uint8)
        return Returned(Tensor(array, "uint8"))

    referee.arm("demo-many")
    thread = threading.Thread(target=lambda: offer_quietly(sock, huge), daemon=True)
    thread.start()
    thread.join(60)
    assert not thread.is_alive()
    referee.disarm()
    verdict = referee.ledger()["demo-many"]
    assert verdict.outcome is Outcome.RAISED
    assert verdict.points == 0
    assert 256 < peak <= MEMORY_MIB + 200
    assert referee.ledger()["demo-one"].outcome is Outcome.MISSING


def offer_quietly(sock: socket.socket, perform: Callable[[Request], Reply]) -> None:
    """Offer an answer; the judge may hang up on it."""
    with contextlib.suppress(OSError, WireError):
        offer(sock, "demo-many", perform)


def test_a_judge_ends_with_its_submission(table: Table) -> None:
    referee, _ = table
    first = judge_of(referee)
    referee.close()
    first.wait(10)


def test_a_judge_server_that_was_killed_is_made_anew(table: Table) -> None:
    referee, sock = table
    server = judge_proxy._server._process
    assert server is not None
    server.kill()
    server.wait()
    referee.arm("demo-one")
    assert offer(sock, "demo-one")[-1] == "done", "its judges go on"
    ours, theirs = socket.socketpair()
    with theirs:
        another = RefereeProxy(ours, {"demo-two": question("demo-two")})
        another.start()
        another.arm("demo-two")
        assert offer(theirs, "demo-two")[-1] == "done"
        another.close()
    assert another.ledger()["demo-two"].outcome is Outcome.PASSED
