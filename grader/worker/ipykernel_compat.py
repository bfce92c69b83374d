"""ipykernel's internals that the worker replaces, written for ipykernel 7.4.0.

An ipykernel binds its sockets by itself, to ports or paths that a connection file names
(github.com/ipython/ipykernel/issues/925). A sandbox has no network and no folder that the machine
can write to as well, so the grader binds the sockets and the worker inherits them. There is no
public way to give ipykernel a socket. Subshells cannot be switched off by an option either.
"""

from collections.abc import Mapping
from typing import Any

import zmq
from ipykernel.kernelapp import IPKernelApp

from grader.core.library_internals import require
from grader.worker import interrupts

WRITTEN_FOR = "7.4.0"


class InheritedSocketsApp(IPKernelApp):
    """A kernel app on inherited sockets, without connection file, heartbeat and subshells.

    `descriptors` are the file descriptors of listening Unix sockets by channel.
    """

    descriptors: Mapping[str, int]

    def _try_bind_socket(self, s: Any, port: int) -> int:
        """Bind to the file descriptor `port` in place of a port."""
        s.setsockopt(zmq.USE_FD, port)
        s.bind("ipc:///inherited")
        return port

    def init_connection_file(self) -> None:
        """Put file descriptors where port numbers are looked up."""
        for name, number in self.descriptors.items():
            setattr(self, f"{name}_port", number)

    def init_signal(self) -> None:
        """Handle interrupts; ipykernel would ignore them between cells."""
        interrupts.listen()

    def write_connection_file(self, **_: Any) -> None:
        """There is none."""

    def init_heartbeat(self) -> None:
        """There is none: the grader sees the process itself."""

    def init_control(self, context: Any) -> None:
        """Open the control channel, and undo what ipykernel opens with it."""
        super().init_control(context)  # type: ignore[no-untyped-call]
        require("ipykernel", WRITTEN_FOR, self, "debug_shell_socket", "shell_channel_thread")
        # The debugger's socket connects to the shell's path, which does not exist in a sandbox.
        self.debug_shell_socket.disconnect(self.shell_socket.getsockopt(zmq.LAST_ENDPOINT))
        # Nobody opens a subshell: without this thread messages go straight to the main thread.
        self.shell_channel_thread.io_loop.close()
        self.shell_channel_thread = None


def check_internals() -> None:
    """Raise SetupError where this ipykernel lacks what is replaced here."""
    require(
        "ipykernel",
        WRITTEN_FOR,
        IPKernelApp,
        "_try_bind_socket",
        "init_connection_file",
        "init_control",
        "init_heartbeat",
        "init_signal",
        "write_connection_file",
    )


def quiet_displays() -> None:
    """Have displays go nowhere, in a fork: the notebook's channel is not its own.

    Raises SetupError where this ipykernel lacks what is replaced here.
    """
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    if shell is None:
        return
    publisher: Any = shell.display_pub
    require("ipykernel", WRITTEN_FOR, publisher, "publish", "clear_output")
    publisher.publish = lambda *_, **__: None
    publisher.clear_output = lambda *_, **__: None
