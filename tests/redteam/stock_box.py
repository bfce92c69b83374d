"""A throwaway bubblewrap for one row with stock nbgrader, which runs learner code as its own user.

Nothing here is the sandbox that is being tested: it only keeps the machine from harm, while inside
a row may do to nbgrader what it likes. No network, nothing writable but folders in memory of
bounded size, an ordinary user (so that the system's limit on processes counts and /proc/sys is
closed), and a watch over the whole tree from outside.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import psutil

from grader.classroom.sandbox.processes import end_namespace, tree_of
from grader.classroom.sandbox.python_paths import python_places
from grader.classroom.sandbox.resource_usage import process_usage, proportional_share
from tests.redteam.arena import ROOT
from tests.redteam.case import Case
from tests.redteam.stock_course import StockCourse, linked

FAILED, KILLED = "failed", "killed"
# Stock has 30, 4 and 60. A busy machine needs longer to start a kernel and to hear from it, and
# with the first word that comes late nbgrader gives up the whole submission.
CELL_SECONDS, WORD_SECONDS, START_SECONDS = 30, 15, 120
# More than three cells that never end, each asked to stop.
ROW_SECONDS = 180
GIB = 2**30
PROCESSES, MEMORY = 700, 6 * GIB
NOBODY = "65534"
# Exit codes from here on say that a signal ended the program.
SIGNALLED = 128
COVERED = ("/tmp", "/var/tmp", "/dev/shm", "/run", "/root", "/home")  # noqa: S108 - folders in memory


class Told(NamedTuple):
    """Points as the gradebook holds them, or a word; and nbgrader's last error, or why."""

    points: float | str
    why: str


def grade(course: StockCourse, case: Case) -> Told:
    """Grade what lies in `course.now`. Raises RuntimeError where this machine cannot make the box.

    Memory in bytes, of all processes together; folders in memory come on top, 3.5 GiB at most.
    """
    answer_in, answer_out = os.pipe()
    errors_in, errors_out = os.pipe()
    # A folder's name may be a pattern or no text; then nobody else has handed in.
    student = case.name if linked(case) else "*"
    told = json.dumps([str(course.template), str(course.now), student, answer_out])
    process = subprocess.Popen(
        ["bwrap", *_arguments(course), "--", *_program(), told],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=errors_out,
        pass_fds=(answer_out,),
        start_new_session=True,
    )
    os.close(answer_out)
    os.close(errors_out)
    why = _watch(process)
    said = _rest(answer_in)
    errors = _rest(errors_in)
    if said:
        return Told(*json.loads(said))
    if not why and process.returncode < SIGNALLED:
        raise RuntimeError(errors.decode(errors="replace"))
    return Told(KILLED, why or "its processes were ended from within")


def _watch(process: "subprocess.Popen[bytes]") -> str:
    """Wait for the end, at most ROW_SECONDS; says why it was brought about, or nothing."""
    outer, why = psutil.Process(process.pid), ""
    deadline = time.monotonic() + ROW_SECONDS
    while process.poll() is None and not why:
        time.sleep(0.1)
        pids = tree_of(outer)
        if len(pids) > PROCESSES:
            why = f"more than {PROCESSES} processes"
        if _memory(pids) > MEMORY:
            why = f"more than {MEMORY // GIB} GiB of memory"
        if time.monotonic() > deadline:
            why = f"not ended after {ROW_SECONDS} s"
    if why:
        # The namespace's first process takes all others with it.
        for pid in tree_of(outer)[1:2]:
            end_namespace(psutil.Process(pid))
        process.kill()
    process.wait()
    return why


def _memory(pids: list[int]) -> int:
    """Bytes that processes hold; what they share is divided only where the sum is too much."""
    resident = sum(process_usage(pid).resident for pid in pids)
    return resident if resident < MEMORY else sum(proportional_share(pid) or 0 for pid in pids)


def _arguments(course: StockCourse) -> list[str]:
    root = os.geteuid() == 0
    words = ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup"]
    words += [] if root else ["--unshare-user"]
    words += ["--die-with-parent", "--new-session", "--clearenv", "--ro-bind", "/", "/"]
    words += ["--proc", "/proc", "--dev", "/dev"]
    home = course.now.parent / "home"
    for place in COVERED:
        words += ["--size", str(GIB // 4), "--perms", "1777", "--tmpfs", place]
    # The course and its Python may lie in what has just been covered.
    places = {place for place in python_places(Path(sys.executable)) if ROOT not in place.parents}
    for seen in sorted({ROOT, *places, course.template}):
        words += [*_way_to(seen), "--ro-bind", str(seen), str(seen)]
    for written in (course.now, home):
        words += ["--size", str(GIB), "--perms", "1777", "--tmpfs", str(written)]
    handed_in = str(course.now / "submitted")
    words += ["--ro-bind", handed_in, handed_in, "--chdir", str(course.now)]
    # Rows plant startup files; there must be a place for them.
    startup = home / ".ipython" / "profile_default" / "startup"
    for folder in (startup.parents[1], startup.parent, startup):
        words += ["--perms", "1777", "--dir", str(folder)]
    names = {
        "HOME": str(home),
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "PYTHONPATH": str(ROOT),
        "GRADER_DATA": str(course.now / "data"),
        "OMP_NUM_THREADS": "1",
        "LANG": "C.UTF-8",
    }
    for name, value in names.items():
        words += ["--setenv", name, value]
    # bubblewrap made by root needs these to become nobody, and they end with that.
    caps = ("CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP") if root else ()
    words += ["--cap-drop", "ALL", *(word for cap in caps for word in ("--cap-add", cap))]
    return words


def _way_to(place: Path) -> Iterator[str]:
    """The folders above, for everybody to walk through: bubblewrap would make them for root."""
    for folder in reversed(place.parents):
        if any(Path(covered) in folder.parents for covered in COVERED):
            yield from ("--perms", "0755", "--dir", str(folder))


def _program() -> list[str]:
    limits = [f"--data={2 * GIB}", f"--nproc={PROCESSES - 100}", f"--fsize={GIB}", "--core=0"]
    words = ["prlimit", *limits]
    if os.geteuid() == 0:
        words += ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
        words += ["--bounding-set=-all", "--inh-caps=-all", "--no-new-privs"]
    return [*words, sys.executable, "-m", "tests.redteam.stock_inside"]


def _rest(pipe: int) -> bytes:
    """What is left in a pipe, at most 64 KiB, whoever may still hold its other end."""
    os.set_blocking(pipe, False)
    try:
        return os.read(pipe, 65536)
    except BlockingIOError:
        return b""
    finally:
        os.close(pipe)
