"""The interface between the engine and whatever runs a kernel: `Launcher` and `RunningKernel`.

`engine.run_one` calls `Launcher.launch` once for each notebook, from the thread that will drive it,
and `RunningKernel.kill` in every case afterwards. Launchers differ only in where the process comes
from.

The sockets of the kernel's channels are bound on this side and inherited by the kernel: the sandbox
shares no writable folder with the machine. Nothing here reads what a kernel says.
"""

import json
import secrets
import shutil
import socket
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from grader.classroom.sandbox.spec import SandboxSpec

CHANNELS = ("shell", "iopub", "control", "stdin")


class RunningKernel(Protocol):
    """One started worker. Everything it says is untrusted."""

    # `ipc://…` of each channel.
    endpoints: dict[str, str]
    # Signs the messages of the Jupyter protocol.
    key: bytes
    # The referee's end of its connection to the worker. Whoever took the kernel closes it.
    referee_socket: socket.socket

    def alive(self) -> bool:
        """Whether the Python process still runs."""
        ...

    def pids(self) -> list[int]:
        """Process ids on this machine of all that runs inside; asked by the watcher."""
        ...

    def disks(self) -> tuple[Path, ...]:
        """Folders in memory that learner code may fill; the watcher counts what is in them."""
        ...

    def last_words(self) -> str:
        """What was written to the raw standard error: why a start failed."""
        ...

    def starved(self) -> bool:
        """Whether Linux itself ended it for its memory; asked when it has died."""
        ...

    def kill(self) -> None:
        """End every process inside and remove what was made for it. May be called twice."""
        ...


class Launcher(Protocol):
    """Makes kernels."""

    @property
    def name(self) -> str:
        """How kernels are made, for reports."""
        ...

    def launch(self, box: SandboxSpec) -> RunningKernel:
        """Start one worker for one notebook; returns before its kernel answers.

        Raises SetupError where this machine cannot do it.
        """
        ...

    def get_ready(self, box: SandboxSpec) -> None:
        """Begin with what a first kernel in such a sandbox needs, and return at once.

        What goes wrong is told by `launch`.
        """
        ...

    def close(self) -> None:
        """Give back what was kept ready for further kernels; those that run are not touched."""
        ...


@dataclass(frozen=True)
class Channels:
    """Sockets made for one kernel.

    `listening` are those of the Jupyter channels, bound in `folder`, which nobody else can enter;
    `inside` and `outside` are the ends of the connection between worker and referee.
    """

    folder: Path
    listening: dict[str, socket.socket]
    inside: socket.socket
    outside: socket.socket
    key: bytes

    @classmethod
    def make(cls) -> "Channels":
        """Bind a socket for each channel in a new private folder; make the referee's pair."""
        folder = Path(tempfile.mkdtemp(prefix="grader-"))
        listening = {}
        for name in CHANNELS:
            listening[name] = socket.socket(socket.AF_UNIX)
            listening[name].bind(str(folder / name))
            listening[name].listen()
        outside, inside = socket.socketpair()
        return cls(folder, listening, inside, outside, secrets.token_hex(32).encode())

    @property
    def endpoints(self) -> dict[str, str]:
        """Where this side connects."""
        return {name: f"ipc://{self.folder / name}" for name in CHANNELS}

    def handed_over(self) -> Iterator[int]:
        """Numbers of the file descriptors that the worker inherits, and no others."""
        yield self.inside.fileno()
        yield from (listener.fileno() for listener in self.listening.values())

    def start_message(
        self, box: SandboxSpec, renamed: Mapping[int, int] | None = None, *, own_processes: bool
    ) -> bytes:
        """What the worker reads from its standard input: one JSON object.

        `renamed`: the numbers that descriptors have in the worker, where they are not the same.
        `own_processes`: the sandbox counts its own processes, so their limit may be set.
        """
        renamed = renamed or {number: number for number in self.handed_over()}
        limits = box.limits.to_json()
        if not own_processes:
            del limits["processes"]
        message = {
            "referee": renamed[self.inside.fileno()],
            "channels": {
                name: renamed[listener.fileno()] for name, listener in self.listening.items()
            },
            "key": self.key.decode(),
            "limits": limits,
            "tests": box.tests,
        }
        return json.dumps(message).encode()

    def hand_over(self) -> None:
        """Close this side's copies of what the worker now holds."""
        self.inside.close()
        for listener in self.listening.values():
            listener.close()

    def remove(self) -> None:
        """Remove the folder. The socket `outside` belongs to the referee."""
        shutil.rmtree(self.folder, ignore_errors=True)
