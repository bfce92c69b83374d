"""Control groups: made, filled, ended and removed for real where this machine lets us make any."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.classroom.engine import endings
from grader.classroom.engine.endings import RunEndedError
from grader.classroom.sandbox import Launcher, Limits, SandboxSpec, cgroup
from grader.classroom.sandbox.cgroup import Cgroup, limit, make_cgroup, own_cgroup, sweep

from .conftest import Inside, open_kernel

# The files of a group whose parent offers memory, pids and cpu, as Linux makes them.
FILES = {
    "cgroup.kill": "",
    "cgroup.procs": "",
    "cpu.max": "max 100000\n",
    "cpu.weight": "100\n",
    "memory.events": "low 0\nhigh 0\nmax 3\noom 1\noom_kill 0\noom_group_kill 0\n",
    "memory.max": "max\n",
    "memory.oom.group": "0\n",
    "memory.swap.max": "max\n",
    "pids.max": "max\n",
}


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    for name, content in FILES.items():
        (tmp_path / name).write_text(content, encoding="ascii")
    return tmp_path


def _told(folder: Path, name: str) -> str:
    return (folder / name).read_text(encoding="ascii").split()[0]


def test_every_limit_that_linux_offers_is_written(folder: Path) -> None:
    box = SandboxSpec(limits=Limits(memory_mib=1000, processes=100), threads=2)
    for name in ("memory.max", "memory.swap.max", "memory.oom.group", "pids.max", "cpu.weight"):
        (folder / name).write_text("", encoding="ascii")  # Linux replaces a value as a whole
    assert limit(folder, box) == ["memory", "pids", "cpu"]
    assert _told(folder, "memory.max") == str(1250 * 1024 * 1024)
    assert _told(folder, "memory.swap.max") == "0"
    assert _told(folder, "memory.oom.group") == "1"
    assert _told(folder, "pids.max") == "200"
    assert _told(folder, "cpu.weight") == "200"
    assert _told(folder, "cpu.max") == "max"


@pytest.mark.parametrize("missing", ["memory", "pids", "cpu"])
def test_what_is_not_offered_is_left_alone(folder: Path, missing: str) -> None:
    for name in FILES:
        if name.startswith(missing):
            (folder / name).unlink()
    before = {path.name for path in folder.iterdir()}
    assert set(limit(folder, SandboxSpec())) == {"memory", "pids", "cpu"} - {missing}
    assert {path.name for path in folder.iterdir()} == before


def test_a_machine_without_swap_still_has_its_limit_on_memory(folder: Path) -> None:
    (folder / "memory.swap.max").unlink()
    assert "memory" in limit(folder, SandboxSpec())


def test_an_end_for_want_of_memory_is_known_by_its_count(folder: Path) -> None:
    made = Cgroup(folder, frozenset({"memory"}))
    assert not made.starved()
    (folder / "memory.events").write_text("oom 2\noom_kill 1\n", encoding="ascii")
    assert made.starved()
    assert not Cgroup(folder / "none", frozenset()).starved()


MOUNTS = """\
31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
35 31 0:32 / /sys/fs/cgroup/memory rw,relatime shared:9 - cgroup cgroup rw,memory
41 31 0:38 {root} {point} rw,relatime shared:4 - cgroup2 cgroup2 rw
"""


@pytest.mark.parametrize(
    ("root", "groups", "found"),
    [
        ("/", "4:memory:/a\n0::/\n", "/m"),
        ("/", "0::/user.slice/run-1.scope\n", "/m/user.slice/run-1.scope"),
        ("/docker/x", "0::/docker/x/own\n", "/m/own"),
        ("/docker/x", "0::/docker/xy\n", None),
        ("/", "0::/../other\n", None),
        ("/", "4:memory:/a\n", None),
    ],
)
def test_the_own_cgroup_is_found_wherever_it_is_mounted(
    tmp_path: Path, root: str, groups: str, found: str | None
) -> None:
    mounts, own = tmp_path / "mountinfo", tmp_path / "cgroup"
    mounts.write_text(MOUNTS.format(root=root, point="/m"), encoding="utf-8")
    own.write_text(groups, encoding="utf-8")
    assert own_cgroup(mounts, own) == (Path(found) if found else None)


def test_limits_are_asked_for_where_linux_offers_them(tmp_path: Path) -> None:
    (tmp_path / "cgroup.controllers").write_text("cpuset io pids\n", encoding="ascii")
    given = tmp_path / "cgroup.subtree_control"
    given.write_text("io\n", encoding="ascii")
    cgroup.offer(tmp_path)
    assert given.read_text(encoding="ascii") == "+pids"
    given.write_text("io pids\n", encoding="ascii")
    cgroup.offer(tmp_path)
    assert given.read_text(encoding="ascii") == "io pids\n"


def _can_be_made() -> bool:
    made = make_cgroup(SandboxSpec())
    if made is not None:
        made.end()
    return made is not None


grouped = pytest.mark.skipif(
    not _can_be_made(), reason="this machine lets us make no control group"
)


@grouped
def test_all_that_runs_inside_ends_with_its_group() -> None:
    made = make_cgroup(SandboxSpec())
    assert made is not None
    with subprocess.Popen(["sleep", "600"], start_new_session=True) as process:
        asked: Iterator[list[int]] = iter([[process.pid], [process.pid], []])
        made.take(lambda: next(asked, []))
        assert (made.folder / "cgroup.procs").read_text(encoding="ascii").split() == [
            str(process.pid)
        ]
        made.end()
        assert process.wait() == -9
    assert not made.folder.exists()


@grouped
def test_what_a_killed_grader_left_is_swept() -> None:
    """And what a living one has is not."""
    code = (
        "from grader.classroom.sandbox.spec import SandboxSpec\n"
        "from grader.classroom.sandbox.cgroup import make_cgroup\n"
        "import os\n"
        "print(make_cgroup(SandboxSpec()).folder, flush=True)\n"
        "os.kill(os.getpid(), 9)"
    )
    own = make_cgroup(SandboxSpec())
    assert own is not None
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    left = Path(told.stdout.strip())
    assert left.name.startswith("grader-")
    sweep(own.folder.parent)
    assert not left.exists()
    assert own.folder.is_dir()
    own.end()


@grouped
@pytest.mark.sandbox
def test_a_sandbox_has_one_group_and_leaves_none(launcher: Launcher, box: SandboxSpec) -> None:
    kernels = open_kernel(launcher, box)
    inside: Any = next(kernels)
    started = inside(
        "import subprocess; print(subprocess.Popen(['sleep', '600'], process_group=0).pid > 0)"
    )
    assert started == "True"
    made = inside.kernel.group
    members = (made.folder / "cgroup.procs").read_text(encoding="ascii").split()
    assert {int(pid) for pid in members} <= set(inside.kernel.pids())
    assert len(members) >= 3
    assert str(os.getpid()) not in members
    kernels.close()
    assert not made.folder.exists()


@grouped
@pytest.mark.sandbox
def test_an_end_by_linux_is_told_as_what_it_is(
    fresh: Inside, monkeypatch: pytest.MonkeyPatch
) -> None:
    """This machine's groups may count no memory, so the count itself is set."""
    monkeypatch.setattr(Cgroup, "starved", lambda _: True)
    with pytest.raises(RunEndedError) as ended:
        fresh.raised("import os; os._exit(1)")
    assert ended.value.ending == endings.out_of_memory(768)
