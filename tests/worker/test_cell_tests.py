"""The worker's end: a fork for each test, and what a test may say."""

import os
import socket

from grader.worker.cell_tests import BoundedText, CellTestServer
from grader.worker.test_code import DONE, FORK, MOST_TEXT


def test_what_a_test_prints_is_bounded() -> None:
    out = BoundedText()
    assert out.write("x" * MOST_TEXT) == MOST_TEXT
    assert out.write("more") == 4
    assert out.text() == "x" * MOST_TEXT


def test_nothing_forks_before_libraries_are_kept() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        CellTestServer(theirs).start()
        number = os.open(os.devnull, os.O_RDONLY)
        socket.send_fds(ours, [FORK], [number])
        os.close(number)
        assert ours.recv(1) == DONE
        ours.shutdown(socket.SHUT_WR)
