"""An IPython kernel on sockets that were bound outside, with nothing written to any disk."""

from collections.abc import Mapping
from functools import partial
from typing import Any, NoReturn

import zmq
from ipykernel import zmqshell
from ipykernel.iostream import OutStream
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from traitlets.config import Config

from grader.core.requests import INTERRUPT
from grader.wire import grad_mode
from grader.worker import interrupts, shell

DOORS = ("shell", "iopub", "control", "stdin")
# The reply of a cell that was interrupted outside its own code.
STOPPED = {"status": "error", "ename": INTERRUPT, "evalue": "", "traceback": []}


class SocketKernelApp(IPKernelApp):
    """Takes each socket from an inherited file descriptor; needs no connection file, no heartbeat.

    The launcher sees the process itself, so it needs no heartbeat either.
    """

    doors: Mapping[str, int]

    def _try_bind_socket(self, s: Any, port: int) -> int:
        """`port` is the file descriptor of a socket that listens already."""
        s.setsockopt(zmq.USE_FD, port)
        s.bind("ipc:///inherited")
        return port

    def init_connection_file(self) -> None:
        """Put file descriptors where port numbers are looked up."""
        for name, door in self.doors.items():
            setattr(self, f"{name}_port", door)

    def init_signal(self) -> None:
        """Hear interrupts; ipykernel would ignore them between cells."""
        interrupts.listen()

    def write_connection_file(self, **_: Any) -> None:
        """There is none."""

    def init_heartbeat(self) -> None:
        """There is none."""

    def init_control(self, context: Any) -> None:
        """Open the control door."""
        super().init_control(context)  # type: ignore[no-untyped-call]
        # The debugger's socket looks for the shell's path, which does not exist in here.
        self.debug_shell_socket.disconnect(self.shell_socket.getsockopt(zmq.LAST_ENDPOINT))
        # Nobody opens a subshell, and each message would pass through one thread more.
        self.shell_channel_thread.io_loop.close()
        self.shell_channel_thread = None


class SocketKernel(IPythonKernel):
    """Stops the cell that it is asked to stop, and none after it."""

    # ipykernel sleeps before each reply, so that outputs overtake it; the driver waits for both.
    _execute_sleep = 0.0

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)  # type: ignore[no-untyped-call]
        if self.shell is not None:
            self.shell.ask_exit = _leave_cell

    def pre_handler_hook(self) -> None:
        """Take interrupts back from a cell that took them."""
        interrupts.listen()

    def post_handler_hook(self) -> None:
        """The same: nothing may interrupt the kernel's own work."""
        interrupts.listen()

    async def do_execute(self, *given: Any, **named: Any) -> dict[str, Any]:
        """Run a cell; an interrupt that reaches none of its code ends it all the same."""
        parent = self.get_parent("shell")  # type: ignore[no-untyped-call]
        run = partial(super().do_execute, *given, **named)
        reply = await interrupts.run_cell(parent["header"]["msg_id"], run, STOPPED)
        if reply.get("ename") == INTERRUPT:
            grad_mode.switch_on()
        return reply

    def _publish_execute_input(self, *_: Any) -> None:
        """Do not tell the code of a cell to the driver, which has sent it."""

    async def interrupt_request(self, stream: Any, ident: Any, parent: Any) -> None:
        """Interrupt the cell that the request names; one that is over needs none."""
        if interrupts.want(parent["content"]["cell"]):
            await super().interrupt_request(stream, ident, parent)  # type: ignore[no-untyped-call]
        elif self.session is not None:
            self.session.send(stream, "interrupt_reply", {"status": "ok"}, parent, ident=ident)


def _leave_cell() -> NoReturn:
    """`exit()` ends its cell: the kernel would be gone a moment later, in this cell or the next."""
    raise SystemExit


class BoundedStream(OutStream):
    """Standard output or error that sends no more than `most` characters for each cell.

    A kindness to honest code that prints in a long loop: the driver drops the rest anyway, but a
    flood that never leaves costs nobody time.
    """

    most = 0
    _written = 0
    _unsent = False

    def set_parent(self, parent: Any) -> None:
        """A new cell begins."""
        self._written = 0
        super().set_parent(parent)  # type: ignore[no-untyped-call]

    def write(self, string: str) -> int:
        """Send what there is room for; say that all of it was written."""
        room = max(0, self.most - self._written)
        self._written += len(string)
        if room:
            self._unsent = True
            super().write(string[:room])
        return len(string)

    def flush(self) -> None:
        """Send what was written; the kernel asks four times a cell, and each waits for a thread."""
        if self._unsent:
            self._unsent = False
            super().flush()  # type: ignore[no-untyped-call]


def start_kernel(doors: Mapping[str, int], key: bytes, output_kib: int) -> None:
    """Run a kernel until it is told to shut down.

    `doors` are file descriptors by channel; `output_kib` is what a cell may print.
    """
    # A little more than is kept, so that the driver sees that something was dropped.
    BoundedStream.most = (output_kib + 64) * 1024
    # IPython's own opens a terminal, for which the filter has no session.
    vars(zmqshell)["system"] = shell.system
    config = Config()
    config.HistoryManager.enabled = False
    config.Session.key = key
    config.IPKernelApp.kernel_class = f"{__name__}.{SocketKernel.__name__}"
    config.IPKernelApp.outstream_class = f"{__name__}.{BoundedStream.__name__}"
    app = SocketKernelApp.instance(config=config, transport="ipc")
    app.doors = {name: doors[name] for name in DOORS}
    app.initialize([])  # type: ignore[no-untyped-call]
    # Or each message is made into log lines, which a handler then drops.
    app.log.setLevel(app.log_level)
    app.start()  # type: ignore[no-untyped-call]
