"""A unit's challenge: a clock that is shown and never fatal, counted attempts, a badge.

The problems themselves are graded questions that `checks.check` judges; this adds the clock. A
self-paced badge proves nothing to others: marks come from the teacher's grader.
"""

import time
from pathlib import Path

from grader.core import messages, unit
from grader.core.errors import GraderError
from grader.core.quiz import CHALLENGE, Item
from grader.core.unit import Unit
from grader.lab import frontend
from grader.lab.card import say
from grader.lab.progress import Progress
from grader.lab.quiz.items import in_order, note_attempt

SECONDS_EACH = 120.0
ATTEMPTS_COUNTED = 2


def challenge(prefix: str) -> None:
    """Start the clock of a unit's challenge; running the cell again starts it again."""
    if frontend.is_graded():
        return
    try:
        items = in_order(unit.find(Path.cwd()).quiz.values(), CHALLENGE, prefix)
    except GraderError as error:
        say(str(error))
        return
    if not items:
        say(messages.no_item(f"{prefix}-{CHALLENGE}"))
        return
    # The clock on the wall, not the process's own: it goes on through a restart of the kernel.
    Progress(Path.cwd()).put("challenge", prefix, {"started": time.time()})
    say(messages.challenge_begins(len(items), SECONDS_EACH / 60))


def notes(item: Item, letter: str, checked: Unit, progress: Progress, *, right: bool) -> list[str]:
    """Count an attempt at a challenge problem; say which it was, the time, and the badge."""
    tried = note_attempt(progress, item.id, letter, right=right)
    said = messages.challenge_attempt(tried, ATTEMPTS_COUNTED)
    prefix = item.id.partition(f"-{CHALLENGE}-")[0]
    items = in_order(checked.quiz.values(), CHALLENGE, prefix)
    started = progress.get("challenge", prefix).get("started")
    if isinstance(started, int | float):
        elapsed = max(time.time() - started, 0.0)
        said += f"; {messages.challenge_time(elapsed, SECONDS_EACH * len(items))}"
    earned = all(_counts(progress, each) for each in items)
    if earned:
        progress.put("badge", prefix, {"earned": True})
    return [said, messages.badge(prefix)] if earned else [said]


def _counts(progress: Progress, item: Item) -> bool:
    """True where an item was right within the counted attempts."""
    right_at = progress.get("item", item.id).get("right_at")
    return isinstance(right_at, int) and right_at <= ATTEMPTS_COUNTED
