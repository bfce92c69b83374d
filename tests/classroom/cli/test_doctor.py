"""`grader doctor`: says what is missing, and the command that mends it."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.classroom.cli import doctor, main
from grader.classroom.course_paths import Course
from grader.classroom.permissions import open_to_others
from grader.classroom.sandbox import cgroup, uids
from grader.classroom.sandbox.cgroup import Cgroup
from grader.classroom.sandbox.uids import Uids

ROOT = Path(__file__).resolve().parents[3]
BARE = """
import sys
sys.path.insert(0, {root!r})
from grader.classroom.cli import main
sys.exit(main())
"""


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
    assert finding.mend == "python -m grader install grade, then the Python that it names"


def test_it_works_where_nothing_but_python_is_installed(tmp_path: Path) -> None:
    """And so do the others: each says what it needs, in a sentence."""
    bare = [sys.executable, "-I", "-S", "-B", "-c", BARE.format(root=str(ROOT))]
    told = {
        words[0]: subprocess.run(
            [*bare, *words], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        for words in (["doctor"], ["lab"], ["grade"], ["one", "rnn.ipynb"])
    }
    assert "missing torch" in told["doctor"].stdout
    assert "python -m grader install learn" in told["doctor"].stdout
    for verb, use in (("lab", "learn"), ("grade", "grade"), ("one", "grade")):
        assert f"`python -m grader install {use}` brings it" in told[verb].stderr
    for done in told.values():
        assert done.returncode == 2
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("limits", "told", "mended"),
    [
        (None, "it is watched", True),
        ((), "to end it; watched, because not offered here: memory, pids, cpu", True),
        (("memory", "pids"), "memory, pids; watched, because not offered here: cpu", True),
        (("memory", "pids", "cpu"), "a control group for each sandbox: cpu, memory, pids", False),
    ],
)
def test_what_linux_counts_for_a_sandbox_is_told(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    limits: tuple[str, ...] | None,
    told: str,
    mended: bool,  # noqa: FBT001 - a column of the table above
) -> None:
    """It is no lack: a machine without is as ready to grade."""
    made = None if limits is None else Cgroup(tmp_path / "gone", frozenset(limits))
    monkeypatch.setattr(cgroup, "make_cgroup", lambda _: made)
    (finding,) = doctor._groups()
    assert finding.found.endswith(told)
    assert ("Delegate=yes" in finding.mend) is mended
    assert finding.needed_for not in (doctor.LEARNER, doctor.TEACHER, doctor.DEVELOPER)


@pytest.mark.parametrize(
    ("users", "closed", "told", "mended"),
    [
        (None, None, "sandboxes run as you, apart by namespaces alone", "--add-subuids"),
        (Uids(4096, 4096), None, "such as 4096 to 4159", ""),
        (Uids(4096, 4096), Path("/a/b"), "others may not read /a/b", "chmod -R go+rX /a"),
    ],
)
def test_as_whom_a_sandbox_runs_is_told(
    monkeypatch: pytest.MonkeyPatch, users: Uids | None, closed: Path | None, told: str, mended: str
) -> None:
    monkeypatch.setattr(uids, "own_uids", lambda: users)
    monkeypatch.setattr(uids, "closed_to_others", lambda *_: closed)
    (finding,) = doctor._users()
    assert finding.found.endswith(told)
    assert mended in finding.mend
    assert bool(finding.mend) is bool(mended)
    assert finding.needed_for not in (doctor.LEARNER, doctor.TEACHER, doctor.DEVELOPER)


@pytest.fixture(name="open_folder")
def _open_folder() -> Iterator[Path]:
    """A folder that everybody may pass; pytest's own are closed."""
    with tempfile.TemporaryDirectory(prefix="class-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def test_what_others_can_read_of_a_class_is_named_with_what_mends_it(open_folder: Path) -> None:
    """A folder that lets nobody pass hides all below it."""
    course = Course(open_folder / "course", open_folder / "course" / "classroom")
    for folder in (course.solutions, course.submitted):
        folder.mkdir(parents=True)
    course.gradebook.touch()
    (course.classroom / "secret").touch(mode=0o600)
    (course.root / "nbgrader_config.py").touch()
    assert open_to_others(course) == [course.solutions, course.gradebook, course.submitted]
    (finding,) = doctor._rights(course.root)
    assert "classroom/gradebook.db" in finding.found
    subprocess.run(finding.mend, shell=True, check=True)  # noqa: S602 - the command that is told
    assert open_to_others(course) == []
    (finding,) = doctor._rights(course.root)
    assert finding.mend == ""
    for path in (course.solutions, course.gradebook):
        path.chmod(0o777)
    course.root.chmod(0o700)
    assert open_to_others(course) == []
