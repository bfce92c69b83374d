"""The learner's end of the referee's socket: interrupts stop learner code and break nothing."""

import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from grader.core.errors import WireError
from grader.core.requests import Call, Raised, Reply, Returned, Unusable
from grader.wire import frames
from grader.worker import interrupts
from grader.worker.channel import RefereeChannel


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    outside, inside = socket.socketpair()
    yield outside, inside
    outside.close()
    inside.close()


def refereed(sock: socket.socket, before_done: Callable[[], None] = lambda: None) -> list[Reply]:
    """Serve one conversation with one call in a thread; the list fills with the replies."""
    replies: list[Reply] = []

    def serve() -> None:
        assert frames.receive(sock) == {"check": "t-one"}
        frames.send(sock, {"request": frames.request_to_wire(Call({"x": 2}))})
        message = frames.receive(sock)
        assert message is not None
        replies.append(frames.reply_from_wire(message["reply"]))
        before_done()
        frames.send(sock, {"done": True})

    threading.Thread(target=serve, daemon=True).start()
    return replies


@pytest.fixture(autouse=True)
def _in_a_cell() -> Iterator[None]:
    interrupts.begin("a cell")
    yield
    interrupts.end()


def interrupt() -> None:
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(0.05)


def test_a_conversation_carries_out_what_is_asked(ends: Any) -> None:
    outside, inside = ends
    replies = refereed(outside)
    RefereeChannel(inside).check("t-one", lambda x: x + 1)
    assert replies == [Returned(3)]


def test_an_interrupt_in_learner_code_becomes_the_reply(ends: Any) -> None:
    outside, inside = ends
    replies = refereed(outside)

    def slow(x: int) -> None:
        interrupt()
        time.sleep(10)

    RefereeChannel(inside).check("t-one", slow)
    assert isinstance(replies[0], Raised)
    assert replies[0].kind == "KeyboardInterrupt"
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_an_interrupt_between_frames_waits_for_the_end(ends: Any) -> None:
    outside, inside = ends
    replies = refereed(outside, before_done=interrupt)
    with pytest.raises(KeyboardInterrupt):
        RefereeChannel(inside).check("t-one", lambda x: x + 1)
    assert replies == [Returned(3)]
    again = refereed(outside)
    RefereeChannel(inside).check("t-one", lambda x: x + 1)
    assert again == [Returned(3)], "the next conversation is whole"


def test_an_interrupt_for_an_earlier_cell_reaches_nobody(ends: Any) -> None:
    outside, inside = ends
    replies = refereed(outside)
    assert interrupts.want("a cell")
    interrupts.begin("the next cell")

    def slow(x: int) -> int:
        interrupt()
        return x + 1

    RefereeChannel(inside).check("t-one", slow)
    assert replies == [Returned(3)]


def test_a_result_that_is_too_large_is_told_in_its_place(
    ends: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside, inside = ends
    replies = refereed(outside)
    monkeypatch.setattr(frames, "MAX_FRAME_BYTES", 1000)
    RefereeChannel(inside).check("t-one", lambda x: "y" * 1000 * x)
    assert isinstance(replies[0], Unusable)
    assert "1,000" in replies[0].what


def test_a_referee_that_is_gone_is_told(ends: Any) -> None:
    outside, inside = ends
    outside.close()
    with pytest.raises(WireError):
        RefereeChannel(inside).check("t-one", lambda x: x)
