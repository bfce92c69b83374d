"""The referee in a process of its own, asked as `referee.judge_session` is, over a socket.

One small server for each process that grades (`referee.judge_server`) forks a judge for each
submission. A judge that dies, or that is silent for too long, costs the question at hand, which is
noted as broken by its name; another judge goes on with the rest.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import pickle
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import grader
from grader.core import messages
from grader.core.errors import SetupError, WireError
from grader.core.identity_cache import IdentityCache
from grader.core.interrupts import hold_interrupts
from grader.core.question import PreparedQuestion, has_draws
from grader.core.verdict_rules import rule
from grader.core.verdicts import Outcome, Verdict
from grader.referee.judge_session import GRACE_SECONDS, Referee
from grader.referee.recorded_replies import Turns, loads_turns
from grader.wire import frames
from grader.wire.forking import control_sockets, is_ready, request_fork

# Importing numpy takes a tenth of a second, on a machine that swaps a minute.
START_SECONDS = 120.0
# A judge answers at once; one that is ending a question waits for it, twice.
ANSWER_SECONDS = 2 * GRACE_SECONDS + 20.0
# Units whose shared questions are kept ready: a class is graded unit by unit.
KEPT = 4


def referee_for(
    sock: socket.socket, questions: dict[str, PreparedQuestion]
) -> Referee | RefereeProxy:
    """A referee in a process of its own; on systems that cannot pass memory on, in a thread."""
    return (
        RefereeProxy(sock, questions) if hasattr(os, "memfd_create") else Referee(sock, questions)
    )


class RefereeProxy:
    """Judges one submission over `sock`; start it, arm it cell by cell, close it."""

    def __init__(self, sock: socket.socket, questions: dict[str, PreparedQuestion]) -> None:
        self._sock = sock
        self._questions = questions
        self._ruled: dict[str, Verdict] = {}
        self._at_hand = ""
        self._lost = 0
        self._turns: dict[str, Turns] | None = None
        self._line: socket.socket | None = None
        self._judge = -1  # its pidfd

    def start(self) -> None:
        """Begin to serve. Raises SetupError where no judge can be had."""
        self._begin(release=False)

    def arm(self, question_id: str) -> None:
        """Allow one check of this question, until `disarm`. Called before its check cell runs."""
        self._ask("arm", question=question_id)
        self._at_hand = question_id

    def disarm(self) -> None:
        """End the armed question's turn, after its check cell has ended or was stopped."""
        self._ask("disarm")
        self._at_hand = ""

    def record(self, question_id: str, outcome: Outcome, message: str) -> None:
        """Enter an outcome that the driver saw and the referee could not; earns no points."""
        self._ask("record", question=question_id, outcome=str(outcome), message=message)
        if question_id in self._questions:
            verdict = rule(self._questions[question_id], outcome, message)
            self._ruled.setdefault(question_id, verdict)

    def ledger(self) -> dict[str, Verdict]:
        """A verdict for every question; one that was never asked is missing."""
        self._ask("look")
        return {
            name: self._ruled.get(name, rule(question, Outcome.MISSING, messages.MISSING))
            for name, question in self._questions.items()
        }

    def turns(self) -> dict[str, Turns] | None:
        """After `close`: what `Referee.turns` gives; None, too, where a judge was lost."""
        return self._turns

    def close(self) -> None:
        """Stop serving."""
        told = self._told("close")
        if told is not None and not self._lost:
            self._turns = loads_turns(told["turns"])
        self._end()
        with contextlib.suppress(OSError):  # the other side may have gone first
            self._sock.shutdown(socket.SHUT_RDWR)
        self._sock.close()

    def _begin(self, *, release: bool) -> None:
        left = {name: q for name, q in self._questions.items() if name not in self._ruled}
        own = {name: question for name, question in left.items() if not has_draws(question)}
        line, theirs = socket.socketpair()
        opened = [_in_memory((own, tuple(left), release))]
        try:
            opened += [_shared_descriptor(left[name]) for name in left if name not in own]
            _server.fork([theirs.fileno(), self._sock.fileno(), *opened])
        finally:
            theirs.close()
            for number in opened:
                os.close(number)
        told = frames.receive(line, time.monotonic() + START_SECONDS)
        if told is None:
            message = "the process that judges answers ended before its first question"
            raise RuntimeError(message)
        self._line, self._judge = line, os.pidfd_open(told["pid"])

    def _ask(self, word: str, **words: str) -> None:
        """Have the judge do something; where it is lost, note that and have another one do it."""
        while self._line is not None and self._told(word, **words) is None:
            self._replace()

    def _told(self, word: str, **words: str) -> dict[str, Any] | None:
        """What the judge answers; None where it is lost."""
        if self._line is None:
            return None
        try:
            frames.send(self._line, {"do": word, **words})
            told = frames.receive(self._line, time.monotonic() + ANSWER_SECONDS)
            if told is not None:
                self._note(told["ruled"])
        except (WireError, TimeoutError, ValueError, KeyError):
            return None
        return told

    def _note(self, ruled: bytes) -> None:
        for name, entry in json.loads(ruled).items():
            self._ruled.setdefault(name, Verdict.from_json(name, entry))

    def _replace(self) -> None:
        """The judge is lost: the question at hand is a person's business, the rest goes on."""
        self._end()
        self._lost += 1
        waits = self._questions.get(self._at_hand)
        if waits is not None:
            text = messages.judge_lost(waits.id)
            self._ruled.setdefault(waits.id, rule(waits, Outcome.BROKEN, text))
        if self._lost <= len(self._questions):
            self._begin(release=waits is not None)
            return
        for name, question in self._questions.items():
            text = messages.judge_lost(name)
            self._ruled.setdefault(name, rule(question, Outcome.BROKEN, text))

    def _end(self) -> None:
        if self._line is None:
            return
        self._line.close()
        self._line = None
        with contextlib.suppress(OSError):  # it may have ended
            signal.pidfd_send_signal(self._judge, signal.SIGKILL)
        os.close(self._judge)


class _Server:
    """This process's server; made when the first judge is needed, anew where it was killed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._control: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def close(self) -> None:
        """End it."""
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(GRACE_SECONDS)

    def fork(self, numbers: list[int]) -> None:
        """Have it fork a judge with these file descriptors."""
        with self._lock:
            for attempt in range(2):
                if self._control is None:
                    self._control, self._process = _started()
                try:
                    request_fork(self._control, numbers)
                except OSError:
                    self.close()
                    self._control = None
                    if attempt:
                        raise
                else:
                    return


def _started() -> tuple[socket.socket, subprocess.Popen[bytes]]:
    ours, theirs = control_sockets()
    home = str(Path(grader.__file__).parents[1])
    path = os.pathsep.join(filter(None, [home, os.environ.get("PYTHONPATH", "")]))
    # one thread: a fork copies no others
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    with theirs, hold_interrupts():
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "grader.referee.judge_server"],
            stdin=theirs.fileno(),
            stdout=subprocess.DEVNULL,
            env={**os.environ, **threads, "PYTHONPATH": path},
        )
    if not is_ready(ours, START_SECONDS):
        message = "The process that judges answers did not start; `grader doctor` looks for why."
        raise SetupError(message)
    return ours, process


def _in_memory(thing: object) -> int:
    number = os.memfd_create("questions")
    with open(number, "wb", closefd=False) as file:
        pickle.dump(thing, file, protocol=5)
    return number


def _shared_descriptor(question: PreparedQuestion) -> int:
    """A file in memory that holds a question of the whole class, for the caller to close."""
    with _shared_lock:
        return os.dup(_shared.get(question))


_server = _Server()
# Pickled questions that a whole class shares: a repair's draws are megabytes.
_shared: IdentityCache[PreparedQuestion, int] = IdentityCache(_in_memory, KEPT, os.close)
_shared_lock = threading.Lock()
atexit.register(_server.close)
