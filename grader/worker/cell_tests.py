"""Runs the tests of a graded cell in a fork of the learner's process.

The grader sends each test cell when its turn has come, over a socket that was made for it alone:
the process forks, the fork puts back what libraries were (`worker.pristine`), reads the test, runs
it among the learner's names and says how it ended. The learner's own process never holds the text
of a hidden test. All the same it is the learner's code that a test calls, in the learner's process:
docs/security.md says what it can do there.

One thread serves these requests. A request is one letter: `k` to keep what is there before any
learner code runs, `f` with a socket to fork, `s` to end the fork and all that it started.
"""

import contextlib
import io
import json
import os
import signal
import socket
import sys
import threading
import traceback
import warnings
from typing import Any

from grader.core.errors import SetupError, WireError
from grader.wire import frames
from grader.worker import interrupts
from grader.worker.ipykernel_compat import quiet_displays
from grader.worker.pristine import PristineLibraries
from grader.worker.test_code import (
    DONE,
    FORK,
    KEEP,
    MOST_TEXT,
    STOP,
    CellCode,
    shown_result,
)

MOST_WORDS = 4000  # of an error's own words, in characters
MOST_FRAMES = 12
_SIZE = 2


class CellTestServer:
    """Serves the grader's requests on `sock`, which the worker inherited."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._kept: PristineLibraries | None = None
        self._names: dict[str, Any] = {}
        self._fork = 0

    def start(self) -> None:
        """Serve in a thread of its own, which needs nothing that a notebook can change by name."""
        threading.Thread(target=self._serve, name="cell tests", daemon=True).start()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                word, descriptors, _, _ = socket.recv_fds(self._sock, 1, 1)
                if not word:
                    return
                if word == KEEP:
                    self._keep()
                elif word == FORK and descriptors:
                    self._begin(descriptors[0])
                elif word == STOP:
                    self._end()
                self._sock.sendall(DONE)

    def _keep(self) -> None:
        """Before any learner code: the notebook's names, and what is loaded."""
        size = int.from_bytes(self._sock.recv(_SIZE), "big")
        packages = self._sock.recv(size).decode() if size else ""
        from IPython.core.getipython import get_ipython

        shell = get_ipython()
        self._names = {} if shell is None else shell.user_ns
        self._kept = PristineLibraries(packages.split())

    def _begin(self, number: int) -> None:
        if self._kept is None:
            os.close(number)
            return
        with warnings.catch_warnings():
            # that a process with threads forks: the fork needs nothing that another thread holds
            warnings.simplefilter("ignore")
            self._fork = os.fork()
        if not self._fork:
            _live(number, self._kept, self._names)
        os.close(number)

    def _end(self) -> None:
        if self._fork:
            for stop in (os.killpg, os.kill):
                with contextlib.suppress(OSError):
                    stop(self._fork, signal.SIGKILL)
            with contextlib.suppress(OSError):
                os.waitpid(self._fork, 0)
            self._fork = 0


def _live(number: int, kept: PristineLibraries, names: dict[str, Any]) -> None:
    """All that the fork does; it never returns."""
    try:
        os.setpgid(0, 0)
        interrupts.ignore()
        kept.put_back()
        sock = socket.socket(fileno=number)
        message = frames.receive(sock)
        if message is not None:
            asked = json.loads(message["body"])
            told = _run(CellCode.from_wire(asked), names, kept)
            told["token"] = asked["token"]
            frames.send(sock, {"body": json.dumps(told).encode()})
    except (OSError, WireError, ValueError):
        pass  # the grader sees that there came no word
    finally:
        os._exit(0)


def _run(code: CellCode, names: dict[str, Any], kept: PristineLibraries) -> dict[str, Any]:
    """Run a test, and say how it ended."""
    out, err = BoundedText(), BoundedText()
    sys.stdout, sys.stderr = out, err
    with contextlib.suppress(SetupError):
        quiet_displays()
    told: dict[str, Any] = {"ok": False, "kind": "", "words": "", "result": None, "places": []}
    try:
        told["result"] = shown_result(code.run(names, kept.builtins))
        told["ok"] = True
    except BaseException as error:  # noqa: BLE001 - SystemExit ends a test like any error
        told["kind"] = type(error).__name__[:200]
        told["words"] = _words(error)
        told["places"] = [
            [str(place.filename)[-200:], int(place.lineno or 0), str(place.name)[:200]]
            for place in traceback.extract_tb(error.__traceback__)[-MOST_FRAMES:]
        ]
    return {**told, "out": out.text(), "err": err.text()}


def _words(error: BaseException) -> str:
    try:
        return str(error)[:MOST_WORDS]
    except BaseException:  # noqa: BLE001 - an error of the learner's own may have no words
        return ""


class BoundedText(io.TextIOBase):
    """Standard output or error of a test: the first `MOST_TEXT` characters of it."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._room = MOST_TEXT

    def write(self, text: str) -> int:
        """Keep what there is room for; returns the length of all of it."""
        if self._room > 0:
            self._parts.append(text[: self._room])
            self._room -= len(text)
        return len(text)

    def writable(self) -> bool:
        """It is written to."""
        return True

    def text(self) -> str:
        """What was kept."""
        return "".join(self._parts).encode("utf-8", "replace").decode()
