"""Where learner code runs: locked in by bubblewrap, as another user, or without any sandbox.

`engine` asks a `Launcher` for a `RunningKernel`, one for each notebook, and kills it afterwards.
"""

from grader.classroom.sandbox.bubblewrap import check_sandbox
from grader.classroom.sandbox.cold import ColdSandbox
from grader.classroom.sandbox.launching import Launcher, RunningKernel
from grader.classroom.sandbox.other_user import OtherUser
from grader.classroom.sandbox.spec import Limits, SandboxSpec
from grader.classroom.sandbox.unsandboxed import NoSandbox
from grader.classroom.sandbox.warm import WarmSandbox

# By the value of --sandbox.
LAUNCHERS: dict[str, type[WarmSandbox | ColdSandbox | NoSandbox]] = {
    "warm": WarmSandbox,
    "cold": ColdSandbox,
    "user": OtherUser,
    "none": NoSandbox,
}

__all__ = [
    "LAUNCHERS",
    "ColdSandbox",
    "Launcher",
    "Limits",
    "NoSandbox",
    "OtherUser",
    "RunningKernel",
    "SandboxSpec",
    "WarmSandbox",
    "check_sandbox",
]
