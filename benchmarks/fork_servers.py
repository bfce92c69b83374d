"""What a fork costs: this project's fork server beside multiprocessing's, both with a judge's code.

`python -m benchmarks.fork_servers` prints a row for each: the least milliseconds of many from the
request to the first word of the fork, and the memory that a waiting fork shares with nobody.
"""

import importlib
import json
import multiprocessing
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

from grader.wire.forking import control_sockets, is_ready, request_fork, serve

TIMES = 50
PRELOAD = "grader.referee.judge_server"
KIB = 1024
Fork = Callable[[], int]


def own_memory(pid: int) -> float:
    """MiB that this process shares with no other."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    private = (line for line in lines if line.startswith("Private"))
    return sum(int(line.split()[1]) for line in private) / KIB


def server() -> None:
    """Our server with a fork that says its id and waits until the other end is closed."""
    importlib.import_module(PRELOAD)

    def child(descriptors: list[int]) -> int:
        sock = socket.socket(fileno=descriptors[0])
        sock.send(str(os.getpid()).encode())
        sock.recv(1)
        return 0

    serve(child)


@contextmanager
def ours() -> Iterator[Fork]:
    """Forks by `wire.forking`."""
    control, theirs = control_sockets()
    words = [sys.executable, "-m", "benchmarks.fork_servers", "--serve"]
    kept = []
    with theirs:
        process = subprocess.Popen(words, stdin=theirs.fileno())
    is_ready(control, 120.0)

    def fork() -> int:
        line, other = socket.socketpair()
        with other:
            request_fork(control, [other.fileno()])
        kept.append(line)
        return int(line.recv(16))

    yield fork
    for line in kept:
        line.close()
    control.close()
    process.wait()


def tell(pipe: Connection) -> None:
    """The fork of multiprocessing's server."""
    pipe.send(os.getpid())
    pipe.poll(None)


@contextmanager
def theirs() -> Iterator[Fork]:
    """Forks by multiprocessing's fork server."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([PRELOAD])
    kept = []

    def fork() -> int:
        pipe, other = context.Pipe()
        process = context.Process(target=tell, args=(other,))
        process.start()
        kept.append((pipe, process))
        pid: int = pipe.recv()
        return pid

    fork()
    yield fork
    for pipe, process in kept:
        pipe.send(None)
        process.join()


def measure(kind: Callable[[], AbstractContextManager[Fork]]) -> dict[str, float]:
    """A row of the table."""
    with kind() as fork:
        spent, pid = [], 0
        for _ in range(TIMES):
            start = time.perf_counter()
            pid = fork()
            spent.append(time.perf_counter() - start)
        memory = own_memory(pid)
    return {"fork_ms": round(min(spent) * 1000, 2), "own_mib": round(memory, 2)}


if __name__ == "__main__":
    if "--serve" in sys.argv:
        server()
    else:
        rows = {"ours": measure(ours), "multiprocessing": measure(theirs)}
        sys.stdout.write(json.dumps(rows) + "\n")
