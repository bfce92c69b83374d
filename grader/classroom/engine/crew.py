"""Who runs a class's submissions, and where; nothing here changes a point. Imports no Dask."""

import os
from dataclasses import dataclass

from grader.core.errors import UsageError

# Starting workers takes about as long as two submissions; fewer are run in this process.
FEWEST = 3


@dataclass(frozen=True)
class Crew:
    """`workers` processes on this machine, or whatever workers the Dask `scheduler` has.

    Raises UsageError for numbers and addresses that cannot be.
    """

    workers: int = 1
    scheduler: str = ""

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

    @classmethod
    def of(cls, workers: int | None, scheduler: str | None) -> "Crew":
        """What the command line said; one worker a core where it said nothing."""
        return cls(cores() if workers is None else workers, scheduler or "")

    def is_alone(self, jobs: int) -> bool:
        """Whether this process does best to run so few jobs itself."""
        return not self.scheduler and (self.workers == 1 or jobs < FEWEST)


def cores() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
