"""ipykernel's internals that the lab changes, written for ipykernel 7.4.0."""

from typing import Any


def answer_where_asked(widget: Any) -> None:
    """Let clicks on `widget`, or on the children of a box, reach Python while a cell runs.

    ipykernel 7.4.0 sends a widget's messages to the shell that last published on its comm: the one
    that the cell keeps busy, so a click on Stop would wait for the end of the run. No option turns
    that off. Other versions lack the method and need no change: `python -m benchmarks.stop 7.3.0
    7.4.0` tries them.
    """
    comm = widget.comm
    if _needs_change(comm, "_reply_subshell_for"):
        comm._reply_subshell_for = lambda _data, default: default  # noqa: SLF001
    for child in getattr(widget, "children", ()):
        answer_where_asked(child)


def _needs_change(comm: Any, method: str) -> bool:
    """Whether this ipykernel's comms have the method; those outside of a kernel have none."""
    return hasattr(comm, method)
