"""How submissions are run. Part of the name under which a result is kept."""

from dataclasses import dataclass, replace
from pathlib import Path

from grader.core.errors import UsageError

DEVICES = ("auto", "cpu", "cuda")
# As the keys of `sandbox.LAUNCHERS`, which are costly to import here.
SANDBOXES = ("bwrap", "cold", "none")


@dataclass(frozen=True)
class Settings:
    """What a teacher may choose.

    `device` is where references run, `sandbox` where learner code runs; `everything` also runs
    cells that only demonstrate.
    """

    device: str = "auto"
    sandbox: str = "bwrap"
    everything: bool = False

    def __post_init__(self) -> None:
        """Refuse what does not exist, wherever it was written."""
        for name, value, known in (
            ("device", self.device, DEVICES),
            ("sandbox", self.sandbox, SANDBOXES),
        ):
            if value not in known:
                message = f"{name} is {value!r}; expected one of {', '.join(known)}"
                raise UsageError(message)

    def resolved(self) -> "Settings":
        """The same with "auto" decided: "cuda" where torch can use one, else "cpu"."""
        if self.device != "auto":
            return self
        return replace(self, device="cuda" if _has_cuda() else "cpu")


def _has_cuda() -> bool:
    """Whether torch can use a GPU; asks torch, which takes seconds, only where a driver is."""
    if not Path("/dev/nvidiactl").exists():
        return False
    import torch

    return torch.cuda.is_available()
