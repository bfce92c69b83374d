"""The referee's table: serves one submission's channel and keeps its ledger.

It talks to hostile code, so it holds arrays only, answers for the armed question only and for each
question once, sends inputs and never an expected value, and tells no verdict. Points come from this
ledger and from nowhere else.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from dataclasses import replace

from grader.core import messages
from grader.core.errors import WireError
from grader.core.judgement import judge
from grader.core.question import PATIENCE, PreparedQuestion
from grader.core.requests import Reply, Request, Train
from grader.core.verdict_rules import rule
from grader.core.verdicts import Outcome, Verdict
from grader.referee.recorded_replies import (
    LARGEST,
    TRAINED_SECONDS,
    Turns,
    reply_frame,
    request_frame,
)
from grader.wire import frames

# How long a judgement may still take after its cell was stopped, before the socket is closed on it.
GRACE_SECONDS = 5.0
# Nothing but the id of a question belongs here while none is being judged; honest code sends one
# for each check cell. Whoever sends more, or larger, wants to keep this process busy.
IDLE_BYTES = 4096
IDLE_FRAMES = 1000


class Referee:
    """Judges the answers of one submission over `sock`; start it, arm it cell by cell, close it."""

    def __init__(
        self, sock: socket.socket, questions: dict[str, PreparedQuestion], *, owed: bool = False
    ) -> None:
        self._sock = sock
        self._questions = questions
        self._ledger: dict[str, Verdict] = {}
        self._turns: dict[str, Turns] = {}
        # Bytes of replies that may still be kept; what is left at the end is below 0 for too many.
        self._room = LARGEST
        self._armed: str | None = None
        # The question that is being judged, and when its turn began, on this process's clock.
        self._at_hand = ""
        self._since = 0.0
        self._lock = threading.Lock()
        self._owed = owed
        self._idle = threading.Event()
        self._idle.set()
        self._thread = threading.Thread(target=self._serve, name="referee", daemon=True)

    def start(self) -> None:
        """Begin to serve. The socket must be connected: a thread blocked on it never wakes."""
        self._thread.start()

    def arm(self, question_id: str) -> None:
        """Allow one check of this question, until `disarm`. Called before its check cell runs."""
        with self._lock:
            self._armed = question_id
            self._since = time.monotonic()

    def disarm(self) -> None:
        """End the armed question's turn, after its check cell has ended or was stopped.

        A cell that only said so, while its answer still runs, has the rest of its seconds.
        """
        with self._lock:
            self._armed = None
            at_hand = self._at_hand
        if not self._idle.wait(self._left(at_hand)):
            text = messages.too_slow(at_hand, self._questions[at_hand].seconds)
            self.record(at_hand, Outcome.TOO_SLOW, text)
        if not self._idle.wait(GRACE_SECONDS):
            self._sock.shutdown(socket.SHUT_RDWR)
            self._thread.join(GRACE_SECONDS)

    def record(self, question_id: str, outcome: Outcome, message: str) -> None:
        """Enter an outcome that the driver saw and the referee could not; earns no points.

        A verdict that is already in the ledger stays.
        """
        with self._lock:
            if question_id in self._questions and question_id not in self._ledger:
                self._ledger[question_id] = rule(self._questions[question_id], outcome, message)

    def _left(self, at_hand: str) -> float:
        """Seconds that are left to the question at hand; none to one that is decided."""
        question = self._questions.get(at_hand)
        if question is None or self._is_over(at_hand):
            return 0.0
        return min(GRACE_SECONDS, max(0.0, self._since + question.seconds - time.monotonic()))

    def ruled(self) -> dict[str, Verdict]:
        """The verdicts that have been entered so far."""
        with self._lock:
            return dict(self._ledger)

    def ledger(self) -> dict[str, Verdict]:
        """A verdict for every question; one that was never asked is missing."""
        known = self.ruled()
        return {
            name: known.get(name, rule(question, Outcome.MISSING, messages.MISSING))
            for name, question in self._questions.items()
        }

    def turns(self) -> dict[str, Turns] | None:
        """For each question that was judged to its end: hashes of requests, and the replies.

        None where the replies are larger than is worth keeping.
        """
        with self._lock:
            return dict(self._turns) if self._room >= 0 else None

    def close(self) -> None:
        """Stop serving."""
        with contextlib.suppress(OSError):  # the other side may have gone first
            self._sock.shutdown(socket.SHUT_RDWR)
        if self._thread.is_alive():
            self._thread.join(GRACE_SECONDS)
        self._sock.close()

    def _serve(self) -> None:
        for _ in range(IDLE_FRAMES):
            try:
                message = frames.receive(self._sock, most=self._most())
                if message is None:
                    return
                self._turn(message)
            except (WireError, OSError, MemoryError):
                self._idle.set()
                break
        # The worker must not wait for answers that never come.
        with contextlib.suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)

    def _most(self) -> int:
        """Bytes that the next frame may have: a reply that is late can be as large as any."""
        owed, self._owed = self._owed, False
        return frames.MAX_FRAME_BYTES if owed else IDLE_BYTES

    def _turn(self, message: dict[str, object]) -> None:
        if "check" not in message:
            return  # a reply that came after its question's time: the worker has its "done" already
        question_id = message["check"]
        with self._lock:
            allowed = (
                isinstance(question_id, str)
                and question_id == self._armed
                and question_id in self._questions
                and question_id not in self._ledger
            )
            if allowed:
                self._armed = None  # one attempt
                self._at_hand = str(question_id)
                self._idle.clear()
        if allowed and isinstance(question_id, str):
            verdict, turns = self._judge(self._questions[question_id])
            with self._lock:
                stands = self._ledger.setdefault(question_id, verdict)
                if turns is not None and stands is verdict:
                    self._turns[question_id] = turns
            self._idle.set()
        frames.send(self._sock, {"done": True})

    def _is_over(self, question_id: str) -> bool:
        """Whether the driver has entered an outcome while the question was still being judged."""
        with self._lock:
            return question_id in self._ledger

    def _judge(self, question: PreparedQuestion) -> tuple[Verdict, Turns | None]:
        """The verdict, and the conversation where it came to its end."""
        start = time.monotonic()
        # The driver has the clock, and knows what the machine withheld; this is for a lost driver.
        deadline = start + question.seconds * PATIENCE
        turns: list[tuple[bytes, bytes]] = []
        ended = False

        trained: list[float] = []

        def ask(request: Request) -> Reply:
            if self._is_over(question.id):
                raise TimeoutError
            body, asked = request_frame(request)
            frames.send_packed(self._sock, body)
            began = time.monotonic()
            answer = frames.receive(self._sock, deadline)
            if answer is None:
                message = "the code ended in the middle of a question"
                raise WireError(message)
            if isinstance(request, Train):
                trained.append(time.monotonic() - began)
            reply = frames.reply_from_wire(answer.get("reply"))
            if self._room >= 0:
                kept = reply_frame(reply)
                self._room -= len(kept)
                turns.append((asked, kept))
            return reply

        try:
            verdict = judge(question, ask)
            ended = True
        except Exception as error:  # noqa: BLE001 - no answer may stop the judge
            self._owed = isinstance(error, TimeoutError)
            verdict = _failure(question, error)
        details = verdict.details
        if details and trained:
            details = {**details, TRAINED_SECONDS: round(min(trained), 3)}
        verdict = replace(verdict, seconds=time.monotonic() - start, details=details)
        return verdict, tuple(turns) if ended else None


def _failure(question: PreparedQuestion, error: Exception) -> Verdict:
    """The verdict where a judgement could not come to its end."""
    if isinstance(error, TimeoutError):
        text = messages.too_slow(question.id, question.seconds)
        return rule(question, Outcome.TOO_SLOW, text)
    if isinstance(error, WireError):
        return rule(question, Outcome.RAISED, f"{messages.PROTOCOL} ({error})")
    if isinstance(error, MemoryError):
        return rule(question, Outcome.RAISED, messages.TOO_LARGE)
    # our own fault is never a learner's zero
    text = f"{messages.BROKEN} ({type(error).__name__}: {error})"
    return rule(question, Outcome.BROKEN, text)
