"""What is printed as the next step can be typed as it is."""

import sys
from pathlib import Path

import pytest

from grader.core.typed_command import typed


@pytest.mark.parametrize(
    ("called", "python", "wanted"),
    [
        ("/course/grader/__main__.py", "python3", "python3 -m grader"),
        ("/course/grader/__main__.py", ".venv/bin/python", "{here}/.venv/bin/python -m grader"),
        ("/course/grader/__main__.py", "/my env/bin/python", "'/my env/bin/python' -m grader"),
        ("/found/bin/grader", "python3", "grader"),
        (".venv/bin/grader", "python3", "{here}/.venv/bin/grader"),
        ("/usr/lib/pytest/__main__.py", "python3", "grader"),
    ],
)
def test_it_is_called_as_the_user_called_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, called: str, python: str, wanted: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", "/usr/bin:/found/bin")
    monkeypatch.setattr(sys, "argv", [called, "new"])
    monkeypatch.setattr(sys, "orig_argv", [python, "-m", "grader", "new"])
    assert typed() == wanted.format(here=tmp_path)
