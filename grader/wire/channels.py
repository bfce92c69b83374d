"""The channel through which `lab.check` reaches the referee, when there is one.

The worker installs a channel at start-up inside a sandbox; a learner's own notebook has none and
checks itself. One process, one notebook, so one place for it is enough.
"""

from __future__ import annotations

from typing import Protocol


class Channel(Protocol):
    """What `lab.check` needs of a channel."""

    def check(self, question_id: str, answer: object) -> None:
        """Offer the answer to the referee; returns when the referee has asked all it wants."""


_installed: list[Channel] = []


def install(channel: Channel) -> None:
    """Make this the process's channel. Called once by the worker, before learner code runs."""
    _installed[:] = [channel]


def current() -> Channel | None:
    """The installed channel, or None in a learner's own notebook."""
    return _installed[-1] if _installed else None
