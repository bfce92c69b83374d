"""The system-call filter: what it is made of, and what a process under it can and cannot do."""

import errno
import os
import struct
import subprocess
import sys

import pytest

from grader.worker import seccomp

LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
ALLOW, KILL, ERROR = 0x7FFF0000, 0x80000000, 0x00050000
AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}


def judge(filter_program: bytes, machine: int, number: int, *arguments: int) -> int:
    """What the kernel would answer: an interpreter of the few instructions that are used."""
    words = (*arguments, *[0] * (6 - len(arguments)))
    data = struct.pack("<IIQ6Q", number, machine, 0, *words)
    lines = list(struct.iter_unpack("<HBBI", filter_program))
    held, place = 0, 0
    while True:
        code, yes, no, value = lines[place]
        place += 1
        if code == LOAD:
            held = struct.unpack_from("<I", data, value)[0]
        elif code == RETURN:
            return int(value)
        else:
            tests = {EQUAL: held == value, AT_LEAST: held >= value, ANY_BIT: bool(held & value)}
            place += yes if tests[code] else no


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_dangerous_calls_are_refused_and_ordinary_ones_are_not(machine: str) -> None:
    made = seccomp.program(machine)
    known = seccomp._MACHINES[machine]
    assert len(made) % 8 == 0
    assert len(made) // 8 <= 4096, "the kernel takes no more"

    def asked(number: int, *arguments: int) -> int:
        return judge(made, AUDIT[machine], number, *arguments)

    for name in (
        *("ptrace", "bpf", "unshare", "mount", "memfd_create", "shmget", "keyctl"),
        *("flock", "setsid", "inotify_init1", "inotify_add_watch", "fanotify_mark"),
        *("sync", "syncfs", "fadvise64", "io_setup"),
    ):
        assert asked(known.denied[name]) == ERROR | errno.EPERM, name
    assert asked(425) == ERROR | errno.EPERM  # io_uring
    assert asked(435) == ERROR | errno.ENOSYS  # clone3
    assert asked(463) == ERROR | errno.ENOSYS  # not known when this was written
    assert asked(known.clone, 0x003D0F00) == ALLOW  # a thread
    assert asked(known.clone, 0x10000000 | 17) == ERROR | errno.EPERM  # a user namespace
    for family, answer in ((1, ALLOW), (2, ALLOW), (10, ALLOW), (40, ERROR | errno.EAFNOSUPPORT)):
        assert asked(known.sockets[0], family) == answer
        assert asked(known.sockets[1], family) == answer
    assert asked(known.sockets[0], 16, 3, 0) == ALLOW  # which addresses are there?
    assert asked(known.sockets[0], 16, 3, 12) == ERROR | errno.EAFNOSUPPORT  # the packet filter
    for command in (0, 1, 2, 3, 5, 6, 7, 1030):  # F_DUPFD … F_SETLKW, F_DUPFD_CLOEXEC
        assert asked(known.fcntl, 3, command) == ALLOW
    for command in (1024, 1026, 1031):  # F_SETLEASE, F_NOTIFY, F_SETPIPE_SZ
        assert asked(known.fcntl, 3, command) == ERROR | errno.EPERM
    assert asked(known.madvise, 0, 4096, 4) == ALLOW  # MADV_DONTNEED
    assert asked(known.madvise, 0, 4096, 21) == ERROR | errno.EPERM  # MADV_PAGEOUT
    assert asked(known.prctl, 15) == ALLOW  # a name
    assert asked(known.prctl, 4, 0) == ERROR | errno.EPERM  # hide from the watcher
    assert asked(known.ioctl, 0, 0x5401) == ALLOW  # is this a terminal?
    assert asked(known.ioctl, 0, 0x5412) == ERROR | errno.EPERM  # type into it
    assert judge(made, 0x40000003, 1) == KILL, "another machine's numbers mean other calls"
    assert asked(1) == asked(63) == asked(261) == ALLOW


def test_x86_second_numbering_is_refused() -> None:
    assert judge(seccomp.program("x86_64"), AUDIT["x86_64"], 0x40000000 | 101) == (
        ERROR | errno.ENOSYS
    )


def test_an_unknown_machine_has_no_filter_and_goes_on() -> None:
    assert seccomp.program("riscv64") == b""
    seccomp.install(b"")


@pytest.mark.skipif(os.uname().machine not in AUDIT, reason="no filter for this machine")
def test_a_process_can_put_itself_under_the_filter_for_good() -> None:
    code = (
        "import os, socket, threading\n"
        "from grader.worker import seccomp\n"
        "seccomp.install(seccomp.program())\n"
        "thread = threading.Thread(target=print, args=('a thread',))\n"
        "thread.start()\n"
        "thread.join()\n"
        "socket.socketpair()[0].close()\n"
        "for attempt in (lambda: os.memfd_create('x'), lambda: socket.socket(16, 3, 12)):\n"
        "    try: attempt(); print('MADE')\n"
        "    except OSError as error: print(error.errno)\n"
        "print(os.popen('echo a child').read().strip())\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:4] == [
        "a thread",
        str(errno.EPERM),
        str(errno.EAFNOSUPPORT),
        "a child",
    ]
