"""Users who own nothing on this machine: a fork of a warm process runs as one, where there are any.

Linux counts some things for a user as a whole (watches, descriptors on their way, pipes), and lets
a user's processes reach each other. Two sandboxes with users of their own share none of that, with
each other or with whoever grades. Root has all users; others need `newuidmap` and a range in
/etc/subuid and /etc/subgid.
"""

import contextlib
import itertools
import os
import pwd
import shutil
import stat
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from grader.classroom.sandbox.processes import read_first
from grader.classroom.sandbox.python_paths import python_places

# Living forks of one grader are far fewer; then the first user comes again.
COUNT = 64
# Behind all numbers that systemd gives to people, services and containers.
RESERVED = 0x70000000
MOST_PROCESSES = 1 << 22  # Linux has no larger process id
# The users' numbers in the outer sandbox; 1000 is the grader itself there.
INSIDE = 2000
TRY_SECONDS = 20.0

_turns = itertools.count()


@dataclass(frozen=True)
class Uids:
    """COUNT users and groups from `uid` and `gid` on; `helped` where newuidmap gives them."""

    uid: int
    gid: int
    helped: bool = False

    def give_to(self, pid: int, user: int) -> bool:
        """Let the fresh user namespace of `pid` have them; `user` is the grader's number in it."""
        both = (("uid", os.geteuid(), self.uid), ("gid", os.getegid(), self.gid))
        return all(self._map(kind, pid, (user, own, INSIDE, first)) for kind, own, first in both)

    def _map(self, kind: str, pid: int, numbers: tuple[int, int, int, int]) -> bool:
        user, own, inside, first = numbers
        if self.helped:
            words = (pid, user, own, 1, inside, first, COUNT)
            done = subprocess.run(
                [f"new{kind}map", *map(str, words)], capture_output=True, check=False
            )
            return done.returncode == 0
        try:
            # One write: Linux takes a map as a whole or not at all.
            Path(f"/proc/{pid}/{kind}_map").write_text(
                f"{user} {own} 1\n{inside} {first} {COUNT}\n", encoding="ascii"
            )
        except OSError:
            return False
        return True


def next_user() -> int:
    """The next user's number in the outer sandbox."""
    return INSIDE + next(_turns) % COUNT


class Waiting:
    """A bubblewrap that waits for the users of its namespace before it goes on."""

    def __init__(self) -> None:
        self._news, self._tell = os.pipe()
        self._wait, self._go = os.pipe()

    def handed_over(self) -> tuple[int, int]:
        """Numbers of the descriptors that bubblewrap inherits."""
        return self._tell, self._wait

    def words(self) -> Iterator[str]:
        """Options of bubblewrap: whoever forks later may choose among the users."""
        yield from ("--info-fd", str(self._tell), "--userns-block-fd", str(self._wait))
        yield from ("--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID")

    def go(self, uids: Uids, user: int) -> bool:
        """Give the namespace `uids` and let bubblewrap go on; whether that could be done."""
        for number in self.handed_over():
            os.close(number)
        with os.fdopen(self._news, "rb", buffering=0) as news:
            first = read_first(news, TRY_SECONDS)
        given = first is not None and uids.give_to(first.pid, user)
        with os.fdopen(self._go, "wb", buffering=0) as go, contextlib.suppress(BrokenPipeError):
            go.write(b"go" if given else b"")
        return given


def own_uids() -> Uids | None:
    """Users for this process's sandboxes, tried for real; None where there are none."""
    return _tried(os.getpid())


@cache
def closed_to_others(python: Path, package: Path, data: Path | None) -> Path | None:
    """A file that a sandbox needs and that only its owner may read; None where there is none.

    Of Python itself the outermost folders are looked at: who closes one file closes all of them.
    """
    places = python_places(python)
    looked = [
        *places,
        *(found for place in places for found in place.glob("lib/python*/*")),
        *(found for place in places for found in place.glob("lib/python*/site-packages/*")),
        *(found for folder in (package, data) if folder for found in folder.rglob("*")),
    ]
    return next((path for path in looked if not _is_open(path)), None)


def _is_open(path: Path) -> bool:
    try:
        mode = path.stat().st_mode
    except OSError:  # a link to nowhere
        return True
    needed = 0o005 if stat.S_ISDIR(mode) else 0o004
    return mode & needed == needed


@cache
def _tried(process: int) -> Uids | None:
    bwrap = shutil.which("bwrap")
    found = reserved(process) if os.geteuid() == 0 else subordinate(process)
    if bwrap is None or found is None:
        return None
    waiting = Waiting()
    words = [bwrap, "--unshare-user", "--uid", "1000", "--gid", "1000", "--ro-bind", "/", "/"]
    with subprocess.Popen(
        [*words, *waiting.words(), "--", "/bin/true"],
        pass_fds=waiting.handed_over(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={},
    ) as tried:
        given = waiting.go(found, 1000)
        if not given:
            tried.kill()
        well = tried.wait(TRY_SECONDS) == 0
    return found if given and well else None


def reserved(process: int, maps: Path = Path("/proc/self")) -> Uids | None:
    """Root's choice for one process: numbers that nobody has, where its namespace has them."""
    first = RESERVED + process % MOST_PROCESSES * COUNT
    if all(_has(maps / f"{kind}_map", first) for kind in ("uid", "gid")):
        return Uids(first, first)
    return None


def _has(mapped: Path, first: int) -> bool:
    """Whether a namespace has all numbers from `first` on."""
    try:
        lines = mapped.read_text(encoding="ascii").splitlines()
    except OSError:
        return False
    ranges = ((int(inside), int(count)) for inside, _, count in map(str.split, lines))
    return any(start <= first and first + COUNT <= start + count for start, count in ranges)


def subordinate(process: int, etc: Path = Path("/etc")) -> Uids | None:
    """An ordinary user's choice for one process, from what the administrator has given."""
    if not all(map(shutil.which, ("newuidmap", "newgidmap"))):
        return None
    firsts = [_given(etc / f"sub{kind}", process) for kind in ("uid", "gid")]
    if None in firsts:
        return None
    uid, gid = (first for first in firsts if first is not None)
    return Uids(uid, gid, helped=True)


def _given(ranges: Path, process: int) -> int | None:
    """The first of COUNT numbers in a line such as `ann:100000:65536`."""
    try:
        names = {str(os.geteuid()), pwd.getpwuid(os.geteuid()).pw_name}
        lines = [line.split(":") for line in ranges.read_text(encoding="utf-8").splitlines()]
    except (OSError, KeyError):
        return None
    for line in lines:
        if len(line) == 3 and line[0] in names and int(line[2]) >= COUNT:
            return int(line[1]) + process % (int(line[2]) // COUNT) * COUNT
    return None
