"""One started worker process and its tree, as the launchers share it."""

import contextlib
import json
import os
import socket
import subprocess
import time
from pathlib import Path
from typing import IO

import psutil

from grader.classroom.sandbox.launching import Channels

# After SIGKILL the kernel needs a moment to take a whole process tree down.
KILL_SECONDS = 10.0


class WorkerProcess:
    """What both launchers know about a running worker; they add how it is killed."""

    def __init__(self, process: "subprocess.Popen[bytes]", channels: Channels) -> None:
        self.endpoints = channels.endpoints
        self.key = channels.key
        self.referee_socket: socket.socket = channels.outside
        self._process = process
        self._channels = channels
        channels.hand_over()

    def begin(self, start: bytes) -> None:
        """Hand over the start message: nothing of the learner's runs before."""
        _feed(self._process.stdin, start)

    def starved(self) -> bool:
        """Whether Linux itself ended it for its memory; nothing here makes it say so."""
        return False

    def alive(self) -> bool:
        """Whether the process that was started still runs."""
        return self._process.poll() is None

    def pids(self) -> list[int]:
        """The process and all its descendants, by their ids on this machine."""
        try:
            return tree_of(psutil.Process(self._process.pid))
        except psutil.Error:
            return []

    def last_words(self) -> str:
        """Up to 64 KiB of raw standard error; never waits for more."""
        return text_in(self._process.stderr)

    def _close(self) -> None:
        """Reap the process and remove what was made for it."""
        try:
            self._process.wait(KILL_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(KILL_SECONDS)
        if self._process.stderr is not None:
            self._process.stderr.close()
        self._channels.remove()


def read_first(info: IO[bytes], seconds: float) -> psutil.Process | None:
    """A sandbox's first process, as bubblewrap's --info-fd tells it; None when it failed."""
    os.set_blocking(info.fileno(), False)
    said = b""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        part = info.read()
        if part == b"":
            break
        said += part or b""
        if b"child-pid" in said and said.rstrip().endswith(b"}"):
            try:
                return psutil.Process(int(json.loads(said)["child-pid"]))
            except psutil.NoSuchProcess:
                return None
        time.sleep(0.002)
    return None


def text_in(pipe: IO[bytes] | None) -> str:
    """Up to 64 KiB that lie in a pipe; never waits for more."""
    if pipe is None or pipe.closed:
        return ""
    os.set_blocking(pipe.fileno(), False)
    said = pipe.read(65536) or b""
    return said.decode(errors="replace").strip()


def tree_of(process: psutil.Process) -> list[int]:
    """A process and all its descendants, by their ids on this machine; none when it is gone.

    The watcher asks seven times a second. The system's own lists of children cost a twentieth of
    reading every process of the machine, which is what psutil does.
    """
    try:
        if not process.is_running():
            return []
        if not Path(f"/proc/{process.pid}/task/{process.pid}/children").exists():
            return [process.pid, *(child.pid for child in process.children(recursive=True))]
    except psutil.Error:
        return []
    tree = [process.pid]
    for pid in tree:
        tree += _children(pid)
    return tree


def _children(pid: int) -> list[int]:
    """What all threads of a process have started and not lost."""
    found: list[int] = []
    with contextlib.suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            with contextlib.suppress(OSError):
                words = (thread / "children").read_text(encoding="ascii").split()
                found += [int(word) for word in words]
    return found


def is_dead(first: psutil.Process) -> bool:
    """Whether a process has ended; a zombie is dead, and whoever adopted it may leave it lying."""
    try:
        return not first.is_running() or first.status() == psutil.STATUS_ZOMBIE
    except psutil.Error:
        return True


def end_namespace(first: psutil.Process) -> None:
    """Kill a process namespace by its first process, and wait until all of it is gone."""
    with contextlib.suppress(psutil.Error):
        first.kill()
    deadline = time.monotonic() + KILL_SECONDS
    while not is_dead(first) and time.monotonic() < deadline:
        time.sleep(0.005)


def _feed(stdin: IO[bytes] | None, start: bytes) -> None:
    """Hand over the start message; a process that died at once is found out by `alive`."""
    if stdin is None:
        return
    try:
        stdin.write(start)
        stdin.close()
    except BrokenPipeError:
        pass
