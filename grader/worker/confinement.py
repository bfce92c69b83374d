"""The spec of a sandbox for a process that is forked and cannot be wrapped by bubblewrap.

`worker.fork_server` calls `enter` in a fork, before any learner code: afterwards the process is the
first one of namespaces of its own, with its own bounded folders in memory, no capability and no way
to get one. It stands inside an outer bubblewrap, so all that it can see at all was chosen there.
"""

import ctypes
import fcntl
import os
import re
import socket
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import msgpack

from grader.core.errors import SetupError
from grader.worker import seccomp

# From <linux/sched.h>, <sys/mount.h>, <linux/prctl.h>, <linux/capability.h>, <net/if.h>.
_NEW_USER = 0x10000000
_NEW_REST = (
    0x00020000  # mounts
    | 0x20000000  # process ids
    | 0x40000000  # network
    | 0x08000000  # System V and POSIX messages
    | 0x04000000  # host name
    | 0x02000000  # control groups
)
_READ_ONLY, _NO_SUID, _NO_DEVICES, _NO_PROGRAMS = 1, 2, 4, 8
_REMOUNT, _BIND, _EVERYTHING_BELOW, _ONE_WAY = 32, 4096, 16384, 1 << 19
_DROP_BOUNDING, _NO_NEW_PRIVILEGES, _AMBIENT, _CLEAR_ALL_AMBIENT = 24, 38, 47, 4
_SET_DUMPABLE = 4
_CAPABILITIES_VERSION = 0x20080522
_GET_FLAGS, _SET_FLAGS, _UP = 0x8913, 0x8914, 1

_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class NamespaceSpec:
    """What is built around one fork.

    `folders` are places of empty folders in memory with their sizes in bytes; `files` lie read-only
    in `home`, which is one of them, or in folders there; `filter` is a seccomp program, empty for
    none; `user` is the numeric user and group inside; `outside` what it is in the outer bubblewrap,
    0 for the same.
    """

    home: str
    folders: Mapping[str, int]
    files: Mapping[str, bytes] = field(default_factory=lambda: MappingProxyType({}))
    filter: bytes = b""
    user: int = 1000
    outside: int = 0
    host: str = "grader"

    def to_bytes(self) -> bytes:
        """To be sent to a fork server."""
        content = {
            "home": self.home,
            "folders": dict(self.folders),
            "files": dict(self.files),
            "filter": self.filter,
            "user": self.user,
            "outside": self.outside,
            "host": self.host,
        }
        packed: bytes = msgpack.packb(content)
        return packed

    @classmethod
    def from_bytes(cls, packed: bytes) -> "NamespaceSpec":
        """What `to_bytes` made."""
        return cls(**msgpack.unpackb(packed))


def enter(spec: NamespaceSpec) -> None:
    """Put the calling process as `spec` says, for good.

    Returns in another process: the first of a new process namespace. The one that called ends here.
    Raises SetupError where the system refuses a step.
    """
    # The outer /proc is the one in which this process can still find itself.
    outer = os.open("/proc", os.O_PATH | os.O_DIRECTORY)
    if spec.outside:
        _become(spec.outside)
    _call("unshare", _NEW_USER | _NEW_REST)
    _map_user(outer, spec.user, spec.outside or spec.user)
    if os.fork():
        os._exit(0)
    _mount_all(spec)
    _raise_loopback()
    socket.sethostname(spec.host)
    # One more user namespace, the last: this one owns the mounts, the next owns nothing.
    _call("unshare", _NEW_USER)
    _map_user(outer, spec.user, spec.user)
    os.close(outer)
    os.chdir(spec.home)
    # One session for all that will ever run in here, as bubblewrap makes one: where the kernel
    # shares processors among sessions, a sandbox has one share.
    os.setsid()
    _drop_all()
    seccomp.install(spec.filter)


def _become(user: int) -> None:
    """Be another user and group from here on, one that owns nothing."""
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    # Who has changed is hidden, from itself, too.
    _call("prctl", _SET_DUMPABLE, 1, 0, 0, 0)


def _map_user(proc: int, user: int, outside: int) -> None:
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{user} {outside} 1"),
        ("gid_map", f"{user} {outside} 1"),
    ):
        number = os.open(f"self/{name}", os.O_WRONLY, dir_fd=proc)
        os.write(number, text.encode())
        os.close(number)


def _mount_all(spec: NamespaceSpec) -> None:
    own = _NO_SUID | _NO_DEVICES
    _mount("", "/", "", _EVERYTHING_BELOW | _ONE_WAY)
    _mount("proc", "/proc", "proc", own | _NO_PROGRAMS)
    # Those of the namespace that `enter` makes last: itself and no further one.
    Path("/proc/sys/user/max_user_namespaces").write_text("1", encoding="ascii")
    _mount("", "/proc", "", _REMOUNT | _BIND | _READ_ONLY | own | _NO_PROGRAMS)
    # A terminal of one sandbox must not be seen in another.
    _mount("devpts", "/dev/pts", "devpts", _NO_SUID | _NO_PROGRAMS, "newinstance,ptmxmode=0666")
    covered = {place: list(_mounts_below(place)) for place in spec.folders}
    stage = Path(next(place for place in spec.folders if place != spec.home))
    _mount("tmpfs", str(stage), "tmpfs", own, "mode=0700")
    for name, content in spec.files.items():
        (stage / name).parent.mkdir(parents=True, exist_ok=True)
        (stage / name).write_bytes(content)
    _mount("tmpfs", spec.home, "tmpfs", own, f"mode=0755,size={spec.folders[spec.home]}")
    for name in spec.files:
        target = Path(spec.home) / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.touch()
        _mount(str(stage / name), str(target), "", _BIND)
        _mount("", str(target), "", _REMOUNT | _BIND | _READ_ONLY | own)
    for place, size in spec.folders.items():
        if place != spec.home:
            _mount("tmpfs", place, "tmpfs", own, f"mode=0755,size={size}")
        for target, handle in covered[place]:
            _bring_back(target, handle)


def _mounts_below(place: str) -> Iterator[tuple[Path, int]]:
    """What the outer box shows inside `place`, each with a handle that outlasts its covering.

    A course or a Python may lie in /tmp or /home. Mounts below another one come along with it.
    """
    lines = Path("/proc/self/mountinfo").read_bytes().splitlines()
    # the kernel writes a space in a name as \\040
    names = (
        re.sub(rb"\\([0-7]{3})", lambda found: bytes([int(found[1], 8)]), line.split(b" ")[4])
        for line in lines
    )
    points = (Path(os.fsdecode(name)) for name in names)
    below = {point for point in points if Path(place) in point.parents}
    for target in sorted(below):
        if below.isdisjoint(target.parents):
            yield target, os.open(target, os.O_PATH | os.O_NOFOLLOW)


def _bring_back(target: Path, handle: int) -> None:
    """Show again at `target` what `handle` holds, as read-only as it was."""
    source = f"/proc/self/fd/{handle}"
    if Path(source).is_dir():
        target.mkdir(parents=True, exist_ok=True)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.touch()
    _mount(source, str(target), "", _BIND | _EVERYTHING_BELOW)
    os.close(handle)


def _raise_loopback() -> None:
    """Bring up 127.0.0.1: a kernel talks to its own children there."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        asked = struct.pack("16sh14x", b"lo", 0)
        answer = fcntl.ioctl(any_socket, _GET_FLAGS, asked)
        flags = struct.unpack("16sh14x", answer)[1] | _UP
        fcntl.ioctl(any_socket, _SET_FLAGS, struct.pack("16sh14x", b"lo", flags))


def _drop_all() -> None:
    """Give up every capability, also those that a program could bring."""
    for number in _known_capabilities():
        _call("prctl", _DROP_BOUNDING, number, 0, 0, 0)
    _call("prctl", _AMBIENT, _CLEAR_ALL_AMBIENT, 0, 0, 0)
    header = struct.pack("Ii", _CAPABILITIES_VERSION, 0)
    _call("capset", header, struct.pack("6I", *[0] * 6))
    _call("prctl", _NO_NEW_PRIVILEGES, 1, 0, 0, 0)


def _known_capabilities() -> Iterator[int]:
    last = Path("/proc/sys/kernel/cap_last_cap").read_text(encoding="ascii")
    yield from range(int(last) + 1)


def _mount(what: str, where: str, kind: str, flags: int, options: str = "") -> None:
    _call("mount", what.encode(), where.encode(), kind.encode(), flags, options.encode())


def _call(name: str, *words: object) -> None:
    """Call a function of the C library. Raises SetupError with the system's own words."""
    longs = (ctypes.c_ulong(word) if isinstance(word, int) else word for word in words)
    if getattr(_libc, name)(*longs) != 0:
        said = os.strerror(ctypes.get_errno())
        message = f"{name}({', '.join(map(str, words[:3]))}): {said}"
        raise SetupError(message)
