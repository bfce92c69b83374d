"""`grader doctor`: says what is missing, and the command that mends it."""

from pathlib import Path

import pytest

from grader.classroom.cli import doctor, main


def test_everything_missing_comes_with_what_mends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without programs on PATH there is no sandbox and no browser."""
    monkeypatch.setenv("PATH", str(tmp_path))
    findings = {finding.name: finding for finding in doctor.examine(Path.cwd())}
    assert "apt-get install" in findings["sandbox"].mend
    assert "apt-get install chromium" in findings["Chromium"].mend
    assert findings["torch"].mend == ""
    assert main(["doctor"]) == 2
    assert "missing sandbox" in capsys.readouterr().out


def test_a_library_that_is_not_installed_is_named() -> None:
    """With the command that installs all of them."""
    (finding,) = doctor._packages(doctor.TEACHER, ("no-such-library",))
    assert finding.mend == doctor.INSTALL
