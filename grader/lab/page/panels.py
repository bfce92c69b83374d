"""A panel in the page: a script draws a state, Python makes it and hears what was pressed.

Imported only where a panel can be shown (`frontend.has_panels`): it loads ipywidgets. All text of a
panel also exists without it, as an ordinary output beside it; the panel itself is never saved.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from grader.lab.live_widgets import show_live

NOT_DRAWN = "(Run this cell for buttons to click.)"
_HERE = Path(__file__).parent

Pressed = Callable[[dict[str, Any]], None]


class Panel(anywidget.AnyWidget):
    """What a script draws: `asked` stays as it is, `state` changes with every press."""

    _css = (_HERE / "panel.css").read_text(encoding="utf-8")
    asked = traitlets.Dict().tag(sync=True)
    state = traitlets.Dict().tag(sync=True)

    def __init__(self, script: str, asked: dict[str, Any], state: dict[str, Any]) -> None:
        """Make the panel that `script` (such as "quiz.js") draws."""
        words = [(_HERE / name).read_text(encoding="utf-8") for name in ("jupyterlab.js", script)]
        self._esm = "\n".join(words)
        super().__init__(asked=asked, state=state)

    def show(self, still: dict[str, str] | None = None) -> None:
        """Put it under the running cell; a saved notebook keeps `still`, or a line, instead."""
        kept = still or {"text/html": f"<small>{NOT_DRAWN}</small>", "text/plain": NOT_DRAWN}
        show_live(self, still=kept["text/html"], words=kept["text/plain"])

    def hear(self, pressed: Pressed) -> None:
        """Call `pressed` with what the page sends.

        It may run beside a busy cell, on a thread of its own: it must not print.
        """
        self.on_msg(lambda _panel, content, _buffers: pressed(content))
