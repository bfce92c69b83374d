"""The cold sandbox: a bubblewrap and a new Python for each notebook.

Slower than `warm`, and what `warm` falls back on where a process cannot be forked into namespaces
of its own. The tests compare the two.
"""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil

from grader.classroom.sandbox.bubblewrap import (
    SETUP_SECONDS,
    arguments,
    counts_by_namespace,
    explain,
    folders_of,
    in_memory,
    program,
    zero_ended,
)
from grader.classroom.sandbox.cgroup import Cgroup, make_cgroup
from grader.classroom.sandbox.launching import Channels
from grader.classroom.sandbox.processes import WorkerProcess, end_namespace, read_first, tree_of
from grader.classroom.sandbox.spec import SandboxSpec
from grader.core.errors import SetupError
from grader.worker import seccomp


class ColdSandbox:
    """Launches each kernel in a bubblewrap of its own, with a Python of its own."""

    name = "cold"

    def get_ready(self, box: SandboxSpec) -> None:
        """Each kernel is started for itself: there is nothing to begin with."""

    def close(self) -> None:
        """Nothing outlives a kernel here."""

    def launch(self, box: SandboxSpec) -> "ColdKernel":
        """Start a worker in a new sandbox. Raises SetupError where this machine cannot make one."""
        bwrap = program()
        if box.data and not box.data.is_dir():
            message = (
                f"There is no folder of data sets at {box.data}. "
                "Run this from the course's folder, or set GRADER_DATA to its data folder."
            )
            raise SetupError(message)
        channels = Channels.make()
        try:
            return self._start(bwrap, box, channels)
        except BaseException:
            channels.hand_over()
            channels.remove()
            raise

    def _start(self, bwrap: str, box: SandboxSpec, channels: Channels) -> "ColdKernel":
        files = _stage(box, channels.folder)
        info_in, info_out = os.pipe()
        calls = _filter()
        words = [*arguments(box, files), "--info-fd", str(info_out), *_seccomp(calls)]
        options = in_memory(zero_ended(words))
        process = subprocess.Popen(
            [bwrap, "--args", str(options), "--", str(box.python), "-m", "grader.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            pass_fds=(*channels.handed_over(), info_out, options, *calls),
            # Bubblewrap is the first process inside, where /proc shows its environment and its
            # words to learner code: no token of the teacher's, no path of this machine.
            env={},
        )
        os.close(info_out)
        for number in (options, *calls):
            os.close(number)
        start = channels.start_message(box, own_processes=counts_by_namespace())
        with os.fdopen(info_in, "rb", buffering=0) as info:
            kernel = ColdKernel(process, channels)
            kernel.first = read_first(info, SETUP_SECONDS)
        if kernel.first is not None:
            kernel.group = make_cgroup(box)
            kernel.gather()
            kernel.begin(start)
        else:
            said = kernel.last_words()
            kernel.kill()
            kernel.referee_socket.close()
            raise SetupError(explain(said))
        return kernel


class ColdKernel(WorkerProcess):
    """A worker inside bubblewrap; `first` is its process namespace's first process."""

    first: psutil.Process | None = None
    group: Cgroup | None = None

    def gather(self) -> None:
        """Put all that runs inside into the group, before it has been told to begin."""
        if self.group is not None and self.first is not None:
            first = self.first
            self.group.take(lambda: tree_of(first))

    def starved(self) -> bool:
        """Whether Linux itself ended it for its memory."""
        return self.group is not None and self.group.starved()

    def disks(self) -> tuple[Path, ...]:
        """The writable folders, seen from outside through the first process."""
        if self.first is None:
            return ()
        return folders_of(self.first)

    def kill(self) -> None:
        """Kill the namespace's first process: all others have ended before that one is gone."""
        if self.first is None:
            self._process.kill()
        else:
            end_namespace(self.first)
        if self.group is not None:
            self.group.end()
        self._close()


def _filter() -> tuple[int, ...]:
    """A file descriptor to read the system-call filter from; none for a machine without one."""
    calls = seccomp.program()
    return (in_memory(calls),) if calls else ()


def _seccomp(calls: tuple[int, ...]) -> Iterator[str]:
    yield from (word for number in calls for word in ("--seccomp", str(number)))


def _stage(box: SandboxSpec, folder: Path) -> Path:
    """Write `box.files` where the sandbox can bind them from."""
    files = folder / "files"
    files.mkdir()
    for name, content in box.files.items():
        (files / name).parent.mkdir(parents=True, exist_ok=True)
        (files / name).write_bytes(content)
    return files
