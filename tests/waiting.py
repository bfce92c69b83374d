"""Waiting in tests. A busy machine is slow, not wrong: only what hangs fails."""

import time
from collections.abc import Callable

HANGS = 1800.0
"""Seconds after which something is not just slow. How long it should take is no test's business."""


def wait_until(truth: Callable[[], object]) -> None:
    """Return as soon as `truth()` is true."""
    end = time.monotonic() + HANGS
    while not truth():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.02)
