"""A Stop button for a run that keeps its cell busy.

`plot.LossPlot` shows one where a click can arrive. The callback runs on another thread, so it does
nothing but set an event: it must never print, draw or touch the model.
"""

import threading
from typing import Any


class StopButton:
    """A button and whether it was pressed."""

    def __init__(self) -> None:
        """Make the button; `widget` is what to display."""
        import ipywidgets

        self._pressed = threading.Event()
        self.widget: Any = ipywidgets.Button(
            description="Stop",
            icon="stop",
            tooltip="End this run and keep the best weights so far",
        )
        self.widget.on_click(lambda _: self._pressed.set())
        _answer_where_asked(self.widget.comm)

    @property
    def pressed(self) -> bool:
        """True once somebody has clicked."""
        return self._pressed.is_set()

    def close(self) -> None:
        """Take the button off the page and forget its model."""
        self.widget.close()


def _answer_where_asked(comm: Any) -> None:
    """Let clicks through while a cell runs, on ipykernel 7.4.0.

    That version sends a widget's messages to the shell that last published on its comm: the one
    this cell keeps busy. Only 7.4.0 has the method; it is private, hence the guard (and its test).
    """
    if hasattr(comm, "_reply_subshell_for"):
        comm._reply_subshell_for = lambda _data, default: default  # noqa: SLF001
