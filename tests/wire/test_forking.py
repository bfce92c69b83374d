"""A fork server forks for each request, and a fork that fails ends nobody else."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from grader.wire.forking import control_sockets, is_ready, request_fork

PROGRAM = """
import os
from grader.wire.forking import serve

def child(descriptors):
    word = os.read(descriptors[0], 100)
    if word == b"fail":
        raise ValueError("asked to")
    os.write(descriptors[1], word.upper())
    return 0

serve(child)
"""


@pytest.fixture(name="server")
def _server() -> Iterator[tuple["subprocess.Popen[bytes]", object]]:
    control, theirs = control_sockets()
    words = [sys.executable, "-c", PROGRAM]
    with theirs:
        process = subprocess.Popen(words, stdin=theirs.fileno(), stderr=subprocess.PIPE)
    assert is_ready(control, 60.0)

    def ask(word: bytes) -> bytes:
        into, inside = os.pipe(), os.pipe()
        os.write(into[1], word)
        request_fork(control, [into[0], inside[1]])
        for number in (*into, inside[1]):
            os.close(number)
        with os.fdopen(inside[0], "rb") as said:
            return said.read()

    yield process, ask
    control.close()
    assert process.stderr is not None
    process.stderr.close()
    assert process.wait(60) == 0


def test_each_request_has_a_fork_of_its_own(server: tuple[object, object]) -> None:
    _, ask = server
    assert callable(ask)
    assert ask(b"one") == b"ONE"
    assert ask(b"fail") == b""
    assert ask(b"two") == b"TWO"


def test_why_a_fork_failed_is_on_the_standard_error(
    server: tuple["subprocess.Popen[bytes]", object],
) -> None:
    process, ask = server
    assert callable(ask)
    ask(b"fail")
    assert process.stderr is not None
    assert b"ValueError: asked to\n" in iter(process.stderr.readline, b"")


def test_a_server_that_does_not_start_is_noticed() -> None:
    control, theirs = control_sockets()
    with control:
        theirs.close()
        assert not is_ready(control, 60.0)
