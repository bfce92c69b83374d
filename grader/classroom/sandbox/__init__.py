"""Where learner code runs: locked in by bubblewrap, or openly without any sandbox.

`engine` asks a `Launcher` for a `RunningKernel`, one for each notebook, and kills it afterwards.
"""

from grader.classroom.sandbox.box import Box, Limits
from grader.classroom.sandbox.bwrap import Bubblewrap, check_sandbox
from grader.classroom.sandbox.launcher import Launcher, RunningKernel
from grader.classroom.sandbox.none import NoSandbox
from grader.classroom.sandbox.warm import Warm

# By what a teacher asks for: kernels forked from a warm process, started cold, in no sandbox.
LAUNCHERS: dict[str, type[Warm] | type[Bubblewrap] | type[NoSandbox]] = {
    "bwrap": Warm,
    "cold": Bubblewrap,
    "none": NoSandbox,
}

__all__ = [
    "LAUNCHERS",
    "Box",
    "Bubblewrap",
    "Launcher",
    "Limits",
    "NoSandbox",
    "RunningKernel",
    "Warm",
    "check_sandbox",
]
