"""The throwaway bubblewrap of `make redteam STOCK=1` keeps hostile rows from this machine."""

import json
import socket
import subprocess
from pathlib import Path

import psutil
import pytest

from grader.classroom.sandbox.processes import tree_of
from tests.redteam import stock_box
from tests.redteam.arena import ROOT
from tests.redteam.stock_course import StockCourse
from tests.waiting import wait_until

# What has ended is there until the system has cleared it away.
INSIDE = """
import json, os, resource, shutil, socket, sys
def writes(path):
    try:
        with open(path, "r+b" if os.path.exists(path) else "xb"):
            return True
    except OSError:
        return False
def reaches(port):
    try:
        socket.create_connection(("127.0.0.1", port), 2).close()
        return True
    except OSError:
        return False
root, now, port = sys.argv[1:]
print(json.dumps({
    "user": os.getuid(),
    "written": [p for p in (f"{root}/x", f"{root}/Makefile", "/proc/sys/kernel/core_pattern",
                            "/proc/sysrq-trigger", "/etc/x", "/usr/x") if writes(p)],
    "own": writes(f"{now}/x") and writes(os.environ["HOME"] + "/x"),
    "room": max(shutil.disk_usage(p).total for p in (now, os.environ["HOME"], "/tmp", "/dev/shm")),
    "reaches": reaches(int(port)),
    "processes": resource.getrlimit(resource.RLIMIT_NPROC)[0],
    "others": [int(p) for p in os.listdir("/proc") if p.isdigit() and int(p) > 1000],
}))
"""


@pytest.mark.sandbox
def test_what_runs_in_it_can_harm_nothing_outside(tmp_path: Path) -> None:
    course = StockCourse(tmp_path / "course", tmp_path / "now", {})
    course.template.mkdir()
    (course.now / "submitted").mkdir(parents=True)
    program = stock_box._program()
    with socket.socket() as ear:
        ear.bind(("127.0.0.1", 0))
        ear.listen()
        words = [str(ROOT), str(course.now), str(ear.getsockname()[1])]
        said = subprocess.run(
            [*("bwrap", *stock_box._arguments(course), "--"), *program[:-2], "-c", INSIDE, *words],
            capture_output=True,
            text=True,
            check=True,
        )
    told = json.loads(said.stdout)
    assert told["user"] != 0
    assert told["written"] == []
    assert told["own"]
    assert told["room"] <= stock_box.GIB
    assert not told["reaches"]
    assert 0 < told["processes"] <= stock_box.PROCESSES
    assert told["others"] == []
    assert [path.name for path in course.now.iterdir()] == ["submitted"]


@pytest.mark.sandbox
def test_a_row_that_takes_too_long_is_ended_with_all_that_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    course = StockCourse(tmp_path / "course", tmp_path / "now", {})
    course.template.mkdir()
    (course.now / "submitted").mkdir(parents=True)
    monkeypatch.setattr(stock_box, "ROW_SECONDS", 2)
    process = subprocess.Popen(
        ["bwrap", *stock_box._arguments(course), "--", "sh", "-c", "sleep 600 & exec sleep 600"]
    )
    tree: list[int] = []
    while len(tree) < len(("bwrap", "its first process", "sleep", "sleep")):
        tree = tree_of(psutil.Process(process.pid))
    assert stock_box._watch(process) == "not ended after 2 s"
    wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in tree))
