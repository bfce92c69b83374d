"""A live panel around a training run: curves, progress, Stop. `training.fit` asks for one.

The picture is an ordinary HTML output that is rewritten in place, so that the last one stays in the
notebook, with no kernel and in nbconvert's HTML. Only the Stop button is a widget; after the run a
one-line summary takes its place, so no dead button is left. Redraws at most four times a second.
"""

import html
import math
import time
from types import TracebackType
from typing import Any, Self

from grader.lab import curves, frontend
from grader.lab.history import Ending, Epoch, History, Step, summary
from grader.lab.stop import StopButton

SECONDS_BETWEEN_DRAWINGS = 0.25


class LossPlot:
    """A panel for one run of at most `epochs` epochs; use it as a context manager."""

    def __init__(self, epochs: int, title: str | None = None, *, goals: bool = True) -> None:
        """Prepare a panel; nothing is shown before `with`. goals: see `curves.picture`."""
        self._epochs = epochs
        self._goals = goals
        self._title = title or "Training"
        self._records: list[Epoch] = []
        self._started = self._drawn = time.perf_counter()
        self._done = 0.0
        self._picture: Any = None
        self._controls: Any = None
        self._stop: StopButton | None = None

    def __enter__(self) -> Self:
        """Show the empty axes and, where somebody can press it, the Stop button."""
        self._started = self._drawn = time.perf_counter()
        self._picture = frontend.show(self._bundle(self._progress()), raw=True)
        if frontend.has_person():
            self._controls = self._show_controls()
        return self

    def hear(self, record: Step | Epoch) -> Ending | None:
        """Take a record in, redraw if it is time, and say "by hand" once Stop was pressed."""
        if isinstance(record, Epoch):
            self._records.append(record)
            self._done = float(record.epoch)
        else:
            self._done = record.epoch - 1 + record.batch / record.batches
        now = time.perf_counter()
        if now - self._drawn >= SECONDS_BETWEEN_DRAWINGS:
            self._drawn = now
            self._picture.update(self._bundle(self._progress()), raw=True)
        return "by hand" if self._stop is not None and self._stop.pressed else None

    def finish(self, history: History) -> None:
        """Draw the whole run, its axis cut to the epochs that were trained, and sum it up."""
        svg = curves.picture(
            history.records,
            last_epoch=history.records[-1].epoch,
            title=self._title,
            best=history.best,
            goals=self._goals,
        )
        line = summary(history)
        self._picture.update(_bundle(svg, line), raw=True)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take the controls away, also when the run failed."""
        if self._controls is not None:
            # An output that shows a closed widget reads "model not found" after a reload.
            self._controls.update({"text/html": "", "text/plain": ""}, raw=True)
        if self._stop is not None:
            self._stop.close()

    def _show_controls(self) -> Any:
        if not frontend.hears_clicks():
            words = "To stop early and keep the best weights, press ■ above (or the keys I, I)."
            return frontend.show(_line(words), raw=True)
        self._stop = StopButton()
        return frontend.show(self._stop.widget)

    def _bundle(self, progress: str) -> dict[str, str]:
        best = min(
            (record for record in self._records if not math.isnan(record.val_loss)),
            key=lambda record: record.val_loss,
            default=None,
        )
        svg = curves.picture(
            self._records,
            last_epoch=self._epochs,
            title=self._title,
            best=best,
            goals=self._goals,
        )
        return _bundle(svg, progress)

    def _progress(self) -> str:
        """Where the run is, how fast, and how long it will take."""
        elapsed = time.perf_counter() - self._started
        if not self._done:
            return f"epoch 1 of {self._epochs}"
        speed = self._done / elapsed
        pace = f"{speed:.1f} epochs/s" if speed >= 1 else f"{1 / speed:.1f} s an epoch"
        left = (self._epochs - self._done) / speed
        now = min(math.floor(self._done) + 1, self._epochs)
        return f"epoch {now} of {self._epochs} · {pace} · about {math.ceil(left)} s left"


def panel_for(epochs: int, title: str | None, *, goals: bool = True) -> LossPlot | None:
    """Make a panel if there is a notebook to show it in; None in scripts and while grading."""
    return LossPlot(epochs, title, goals=goals) if frontend.wants_plots() else None


def _bundle(svg: str, line: str) -> dict[str, str]:
    return {"text/html": f"{svg}{_line(line)['text/html']}", "text/plain": line}


def _line(words: str) -> dict[str, str]:
    style = "margin:2px 0 6px 44px;font-size:13px"
    return {"text/html": f'<p style="{style}">{html.escape(words)}</p>', "text/plain": words}
