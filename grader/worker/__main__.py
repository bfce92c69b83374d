"""`python -m grader.worker`: what a launcher starts inside the sandbox.

Reads one JSON object from standard input (file descriptors of the Jupyter channels' sockets and of
the referee's, the protocol's key, limits), sets the limits for good, and becomes a kernel. Started
by `classroom.sandbox` only.
"""

import contextlib
import json
import os
import socket
import sys

from grader.wire import channels
from grader.worker import interrupts
from grader.worker.cell_tests import CellTestServer
from grader.worker.channel import RefereeChannel
from grader.worker.kernel import start_kernel
from grader.worker.limits import set_limits


def main() -> None:
    """Become the kernel that the start message describes; returns when it is shut down."""
    # An interrupt is for what a cell has started, too, and for nothing around the kernel.
    with contextlib.suppress(PermissionError):  # it leads a session already
        os.setpgid(0, 0)
    interrupts.listen()
    start = json.load(sys.stdin)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, sys.stdin.fileno())
    os.close(nothing)
    set_limits(start["limits"])
    asker = socket.socket(fileno=start["referee"])
    if start["tests"]:  # an ordinary assignment has no referee, and tests in its cells
        CellTestServer(asker).start()
    else:
        channels.install(RefereeChannel(asker))
    start_kernel(start["channels"], start["key"].encode(), start["limits"]["cell_output_kib"])


if __name__ == "__main__":
    main()
