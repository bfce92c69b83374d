"""The command line: an error of ours is a message and an exit code, never a traceback."""

import argparse

import pytest

from grader.classroom.cli import doctor as doctor_verb
from grader.classroom.cli import main
from grader.classroom.cli.command_line import STOPPED, verbs
from grader.core.errors import GraderError, SetupError, SubmissionError


def test_an_unknown_command_names_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2: wrong usage."""
    assert main(["doctr"]) == 2
    assert "Did you mean `grader doctor`?" in capsys.readouterr().err


def test_a_command_unlike_any_lists_them_all(capsys: pytest.CaptureFixture[str]) -> None:
    """There is nothing near to name."""
    assert main(["xyzzy"]) == 2
    assert ", ".join(verbs()) in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (SetupError("nothing here; run: make"), 2),
        (SubmissionError("ada's file is no notebook"), 1),
    ],
)
def test_an_error_prints_its_message_and_sets_the_exit_code(
    error: GraderError,
    code: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The message alone: no traceback, no class name."""

    def fail(arguments: argparse.Namespace) -> int:
        raise error

    monkeypatch.setattr(doctor_verb, "run", fail)
    assert main(["doctor"]) == code
    assert capsys.readouterr().err == f"grader: {error}\n"


def test_ctrl_c_ends_a_command_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """130 is what shells expect."""

    def interrupted(arguments: argparse.Namespace) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(doctor_verb, "run", interrupted)
    assert main(["doctor"]) == 130
    assert capsys.readouterr().err == f"{STOPPED}\n"


@pytest.mark.parametrize("verb", verbs())
def test_every_command_has_help(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    """And its help names it."""
    with pytest.raises(SystemExit, match="0"):
        main([verb, "--help"])
    assert f"grader {verb}" in capsys.readouterr().out
