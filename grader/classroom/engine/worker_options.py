"""Who runs a class's submissions, and where; nothing here changes a point. Imports no Dask."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from grader.core.errors import UsageError

# Starting workers takes about as long as two submissions; fewer are run in this process.
FEWEST = 3


@dataclass(frozen=True)
class PoolOptions:
    """`workers` processes on this machine, or whatever workers the Dask `scheduler` has.

    `slots` is what each submission takes of a cluster worker's resources, such as {"GPU": 1.0}.
    Raises UsageError for numbers and addresses that cannot be.
    """

    workers: int = 1
    scheduler: str = ""
    slots: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        """Refuse what cannot be, wherever it was written."""
        if self.workers < 1:
            message = f"--workers is {self.workers}; expected 1 or more, or nothing at all."
            raise UsageError(message)
        if self.scheduler and "://" not in self.scheduler:
            message = (
                f"--scheduler is {self.scheduler!r}; expected an address such as "
                "tcp://127.0.0.1:8786, as `dask scheduler` prints it."
            )
            raise UsageError(message)
        if self.slots and not self.scheduler:
            message = (
                "--slot says what a submission takes of a cluster's workers; it needs --scheduler."
            )
            raise UsageError(message)

    @classmethod
    def of(
        cls, workers: int | None, scheduler: str | None, slots: Sequence[str] | None = None
    ) -> "PoolOptions":
        """What the command line said; one worker a core where it said nothing."""
        taken = dict(map(_slot, slots or ()))
        return cls(cores() if workers is None else workers, scheduler or "", taken)

    def is_alone(self, jobs: int) -> bool:
        """Whether this process does best to run so few jobs itself."""
        return not self.scheduler and (self.workers == 1 or jobs < FEWEST)


def _slot(text: str) -> tuple[str, float]:
    """`GPU=1` as a name and a number; `GPU` means one."""
    name, _, number = text.partition("=")
    try:
        amount = float(number or 1)
    except ValueError:
        amount = 0.0
    if not name or not 0.0 < amount < float("inf"):
        message = f"--slot is {text!r}; expected a name and a number, such as GPU=1."
        raise UsageError(message)
    return name, amount


def cores() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
