"""Fork servers: a process imports once what its forks need, then forks one for each request.

Used by `worker.fork_server` (kernels, in a sandbox) and `referee.judge_server` (judges). The two
ends share a socket that keeps messages apart; a request is nothing but file descriptors, which the
server passes on unread. So every fork begins with code and no data of an earlier one.
multiprocessing has a fork server too; docs/processes.md says why it is not used here.
"""

import contextlib
import gc
import os
import signal
import socket
import sys
import traceback
from collections.abc import Callable, Sequence

READY = b"ready"
_REQUEST = b"fork"
_MOST_DESCRIPTORS = 64


def control_sockets() -> tuple[socket.socket, socket.socket]:
    """Two ends: one to ask through, one to be the server's standard input."""
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


def is_ready(control: socket.socket, seconds: float) -> bool:
    """Wait until the server has imported all; False where it ended or took longer.

    `seconds` hold for each request, too.
    """
    control.settimeout(seconds)
    try:
        return control.recv(len(READY)) == READY
    except OSError:
        return False


def request_fork(control: socket.socket, descriptors: Sequence[int]) -> None:
    """Have the server fork with these file descriptors. Raises OSError where it has ended."""
    socket.send_fds(control, [_REQUEST], descriptors)


def serve(child: Callable[[list[int]], int]) -> None:
    """Say that all is imported, then fork for each request until the other end is closed.

    A fork calls `child` with its file descriptors and ends with the exit code that it returns; what
    `child` raises is printed on the standard error. Call it in a process with one thread: a fork
    copies no others, and the locks that they hold would never be released.
    """
    gc.collect()
    # The collector never writes to these objects again: their pages stay shared with all forks.
    gc.freeze()
    # The system reaps forks.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    control = socket.socket(fileno=sys.stdin.fileno())
    control.send(READY)
    while True:
        _, descriptors, _, _ = socket.recv_fds(control, len(_REQUEST), _MOST_DESCRIPTORS)
        if not descriptors:
            return
        if os.fork() == 0:
            _run(child, descriptors)
        for number in descriptors:
            os.close(number)


def _run(child: Callable[[list[int]], int], descriptors: list[int]) -> None:
    code = 1
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        code = child(descriptors)
    except BaseException:  # noqa: BLE001 - its words must reach the standard error, whatever it was
        with contextlib.suppress(Exception):
            traceback.print_exc()
            sys.stderr.flush()
    finally:
        os._exit(code)
