"""A panel in the page: a script draws a state, Python makes it and hears what was pressed.

Imported only where a panel can be shown (`frontend.has_panels`): it loads ipywidgets. All text of a
panel also exists without it, as an ordinary output beside it; the panel itself is never saved.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import anywidget
import traitlets

from grader.lab.live_widgets import show_live

NOT_DRAWN = "(Run this cell for buttons to click.)"
_HERE = Path(__file__).parent

Pressed = Callable[[dict[str, Any]], None]

# What a script needs beside `jupyterlab.js`, in this order, before it: scripts and styles.
_NEEDS = {
    "play.js": ("cell_math.js", "cell_formulas.js", "play.css"),
    "walk.js": ("changes.js", "play.css", "walk.css"),
    "guess.js": ("guess.css",),
    "generate.js": ("changes.js", "play.css", "walk.css", "generate.css"),
}


def source_of(script: str) -> tuple[str, str]:
    """The whole script of a panel, and its style."""
    names = ("panel.css", "jupyterlab.js", *_NEEDS.get(script, ()), script)
    words = {name: (_HERE / name).read_text(encoding="utf-8") for name in names}
    kinds = (".js", ".css")
    esm, css = ("\n".join(words[n] for n in names if n.endswith(kind)) for kind in kinds)
    return esm, css


class Panel(anywidget.AnyWidget):
    """What a script draws: `asked` stays as it is, `state` changes with every press."""

    asked = traitlets.Dict().tag(sync=True)
    state = traitlets.Dict().tag(sync=True)

    def __init__(self, script: str, asked: dict[str, Any], state: dict[str, Any]) -> None:
        """Make the panel that `script` (such as "quiz.js") draws."""
        self._esm, self._css = source_of(script)
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


class Guide(Protocol):
    """What answers a panel's presses with the state that it draws next."""

    def asked(self) -> dict[str, Any]:
        """What the page's script needs once."""

    def state(self) -> dict[str, Any]:
        """What it draws now."""

    def press(self, content: dict[str, Any]) -> dict[str, Any]:
        """Do what was pressed; what it draws then."""


def show_answered(script: str, guide: Guide, still: dict[str, str]) -> None:
    """Show the panel that `script` draws, with `guide` to answer it; see `Panel.show`."""
    panel = Panel(script, guide.asked(), guide.state())

    def pressed(content: dict[str, Any]) -> None:
        panel.state = guide.press(content)

    panel.hear(pressed)
    panel.show(still)
