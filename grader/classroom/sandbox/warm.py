"""The warm sandbox: kernels forked from a process that has imported torch already.

A cold start costs a kernel 1.5 CPU seconds for importing torch, and more for its first optimiser;
a fork costs a tenth of a second. Each fork has namespaces of its own (`worker.confinement`) inside
the one bubblewrap of the warm process, so it sees and may use exactly what a cold sandbox would
give it. Where forks cannot be had, kernels are started cold, and a warning says why.
"""

import contextlib
import logging
import os
import socket
import struct
import subprocess
import tempfile
import threading
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import IO

import psutil

from grader.classroom.sandbox.bubblewrap import (
    HOME,
    HOST,
    SETUP_SECONDS,
    USER,
    WRITABLE,
    counts_by_namespace,
    folders_of,
    in_memory,
    outer_arguments,
    program,
    zero_ended,
)
from grader.classroom.sandbox.cgroup import Cgroup, make_cgroup
from grader.classroom.sandbox.cold import ColdSandbox
from grader.classroom.sandbox.launching import Channels, RunningKernel
from grader.classroom.sandbox.processes import end_namespace, is_dead, text_in, tree_of
from grader.classroom.sandbox.spec import MIB, Limits, SandboxSpec
from grader.classroom.sandbox.uids import Waiting, closed_to_others, next_user, own_uids
from grader.core.errors import SetupError
from grader.wire.forking import READY, control_sockets, is_ready, request_fork
from grader.worker import seccomp
from grader.worker.confinement import NamespaceSpec
from grader.worker.fork_server import FIRST_OWN

# Importing torch takes two seconds, a minute on a machine that swaps.
WARM_UP_SECONDS = 120.0
# All forks of one warm process share the layout of its memory; a new one has a new layout.
FORKS = 200
GONE = "The warm process ends again and again; another program may be killing it for its memory."

_log = logging.getLogger(__name__)


class WarmSandbox:
    """Launches each kernel as a fork of one warm process.

    `forks` is after how many of them a new process takes over; `close` ends it.
    """

    def __init__(self, forks: int = FORKS) -> None:
        self._forks = forks
        self._cold = ColdSandbox()
        self._server: ForkServer | None = None
        self._refused = False
        self._lock = threading.Lock()
        self._preparing: threading.Thread | None = None

    @property
    def name(self) -> str:
        """How kernels are started: "warm", or "cold" where forks cannot be had."""
        return self._cold.name if self._refused else "warm"

    def launch(self, box: SandboxSpec) -> RunningKernel:
        """Fork a kernel. Raises SetupError where this machine can make no sandbox at all."""
        for attempt in (1, 2):
            if self._refused or box.threads != 1:
                break
            try:
                return self._fork(box)
            except ConnectionError as error:
                # Killed for want of memory, perhaps: once more, with a new one.
                self.close()
                if attempt == 2:
                    self._give_up(error)
            except SetupError as error:
                self._give_up(error)
        return self._cold.launch(box)

    def get_ready(self, box: SandboxSpec) -> None:
        """Start the warm process while the caller does something else."""
        if self._refused or box.threads != 1 or self._server is not None:
            return
        self._preparing = threading.Thread(target=self._prepare, args=(box,), daemon=True)
        self._preparing.start()

    def close(self) -> None:
        """End the warm process as soon as its last kernel is gone."""
        if self._preparing is not None:
            self._preparing.join()
        with self._lock:
            self._retire()

    def __del__(self) -> None:
        """End the warm process with its launcher."""
        self.close()

    def _prepare(self, box: SandboxSpec) -> None:
        with contextlib.suppress(SetupError, OSError), self._lock:  # `launch` meets it again
            self._serving(box)

    def _fork(self, box: SandboxSpec) -> "WarmKernel":
        with self._lock:
            return self._serving(box).fork(box)

    def _serving(self, box: SandboxSpec) -> "ForkServer":
        """The warm process for such sandboxes; another one where it has forked enough."""
        # what differs from fork to fork is told to the fork alone
        world = replace(box, files=MappingProxyType({}), limits=Limits(), tests=False)
        server = self._server
        if server is None or server.world != world or server.forks >= self._forks:
            self._retire()
            server = self._server = ForkServer(world)
        return server

    def _retire(self) -> None:
        if self._server is not None:
            self._server.retire()
            self._server = None

    def _give_up(self, error: Exception) -> None:
        self._refused = True
        self.close()
        _log.warning(
            "Kernels cannot be forked from a warm process here, so each is started cold: the same "
            "sandbox and the same points, but slower. %s",
            error,
        )


class ForkServer:
    """One warm process in its outer sandbox, and how many of its forks live."""

    def __init__(self, world: SandboxSpec) -> None:
        """Start it and wait until it is warm. Raises SetupError where it cannot be made."""
        self.world = world
        closed = closed_to_others(world.python, world.package, world.data)
        self.uids = None if closed else own_uids()
        self.forks = 0
        self._living = 0
        self._retired = False
        self._lock = threading.Lock()
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `_end`
        self._control, inside = control_sockets()
        self._started = threading.Event()
        self._problem: Exception | None = None
        self._process: subprocess.Popen[bytes] | None = None
        # The sandbox dies with the thread that started it, so this one does nothing but live on.
        threading.Thread(target=self._keep, args=(inside,), name="fork server", daemon=True).start()
        self._started.wait()
        if self._problem is not None:
            raise self._problem
        if not is_ready(self._control, WARM_UP_SECONDS):
            said = self._last_words()
            self._end()
            raise SetupError(said)

    def fork(self, box: SandboxSpec) -> "WarmKernel":
        """A new kernel.

        Raises SetupError when it cannot be confined, ConnectionError when the process is gone.
        """
        channels = Channels.make()
        try:
            kernel = WarmKernel.of(self, self._control, channels, box)
        except BaseException:
            channels.hand_over()
            channels.outside.close()
            channels.remove()
            raise
        self.forks += 1
        with self._lock:
            self._living += 1
        return kernel

    def retire(self) -> None:
        """Take no more requests; end when no fork lives any more."""
        with self._lock:
            self._retired = True
            over = self._living == 0
        if over:
            self._end()

    def release(self) -> None:
        """One fork is gone."""
        with self._lock:
            self._living -= 1
            over = self._retired and self._living == 0
        if over:
            self._end()

    def _keep(self, inside: socket.socket) -> None:
        try:
            waiting = Waiting() if self.uids else None
            words = [*outer_arguments(self.world), *(waiting.words() if waiting else ())]
            options = in_memory(zero_ended(words))
            self._process = subprocess.Popen(
                [
                    program(),
                    *("--args", str(options)),
                    *("--", str(self.world.python), "-m", "grader.worker.fork_server"),
                    *self.world.packages,
                ],
                stdin=inside.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=self._said.fileno(),
                pass_fds=(options, *(waiting.handed_over() if waiting else ())),
                env={},
            )
            os.close(options)
            if waiting and self.uids:
                waiting.go(self.uids, USER)
        except Exception as error:  # noqa: BLE001 - raised again in the thread that waits
            self._problem = error
        finally:
            inside.close()
            self._started.set()
        if self._process is not None:
            self._process.wait()

    def _end(self) -> None:
        self._control.close()
        self._said.close()
        if self._process is not None:
            self._process.kill()

    def _last_words(self) -> str:
        self._said.seek(0)
        said = self._said.read(65536).decode(errors="replace").strip()
        return f"The warm process said: {said[-2000:] or 'nothing'}"


@dataclass
class WarmKernel:
    """A kernel forked from a warm process; `first` is its process namespace's first process."""

    endpoints: dict[str, str]
    key: bytes
    referee_socket: socket.socket
    first: psutil.Process
    stderr: IO[bytes]
    _server: ForkServer
    _channels: Channels
    group: Cgroup | None = None
    _over: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def of(
        cls, server: ForkServer, control: socket.socket, channels: Channels, box: SandboxSpec
    ) -> "WarmKernel":
        """Ask for a fork with these channels and wait until it is confined."""
        namespaces = NamespaceSpec(
            home=HOME,
            folders=dict.fromkeys(WRITABLE, box.limits.disk_mib * MIB),
            files=dict(box.files),
            filter=seccomp.program(),
            user=USER,
            outside=next_user() if server.uids else 0,
            host=HOST,
        )
        numbers = {number: FIRST_OWN + i for i, number in enumerate(channels.handed_over())}
        start = channels.start_message(box, numbers, own_processes=counts_by_namespace())
        with contextlib.ExitStack() as stack:
            news, inside = socket.socketpair()
            stack.enter_context(news)
            # The system itself then says which process wrote.
            news.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
            news.settimeout(SETUP_SECONDS)
            ours, theirs = os.pipe()
            stderr = os.fdopen(ours, "rb", buffering=0)
            with inside:
                handed = [
                    inside.fileno(),
                    in_memory(namespaces.to_bytes()),
                    in_memory(start),
                    theirs,
                ]
                stack.callback(os.close, handed[1])
                stack.callback(os.close, handed[2])
                try:
                    request_fork(control, [*handed, *numbers])
                except OSError as error:
                    stderr.close()
                    raise ConnectionError(GONE) from error
                finally:
                    os.close(theirs)
            pid = _sender_of(news)
        if pid is None:
            said = text_in(stderr)
            stderr.close()
            if not said:
                raise ConnectionError(GONE)
            message = f"A fork said: {said[-2000:]}"
            raise SetupError(message)
        channels.hand_over()
        first = psutil.Process(pid)
        group = make_cgroup(box)
        if group is not None:
            # No learner code runs before somebody asks the kernel to.
            group.take(lambda: tree_of(first))
        return cls(
            channels.endpoints,
            channels.key,
            channels.outside,
            first,
            stderr,
            server,
            channels,
            group,
        )

    def alive(self) -> bool:
        """Whether the kernel still runs; the first process ends with it."""
        return not is_dead(self.first)

    def pids(self) -> list[int]:
        """The first process and all others in its namespace, by their ids on this machine."""
        return tree_of(self.first)

    def disks(self) -> tuple[Path, ...]:
        """The writable folders, seen from outside through the first process."""
        return folders_of(self.first)

    def last_words(self) -> str:
        """What was written to the raw standard error."""
        return text_in(self.stderr)

    def starved(self) -> bool:
        """Whether Linux itself ended it for its memory."""
        return self.group is not None and self.group.starved()

    def kill(self) -> None:
        """Kill the namespace's first process: all others have ended before that one is gone."""
        end_namespace(self.first)
        if self.group is not None:
            self.group.end()
        if self._over.acquire(blocking=False):
            self.stderr.close()
            self._channels.remove()
            self._server.release()


def _sender_of(news: socket.socket) -> int | None:
    """The id on this machine of the process that says that it is confined; None when none does."""
    size = struct.calcsize("3i")
    try:
        said, told, _, _ = news.recvmsg(len(READY), socket.CMSG_SPACE(size))
    except OSError:
        return None
    for level, kind, content in told:
        if said == READY and (level, kind) == (socket.SOL_SOCKET, socket.SCM_CREDENTIALS):
            return int(struct.unpack("3i", content[:size])[0])
    return None
