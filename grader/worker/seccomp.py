"""The system-call filter of the sandbox, as a small program for the Linux kernel (BPF).

The namespaces already take the machine away from learner code; this takes away parts of the kernel
that no notebook needs and that break-outs have come through, the kinds of memory that no limit here
counts, and what one process can make others wait by: leases and locks on files that all may read,
watches that are counted for the whole user, the machine's caches. Assembled in place because
libseccomp is not everywhere; the program is a list of comparisons. `classroom.sandbox` hands it to
bubblewrap; what starts without bubblewrap installs it by itself.
"""

import ctypes
import errno
import os
import struct
from dataclasses import dataclass

# The last system call that was looked at (mseal, Linux 6.10). Newer ones "do not exist".
NEWEST = 462
# From here on numbers are shared by all machines.
_COMMON = {
    "io_uring_setup": 425,
    "io_uring_enter": 426,
    "io_uring_register": 427,
    "open_tree": 428,
    "move_mount": 429,
    "fsopen": 430,
    "fsconfig": 431,
    "fsmount": 432,
    "fspick": 433,
    "pidfd_getfd": 438,
    "process_madvise": 440,
    "mount_setattr": 442,
    "quotactl_fd": 443,
    "memfd_secret": 447,
    "statmount": 457,
    "listmount": 458,
}
# Other machines' interfaces, another process's memory, mounts, modules, clocks, keys, tracing; and
# memory that belongs to no process and no folder: memfd, System V shared memory and queues. What
# reaches beyond the sandbox through a file that all share: locks (flock; sqlite locks with fcntl),
# watches (inotify, fanotify), the page cache (fadvise64), every disk (sync). A session of its own
# would have a share of the processors of its own (setsid).
_X86_64 = {
    "shmget": 29,
    "shmat": 30,
    "shmctl": 31,
    "semget": 64,
    "msgget": 68,
    "flock": 73,
    "ptrace": 101,
    "syslog": 103,
    "setsid": 112,
    "uselib": 134,
    "ustat": 136,
    "sysfs": 139,
    "vhangup": 153,
    "modify_ldt": 154,
    "pivot_root": 155,
    "_sysctl": 156,
    "adjtimex": 159,
    "chroot": 161,
    "sync": 162,
    "acct": 163,
    "settimeofday": 164,
    "mount": 165,
    "umount2": 166,
    "swapon": 167,
    "swapoff": 168,
    "reboot": 169,
    "sethostname": 170,
    "setdomainname": 171,
    "iopl": 172,
    "ioperm": 173,
    "create_module": 174,
    "init_module": 175,
    "delete_module": 176,
    "get_kernel_syms": 177,
    "query_module": 178,
    "quotactl": 179,
    "nfsservctl": 180,
    "io_setup": 206,
    "lookup_dcookie": 212,
    "fadvise64": 221,
    "clock_settime": 227,
    "mq_open": 240,
    "kexec_load": 246,
    "add_key": 248,
    "request_key": 249,
    "keyctl": 250,
    "inotify_init": 253,
    "inotify_add_watch": 254,
    "migrate_pages": 256,
    "unshare": 272,
    "move_pages": 279,
    "inotify_init1": 294,
    "perf_event_open": 298,
    "fanotify_init": 300,
    "fanotify_mark": 301,
    "name_to_handle_at": 303,
    "open_by_handle_at": 304,
    "clock_adjtime": 305,
    "syncfs": 306,
    "setns": 308,
    "process_vm_readv": 310,
    "process_vm_writev": 311,
    "kcmp": 312,
    "finit_module": 313,
    "memfd_create": 319,
    "kexec_file_load": 320,
    "bpf": 321,
    "userfaultfd": 323,
}
_AARCH64 = {
    "io_setup": 0,
    "lookup_dcookie": 18,
    "inotify_init1": 26,
    "inotify_add_watch": 27,
    "flock": 32,
    "umount2": 39,
    "mount": 40,
    "pivot_root": 41,
    "nfsservctl": 42,
    "chroot": 51,
    "vhangup": 58,
    "quotactl": 60,
    "sync": 81,
    "acct": 89,
    "unshare": 97,
    "kexec_load": 104,
    "init_module": 105,
    "delete_module": 106,
    "clock_settime": 112,
    "syslog": 116,
    "ptrace": 117,
    "reboot": 142,
    "setsid": 157,
    "sethostname": 161,
    "setdomainname": 162,
    "settimeofday": 170,
    "adjtimex": 171,
    "mq_open": 180,
    "msgget": 186,
    "semget": 190,
    "shmget": 194,
    "shmctl": 195,
    "shmat": 196,
    "add_key": 217,
    "request_key": 218,
    "keyctl": 219,
    "fadvise64": 223,
    "swapon": 224,
    "swapoff": 225,
    "migrate_pages": 238,
    "move_pages": 239,
    "perf_event_open": 241,
    "fanotify_init": 262,
    "fanotify_mark": 263,
    "name_to_handle_at": 264,
    "open_by_handle_at": 265,
    "clock_adjtime": 266,
    "syncfs": 267,
    "setns": 268,
    "process_vm_readv": 270,
    "process_vm_writev": 271,
    "kcmp": 272,
    "finit_module": 273,
    "memfd_create": 279,
    "bpf": 280,
    "userfaultfd": 282,
    "kexec_file_load": 294,
}
# AF_UNIX, AF_INET, AF_INET6. No network namespace holds vsock: it reaches a machine's own host.
_FAMILIES = (1, 2, 10)
# AF_NETLINK with its first protocol alone: ZeroMQ asks it which addresses there are.
_NETLINK, _ROUTES = 16, 0
_SPACES = 0x7E020080  # CLONE_NEWNS, CGROUP, UTS, IPC, USER, PID, NET and TIME
_PERSONALITIES = (0, 0xFFFFFFFF)
# Words typed into the terminal of whoever started the grader: TIOCSTI, TIOCLINUX.
_TERMINAL = (0x5412, 0x541C)
# F_SETLEASE: whoever opens the file outside waits for up to 45 s. F_NOTIFY: a watch on a folder.
# F_SETPIPE_SZ: the system's memory for pipes is counted for the whole user.
_FILE_COMMANDS = (1024, 1026, 1031)
# MADV_COLD, MADV_PAGEOUT: they put files that all sandboxes share out of memory.
_ADVICE = (20, 21)
# PR_SET_DUMPABLE: the watcher could no longer see what a process uses.
_PROCESS_COMMANDS = (4,)
_CLONE3 = 435

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _KILL, _ERROR = 0x7FFF0000, 0x80000000, 0x00050000
# Where the kernel puts the number, the machine and the low half of each argument.
_NUMBER, _MACHINE, _ARGUMENTS = 0, 4, (16, 24, 32)
_STATEMENT = struct.Struct("<HBBI")
_SET_NO_NEW_PRIVS, _SET_SECCOMP, _FILTER = 38, 22, 2


@dataclass(frozen=True)
class _Machine:
    """The kernel's name for a machine, and the numbers that differ from machine to machine."""

    audit: int
    denied: dict[str, int]
    clone: int
    sockets: tuple[int, int]
    ioctl: int
    personality: int
    fcntl: int
    madvise: int
    prctl: int


_MACHINES = {
    "x86_64": _Machine(0xC000003E, _X86_64, 56, (41, 53), 16, 135, 72, 28, 157),
    "aarch64": _Machine(0xC00000B7, _AARCH64, 220, (198, 199), 29, 92, 25, 233, 167),
}


def program(machine: str | None = None) -> bytes:
    """The filter for this machine or a named one; empty for a machine that is not known here."""
    known = _MACHINES.get(machine or os.uname().machine)
    if known is None:
        return b""
    refuse = _ERROR | errno.EPERM
    lines = [
        (_LOAD, 0, 0, _MACHINE),
        (_EQUAL, 1, 0, known.audit),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER),
        # Too new to be judged; x86's second numbering, x32, begins at 2**30.
        *_when(_AT_LEAST, NEWEST + 1, _ERROR | errno.ENOSYS),
        # Its flags lie in memory, where no filter can read them; libc then uses clone.
        *_when(_EQUAL, _CLONE3, _ERROR | errno.ENOSYS),
    ]
    for number in sorted({**known.denied, **_COMMON}.values()):
        lines += _when(_EQUAL, number, refuse)
    lines += _argument(known.clone, 0, [*_when(_ANY_BIT, _SPACES, refuse)])
    for number in known.sockets:
        asks_routes = [(_LOAD, 0, 0, _ARGUMENTS[2]), *_when(_EQUAL, _ROUTES, _ALLOW)]
        netlink = [(_EQUAL, 0, len(asks_routes), _NETLINK), *asks_routes]
        unknown = (_RETURN, 0, 0, _ERROR | errno.EAFNOSUPPORT)
        lines += _argument(number, 0, [*_one_of(_FAMILIES), *netlink, unknown])
    lines += _argument(known.personality, 0, [*_one_of(_PERSONALITIES), (_RETURN, 0, 0, refuse)])
    for number, place, words in (
        (known.ioctl, 1, _TERMINAL),
        (known.fcntl, 1, _FILE_COMMANDS),
        (known.madvise, 2, _ADVICE),
        (known.prctl, 0, _PROCESS_COMMANDS),
    ):
        lines += _argument(
            number, place, [x for word in words for x in _when(_EQUAL, word, refuse)]
        )
    lines.append((_RETURN, 0, 0, _ALLOW))
    return b"".join(_STATEMENT.pack(*line) for line in lines)


def install(filter_program: bytes) -> None:
    """Put this process and all its future children under the filter, for good.

    Raises OSError where the kernel refuses; does nothing for an empty program.
    """
    if not filter_program:
        return
    libc = ctypes.CDLL(None, use_errno=True)
    count = len(filter_program) // _STATEMENT.size
    statements = ctypes.create_string_buffer(filter_program, len(filter_program))
    # struct sock_fprog: a short, and a pointer at its own alignment.
    head = struct.pack("@HP", count, ctypes.addressof(statements))
    for words in (
        (_SET_NO_NEW_PRIVS, 1, 0, 0, 0),
        (_SET_SECCOMP, _FILTER, ctypes.c_char_p(head), 0, 0),
    ):
        if libc.prctl(*words) != 0:
            number = ctypes.get_errno()
            raise OSError(number, f"the system-call filter was refused: {os.strerror(number)}")


def _when(test: int, value: int, answer: int) -> list[tuple[int, int, int, int]]:
    """Return `answer` where the test holds, else go on."""
    return [(test, 0, 1, value), (_RETURN, 0, 0, answer)]


def _one_of(values: tuple[int, ...]) -> list[tuple[int, int, int, int]]:
    """Allow each of `values`."""
    return [line for value in values for line in _when(_EQUAL, value, _ALLOW)]


def _argument(
    number: int, place: int, tests: list[tuple[int, int, int, int]]
) -> list[tuple[int, int, int, int]]:
    """Tests on one argument of one system call; the number is loaded again behind them."""
    inside = [(_LOAD, 0, 0, _ARGUMENTS[place]), *tests, (_LOAD, 0, 0, _NUMBER)]
    return [(_EQUAL, 0, len(inside), number), *inside]
