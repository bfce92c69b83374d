"""The referee's table: the armed question only, once, and points from its ledger alone."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from grader.core.errors import WireError
from grader.core.question import PATIENCE, Case, FunctionQuestion, PreparedQuestion
from grader.core.requests import Call, Raised, Reply, Request, Returned
from grader.core.values import Tensor, tensor
from grader.core.verdicts import Outcome
from grader.referee.judge_proxy import RefereeProxy
from grader.referee.judge_session import IDLE_BYTES, IDLE_FRAMES, Referee
from grader.wire import frames
from tests.waiting import HANGS

NUMBERS = np.array([1.0, 2.0])


def question(name: str, seconds: float = 5) -> PreparedQuestion:
    """Asks for twice its input."""
    case = Case({"x": tensor(NUMBERS)}, tensor(2 * NUMBERS), {})
    return FunctionQuestion(name, name, 2, seconds, {}, cases=(case,), hidden=True)


@pytest.fixture(name="table", params=[Referee, RefereeProxy])
def _table(request: pytest.FixtureRequest) -> Iterator[tuple[Referee, socket.socket]]:
    ours, theirs = socket.socketpair()
    questions = {name: question(name) for name in ("demo-one", "demo-two")}
    questions["demo-slow"] = question("demo-slow", 0.2)
    referee = request.param(ours, questions)
    referee.start()
    yield referee, theirs
    referee.close()
    theirs.close()


def double(request: Request) -> Reply:
    """The right answer."""
    assert isinstance(request, Call)
    x = request.inputs["x"]
    assert isinstance(x, Tensor)
    return Returned(tensor(2 * x.array))


def offer(
    sock: socket.socket, name: object, perform: Callable[[Request], Reply] = double
) -> list[str]:
    """Offer an answer as the worker does; returns the keys of the frames that came."""
    frames.send(sock, {"check": name})
    seen: list[str] = []
    while True:
        message = frames.receive(sock, time.monotonic() + HANGS)
        if message is None:
            return [*seen, "closed"]
        seen += list(message)
        if "request" not in message:
            return seen
        reply = perform(frames.request_from_wire(message["request"]))
        frames.send(sock, {"reply": frames.reply_to_wire(reply)})


def test_an_armed_question_is_judged_and_no_verdict_is_told(
    table: tuple[Referee, socket.socket],
) -> None:
    """The worker sees requests and an end, nothing else."""
    referee, sock = table
    referee.arm("demo-one")
    assert offer(sock, "demo-one") == ["request", "done"]
    referee.disarm()
    ledger = referee.ledger()
    assert ledger["demo-one"].points == 2
    assert ledger["demo-two"].outcome is Outcome.MISSING


def test_only_the_armed_question_is_asked(table: tuple[Referee, socket.socket]) -> None:
    """Answering another question in this cell earns nothing."""
    referee, sock = table
    referee.arm("demo-one")
    for name in ("demo-two", "no-such-question", None, ["demo-one"], {"a": 1}):
        assert offer(sock, name) == ["done"]
    referee.disarm()
    assert offer(sock, "demo-one") == ["done"]
    assert {v.points for v in referee.ledger().values()} == {0}


def test_the_first_attempt_counts(table: tuple[Referee, socket.socket]) -> None:
    """A second check, in its own cell or a later one, changes nothing."""
    referee, sock = table
    referee.arm("demo-one")
    offer(sock, "demo-one", lambda _: Raised("E", "first"))
    assert offer(sock, "demo-one") == ["done"]
    referee.disarm()
    referee.arm("demo-one")
    assert offer(sock, "demo-one") == ["done"]
    assert referee.ledger()["demo-one"].outcome is Outcome.RAISED


def test_a_slow_answer_is_stopped_and_the_next_question_is_judged(
    table: tuple[Referee, socket.socket],
) -> None:
    """One slow question costs itself only."""
    referee, sock = table

    def sleepy(request: Request) -> Reply:
        time.sleep(0.2 * PATIENCE + 0.3)
        return double(request)

    referee.arm("demo-slow")
    offer(sock, "demo-slow", sleepy)
    referee.disarm()
    assert referee.ledger()["demo-slow"].outcome is Outcome.TOO_SLOW


def test_a_cell_that_only_says_it_is_over_has_the_rest_of_its_seconds(
    table: tuple[Referee, socket.socket],
) -> None:
    """The referee has a clock of its own: the driver's can be talked out of its time."""
    referee, sock = table

    def sleepy(seconds: float) -> Callable[[Request], Reply]:
        def perform(request: Request) -> Reply:
            time.sleep(seconds)
            return double(request)

        return perform

    for name, seconds in (("demo-one", 0.5), ("demo-slow", 1.0)):
        referee.arm(name)
        talk = threading.Thread(target=offer, args=(sock, name, sleepy(seconds)))
        talk.start()
        time.sleep(0.1)
        referee.disarm()
        talk.join()
    ledger = referee.ledger()
    assert ledger["demo-one"].outcome is Outcome.PASSED
    assert ledger["demo-slow"].outcome is Outcome.TOO_SLOW
    assert ledger["demo-slow"].points == 0


def test_garbage_earns_nothing_and_ends_the_talk(table: tuple[Referee, socket.socket]) -> None:
    """A malformed frame closes the table; what was earned stays."""
    referee, sock = table
    referee.arm("demo-one")
    offer(sock, "demo-one")
    referee.disarm()
    referee.arm("demo-two")
    sock.sendall(b"\xff" * 64)
    time.sleep(0.1)
    referee.disarm()
    assert referee.ledger()["demo-one"].outcome is Outcome.PASSED
    assert referee.ledger()["demo-two"].points == 0


def test_a_forged_reply_is_named_as_breach(table: tuple[Referee, socket.socket]) -> None:
    """Talking out of turn in the middle of a question ends it without points."""
    referee, sock = table
    referee.arm("demo-one")
    frames.send(sock, {"check": "demo-one"})
    frames.receive(sock, time.monotonic() + HANGS)
    frames.send(sock, {"done": True, "points": 100})
    frames.receive(sock, time.monotonic() + HANGS)
    referee.disarm()
    verdict = referee.ledger()["demo-one"]
    assert (verdict.outcome, verdict.points) == (Outcome.RAISED, 0)
    assert "out of turn" in verdict.message


def test_a_death_in_the_middle_is_recorded(table: tuple[Referee, socket.socket]) -> None:
    """The process that vanishes while asked gets a verdict, and closing does not hang."""
    referee, sock = table
    referee.arm("demo-one")
    frames.send(sock, {"check": "demo-one"})
    frames.receive(sock, time.monotonic() + HANGS)
    sock.close()
    referee.disarm()
    assert referee.ledger()["demo-one"].outcome is Outcome.RAISED
    referee.close()
    assert threading.active_count() >= 1


def test_what_the_driver_saw_never_replaces_a_verdict(
    table: tuple[Referee, socket.socket],
) -> None:
    """`record` fills gaps only."""
    referee, sock = table
    referee.arm("demo-one")
    offer(sock, "demo-one")
    referee.disarm()
    referee.record("demo-one", Outcome.TOO_SLOW, "late")
    referee.record("demo-two", Outcome.TOO_SLOW, "late")
    assert referee.ledger()["demo-one"].outcome is Outcome.PASSED
    assert referee.ledger()["demo-two"].message == "late"


def test_whoever_chatters_between_questions_is_hung_up_on(
    table: tuple[Referee, socket.socket],
) -> None:
    referee, sock = table
    with contextlib.suppress(WireError):
        for _ in range(2 * IDLE_FRAMES):
            frames.send(sock, {"check": "no-such-question"})
            if frames.receive(sock, time.monotonic() + HANGS) is None:
                break
    referee.arm("demo-one")
    with pytest.raises(WireError):
        offer(sock, "demo-one")


def test_a_large_frame_between_questions_is_not_read(table: tuple[Referee, socket.socket]) -> None:
    _, sock = table
    sock.sendall((IDLE_BYTES + 1).to_bytes(4, "big"))
    assert frames.receive(sock, time.monotonic() + HANGS) is None


def test_a_large_reply_that_comes_late_costs_no_later_question(
    table: tuple[Referee, socket.socket],
) -> None:
    referee, sock = table
    referee.arm("demo-slow")
    frames.send(sock, {"check": "demo-slow"})
    assert "request" in (frames.receive(sock, time.monotonic() + HANGS) or {})
    assert "done" in (frames.receive(sock, time.monotonic() + HANGS) or {}), "its time is up"
    late = {"op": "returned", "value": tensor(np.zeros(10 * IDLE_BYTES))}
    frames.send(sock, {"reply": late})
    referee.arm("demo-one")
    assert offer(sock, "demo-one")[-1] == "done"
    assert referee.ledger()["demo-one"].outcome is Outcome.PASSED
