"""`grader install`: one line a step, and pip's last words instead of all of them."""

from pathlib import Path

import pytest

from grader.classroom.cli import install, main


@pytest.fixture
def python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A `.venv` whose Python says what it was asked, and fails where a file `broken` is."""
    path = tmp_path / ".venv" / "bin" / "python"
    path.parent.mkdir(parents=True)
    path.write_text(
        f'#!/bin/sh\necho "$@" >> {tmp_path}/asked\n'
        f"[ -e {tmp_path}/broken ] || exit 0\n"
        "echo 'ERROR: Ignored the following versions: 1 2 3'\n"
        "echo 'ERROR: No matching distribution found for torch'\nexit 1\n"
    )
    path.chmod(0o755)
    monkeypatch.setattr(install, "_environment", lambda _: path)
    return path


def test_learning_installs_the_smallest_file_and_says_each_step(
    python: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["install"]) == 0
    asked = (tmp_path / "asked").read_text().splitlines()
    assert asked[0].endswith("/requirements.txt")
    assert asked[1].startswith("-m pip install") and "--no-deps" in asked[1]  # noqa: PT018
    told = capsys.readouterr().out.splitlines()
    assert [line[:5] for line in told] == ["[1/4]", "[3/4]", "[4/4]", "Next:"]
    assert "packages to learn" in told[1]
    assert " MB in all" in told[2]
    assert told[3] == f"Next: {python} -m grader lab"


def test_what_pip_cannot_do_is_told_in_its_last_words(
    python: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "broken").touch()
    assert main(["install", "grade"]) == 2
    told = capsys.readouterr().err
    assert "No matching distribution found for torch" in told
    assert "Ignored the following" not in told
    assert "The same command goes on" in told


def test_an_unknown_use_names_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["install", "teach"]) == 2
    assert "learn, grade, develop" in capsys.readouterr().err
