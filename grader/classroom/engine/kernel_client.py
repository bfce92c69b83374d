"""Talk the Jupyter protocol to a kernel that may lie, flood or die; one thread, nothing kept.

Only `engine.kernel_driver` uses it. Messages come from hostile code: what is not signed, out of
form or too large is dropped here, and nothing in a message is believed beyond "this came out of the
kernel".
"""

import contextlib
import time
from types import TracebackType
from typing import Any, Self

import zmq
from jupyter_client.session import Session, json_unpacker

from grader.classroom.sandbox import RunningKernel
from grader.classroom.sandbox.spec import MIB

KINDS = {"shell": zmq.DEALER, "control": zmq.DEALER, "iopub": zmq.SUB}
# Messages that may wait on this side of a channel; further ones wait in the sandbox's own memory.
WAITING = 64


class KernelConnection:
    """Connections to one kernel's channels. Use as a context manager."""

    def __init__(self, kernel: RunningKernel, message_mib: int) -> None:
        self._session = Session(key=kernel.key, unpack=_undated)
        self._context = zmq.Context()
        self._poller = zmq.Poller()
        self._endpoints = kernel.endpoints
        self._largest = message_mib * MIB
        self._channels: dict[str, zmq.Socket[bytes]] = {}
        for name in KINDS:
            self._open(name)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for channel in self._channels.values():
            channel.close()
        self._context.term()

    def ask_info(self) -> str:
        """Ask the kernel who it is; returns the message's id."""
        return self._send("shell", "kernel_info_request", {})

    def execute(self, code: str) -> str:
        """Have a cell's code run; returns the message's id."""
        content = {
            "code": code,
            "silent": False,
            "store_history": True,
            "user_expressions": {},
            "allow_stdin": False,
            # Errors do not stop the run: the next cell has been sent by nobody yet.
            "stop_on_error": False,
        }
        return self._send("shell", "execute_request", content)

    def interrupt(self, cell: str) -> None:
        """Ask the kernel to interrupt a cell, by the id that `execute` gave; late, it does nothing.

        Without the name, which is the worker's own addition to the protocol, an interrupt on its
        way when the cell ends would hit the next one.
        """
        self._send("control", "interrupt_request", {"cell": cell})

    def reopen_outputs(self) -> None:
        """Listen anew: the transport hangs up for good on whoever sent too large a message."""
        self._poller.unregister(self._channels["iopub"])
        self._channels["iopub"].close()
        self._open("iopub")

    def receive(self, seconds: float) -> tuple[str, dict[str, Any]] | None:
        """The next message and the channel it came from; None after `seconds` without one.

        Replies come before outputs, so that a flood of outputs cannot hold a reply back.
        """
        deadline = time.monotonic() + seconds
        while True:
            left = max(0.0, deadline - time.monotonic())
            ready = dict(self._poller.poll(int(left * 1000)))
            if not ready:
                return None
            for name, channel in self._channels.items():
                if channel in ready:
                    message = self._read(channel)
                    if message is not None:
                        return name, message

    def _open(self, name: str) -> None:
        channel = self._context.socket(KINDS[name])
        channel.linger = 0
        channel.setsockopt(zmq.MAXMSGSIZE, self._largest)
        channel.rcvhwm = WAITING
        if name == "iopub":
            channel.subscribe(b"")
        else:
            channel.identity = self._session.bsession
        channel.connect(self._endpoints[name])
        self._channels[name] = channel
        self._poller.register(channel, zmq.POLLIN)

    def _send(self, channel: str, kind: str, content: dict[str, Any]) -> str:
        message = self._session.msg(kind, content)
        # A full or closed channel: the deadline and the process's death speak for it.
        with contextlib.suppress(zmq.ZMQError):
            self._session.send(self._channels[channel], message, track=False)
        return str(message["header"]["msg_id"])

    def _read(self, channel: Any) -> dict[str, Any] | None:
        try:
            parts = channel.recv_multipart(zmq.NOBLOCK)
            _, parts = self._session.feed_identities(parts)
            message = self._session.deserialize(parts)
        except Exception:  # noqa: BLE001 - anything may stand in a hostile message
            return None
        return message if _in_form(message) else None


def _undated(packed: bytes) -> Any:
    """A part of a message without its time, which nobody here asks for.

    Session turns each into a date, at a third of all that a message takes.
    """
    part = json_unpacker(packed)
    if isinstance(part, dict):
        part.pop("date", None)
    return part


def _in_form(message: Any) -> bool:
    return (
        isinstance(message, dict)
        and isinstance(message.get("msg_type"), str)
        and isinstance(message.get("content"), dict)
        and isinstance(message.get("parent_header"), dict)
    )
