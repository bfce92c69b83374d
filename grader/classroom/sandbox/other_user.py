"""Learner code as another user of the machine: for containers that allow no namespaces.

Only for `--sandbox user`, which is marked in every report. Started by root: learner code runs as a
user who owns nothing, without a way to become another one. It cannot read the course's solutions,
the gradebook or another submission, nor send the grader's processes a signal; it does have the
container's network, and reads what every user of the container may read.
"""

import itertools
import os
import shutil
import subprocess
from pathlib import Path
from typing import ClassVar

from grader.classroom.sandbox.launching import Channels
from grader.classroom.sandbox.spec import SandboxSpec
from grader.classroom.sandbox.unsandboxed import NoSandbox, UnsandboxedKernel
from grader.core.errors import SetupError

# Between the numbers that Debian gives to people and those that systemd gives to services; a
# container often has no larger ones than 65535.
FIRST, COUNT = 60_600, 64
HIDDEN = ("solutions", "classroom", "build")
_turns = itertools.count()


class OtherUser(NoSandbox):
    """Launches each kernel as a user of its own."""

    name: ClassVar[str] = "user"

    def launch(self, box: SandboxSpec) -> "OtherUsersKernel":
        """Start a worker as the next user.

        Raises SetupError for who is not root, and where that user could read the answers.
        """
        check_other_user(box.course)
        return OtherUsersKernel.started(self, box, FIRST + next(_turns) % COUNT)


class OtherUsersKernel(UnsandboxedKernel):
    """A worker of a user who has no other processes; all of them end with it."""

    user = 0

    @classmethod
    def started(cls, launcher: OtherUser, box: SandboxSpec, user: int) -> "OtherUsersKernel":
        """Start a worker as `user`, in folders that are the user's."""
        end_all_of(user)
        channels = Channels.make()
        channels.folder.chmod(0o711)  # the way to its home; the sockets in it are root's
        kernel = launcher.start(box, channels, cls, as_user(user), user)
        kernel.user = user
        return kernel

    def kill(self) -> None:
        """End whatever the user runs, in one call that nothing can outrun by forking."""
        end_all_of(self.user)
        super().kill()


def check_other_user(course: Path | None) -> None:
    """Raise SetupError where learner code cannot run as another user, or could read the answers."""
    if os.geteuid() != 0 or shutil.which("setpriv") is None:
        lacking = "you are not root" if os.geteuid() else "setpriv (util-linux) is missing"
        message = (
            "--sandbox user starts learner code as another user of this machine, which takes root "
            f"and setpriv: {lacking}. It is for containers that allow no namespaces; elsewhere use "
            "the sandbox, which `grader doctor` looks for."
        )
        raise SetupError(message)
    for folder in (course / name for name in HIDDEN) if course else ():
        if folder.is_dir() and _may_enter(folder):
            message = (
                f"{folder} can be read by every user of this machine, so by learner code. Nothing "
                f"was run. Close it: chmod 700 {folder}"
            )
            raise SetupError(message)


def as_user(user: int) -> list[str]:
    """The words before a command that make it `user`'s, for good: no set-user-id program helps."""
    words = [f"--reuid={user}", f"--regid={user}", "--clear-groups", "--no-new-privs"]
    return ["setpriv", *words, "--inh-caps=-all", "--bounding-set=-all", "--"]


def end_all_of(user: int) -> None:
    """Kill every process of `user`; Linux does it in one step for who asks as that user."""
    subprocess.run(
        [*as_user(user), "/bin/sh", "-c", "kill -KILL -1"], check=False, capture_output=True
    )


def _may_enter(folder: Path) -> bool:
    """Whether a user who owns nothing can list a folder."""
    words = ["/bin/sh", "-c", 'ls "$1" >/dev/null 2>&1', "sh", str(folder)]
    return subprocess.run([*as_user(FIRST), *words], check=False).returncode == 0
