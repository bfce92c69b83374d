"""Has tests of cells run beside the learner's code: the grader's end of `worker.cell_tests`.

A test travels when its turn has come, over a socket made for it alone, to a fork of the learner's
process. What comes back may be anything: it is read as a bounded frame of plain values, and counts
only with the word that was sent with the test.
"""

from __future__ import annotations

import json
import secrets
import select
import socket
import time
from dataclasses import asdict, dataclass, field
from typing import Any

from grader.classroom.engine import endings
from grader.classroom.engine.endings import RunEndedError
from grader.classroom.engine.kernel_driver import POLL_SECONDS, START_SECONDS, Driver
from grader.classroom.engine.test_plan import PlannedTest
from grader.classroom.sandbox import RunningKernel
from grader.core.errors import WireError
from grader.core.plain_text import plain
from grader.wire import frames
from grader.worker.test_code import DONE, FORK, KEEP, MOST_TEXT, STOP

_MOST_FRAME = 2**20
_FRAME_SECONDS = 10.0


@dataclass(frozen=True)
class TestEnd:
    """How a test ended: in one of three ways, `slow`, `heard` nothing, or with the words of a fork.

    `places` are (file, line, function) of the error, outermost first.
    """

    __test__ = False  # pytest takes such names for its own

    seconds: float
    slow: bool = False
    heard: bool = False
    ok: bool = False
    result: str | None = None
    kind: str = ""
    words: str = ""
    places: tuple[tuple[str, int, str], ...] = ()
    out: str = ""
    err: str = ""


@dataclass
class CellTests:
    """Asks a worker through `sock`, the referee's socket of a kernel that has no referee."""

    kernel: RunningKernel
    driver: Driver
    sock: socket.socket = field(init=False)

    def __post_init__(self) -> None:
        self.sock = self.kernel.referee_socket

    def keep(self, packages: tuple[str, ...]) -> None:
        """Have the worker keep what libraries are, before any learner code runs."""
        words = " ".join(packages).encode()
        self._ask(KEEP + len(words).to_bytes(2, "big") + words)

    def run(self, test: PlannedTest, seconds: float) -> TestEnd:
        """Run one test for at most `seconds`. Raises RunEndedError where the kernel is gone."""
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                self._ask(FORK, theirs)
            token = secrets.token_hex(16)
            body = json.dumps({**asdict(test), "token": token}).encode()
            clock = self.driver.clock(seconds)
            try:
                frames.send(ours, {"body": body})
                told = self._wait(ours, clock)
            except WireError:  # the fork is gone, or speaks no word of ours
                told = None
            finally:
                self._ask(STOP)
        spent = time.monotonic() - clock.start
        if clock.slow:
            return TestEnd(spent, slow=True)
        return read_end(told, token, spent)

    def _wait(self, ours: socket.socket, clock: Any) -> dict[str, Any] | None:
        """What the fork says; None where it says nothing."""
        while not select.select([ours], [], [], POLL_SECONDS)[0]:
            clock.look()
            if clock.is_up():
                clock.slow = True
                return None
            if not self.kernel.alive():
                raise RunEndedError(self.driver.died())
        try:
            return frames.receive(ours, time.monotonic() + _FRAME_SECONDS, _MOST_FRAME)
        except TimeoutError:
            return None

    def _ask(self, word: bytes, descriptor: socket.socket | None = None) -> None:
        """One request, and the answer that it was done. Raises RunEndedError where none comes."""
        deadline = time.monotonic() + START_SECONDS
        try:
            if descriptor is None:
                self.sock.sendall(word)
            else:
                socket.send_fds(self.sock, [word], [descriptor.fileno()])
            while not select.select([self.sock], [], [], POLL_SECONDS)[0]:
                if not self.kernel.alive():
                    raise RunEndedError(self.driver.died())
                if time.monotonic() > deadline:
                    self.kernel.kill()
                    raise RunEndedError(endings.would_not_stop(START_SECONDS))
            answer = self.sock.recv(len(DONE))
        except OSError:
            answer = b""
        if answer != DONE:
            raise RunEndedError(self.driver.died())


def read_end(message: dict[str, Any] | None, token: str, seconds: float) -> TestEnd:
    """What a frame says; nothing where it is out of form or has not the test's own word."""
    try:
        told = json.loads(message["body"]) if message else {}
        if told.get("token") != token:
            return TestEnd(seconds)
        return TestEnd(
            seconds,
            heard=True,
            ok=told["ok"] is True,
            result=None if told["result"] is None else plain(told["result"], MOST_TEXT),
            kind=plain(told["kind"], 200),
            words=plain(told["words"], MOST_TEXT),
            places=tuple((plain(f), int(n), plain(w)) for f, n, w in told["places"]),
            out=plain(told["out"], MOST_TEXT),
            err=plain(told["err"], MOST_TEXT),
        )
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        return TestEnd(seconds)
