"""What learner code sees and can do inside bubblewrap; every test runs it for real."""

import os
import socket
import sys
import tempfile
from pathlib import Path
from typing import Any

import psutil
import pytest

from grader.classroom.engine.endings import RunEndedError
from grader.classroom.sandbox import Launcher, SandboxSpec, check_sandbox
from grader.classroom.sandbox.bubblewrap import WRITABLE, arguments
from grader.classroom.sandbox.cold import ColdSandbox
from grader.core.errors import SetupError
from tests.waiting import wait_until

from .conftest import open_kernel

pytestmark = pytest.mark.sandbox
COURSE = Path(__file__).resolve().parents[2]
# What is looked for outside afterwards; other processes run the same tests at the same time.
SLEEP = ["sleep", str(10_000 + os.getpid())]


def test_sandbox_can_be_made() -> None:
    check_sandbox()


def test_nothing_of_the_course_but_grader_and_data_is_there(inside: Any) -> None:
    for name in ("solutions", ".git", "classroom", "build", "my-work", "Makefile"):
        assert inside(f"import os; print(os.path.exists('{COURSE}/{name}'))") == "False"
    assert inside("print(os.listdir('/course/library'))") == "['grader']"
    assert inside("print(set(os.listdir('/course')) - {'data', 'library'})") == "set()"


def test_no_file_of_the_solutions_is_anywhere(inside: Any) -> None:
    secret = {path.name for path in COURSE.glob("solutions/*/questions/*.py")} | {"quiz.toml"}
    found = inside(
        "import os\n"
        f"secret = {secret!r}\n"
        "for folder, inner, names in os.walk('/'):\n"
        "    if folder == '/': inner.remove('proc')\n"
        "    print(*(folder + '/' + name for name in names if name in secret), end='')"
    )
    assert found == ""


def test_a_virtual_environment_inside_the_course_does_not_show_the_course(tmp_path: Path) -> None:
    course = tmp_path / "course"
    words = arguments(SandboxSpec(course=course, python=course / ".venv/bin/python"), tmp_path)
    assert str(course / ".venv") in words
    assert str(course) not in words


def test_a_course_inside_a_python_is_covered_by_an_empty_folder(tmp_path: Path) -> None:
    course = tmp_path / "course"
    words = arguments(SandboxSpec(course=course, python=tmp_path / "bin/python"), tmp_path)
    assert words.index(str(tmp_path)) < words.index(str(course))
    assert words[words.index(str(course)) - 1] == "--tmpfs"


def test_a_python_that_is_a_home_folder_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    with pytest.raises(SetupError, match="Make a virtual environment"):
        arguments(SandboxSpec(python=tmp_path / "bin/python"), tmp_path)


def test_missing_data_is_explained(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="no folder of data sets"):
        ColdSandbox().launch(SandboxSpec(data=tmp_path / "data"))


def test_the_environment_is_clean(inside: Any) -> None:
    os.environ["TEACHERS_OWN"] = "4711"
    names = inside("import os; print(' '.join(sorted(os.environ)))").split()
    assert {"HOME", "PATH", "PYTHONPATH", "OMP_NUM_THREADS"} <= set(names)
    assert "TEACHERS_OWN" not in names
    assert (
        inside("import os; print(os.environ['HOME'], os.getcwd())") == "/home/learner /home/learner"
    )


def test_proc_does_not_tell_the_environment_or_paths_of_the_grader(
    launcher: Launcher, box: SandboxSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEACHERS_OWN", "4711")
    kernels = open_kernel(launcher, box)
    told = next(kernels)(
        "import glob\n"
        "for name in glob.glob('/proc/[0-9]*/environ') + glob.glob('/proc/[0-9]*/cmdline'):\n"
        "    print(open(name, 'rb').read().replace(b'\\0', b' ').decode())"
    )
    kernels.close()
    assert "grader.worker" in told
    assert "TEACHERS_OWN" not in told
    # Python itself is mounted where it lies, which may be inside the course
    told = told.replace(sys.prefix, "").replace("/course/", "")
    assert str(COURSE) not in told


def test_other_processes_are_invisible(inside: Any) -> None:
    seen = inside("import os; print(sorted(int(n) for n in os.listdir('/proc') if n.isdigit()))")
    assert seen == "[1, 2]"


def test_settings_of_the_machine_are_read_only(inside: Any) -> None:
    # Run by root without care, this file lets learner code run programs outside.
    said = inside("open('/proc/sys/kernel/core_pattern', 'r+')")
    assert said.startswith(("OSError: [Errno 30]", "PermissionError"))


@pytest.mark.parametrize("place", ["/", "/usr", "/dev", "/course", "/etc", "/proc", "/sys"])
def test_nothing_else_is_writable(inside: Any, place: str) -> None:
    said = inside(f"open({place!r} + '/planted', 'w')")
    assert "Read-only file system" in said or "No such file" in said or "Permission" in said


def test_the_package_and_the_unit_cannot_be_changed(inside: Any) -> None:
    for target in ("/course/library/grader/__init__.py", "/home/learner/unit.json"):
        assert "Error" in inside(f"open({target!r}, 'a')")
    assert inside("print(open('unit.json').read())") == '{"schema": 1}'


@pytest.mark.parametrize("place", WRITABLE)
def test_home_and_tmp_are_writable_but_bounded(inside: Any, place: str) -> None:
    said = inside(
        f"path = {place!r} + '/big'\n"
        "try:\n"
        "    with open(path, 'wb') as file:\n"
        "        for _ in range(12): file.write(bytes(2**20)); file.flush()\n"
        "except OSError as error: print(error)\n"
        "import os; print(os.path.getsize(path) > 2**20); os.remove(path)"
    )
    assert said.splitlines() == ["[Errno 28] No space left on device", "True"]


def test_no_network_at_all(inside: Any) -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    abstract = socket.socket(socket.AF_UNIX)
    abstract.bind("\0grader-test-abstract")
    abstract.listen()
    port = listener.getsockname()[1]
    said = inside(
        "import socket\n"
        "def tried(what, *args):\n"
        "    try: what(*args); print('reached')\n"
        "    except OSError as error: print('no')\n"
        f"tried(socket.create_connection, ('127.0.0.1', {port}), 2)\n"
        "tried(socket.create_connection, ('192.0.2.1', 80), 2)\n"
        "udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
        "tried(udp.sendto, b'x', ('192.0.2.1', 53))\n"
        "tried(socket.getaddrinfo, 'example.org', 80)\n"
        "tried(socket.socket(socket.AF_UNIX).connect, '\\0grader-test-abstract')"
    )
    listener.close()
    abstract.close()
    assert said.split() == ["no"] * 5


def test_no_capability_and_no_new_namespace(inside: Any) -> None:
    status = inside("print(open('/proc/self/status').read())")
    for line in ("CapEff:\t0000000000000000", "CapBnd:\t0000000000000000", "NoNewPrivs:\t1"):
        assert line in status
    said = inside("import ctypes, os; print(ctypes.CDLL(None, use_errno=True).unshare(0x10000000))")
    assert said == "-1"


def test_user_inside_is_nobody_special(inside: Any) -> None:
    assert inside("import os; print(os.getuid(), os.getgid())") == "1000 1000"


def test_greedy_allocation_is_a_clean_error(inside: Any) -> None:
    assert inside("big = bytearray(2 * 2**30)").startswith("MemoryError")
    assert inside("print('still here')") == "still here"


def test_limits_are_hard(inside: Any) -> None:
    said = inside(
        "import resource as r\n"
        "for name in ('DATA', 'FSIZE', 'NOFILE', 'CORE', 'SIGPENDING', 'MEMLOCK', 'MSGQUEUE'):\n"
        "    soft, hard = r.getrlimit(getattr(r, 'RLIMIT_' + name)); print(soft == hard, hard)"
    )
    assert said.splitlines() == [
        f"True {768 * 2**20}",
        f"True {16 * 2**20}",
        "True 1024",
        "True 0",
        "True 1024",
        f"True {8 * 2**20}",
        "True 0",
    ]


@pytest.mark.parametrize(
    "leave",
    [
        f"import subprocess; subprocess.Popen({SLEEP})",
        f"import os\nif not os.fork(): os.setpgid(0, 0); os.execvp('sleep', {SLEEP})",
        (
            "import os\n"
            "if not os.fork():\n"
            "    os.setpgid(0, 0)\n"
            "    if os.fork(): os._exit(0)\n"
            "    os.closerange(0, 50)\n"
            f"    os.execvp('sleep', {SLEEP})"
        ),
        f"import subprocess\nfor _ in range(50): subprocess.Popen({SLEEP})",
    ],
    ids=["child", "group", "daemon", "fifty"],
)
def test_nothing_is_left_behind(fresh: Any, leave: str) -> None:
    fresh(leave)
    wait_until(lambda: len(_sleepers()) > 0)
    fresh.kernel.kill()
    assert _sleepers() == []
    assert not fresh.kernel.alive()


def test_when_the_worker_ends_by_itself_its_daemons_end_too(fresh: Any) -> None:
    fresh(f"import os, subprocess; subprocess.Popen({SLEEP}, process_group=0)")
    wait_until(lambda: len(_sleepers()) > 0)
    with pytest.raises(RunEndedError):
        fresh("os._exit(3)")
    wait_until(lambda: _sleepers() == [])


def test_what_would_make_others_wait_is_refused(inside: Any) -> None:
    """Leases, watches and locks on files that all sandboxes and the grader read."""
    said = inside(
        "import ctypes, fcntl, os, resource\n"
        "libc = ctypes.CDLL(None, use_errno=True)\n"
        "def call(name, *words):\n"
        "    if getattr(libc, name)(*words) < 0: raise OSError(ctypes.get_errno(), name)\n"
        "shared = os.open('/course/library/grader/__init__.py', os.O_RDONLY)\n"
        "folder = os.open('/course/library', os.O_RDONLY)\n"
        "for what, *words in (\n"
        "    (fcntl.fcntl, shared, fcntl.F_SETLEASE, fcntl.F_RDLCK),\n"
        "    (fcntl.fcntl, folder, fcntl.F_NOTIFY, fcntl.DN_ACCESS | fcntl.DN_MULTISHOT),\n"
        "    (fcntl.fcntl, os.pipe()[1], 1031, 2**20),\n"
        "    (fcntl.flock, shared, fcntl.LOCK_SH),\n"
        "    (call, 'inotify_init'), (call, 'inotify_init1', 0), (call, 'syncfs', shared),\n"
        "    (call, 'inotify_add_watch', 0, b'/', 1), (call, 'prctl', 4, 0, 0, 0, 0),\n"
        "    (os.posix_fadvise, shared, 0, 0, os.POSIX_FADV_DONTNEED), (os.setsid,),\n"
        "):\n"
        "    try: what(*words); print('DONE', what, words)\n"
        "    except PermissionError: pass\n"
        "    except OSError as error: print(error, words)"
    )
    assert said == ""


def test_what_honest_code_asks_of_the_system_works(inside: Any) -> None:
    said = inside(
        "import fcntl, mmap, multiprocessing, sqlite3, subprocess, tempfile, torch\n"
        "with tempfile.NamedTemporaryFile() as file:\n"
        "    fcntl.lockf(file, fcntl.LOCK_EX); print('locked')\n"
        "with tempfile.TemporaryDirectory() as folder, sqlite3.connect(folder + '/x.db') as base:\n"
        "    base.execute('create table t (a)'); base.execute('insert into t values (7)')\n"
        "    print(base.execute('select a from t').fetchall())\n"
        "print(subprocess.run('echo a child', shell=True, capture_output=True, text=True).stdout)\n"
        "with multiprocessing.get_context('fork').Pool(2) as pool: print(pool.map(abs, [-1, -2]))\n"
        "rows = torch.utils.data.TensorDataset(torch.arange(4.0))\n"
        "loader = torch.utils.data.DataLoader(rows, batch_size=2, num_workers=2)\n"
        "print(sum(x.sum().item() for (x,) in loader))\n"
        "shared = mmap.mmap(-1, 4096); shared[:2] = b'ok'; print(shared[:2].decode())\n"
    )
    assert said.split("\n") == ["locked", "[(7,)]", "a child", "", "[1, 2]", "6.0", "ok"]


def test_an_exclamation_mark_runs_a_command(inside: Any) -> None:
    assert inside("!echo one && echo two >&2; exit 3\nprint(_exit_code)") == "one\ntwo\n3"
    assert inside("lines = !printf 'a\\nb'\nprint(list(lines))") == "['a', 'b']"
    assert inside.raised("!sleep 60", seconds=0.3) == ""
    assert inside("print('goes on')") == "goes on"


def test_a_missing_bubblewrap_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(SetupError, match="apt-get install bubblewrap"):
        ColdSandbox().launch(SandboxSpec())


def test_forbidden_user_namespaces_are_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = tmp_path / "bwrap"
    fake.write_text(
        "#!/bin/sh\necho 'bwrap: No permissions to create new user namespace' >&2\nexit 1\n"
    )
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(
        SetupError, match=r"sysctl -w kernel\.apparmor_restrict_unprivileged_userns=0"
    ):
        check_sandbox()
    own = tmp_path / "tmp"  # other tests start sandboxes in the common one meanwhile
    own.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(own))
    with pytest.raises(SetupError, match=r"user namespaces, which are switched off"):
        ColdSandbox().launch(SandboxSpec())
    assert list(own.iterdir()) == [], "a failed start leaves no folder behind"


def _sleepers() -> list[int]:
    found = []
    for process in psutil.process_iter():
        try:
            if process.cmdline() == SLEEP and process.status() != "zombie":
                found.append(process.pid)
        except psutil.Error:
            continue
    return found
