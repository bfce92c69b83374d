"""`python -m grader.referee.judge_server`: forks a judge for each submission, with bounded memory.

A judge reads what hostile code has written. So it is a process of its own that holds one
submission's questions, may take `MEMORY_MIB` and no more, and can be lost without harm: whoever
asked for it (`referee.judge_proxy`) keeps what it has ruled, and gets another one.

A request (`wire.forking`) carries the socket to whoever asked, the learner's channel, a file with
the brief, and files with the questions that a class shares. The brief holds the submission's own
questions, the names of all in their order, and whether an earlier judge was lost in the middle of
one: then the learner's code still waits for a word.
"""

import json
import mmap
import os
import pickle
import resource
import socket
from collections.abc import Sequence
from typing import Any

from grader.core.interrupts import ignore_interrupts
from grader.core.verdicts import Outcome, Verdict
from grader.referee.judge_session import Referee
from grader.referee.recorded_replies import dumps_turns
from grader.wire import frames
from grader.wire.forking import serve

# RLIMIT_DATA. Python with numpy takes 50 MiB, the largest unit's draws 60; the rest is for what a
# learner's code sends: the answers to one question, each in a frame of at most 64 MB.
MEMORY_MIB = 512


def _fork(descriptors: list[int]) -> int:
    """In the fork: judge one submission. Returns an exit code."""
    os.close(0)  # the server's own socket
    line, channel, brief, *shared = descriptors
    _judge(line, channel, brief, shared)
    return 0


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
    """Serve; all is imported."""
    ignore_interrupts()
    serve(_fork)


if __name__ == "__main__":
    main()
