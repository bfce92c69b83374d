"""The learner's end of the referee's socket: `lab.check` in a graded run ends up here.

It carries requests out on the answer and sends back what came of them. It learns no verdict, so it
can tell none.
"""

import socket
from functools import partial
from typing import Any

from grader.core.errors import WireError
from grader.core.requests import Reply
from grader.wire import frames
from grader.wire.perform import Performer, raised
from grader.worker.interrupts import InterruptGate


class RefereeChannel:
    """Speaks to the referee over an inherited socket; one conversation at a time."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock

    def check(self, question_id: str, answer: object) -> None:
        """Offer `answer` and do what the referee asks, until it has seen enough.

        Raises WireError when the referee is gone; KeyboardInterrupt only after the conversation.
        """
        performer = Performer(answer)
        # An interrupt between two frames would leave half a message to the next question.
        with InterruptGate() as gate:
            message = self._exchange({"check": question_id})
            while "request" in message:
                request = frames.request_from_wire(message["request"])
                message = self._reply(gate.call(partial(performer.perform, request), raised))

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
