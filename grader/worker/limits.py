"""Hard limits that the kernel's process takes upon itself and every child inherits.

They make greed fail with a clean Python error. The wall around learner code is not here: it is the
sandbox and the watcher outside.
"""

import resource
from collections.abc import Mapping

MIB = 1024 * 1024
# A DataLoader worker has one timer.
SIGNALS = 1024
LOCKED_MIB = 8


def set_limits(limits: Mapping[str, float]) -> None:
    """Set soft and hard limits; `processes` is left alone where it is not given."""
    wanted = {
        resource.RLIMIT_DATA: limits["memory_mib"] * MIB,
        resource.RLIMIT_FSIZE: limits["file_mib"] * MIB,
        resource.RLIMIT_NOFILE: limits["open_files"],
        # A core dump would be as large as the process.
        resource.RLIMIT_CORE: 0,
        # The system's own memory, in part counted for the whole user: what waits to be delivered
        # as signals (timers, too), what cannot be swapped, messages in queues.
        resource.RLIMIT_SIGPENDING: SIGNALS,
        resource.RLIMIT_MEMLOCK: LOCKED_MIB * MIB,
        resource.RLIMIT_MSGQUEUE: 0,
    }
    if "processes" in limits:
        wanted[resource.RLIMIT_NPROC] = limits["processes"]
    for name, value in wanted.items():
        _, hard = resource.getrlimit(name)
        most = int(value) if hard == resource.RLIM_INFINITY else min(int(value), hard)
        resource.setrlimit(name, (most, most))
