"""`!command` prints what the command says and gives its exit code."""

import pytest

from grader.worker import shell


def test_what_a_command_says_and_how_it_ended(capsys: pytest.CaptureFixture[str]) -> None:
    assert shell.system("printf 'caf\\303\\251 '; echo wrong >&2; exit 3") == 3
    assert capsys.readouterr().out == "café wrong\n"


def test_a_command_has_nothing_to_read(capsys: pytest.CaptureFixture[str]) -> None:
    assert shell.system("cat") == 0
    assert capsys.readouterr().out == ""
