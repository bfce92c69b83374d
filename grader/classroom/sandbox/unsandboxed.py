"""No sandbox at all: learner code runs as the teacher, with the teacher's files and network.

Only for `--sandbox none`, which must be said out loud and is marked in every report: for machines
without bubblewrap, and for code that the teacher wrote. The referee still decides every point.
"""

import os
import subprocess
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, TypeVar

import psutil

from grader.classroom.sandbox.launching import Channels
from grader.classroom.sandbox.processes import WorkerProcess
from grader.classroom.sandbox.spec import SandboxSpec, environment

Kernel = TypeVar("Kernel", bound="UnsandboxedKernel")
# Marks every process of one run, also those that left their family.
MARK = "GRADER_RUN"


class NoSandbox:
    """Launches each kernel as an ordinary process with a clean environment."""

    name: ClassVar[str] = "none"

    def get_ready(self, box: SandboxSpec) -> None:
        """Each kernel is started for itself: there is nothing to begin with."""

    def close(self) -> None:
        """Nothing outlives a kernel here."""

    def launch(self, box: SandboxSpec) -> "UnsandboxedKernel":
        """Start a worker in a temporary folder of its own."""
        return self.start(box, Channels.make(), UnsandboxedKernel)

    def start(
        self,
        box: SandboxSpec,
        channels: Channels,
        kind: "type[Kernel]",
        before: Sequence[str] = (),
        owner: int | None = None,
    ) -> "Kernel":
        """Start a worker in the channels' folder, with `before` in front of its command.

        Its folders belong to the user and group `owner`, where one is named.
        """
        home, tmp = channels.folder / "home", channels.folder / "tmp"
        for folder in (home, tmp):
            folder.mkdir()
            if owner is not None:
                os.chown(folder, owner, owner)
        for name, content in box.files.items():
            (home / name).parent.mkdir(parents=True, exist_ok=True)
            (home / name).write_bytes(content)
        mark = uuid.uuid4().hex
        variables = environment(
            box,
            home=str(home),
            tmp=str(tmp),
            library=str(box.package.parent),
            data=str(box.data),
        )
        process = subprocess.Popen(
            [*before, str(box.python), "-m", "grader.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            cwd=home,
            env={**variables, MARK: mark},
            pass_fds=tuple(channels.handed_over()),
            start_new_session=True,
        )
        start = channels.start_message(box, own_processes=False)
        kernel = kind(process, channels, mark)
        kernel.begin(start)
        return kernel


class UnsandboxedKernel(WorkerProcess):
    """A worker without a sandbox; `mark` is in the environment of all its processes."""

    def __init__(self, process: "subprocess.Popen[bytes]", channels: Channels, mark: str) -> None:
        super().__init__(process, channels)
        self._mark = mark

    def disks(self) -> tuple[Path, ...]:
        """None that are bounded."""
        return ()

    def kill(self) -> None:
        """Kill the tree and whatever else carries the mark: the best that is possible out here."""
        family = set(self.pids())
        family.update(p.pid for p in psutil.process_iter() if self._is_marked(p))
        for pid in family:
            try:
                os.kill(pid, 9)
            except ProcessLookupError:
                continue
        self._close()

    def _is_marked(self, process: psutil.Process) -> bool:
        try:
            return bool(process.environ().get(MARK) == self._mark)
        except psutil.Error:
            return False
