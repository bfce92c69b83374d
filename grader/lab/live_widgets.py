"""Widgets that leave a picture behind: shown live, saved as plain HTML.

Every panel of the course with buttons is shown through `show_live`. JupyterLab shows the widget; a
notebook that is saved by `grader lab` keeps the HTML beside it (`classroom.jupyter.saving`), for
without its kernel a widget is a dead button.
"""

import os
from typing import Any

from grader.lab import frontend
from grader.lab.ipykernel_compat import answer_where_asked

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"

RESTARTED = "The kernel has restarted. Run this cell again to bring the buttons back."
# JupyterLab leaves the widgets of a kernel that is gone on the page, as buttons that do nothing.
_STYLE = f"""<style>
.grader-live.jupyter-widgets-disconnected > * {{ display: none }}
.grader-live.jupyter-widgets-disconnected::before {{
  content: "{RESTARTED}"; font: inherit; color: inherit; margin-left: 44px
}}
</style>"""


class LiveDisplay:
    """A displayed widget and the HTML that is saved in its place."""

    def __init__(self, widget: Any, still: str, words: str) -> None:
        import ipywidgets

        self._still = {"text/html": still, "text/plain": words}
        self.widget = widget
        style = ipywidgets.HTML(_STYLE, layout=ipywidgets.Layout(display="none"))
        box = ipywidgets.VBox([style, widget])
        box.add_class("grader-live")
        answer_where_asked(box)
        view = {"version_major": 2, "version_minor": 0, "model_id": box.model_id}
        self._handle = frontend.show({WIDGET_VIEW: view, **self._still}, raw=True)

    def end(self) -> None:
        """Put the picture in the widget's place, for good."""
        self._handle.update(self._still, raw=True)


def show_live(widget: Any, *, still: str = "", words: str = "") -> LiveDisplay:
    """Display `widget`; `still` (HTML) and `words` are what a saved notebook shows instead."""
    return LiveDisplay(widget, still, words)


def may_stay() -> bool:
    """True where a widget may stay on the page after its work: it is not saved with it."""
    return frontend.SAVES_PICTURES in os.environ
