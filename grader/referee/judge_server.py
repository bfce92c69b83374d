"""`python -m grader.referee.judge_server`: forks a judge for each submission, with bounded memory.

A judge reads what hostile code has written. So it is a process of its own that holds one
submission's questions, may take `MEMORY_MIB` and no more, and can be lost without harm: whoever
asked for it (`referee.judge_proxy`) keeps what it has ruled, and gets another one.

Each request on the standard input is a handful of file descriptors: the line to whoever asked, the
learner's channel, the brief, and the questions that a class shares. The brief holds the
submission's own questions, the names of all in their order, and whether an earlier judge was lost
in the middle of one: then the learner's code still waits for a word. This process reads none of
that, so every judge begins with nothing but code. One thread only: forks copy no others.
"""

import gc
import json
import mmap
import os
import pickle
import resource
import signal
import socket
import traceback
from collections.abc import Sequence
from typing import Any

from grader.core.interrupts import ignore_interrupts
from grader.core.verdicts import Outcome, Verdict
from grader.referee.judge_session import Referee
from grader.referee.recorded_replies import dumps_turns
from grader.wire import frames

READY = b"ready"
MOST_DESCRIPTORS = 64
# RLIMIT_DATA. Python with numpy takes 50 MiB, the largest unit's draws 60; the rest is for what a
# learner's code sends: the answers to one question, each in a frame of at most 64 MB.
MEMORY_MIB = 512


def serve(control: socket.socket) -> None:
    """Fork one judge for each request, until the other side hangs up."""
    while True:
        _, numbers, _, _ = socket.recv_fds(control, 16, MOST_DESCRIPTORS)
        if not numbers:
            return
        if os.fork() == 0:
            code = 1
            try:
                control.close()
                line, channel, brief, *shared = numbers
                _judge(line, channel, brief, shared)
                code = 0
            except BaseException:  # noqa: BLE001 - its words must be seen, whatever it was
                traceback.print_exc()
            finally:
                os._exit(code)
        for number in numbers:
            os.close(number)


def _judge(line: int, channel: int, brief: int, shared: Sequence[int]) -> None:
    own, order, release = _unpickled(brief)
    every = own | {question.id: question for question in map(_unpickled, shared)}
    most = MEMORY_MIB * 2**20
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    learner = socket.socket(fileno=channel)
    if release:
        frames.send(learner, {"done": True})
    referee = Referee(learner, {name: every[name] for name in order}, owed=release)
    referee.start()
    _obey(socket.socket(fileno=line), referee)


def _unpickled(number: int) -> Any:
    with mmap.mmap(number, 0, access=mmap.ACCESS_READ) as body:
        return pickle.loads(body)  # noqa: S301 - from the grader; learners reach the channel alone


def _obey(line: socket.socket, referee: Referee) -> None:
    """Do what is asked, one thing after another, until the other side hangs up."""
    frames.send(line, {"pid": os.getpid()})
    while (asked := frames.receive(line)) is not None:
        word, question = asked["do"], asked.get("question", "")
        told: dict[str, Any] = {}
        if word == "arm":
            referee.arm(question)
        elif word == "record":
            referee.record(question, Outcome(asked["outcome"]), asked["message"])
        elif word == "disarm":
            referee.disarm()
        elif word == "close":
            referee.close()
            told["turns"] = dumps_turns(referee.turns())
        told["ruled"] = _as_bytes(referee.ruled())
        frames.send(line, told)


def _as_bytes(verdicts: dict[str, Verdict]) -> bytes:
    return json.dumps({name: verdict.to_json() for name, verdict in verdicts.items()}).encode()


def main() -> None:
    """Say that all is imported, then serve."""
    ignore_interrupts()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the system clears judges away
    gc.collect()
    gc.freeze()  # pages stay shared with all forks
    control = socket.socket(fileno=0)
    control.send(READY)
    serve(control)


if __name__ == "__main__":
    main()
