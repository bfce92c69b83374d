"""How submissions are run. Part of the name under which a result is kept."""

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from grader.core.errors import UsageError

DEVICES = ("auto", "cpu", "cuda")
# As the keys of `sandbox.LAUNCHERS`, which are costly to import here.
SANDBOXES = ("warm", "cold", "user", "none")
# Those that bubblewrap makes; the others are marked in every report.
SEALED = ("warm", "cold")


@dataclass(frozen=True)
class RunSettings:
    """What a teacher may choose.

    `device` is where references run, `sandbox` where learner code runs; `everything` also runs
    cells that only demonstrate.
    """

    device: str = "auto"
    sandbox: str = "warm"
    everything: bool = False

    def __post_init__(self) -> None:
        """Refuse what does not exist, wherever it was written."""
        object.__setattr__(self, "sandbox", sandbox_name(self.sandbox))
        for name, value, known in (
            ("device", self.device, DEVICES),
            ("sandbox", self.sandbox, SANDBOXES),
        ):
            if value not in known:
                message = f"{name} is {value!r}; expected one of {', '.join(known)}"
                raise UsageError(message)

    def resolved(self) -> "RunSettings":
        """The same with "auto" decided: "cuda" where torch can use one, else "cpu"."""
        if self.device != "auto":
            return self
        return replace(self, device="cuda" if _has_cuda() else "cpu")


def sandbox_name(word: str) -> str:
    """The kind of sandbox that `word` asks for; "bwrap" is what "warm" was called before."""
    return "warm" if word == "bwrap" else word


_USED = "{unit}.settings"


def keep_used(classroom: Path, unit: str, settings: RunSettings) -> None:
    """Remember how a unit was graded, for those who only read its results."""
    path = classroom / "checked" / _USED.format(unit=unit)
    text = json.dumps(asdict(settings)) + "\n"
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def last_used(classroom: Path, unit: str, asked: RunSettings) -> RunSettings:
    """How the unit was graded last, where no other way is asked for."""
    if asked != RunSettings():
        return asked
    try:
        text = (classroom / "checked" / _USED.format(unit=unit)).read_text(encoding="utf-8")
        return RunSettings(**json.loads(text))
    except (OSError, ValueError, TypeError, UsageError):
        return asked


def _has_cuda() -> bool:
    """Whether torch can use a GPU; asks torch, which takes seconds, only where a driver is."""
    if not Path("/dev/nvidiactl").exists():
        return False
    import torch

    return torch.cuda.is_available()
