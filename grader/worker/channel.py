"""The learner's end of the referee's socket: `lab.check` in a graded run ends up here.

It carries requests out on the answer and sends back what came of them. It learns no verdict, so it
can tell none.
"""

import signal
import socket
import threading
from types import FrameType, TracebackType
from typing import Any, Self

from grader.core.errors import WireError
from grader.core.requests import Reply, Request
from grader.wire import frames
from grader.wire.perform import Performer, raised
from grader.worker import interrupts


class RefereeChannel:
    """Speaks to the referee over an inherited socket; one conversation at a time."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock

    def check(self, question_id: str, answer: object) -> None:
        """Offer `answer` and do what the referee asks, until it has seen enough.

        Raises WireError when the referee is gone; KeyboardInterrupt only after the conversation.
        """
        performer = Performer(answer)
        with _Gate() as gate:
            message = self._exchange({"check": question_id})
            while "request" in message:
                request = frames.request_from_wire(message["request"])
                message = self._reply(gate.perform(performer, request))

    def _reply(self, reply: Reply) -> dict[str, Any]:
        try:
            frames.send(self._sock, {"reply": frames.reply_to_wire(reply)})
        except WireError as error:
            what = f"something that cannot be sent: {error}"
            return self._exchange({"reply": {"op": "unusable", "what": what}})
        return self._receive()

    def _exchange(self, message: dict[str, Any]) -> dict[str, Any]:
        frames.send(self._sock, message)
        return self._receive()

    def _receive(self) -> dict[str, Any]:
        answer = frames.receive(self._sock)
        if answer is None:
            text = "the grader has closed the channel; nothing more is recorded in this run"
            raise WireError(text)
        return answer


class _Gate:
    """Lets interrupts reach the learner's code and nothing else of a conversation.

    One that came between would leave half a frame or a forgotten reply behind, and the next
    question would pay for it. Held-back interrupts come when the conversation is over.
    """

    def __init__(self) -> None:
        self._open = False
        self._late = False
        self._before: Any = None
        # Python runs signal handlers in the main thread alone.
        self._guards = threading.current_thread() is threading.main_thread()

    def __enter__(self) -> Self:
        if self._guards:
            self._before = signal.signal(signal.SIGINT, self._arrived)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._guards:
            signal.signal(signal.SIGINT, self._before)
        if self._late and error is None:
            raise KeyboardInterrupt

    def perform(self, performer: Performer, request: Request) -> Reply:
        """Carry out `request`; an interrupt during it, or before it, becomes the reply."""
        try:
            self._open = True
            if self._late:
                self._late = False
                raise KeyboardInterrupt  # noqa: TRY301 - it is the same interrupt, only later
            reply = performer.perform(request)
            self._open = False
        except KeyboardInterrupt as error:
            self._open = False
            return raised(error)
        return reply

    def _arrived(self, _number: int, _frame: FrameType | None) -> None:
        if not interrupts.is_for_now():
            return
        if self._open:
            raise KeyboardInterrupt
        self._late = True
