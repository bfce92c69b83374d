"""Each fork's processes belong to a user who owns nothing else, where this machine has any."""

import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from grader.classroom.sandbox import SandboxSpec, WarmSandbox
from grader.classroom.sandbox import uids as module
from grader.classroom.sandbox.uids import (
    COUNT,
    RESERVED,
    Uids,
    closed_to_others,
    own_uids,
    reserved,
    subordinate,
)

from .conftest import Inside, open_kernel

owned = pytest.mark.skipif(own_uids() is None, reason="there is no user to be had here")
FORKS = """
import json, os, time
made = 0
try:
    for _ in range(200):
        if os.fork() == 0:
            time.sleep(2)
            os._exit(0)
        made += 1
except OSError:
    pass
print(json.dumps(made))
"""


def _users(inside: Inside) -> set[int]:
    """Real, effective, saved and file system's user of all that runs inside."""
    found = set()
    for pid in inside.kernel.pids():
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
        line = next(line for line in status.splitlines() if line.startswith("Uid:"))
        found |= {int(word) for word in line.split()[1:]}
    return found


@owned
@pytest.mark.sandbox
def test_two_forks_are_two_users_and_neither_is_the_graders(
    warm: WarmSandbox, box: SandboxSpec
) -> None:
    kernels = [open_kernel(warm, box) for _ in range(2)]
    first, second = ([*_users(next(kernel))] for kernel in kernels)
    for kernel in kernels:
        kernel.close()
    assert (len(first), len(second)) == (1, 1)
    assert len({*first, *second, os.geteuid()}) == 3


@owned
@pytest.mark.sandbox
def test_inside_everything_is_as_ever(warm: WarmSandbox, box: SandboxSpec) -> None:
    kernels = open_kernel(warm, box)
    inside: Any = next(kernels)
    told = inside(
        "import json, os\n"
        "open('mine', 'w').close()\n"
        "status = open('/proc/self/status').read()\n"
        "caps = [l.split()[1] for l in status.splitlines() if l[:4] in ('CapE', 'CapP', 'CapB')]\n"
        "print(json.dumps([os.getresuid(), os.getresgid(), os.stat('mine').st_uid, caps,\n"
        "    open('/proc/self/uid_map').read().split()]))"
    )
    users, groups, owner, capabilities, mapped = json.loads(told)
    assert users == groups == [1000] * 3
    assert owner == 1000
    assert {int(word, 16) for word in capabilities} == {0}
    assert mapped == ["1000", "1000", "1"]
    for number in (0, module.INSIDE, module.INSIDE + 1):
        said = inside(f"import os; os.setresuid({number}, {number}, {number})")
        assert said.startswith(("PermissionError", "OSError: [Errno 22]"))
    kernels.close()


@owned
@pytest.mark.sandbox
def test_linux_keeps_the_limit_on_processes_whoever_grades(
    warm: WarmSandbox, box: SandboxSpec
) -> None:
    """Of root's own processes it counts none."""
    kernels = open_kernel(warm, box)
    inside: Any = next(kernels)
    inside("import resource; resource.setrlimit(resource.RLIMIT_NPROC, (60, 60))")
    assert 0 < int(inside(FORKS)) < 60
    kernels.close()


def _etc(folder: Path, uid: str, gid: str) -> Path:
    (folder / "subuid").write_text(uid, encoding="utf-8")
    (folder / "subgid").write_text(gid, encoding="utf-8")
    return folder


def test_the_administrators_ranges_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    own = f"{os.geteuid()}:200000:65536\n"
    etc = _etc(tmp_path, f"somebody:100000:65536\n{own}", own.replace("200000", "300000"))
    for process in (1, 1023, 1024, 4_000_000):
        found = subordinate(process, etc)
        assert found is not None
        assert found.helped
        assert 200_000 <= found.uid <= 265_536 - COUNT
        assert found.gid == found.uid + 100_000
    assert subordinate(1, _etc(tmp_path, own, "")) is None
    assert subordinate(1, _etc(tmp_path, f"{os.geteuid()}:200000:8\n", own)) is None
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert subordinate(1, _etc(tmp_path, own, own)) is None


def test_roots_choice_is_apart_for_each_grader_and_within_what_there_is(tmp_path: Path) -> None:
    for kind in ("uid", "gid"):
        (tmp_path / f"{kind}_map").write_text("         0 0 4294967295\n", encoding="ascii")
    largest = reserved((1 << 22) - 1, tmp_path)
    assert reserved(7, tmp_path) == Uids(RESERVED + 7 * COUNT, RESERVED + 7 * COUNT)
    assert largest is not None
    assert largest.uid + COUNT <= 1 << 31
    (tmp_path / "gid_map").write_text("0 100000 65536\n", encoding="ascii")
    assert reserved(7, tmp_path) is None


def test_what_only_its_owner_may_read_is_found(tmp_path: Path) -> None:
    """Another user's sandbox could not read it, and honest work would fail there."""
    data, package = tmp_path / "data", tmp_path / "grader"
    for folder in (data / "one", package):
        folder.mkdir(parents=True)
    (data / "one" / "train.npz").touch(mode=0o644)
    python = Path(sys.executable)
    before = closed_to_others.__wrapped__(python, package, data)
    assert before is None or tmp_path not in before.parents
    (data / "one" / "train.npz").chmod(0o600)
    assert not module._is_open(data / "one" / "train.npz")
    (package / "core").mkdir(mode=0o711)
    assert not module._is_open(package / "core")
    assert closed_to_others.__wrapped__(python, package, data) is not None
