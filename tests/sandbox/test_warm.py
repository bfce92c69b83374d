"""What only a fork of a warm process could get wrong; test_sandboxes tests both kinds."""

import ast
import logging
import os
import signal
import site
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from grader.classroom.sandbox import ColdSandbox, SandboxSpec, WarmSandbox
from grader.classroom.sandbox.bubblewrap import HOME, WRITABLE, outer_arguments
from grader.worker.confinement import NamespaceSpec
from tests.waiting import wait_until

from .conftest import Inside, open_kernel

pytestmark = pytest.mark.sandbox
COURSE = Path(__file__).resolve().parents[2]

TRAIN = """
import hashlib, random, torch
torch.manual_seed(3)
x = torch.randn(64, 12, 5)
y = torch.randint(0, 3, (64,))
layer, head = torch.nn.GRU(5, 16, batch_first=True), torch.nn.Linear(16, 3)
optimiser = torch.optim.Adam([*layer.parameters(), *head.parameters()], lr=0.01)
for _ in range(15):
    optimiser.zero_grad()
    torch.nn.functional.cross_entropy(head(layer(x)[1][-1]), y).backward()
    optimiser.step()
weights = b''.join(p.detach().numpy().tobytes() for p in [*layer.parameters(), *head.parameters()])
random.seed(3)
print(hashlib.sha1(weights).hexdigest(), hash('order'), list({'a', 'b', 'c', 'd'}))
print(random.random(), torch.get_num_threads(), torch.get_default_dtype(), torch.is_grad_enabled())
import gc, matplotlib, signal
print(gc.isenabled(), gc.get_threshold(), matplotlib.get_backend(), signal.getsignal(2).__module__)
"""


@contextmanager
def kernel(launcher: Any, box: SandboxSpec) -> Iterator[Inside]:
    opened = open_kernel(launcher, box)
    try:
        yield next(opened)
    finally:
        opened.close()


def test_a_training_gives_the_same_bits_warm_and_cold(warm: WarmSandbox, box: SandboxSpec) -> None:
    with kernel(warm, box) as forked, kernel(ColdSandbox(), box) as fresh:
        said = forked(TRAIN)
        assert "True" in said
        assert said == fresh(TRAIN)


def test_unseeded_numbers_differ_from_fork_to_fork(warm: WarmSandbox, box: SandboxSpec) -> None:
    draw = (
        "import random, numpy, torch\n"
        "print(random.random(), numpy.random.rand(), numpy.random.default_rng().random(), "
        "torch.rand(1).item())"
    )
    with kernel(warm, box) as first, kernel(warm, box) as second:
        one, two = first(draw).split(), second(draw).split()
    assert len(one) == 4
    assert all(a != b for a, b in zip(one, two, strict=True))


def test_a_fork_holds_the_descriptors_of_a_fresh_process_and_no_others(
    warm: WarmSandbox, box: SandboxSpec
) -> None:
    kinds = (
        "import os\n"
        "def kind(n):\n"
        "    try: return os.readlink(f'/proc/self/fd/{n}').split(':')[0]\n"
        "    except OSError: return 'gone'\n"
        "print(sorted(kind(n) for n in os.listdir('/proc/self/fd')))"
    )
    with kernel(warm, box) as forked, kernel(ColdSandbox(), box) as fresh:
        assert forked(kinds) == fresh(kinds)
        first = forked("import os; print(os.listdir('/proc/1/fd'))")
    assert first == "['0', '1', '2']"


def test_a_fork_sees_a_python_and_a_course_below_tmp() -> None:
    """Its own /tmp lies over the machine's, and what the sandbox is to show there comes back."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        course = Path(folder) / "a course"
        own = course / ".venv"
        words = [sys.executable, "-m", "venv", "--without-pip", "--symlinks", str(own)]
        subprocess.run(words, check=True)
        packages = next(own.glob("lib/python*/site-packages"))
        (packages / "the_rest.pth").write_text("\n".join(site.getsitepackages()))
        (packages / "planted.py").write_text("WORD = 'found'")
        (course / "solutions").mkdir()
        box = SandboxSpec(course=course, python=own / "bin/python")
        spec = NamespaceSpec(home=HOME, folders=dict.fromkeys(WRITABLE, 1 << 20))
        program = (
            "import os\n"
            "from grader.worker.confinement import NamespaceSpec, enter\n"
            "ours, theirs = os.pipe()\n"
            "if os.fork():\n"
            "    os.close(theirs)\n"
            "    print(os.fdopen(ours).read())\n"
            "    raise SystemExit\n"
            f"enter(NamespaceSpec.from_bytes({spec.to_bytes()!r}))\n"
            "import planted\n"
            f"seen = [planted.WORD, os.listdir({str(course)!r}), os.listdir('/tmp')]\n"
            f"try: open({str(own / 'mine')!r}, 'w')\n"
            "except OSError as error: seen.append(error.strerror)\n"
            "os.write(theirs, repr(seen).encode())\n"
        )
        words = ["bwrap", *outer_arguments(box), "--", str(box.python), "-c", program]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.stdout.strip(), done.stderr
    word, inside, beside, refused = ast.literal_eval(done.stdout)
    assert (word, inside, refused) == ("found", [".venv"], "Read-only file system")
    assert Path(folder).name in beside
    # this very project may lie there, too
    known = {Path(folder), COURSE, *COURSE.parents, *Path(sys.prefix).parents}
    assert {Path(folder).with_name(name) for name in beside} <= known


def test_siblings_cannot_see_or_reach_each_other(warm: WarmSandbox, box: SandboxSpec) -> None:
    with kernel(warm, box) as one, kernel(warm, box) as two:
        one(
            "import os, socket\n"
            "for place in ('/tmp', '/dev/shm', '/home/learner'):\n"
            "    open(place + '/mine', 'w').write('mine')\n"
            "hidden = socket.socket(socket.AF_UNIX); hidden.bind('\\0mine'); hidden.listen()\n"
            "open_door = socket.create_server(('127.0.0.1', 5055))\n"
            "terminal = os.openpty()"
        )
        said = two(
            "import glob, os, socket\n"
            "print(glob.glob('/tmp/mine') + glob.glob('/dev/shm/*') + glob.glob('/home/*/mine'))\n"
            "print(sorted(int(n) for n in os.listdir('/proc') if n.isdigit()))\n"
            "print(os.listdir('/dev/pts'))\n"
            "def tried(kind, where):\n"
            "    try: socket.socket(kind).connect(where); print('reached')\n"
            "    except OSError: print('no')\n"
            "tried(socket.AF_UNIX, '\\0mine'); tried(socket.AF_INET, ('127.0.0.1', 5055))"
        )
    assert said.splitlines() == ["[]", "[1, 2]", "['ptmx']", "no", "no"]


def test_a_fork_finds_nothing_secret_in_its_memory(
    warm: WarmSandbox, box: SandboxSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the grader holds, and what an earlier fork was given or said, is not in a later one."""
    planted = {name: f"canary-{name}-{os.getpid()}" for name in ("grader", "file", "cell", "key")}
    monkeypatch.setenv("PLANTED", planted["grader"])
    marked = replace(box, files={"unit.json": planted["file"].encode()})
    with kernel(warm, marked) as earlier:
        assert earlier("print(open('unit.json').read())") == planted["file"]
        earlier(f"kept = '{planted['cell']}'")
        planted["key"] = earlier.kernel.key.decode()
    with kernel(warm, box) as later:
        later(f"own = 'canary-own-{os.getpid()}'")
        # "[a][b]" finds "ab" and is none itself, so the search does not find the search
        words = {**planted, "own": f"canary-own-{os.getpid()}"}
        patterns = {name: "".join(f"[{c}]" for c in word) for name, word in words.items()}
        found = later(
            "import re\n"
            f"patterns = {patterns!r}\n"
            "patterns = {name: re.compile(p.encode()) for name, p in patterns.items()}\n"
            "found = {}\n"
            "for number in (1, 2):\n"
            "    memory = open(f'/proc/{number}/mem', 'rb', 0)\n"
            "    for line in open(f'/proc/{number}/maps'):\n"
            "        span, mode = line.split()[:2]\n"
            "        start, end = (int(n, 16) for n in span.split('-'))\n"
            "        if 'rw' not in mode: continue\n"
            "        try: memory.seek(start); content = memory.read(end - start)\n"
            "        except (OSError, ValueError, OverflowError): continue\n"
            "        for name, pattern in patterns.items():\n"
            "            if pattern.search(content): found.setdefault(name, number)\n"
            "        del content\n"
            "print(found)"
        )
    assert found == "{'own': 2}"


def test_a_warm_process_is_replaced_after_some_forks_and_ends_with_the_last(
    box: SandboxSpec,
) -> None:
    warm = WarmSandbox(forks=1)
    with kernel(warm, box) as one:
        first = _outer(warm)
        with kernel(warm, box) as two:
            second = _outer(warm)
            assert first.pid != second.pid
            assert two("print(2)") == "2"
        warm.close()
        wait_until(lambda: not _lives(second.pid))
        assert one("print(3)") == "3"
    wait_until(lambda: not _lives(first.pid))


def test_a_warm_process_that_was_killed_is_made_anew(box: SandboxSpec) -> None:
    warm = WarmSandbox()
    with kernel(warm, box):
        pass
    _outer(warm).children(recursive=True)[-1].kill()
    with kernel(warm, box) as again:
        assert again("print(1)") == "1"
    assert warm.name == "warm"
    warm.close()


def test_where_forks_are_refused_kernels_start_cold_and_a_warning_says_why(
    box: SandboxSpec, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(
        "grader.classroom.sandbox.warm.outer_arguments",
        lambda b: ["--disable-userns", *outer_arguments(b)],
    )
    monkeypatch.setattr("grader.classroom.sandbox.warm.own_uids", lambda: None)
    warm = WarmSandbox()
    with caplog.at_level(logging.WARNING), kernel(warm, box) as cold:
        assert cold("print(1)") == "1"
    assert warm.name == "cold"
    assert "each is started cold" in caplog.text
    assert "unshare" in caplog.text
    assert warm._server is None


def test_everything_ends_with_the_grader_even_when_it_is_killed(tmp_path: Path) -> None:
    program = (
        "import pathlib, sys, time\n"
        "from grader.classroom.sandbox import SandboxSpec, WarmSandbox\n"
        f"kernel = WarmSandbox().launch(SandboxSpec(course=pathlib.Path({str(COURSE)!r})))\n"
        "print(*kernel.pids(), flush=True)\n"
        "time.sleep(600)\n"
    )
    grader = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, cwd=tmp_path)
    assert grader.stdout is not None
    pids = [int(word) for word in grader.stdout.readline().split()]
    assert len(pids) >= 1
    tree = [p.pid for p in psutil.Process(grader.pid).children(recursive=True)]
    assert len(tree) >= 3, "two of bubblewrap and the warm process"
    os.kill(grader.pid, signal.SIGKILL)
    grader.wait()
    grader.stdout.close()
    wait_until(lambda: not any(_lives(pid) for pid in {*pids, *tree}))


def _outer(warm: WarmSandbox) -> psutil.Process:
    """The bubblewrap around a launcher's warm process."""
    assert warm._server is not None
    assert warm._server._process is not None
    return psutil.Process(warm._server._process.pid)


def _lives(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False
