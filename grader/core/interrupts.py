"""Ctrl-C is for the process that a person started, not for those that it starts itself.

A terminal sends the interrupt to all of them. Whoever starts helpers does so inside
`interrupts_wait`: the helpers are born deaf to it, and what arrives meanwhile is heard at the end.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def interrupts_wait() -> Iterator[None]:
    """Hold interrupts back from this thread, and from the processes and threads that it starts."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows, where nothing is graded
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def ignore_interrupts() -> None:
    """Called by such a process once it runs: interrupts do nothing here, but its children hear.

    Learner code is stopped by an interrupt of its own, so deafness must not be handed down: a
    handler is not, an ignored or blocked signal would be.
    """
    signal.signal(signal.SIGINT, lambda *_: None)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
