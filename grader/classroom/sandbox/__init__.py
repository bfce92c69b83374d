"""Where learner code runs: locked in by bubblewrap, or openly without any sandbox.

`engine` asks a `Launcher` for a `RunningKernel`, one for each notebook, and kills it afterwards.
"""

from grader.classroom.sandbox.box import Box, Limits
from grader.classroom.sandbox.bwrap import Bubblewrap, check_sandbox
from grader.classroom.sandbox.launcher import Launcher, RunningKernel
from grader.classroom.sandbox.none import NoSandbox

LAUNCHERS: dict[str, type[Bubblewrap] | type[NoSandbox]] = {
    Bubblewrap.name: Bubblewrap,
    NoSandbox.name: NoSandbox,
}

__all__ = [
    "LAUNCHERS",
    "Box",
    "Bubblewrap",
    "Launcher",
    "Limits",
    "NoSandbox",
    "RunningKernel",
    "check_sandbox",
]
