"""Why a run ended before its last cell, in the words that a learner reads."""

from dataclasses import dataclass

from grader.core.verdicts import Outcome


@dataclass(frozen=True)
class Ending:
    """What happened, and the outcome of the question that was at hand."""

    outcome: Outcome
    message: str


class RunEndedError(Exception):
    """The kernel is gone; `ending` says why. Caught by `run_one`, never shown."""

    def __init__(self, ending: Ending) -> None:
        super().__init__(ending.message)
        self.ending = ending


DIED = Ending(
    Outcome.RAISED,
    "Your code ended the Python process: a call of os._exit, a crash in compiled code, or a kill. "
    "Restart the kernel, run all cells and look for the last one that runs.",
)


def out_of_memory(mib: int) -> Ending:
    """All processes together took more than `mib` MiB."""
    return Ending(
        Outcome.RAISED,
        f"Your code used more than {mib} MiB of memory and was stopped. Look for a list that grows "
        "with every step or a tensor with one axis too many.",
    )


def too_many_processes(most: int) -> Ending:
    """More than `most` threads and processes ran at once."""
    return Ending(
        Outcome.RAISED,
        f"Your code started more than {most} processes and threads and was stopped. "
        "Nothing in this course needs more than a DataLoader with two workers.",
    )


def too_many_sockets(most: int) -> Ending:
    """More than `most` sockets were open at once."""
    return Ending(
        Outcome.RAISED,
        f"Your code opened more than {most} sockets and was stopped. "
        "Nothing in this course needs any.",
    )


def too_many_files(most: int) -> Ending:
    """More than `most` files were made."""
    return Ending(
        Outcome.RAISED,
        f"Your code made more than {most} files and was stopped. "
        "Nothing in this course needs to write files.",
    )


def out_of_time(seconds: float) -> Ending:
    """The whole notebook took too long."""
    return Ending(
        Outcome.TOO_SLOW,
        f"The notebook as a whole took more than {seconds:g} s and was stopped. "
        "Look for far more epochs than the task needs, or for cells that train again and again.",
    )


def would_not_stop(seconds: float) -> Ending:
    """A cell was asked to stop and did not."""
    return Ending(
        Outcome.TOO_SLOW,
        f"This took more than {seconds:g} s, did not stop when asked, and was ended by force. Look "
        "for a loop that never ends and catches KeyboardInterrupt (a bare `except:` does).",
    )


UNHEARD = (
    "The check cell ran, but no check reached the grader: the notebook has replaced `lab.check`. "
    "Remove what does that, and run the notebook from the top."
)


def not_reached(ending: Ending, cell: str) -> str:
    """What the questions after the end are told; `cell` names the one that ended the run."""
    return f"Not reached: the run ended early, in cell {cell}. {ending.message}"
