"""What somebody can press while a run goes on: Stop, a log axis for the loss, smoothed curves.

A click arrives on another thread while training keeps its cell busy, so a callback here sets an
event or a value and no more; it never prints and never touches the model. Where no click can
arrive, `Controls` shows how to stop instead of a dead button.
"""

import threading
from collections.abc import Callable
from typing import Any, Protocol

from grader.lab import frontend, live_widgets, run_context
from grader.lab.curves import CurveOptions

HOW_TO_STOP = "To stop early and keep the best weights, press ■ above (or the keys I, I)."


class RunControls(Protocol):
    """What `plot.LossPlot` asks of whoever holds the buttons."""

    @property
    def pressed(self) -> bool:
        """True once somebody has asked for the run's end."""

    @property
    def view(self) -> CurveOptions:
        """How to draw."""


class StopButton:
    """A button and whether it was pressed."""

    def __init__(self, **traits: object) -> None:
        """Make the button; `widget` is what to display."""
        import ipywidgets

        self._pressed = threading.Event()
        self.widget: Any = ipywidgets.Button(
            description="Stop",
            icon="stop",
            tooltip="End this run and keep the best weights so far",
            **traits,
        )
        self.widget.on_click(lambda _: self._pressed.set())

    @property
    def pressed(self) -> bool:
        """True once somebody has clicked since the last `rearm`."""
        return self._pressed.is_set()

    def rearm(self) -> None:
        """Forget an earlier click."""
        self._pressed.clear()


class CurveSwitches:
    """The two switches of a picture; `widgets` is what to display."""

    def __init__(self, changed: Callable[[], None]) -> None:
        """Make the switches as they were left last; `changed` is called on another thread."""
        import ipywidgets

        # Every widget costs the kernel a thread in JupyterLab, a layout of its own another.
        shared = {"indent": False, "layout": ipywidgets.Layout(width="auto")}
        before = run_context.current().curve_options
        self._log = ipywidgets.Checkbox(before.log_loss, description="log loss axis", **shared)
        self._smooth = ipywidgets.Checkbox(
            before.smooth, description="smooth curves", style=self._log.style, **shared
        )
        self._changed = changed
        self.widgets = [self._log, self._smooth]
        for widget in self.widgets:
            widget.observe(self._note, names="value")

    @property
    def view(self) -> CurveOptions:
        """How to draw."""
        return CurveOptions(log_loss=self._log.value, smooth=self._smooth.value)

    def _note(self, _: object) -> None:
        run_context.current().curve_options = self.view
        self._changed()


class Controls:
    """The row below a run's picture, from its first batch on."""

    def __init__(self, changed: Callable[[], None]) -> None:
        """Show the row; `changed` is called on another thread when the picture shall change."""
        self._stop: StopButton | None = None
        self._looks: CurveSwitches | None = None
        self._live: live_widgets.LiveDisplay | None = None
        self._line: Any = None
        if not frontend.hears_clicks():
            self._line = frontend.show(_plain(HOW_TO_STOP), raw=True)
            return
        import ipywidgets

        self._stop = StopButton()
        self._looks = CurveSwitches(changed)
        row = ipywidgets.HBox([self._stop.widget, *self._looks.widgets])
        row.layout.margin = "0 0 0 44px"
        self._live = live_widgets.show_live(row)

    @property
    def pressed(self) -> bool:
        """True once Stop was clicked."""
        return self._stop is not None and self._stop.pressed

    @property
    def view(self) -> CurveOptions:
        """How to draw."""
        return self._looks.view if self._looks else run_context.current().curve_options

    def end(self, *, whole: bool) -> None:
        """Take Stop away; the switches too, where the notebook would keep a widget as a dead box.

        whole: the run has left a picture to look at.
        """
        if self._line is not None:
            self._line.update(_plain(""), raw=True)
        if self._live is None or self._stop is None or self._looks is None:
            return
        if whole and live_widgets.may_stay():
            self._live.widget.children = self._looks.widgets
        else:
            self._live.end()
        self._stop.widget.close()


def _plain(words: str) -> dict[str, str]:
    style = "margin:2px 0 6px 44px;font-size:13px"
    return {"text/html": f'<p style="{style}">{words}</p>' if words else "", "text/plain": words}
