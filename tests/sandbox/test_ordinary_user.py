"""Grading needs no root, and root is told so."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.classroom.cli import grade
from grader.classroom.sandbox.python_paths import python_places

COURSE = Path(__file__).resolve().parents[2]
NOBODY = "65534"
SYSTEM = Path("/usr/bin/python3")
# Run by nobody: makes a sandbox and tells what is so inside.
OUTSIDE = """
import json, os, subprocess, sys, tempfile
from pathlib import Path
from grader.classroom.sandbox.spec import SandboxSpec
from grader.classroom.sandbox.bubblewrap import arguments, check_sandbox, in_memory
from grader.worker import seccomp

check_sandbox()
calls = in_memory(seccomp.program())
with tempfile.TemporaryDirectory() as folder:
    words = arguments(SandboxSpec(python=Path("/usr/bin/python3")), Path(folder))
    told = subprocess.check_output(
        ["bwrap", *words, "--seccomp", str(calls), "--", "/usr/bin/python3", "-c", sys.argv[1]],
        pass_fds=[calls], text=True,
    )
print(json.dumps({**json.loads(told), "outside": os.geteuid()}))
"""
INSIDE = """
import json, os, resource, time
resource.setrlimit(resource.RLIMIT_NPROC, (20, 20))
made, filtered = 0, False
try:
    os.memfd_create("x")
except PermissionError:
    filtered = True
try:
    for _ in range(60):
        if os.fork() == 0:
            time.sleep(1)
            os._exit(0)
        made += 1
except OSError:
    pass
print(json.dumps({"made": made, "filtered": filtered, "home": os.listdir("/home/learner")}))
"""


def _python_of_everybody() -> str:
    """Why nobody cannot run this here; empty where it can."""
    if os.geteuid() != 0:
        return "all tests are run by an ordinary user"
    if not (SYSTEM.is_file() and shutil.which("setpriv")):
        return "there is no Python of the system's, or no setpriv"
    version = subprocess.check_output([SYSTEM, "-c", "import sys; print(sys.version_info[:2])"])
    same = version.decode().strip() == str(sys.version_info[:2])
    return "" if same else "the system's Python has another version than the course's"


@pytest.mark.sandbox
@pytest.mark.skipif(bool(_python_of_everybody()), reason=_python_of_everybody())
def test_nobody_can_make_the_sandbox_and_the_system_keeps_its_limit_on_processes() -> None:
    packages = Path(pytest.__file__).parents[1]
    user = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    done = subprocess.run(
        [*user, str(SYSTEM), "-c", OUTSIDE, INSIDE],
        env={"PATH": "/usr/bin:/bin", "HOME": "/none", "PYTHONPATH": f"{COURSE}:{packages}"},
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["outside"] == int(NOBODY)
    assert told["filtered"]
    assert told["home"] == []
    # As root the system keeps no such limit, and the watcher alone counts.
    assert 0 < told["made"] < 20


def _nobody_cannot() -> str:
    """Why no second user can be had here; empty where one can."""
    if os.geteuid() != 0:
        return "all tests are run by an ordinary user"
    if not (shutil.which("setpriv") and shutil.which("bwrap")):
        return "there is no setpriv or no bwrap"
    seen = subprocess.run(["bwrap", "--dev-bind", "/", "/", "/bin/true"], check=False)
    return "" if seen.returncode == 0 else "root may mount nothing here"


def _readable_for_nobody(*places: Path) -> Iterator[str]:
    """Options of bubblewrap that show `places` to everybody where they lie in root's home."""
    home = Path("/root")
    yield from ("--dev-bind", "/", "/", "--perms", "0755", "--tmpfs", str(home))
    for place in sorted(each for each in set(places) if home in each.parents):
        for folder in reversed(place.relative_to(home).parents[:-1]):
            yield from ("--perms", "0755", "--dir", str(home / folder))
        yield from ("--ro-bind", str(place), str(place))


@pytest.mark.sandbox
@pytest.mark.skipif(bool(_nobody_cannot()), reason=_nobody_cannot())
@pytest.mark.parametrize("sandbox", ["warm", "cold"])
def test_nobody_grades_a_notebook_from_its_start_to_its_points(sandbox: str) -> None:
    """The course's own Python, torch and all, run by a user who owns nothing but a folder."""
    notebook = json.loads((COURSE / "notebooks/00_start/start.ipynb").read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        if cell["id"] == "start-double-answer":
            cell["source"] = "def double(x):\n    return 2 * x"
    with tempfile.TemporaryDirectory() as folder:
        course = Path(folder)
        course.chmod(0o755)
        for part in ("solutions", "notebooks"):
            shutil.copytree(COURSE / part / "00_start", course / part / "00_start")
        (course / "data").mkdir()
        shutil.copy(COURSE / "nbgrader_config.py", course)
        (course / "ann.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
        (course / "build").mkdir()
        (course / "build").chmod(0o777)
        done = subprocess.run(
            [
                *("bwrap", *_readable_for_nobody(COURSE, *python_places(Path(sys.executable)))),
                *("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--"),
                *(sys.executable, "-m", "grader", "one", "ann.ipynb"),
                *("--sandbox", sandbox, "--device", "cpu", "--json", "-"),
            ],
            env={"PATH": "/usr/bin:/bin", "HOME": "/none", "PYTHONPATH": str(COURSE)},
            cwd=course,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["sandbox"], told["questions"]["start-double"]["outcome"]) == (sandbox, "passed")
    assert "as root" not in done.stderr


@pytest.mark.parametrize(("user", "warned"), [(0, True), (1000, False)])
def test_root_is_told_that_it_need_not_be(
    monkeypatch: pytest.MonkeyPatch, capsys: Any, tmp_path: Path, user: int, *, warned: bool
) -> None:
    from grader.classroom.course_paths import Course

    monkeypatch.setattr(os, "geteuid", lambda: user)
    grade._tell(Course(tmp_path, tmp_path), [], quiet=False)
    assert ("as root" in capsys.readouterr().out) is warned
