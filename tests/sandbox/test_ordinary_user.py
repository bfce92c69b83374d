"""Grading needs no root, and root is told so."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from grader.classroom.cli import grade

COURSE = Path(__file__).resolve().parents[2]
NOBODY = "65534"
SYSTEM = Path("/usr/bin/python3")
# Run by nobody: makes a sandbox and tells what is so inside.
OUTSIDE = """
import json, os, subprocess, sys, tempfile
from pathlib import Path
from grader.classroom.sandbox.box import Box
from grader.classroom.sandbox.bwrap import arguments, check_sandbox, in_memory
from grader.worker import seccomp

check_sandbox()
calls = in_memory(seccomp.program())
with tempfile.TemporaryDirectory() as folder:
    words = arguments(Box(python=Path("/usr/bin/python3")), Path(folder))
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


@pytest.mark.parametrize(("user", "warned"), [(0, True), (1000, False)])
def test_root_is_told_that_it_need_not_be(
    monkeypatch: pytest.MonkeyPatch, capsys: Any, tmp_path: Path, user: int, *, warned: bool
) -> None:
    from grader.classroom.course import Course

    monkeypatch.setattr(os, "geteuid", lambda: user)
    grade._tell(Course(tmp_path, tmp_path), [], quiet=False)
    assert ("as root" in capsys.readouterr().out) is warned
