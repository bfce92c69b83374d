"""The learner's end of the referee's socket: `lab.check` in a graded run ends up here.

It carries requests out on the answer and sends back what came of them. It learns no verdict, so it
can tell none.
"""

import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from grader.core.errors import WireError
from grader.wire import frames
from grader.wire.perform import Performer


class RefereeChannel:
    """Speaks to the referee over an inherited socket; one conversation at a time."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock

    def check(self, question_id: str, answer: object) -> None:
        """Offer `answer` and do what the referee asks, until it has seen enough.

        Raises WireError when the referee is gone; KeyboardInterrupt only between two frames.
        """
        performer = Performer(answer)
        message = self._exchange({"check": question_id})
        while "request" in message:
            request = frames.request_from_wire(message["request"])
            reply = performer.perform(request)
            try:
                message = self._exchange({"reply": frames.reply_to_wire(reply)})
            except WireError as error:
                message = self._too_large(error)

    def _exchange(self, message: dict[str, object]) -> dict[str, object]:
        with _whole():
            frames.send(self._sock, message)
            answer = frames.receive(self._sock)
        if answer is None:
            text = "the grader has closed the channel; nothing more is recorded in this run"
            raise WireError(text)
        return answer

    def _too_large(self, error: WireError) -> dict[str, object]:
        """Say why a reply could not be sent, in place of the reply."""
        reply = {"op": "unusable", "what": f"something that cannot be sent: {error}"}
        return self._exchange({"reply": reply})


@contextmanager
def _whole() -> Iterator[None]:
    """Hold an interrupt back until the frames are through: half a frame would end the channel."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    late: list[int] = []

    def hold(number: int, _frame: FrameType | None) -> None:
        late.append(number)

    before = signal.signal(signal.SIGINT, hold)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if late:
        raise KeyboardInterrupt
