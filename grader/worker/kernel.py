"""An IPython kernel for the sandbox, which writes to no disk and interrupts one cell alone."""

import subprocess
from collections.abc import Mapping
from functools import partial
from typing import Any, NoReturn

from ipykernel import zmqshell
from ipykernel.iostream import OutStream
from ipykernel.ipkernel import IPythonKernel
from traitlets import Type
from traitlets.config import Config

from grader.core.requests import INTERRUPT
from grader.wire import grad_mode
from grader.worker import interrupts, shell
from grader.worker.ipykernel_compat import InheritedSocketsApp, check_internals

# The reply of a cell that was interrupted outside its own code.
STOPPED = {"status": "error", "ename": INTERRUPT, "evalue": "", "traceback": []}


class ZMQInteractiveShell(zmqshell.ZMQInteractiveShell):
    """IPython without a terminal. It bears its base's name, by which code knows a notebook."""

    def system_piped(self, cmd: str) -> None:
        """`!cmd`; IPython's own opens a terminal, which the system-call filter does not allow."""
        if cmd.rstrip().endswith("&"):
            message = "Background processes not supported."
            raise OSError(message)
        exit_code = shell.system(self.var_expand(cmd, depth=1))  # type: ignore[no-untyped-call]
        self.user_ns["_exit_code"] = exit_code
        if getattr(self, "system_raise_on_error", False) and exit_code != 0:
            raise subprocess.CalledProcessError(exit_code, cmd)

    system = system_piped

    def ask_exit(self) -> NoReturn:
        """End the cell at `exit()`: the kernel would be gone a moment later, in any cell."""
        raise SystemExit


class CellKernel(IPythonKernel):
    """Runs cells, and interrupts the one that it is asked to stop, never a later one."""

    shell_class = Type(ZMQInteractiveShell)

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

    async def interrupt_request(self, stream: Any, ident: Any, parent: Any) -> None:
        """Interrupt the cell that the request names; one that is over needs none."""
        if interrupts.want(parent["content"]["cell"]):
            await super().interrupt_request(stream, ident, parent)  # type: ignore[no-untyped-call]
        elif self.session is not None:
            self.session.send(stream, "interrupt_reply", {"status": "ok"}, parent, ident=ident)


class BoundedStream(OutStream):
    """Standard output or error that sends no more than `most` characters for each cell.

    The driver drops the rest anyway; what is not sent takes no time on either side.
    """

    most = 0
    _written = 0
    _unsent = False

    def set_parent(self, parent: Any) -> None:
        """A new cell begins."""
        self._written = 0
        super().set_parent(parent)  # type: ignore[no-untyped-call]

    def write(self, string: str) -> int:
        """Send what there is room for; returns the length of all of it."""
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


def start_kernel(descriptors: Mapping[str, int], key: bytes, output_kib: int) -> None:
    """Run a kernel until it is told to shut down.

    `descriptors` are those of the listening sockets by channel, `key` signs messages, `output_kib`
    is what a cell may print. Raises SetupError where ipykernel is not the one this is written for.
    """
    check_internals()
    # A little more than is kept, so that the driver sees that something was dropped.
    BoundedStream.most = (output_kib + 64) * 1024
    config = Config()
    config.HistoryManager.enabled = False
    config.Session.key = key
    config.IPKernelApp.kernel_class = f"{__name__}.{CellKernel.__name__}"
    config.IPKernelApp.outstream_class = f"{__name__}.{BoundedStream.__name__}"
    app = InheritedSocketsApp.instance(config=config, transport="ipc")
    app.descriptors = descriptors
    app.initialize([])  # type: ignore[no-untyped-call]
    # Or each message is made into log lines, which a handler then drops.
    app.log.setLevel(app.log_level)
    app.start()  # type: ignore[no-untyped-call]
