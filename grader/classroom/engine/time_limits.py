"""How long a machine has kept a cell waiting for a processor, and the cell not itself.

Seconds of a question are for code that runs. A thread that stands in line for a processor that
others use is kept waiting; one that waits for what its own submission runs is not.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from grader.classroom.sandbox.resource_usage import ThreadTimes


@dataclass
class CpuWaitClock:
    """Adds up what the machine withheld since `began`; `threads` processors are a cell's due.

    Times are in seconds of one clock. Feed it with `look` every few tenths of a second: a thread
    that comes and goes between two looks is not seen.
    """

    began: float
    threads: int
    withheld: float = 0.0
    _ran: float = 0.0
    _last: float = 0.0
    _before: Mapping[int, ThreadTimes] | None = None

    def look(self, now: float, turns: Mapping[int, ThreadTimes]) -> None:
        """What its threads have run and waited by now, ever; nothing counts at the first look.

        Which thread the cell waits for is not known from outside, so the one that waited longest
        counts. Where more of its threads wanted a processor than it is due, they wait for each
        other, and only a part of it is the machine's.
        """
        before, past = self._before, now - self._last
        self._last, self._before = now, turns
        if before is None or past <= 0:
            return
        spent = [_since(turn, before.get(thread), past) for thread, turn in turns.items()]
        wanted = sum(turn.ran + turn.waited for turn in spent) / past
        longest = max((turn.waited for turn in spent), default=0.0)
        self.withheld += longest * min(1.0, self.threads / wanted if wanted else 1.0)
        self._ran += sum(turn.ran for turn in spent)

    def late(self, now: float) -> float:
        """Seconds that the cell may take longer.

        A submission that has had its processors all the time has been kept from nothing.
        """
        idle = now - self.began - self._ran / self.threads
        return max(0.0, min(self.withheld, idle))


def _since(now: ThreadTimes, before: ThreadTimes | None, past: float) -> ThreadTimes:
    """What a thread ran and waited since the last look, which is no more than has gone by."""
    ran, waited = (before.ran, before.waited) if before else (0.0, 0.0)
    ran = min(max(now.ran - ran, 0.0), past)
    return ThreadTimes(ran, min(max(now.waited - waited, 0.0), past))
