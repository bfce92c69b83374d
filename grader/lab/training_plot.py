"""A live panel around a training run: curves, progress, Stop. `training.fit` asks for one.

The picture is an ordinary HTML output that is rewritten in place, so that the last one stays in the
notebook, with no kernel and in nbconvert's HTML. The row of controls below it is a widget and is
never saved (`lab.live_widgets`). Redraws at most four times a second. In a graded run, where HTML
is not kept, one PNG and the summary are left at the end.
"""

import html
import math
import time
from collections import deque
from collections.abc import Hashable
from types import TracebackType
from typing import Any, Self

from grader.lab import curves, frontend, run_context
from grader.lab.check_progress import TrainingPart, part_for
from grader.lab.curves import ACCURACY, CurveMetric, CurveOptions
from grader.lab.guess_record import guess_for
from grader.lab.recorded_runs import RecordedRun
from grader.lab.training_controls import Controls, RunControls
from grader.lab.training_history import Ending, Epoch, History, Step, summary

SECONDS_BETWEEN_DRAWINGS = 0.25
EARLIER_RUNS = 2


class LossPlot:
    """The curves of one run, redrawn while it goes on; a context manager, or `fit`'s `plot`.

    Args:
        epochs: int, where the axis ends while the run goes on.
        title: str above the curves. Default None: "Training".
        measure: CurveMetric of the right-hand side. Default: accuracy.
        data: any hashable; the last two runs with an equal one lie thin behind this one. Default
            None.
        place: display handle to draw in. Default None: a new one below the running cell.
        steering: RunControls that hold Stop and the switches. Default None: buttons of its own.

    Example:
        >>> plot = lab.LossPlot(20, "A longer run")
        >>> # lab.fit(model, data.train, data.val, epochs=20, plot=plot)
    """

    def __init__(
        self,
        epochs: int,
        title: str | None = None,
        *,
        measure: CurveMetric = ACCURACY,
        data: Hashable = None,
        place: Any = None,
        steering: RunControls | None = None,
    ) -> None:
        """Prepare a panel; nothing is shown before `with`.

        measure: what the right-hand side shows. data: the last runs with an equal `data` lie behind
        this one. place: a display handle to draw in; without one the panel makes its own below the
        cell. steering: whoever holds the buttons; without it the panel shows its own.
        """
        self._epochs = epochs
        self._measure = measure
        self._like = (measure.name, data)
        self._behind = list(run_context.current().earlier_runs.get(self._like, ()))
        self._title = title or "Training"
        self._guess = guess_for(title or "") if measure is ACCURACY else None
        self._records: list[Epoch] = []
        self._started = self._drawn = time.perf_counter()
        self._done = 0.0
        self._picture: Any = place
        self._steering = steering
        self._controls: Controls | None = None
        self._whole: History | None = None

    def __enter__(self) -> Self:
        """Show the empty axes and, where somebody can press it, the Stop button."""
        self._started = self._drawn = time.perf_counter()
        if self._picture is None:
            self._picture = frontend.show(self._running(), raw=True)
        else:
            self._picture.update(self._running(), raw=True)
        if self._steering is None and frontend.has_person():
            self._steering = self._controls = Controls(self.look_again)
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
            self._picture.update(self._running(), raw=True)
        return "by hand" if self._steering is not None and self._steering.pressed else None

    def finish(self, history: History) -> None:
        """Draw the whole run, its axis cut to the epochs that were trained, and sum it up."""
        self._whole = history
        self._picture.update(self._finished(history), raw=True)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take the controls away, also when the run failed; remember the run for the next one."""
        if self._controls is not None:
            self._controls.end(whole=self._whole is not None)
        if self._whole is not None:
            earlier = run_context.current().earlier_runs
            runs = earlier.setdefault(self._like, deque(maxlen=EARLIER_RUNS))
            runs.append(self._whole.records)

    def look_again(self) -> None:
        """Somebody has moved a switch; while training goes on, the next redraw will see to it."""
        if self._whole is not None:
            self._picture.update(self._finished(self._whole), raw=True)

    @property
    def _view(self) -> CurveOptions:
        return self._steering.view if self._steering is not None else CurveOptions()

    def _running(self) -> dict[str, str]:
        best = min(
            (record for record in self._records if not math.isnan(record.val_loss)),
            key=lambda record: record.val_loss,
            default=None,
        )
        words = self._progress()
        bar = (
            f'<progress max="{self._epochs}" value="{self._done:.2f}" aria-label="epochs done" '
            'style="width:160px;vertical-align:middle;margin-right:8px"></progress>'
        )
        return self._bundle(self._records, self._epochs, best, words, bar)

    def _finished(self, history: History) -> dict[str, str]:
        last = history.records[-1]
        line = summary(history)
        if self._guess is not None and not math.isnan(last.val_accuracy):
            line += (
                f" · you guessed {self._guess.at(last.epoch):.0f}% validation accuracy for epoch "
                f"{last.epoch}, it was {last.val_accuracy:.1f}%"
            )
        return self._bundle(history.records, last.epoch, history.best, line)

    def _bundle(
        self, records: list[Epoch], last: int, best: Epoch | None, line: str, bar: str = ""
    ) -> dict[str, str]:
        svg = curves.picture(
            records,
            last_epoch=last,
            title=self._title,
            best=best,
            measure=self._measure,
            earlier=self._behind,
            view=self._view,
            guess=self._guess,
        )
        style = "margin:2px 0 6px 44px;font-size:13px"
        below = f'<p style="{style}">{bar}{html.escape(line)}</p>'
        return {"text/html": svg + below, "text/plain": line}

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


class PrintedPlot:
    """What a graded run leaves of a training: one PNG at the end, and the summary in words."""

    def __init__(self, title: str | None, measure: CurveMetric) -> None:
        self._title = title or "Training"
        self._measure = measure

    def __enter__(self) -> Self:
        """Show nothing yet."""
        return self

    def hear(self, record: Step | Epoch) -> Ending | None:
        """Let the run go on."""

    def finish(self, history: History) -> None:
        """Leave the picture."""
        from grader.lab.png_plot import png

        data = {
            "image/png": png(history, self._title, self._measure),
            "text/plain": summary(history),
        }
        frontend.show(data, raw=True)

    def __exit__(self, *_: object) -> None:
        """Leave nothing else."""


def panel_for(
    epochs: int, title: str | None, *, measure: CurveMetric = ACCURACY, data: Hashable = None
) -> LossPlot | PrintedPlot | RecordedRun | TrainingPart | None:
    """Make a panel if there is a notebook to show it in; None in scripts, a bar inside checks."""
    if frontend.wants_plots():
        return LossPlot(epochs, title, measure=measure, data=data)
    if frontend.wants_records():
        return RecordedRun(measure)
    return PrintedPlot(title, measure) if frontend.wants_prints() else part_for(epochs)
