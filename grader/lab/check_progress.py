"""The progress of a repair's check: a bar while it trains, and a line for each data set.

A check's own runs draw no curves. `plot.panel_for` gives them a part of this bar instead, so that a
recipe which calls `lab.fit` moves it epoch by epoch; one with a loop of its own moves it a data set
at a time. In the end the lines alone stay. Where nothing can be shown, they are printed.
"""

import html
import time
from typing import Any, Self

from grader.core import messages
from grader.lab import frontend, run_context
from grader.lab.training_history import Epoch, History, Step

SECONDS_BETWEEN_DRAWINGS = 0.25
_STYLE = "width:160px;vertical-align:middle;margin-right:8px"


class CheckBar:
    """The bar of one check that trains on `draws` data sets; use it as a context manager."""

    def __init__(self, draws: int) -> None:
        self._draws = draws
        self._lines: list[str] = []
        self._output: Any = None
        self._drawn = 0.0

    def __enter__(self) -> Self:
        """Show it, and let `lab.fit` find it."""
        run_context.current().check_bars.append(self)
        if frontend.can_show():
            words = messages.repair_runs(1, self._draws)
            self._output = frontend.show(self._bundle(words), raw=True)
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the lines."""
        run_context.current().check_bars.remove(self)
        if self._output is not None:
            self._output.update(self._bundle(), raw=True)

    def trained(self, seconds: float) -> None:
        """One more data set is done, after so many seconds."""
        line = messages.repair_draw(len(self._lines) + 1, self._draws, seconds)
        self._lines.append(line)
        if self._output is None:
            print(line, flush=True)
        else:
            self._draw(0.0)

    def move(self, record: Step | Epoch, epochs: int) -> None:
        """A run of at most `epochs` epochs has come so far."""
        if self._output is None or time.perf_counter() - self._drawn < SECONDS_BETWEEN_DRAWINGS:
            return
        whole = record.epoch if isinstance(record, Epoch) else record.epoch - 1
        self._draw(whole / epochs, min(whole + 1, epochs), epochs)

    def _draw(self, share: float, epoch: int = 0, epochs: int = 0) -> None:
        """Show the bar with the present data set at `share` of its way."""
        self._drawn = time.perf_counter()
        number = min(len(self._lines) + 1, self._draws)
        words = messages.repair_runs(number, self._draws, epoch, epochs)
        self._output.update(self._bundle(words, len(self._lines) + share), raw=True)

    def _bundle(self, words: str = "", done: float = 0.0) -> dict[str, str]:
        """The lines so far and, with `words`, the bar above them."""
        rows = [html.escape(line.strip()) for line in self._lines]
        if words:
            bar = (
                f'<progress max="{self._draws}" value="{done:.2f}" style="{_STYLE}" '
                f'aria-label="data sets trained on"></progress>'
            )
            rows.append(bar + html.escape(words))
        said = [*self._lines, *([f"  {words}"] if words else [])]
        return {
            "text/html": "".join(f'<div style="font-size:13px">{row}</div>' for row in rows),
            "text/plain": "\n".join(said),
        }


class TrainingPart:
    """What one run of `lab.fit` inside a check moves: it stands where a panel would."""

    def __init__(self, bar: CheckBar, epochs: int) -> None:
        self._bar = bar
        self._epochs = epochs

    def __enter__(self) -> Self:
        """The bar is on show already."""
        return self

    def hear(self, record: Step | Epoch) -> None:
        """Move the bar; the run goes on."""
        self._bar.move(record, self._epochs)

    def finish(self, history: History) -> None:
        """The check says when a data set is done."""

    def __exit__(self, *_: object) -> None:
        """Nothing was opened."""


def part_for(epochs: int) -> TrainingPart | None:
    """A part of the bar of the check that is running; None outside of one."""
    bars = run_context.current().check_bars
    return TrainingPart(bars[-1], epochs) if bars else None
