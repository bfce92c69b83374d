"""Who is looking: a person in a notebook, a notebook run without a person, or nobody.

Everything in `lab` that shows something asks here first, and shows it through `show`.
"""

import contextlib
import os
import sys
from collections.abc import Iterator
from typing import Any

from grader.lab import run_context
from grader.wire import channels, perform

GRADING_VARIABLE = "NBGRADER_EXECUTION"
"""nbgrader sets it to "autograde" or "validate" while it runs a notebook."""

SAVES_PICTURES = "GRADER_SAVES_PICTURES"
"""`grader lab` sets it: its JupyterLab saves words and pictures, and no panel."""


def kernel() -> Any | None:
    """The IPython kernel this code runs in; None in scripts, tests and terminals."""
    if "IPython" not in sys.modules:
        return None
    from IPython import get_ipython

    return getattr(get_ipython(), "kernel", None)


def is_graded() -> bool:
    """True while nbgrader or the referee runs the notebook: nothing is shown, nothing recorded."""
    return GRADING_VARIABLE in os.environ or channels.current() is not None


def is_validated() -> bool:
    """True while `nbgrader validate`, or JupyterLab's Validate button, runs the notebook."""
    return os.environ.get(GRADING_VARIABLE) == "validate"


def can_show() -> bool:
    """True where something can be kept in a notebook: a kernel, and no grading under way."""
    return not is_graded() and kernel() is not None


def wants_plots() -> bool:
    """True where a training run should draw itself: somewhere to show it, and no check running."""
    return can_show() and not run_context.current().quiet


def wants_prints() -> bool:
    """True where a graded run should leave a PNG: in a cell of its own, not inside a check."""
    inside_check = run_context.current().quiet or perform.is_performing()
    return is_graded() and kernel() is not None and not inside_check


def wants_records() -> bool:
    """True where a graded run should leave its curves as numbers: while a check trains."""
    return channels.current() is not None and kernel() is not None and perform.is_performing()


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Train without pictures inside the block: a check's own runs are not the learner's."""
    here = run_context.current()
    here.quiet += 1
    try:
        yield
    finally:
        here.quiet -= 1


def has_person() -> bool:
    """True where somebody can press a button.

    Notebook programs let a cell ask for input; nbclient and nbconvert, which run notebooks with
    nobody watching, say in their request that it must not.
    """
    here = kernel()
    if here is None or not can_show():
        return False
    request = here.get_parent()
    return bool(request.get("content", {}).get("allow_stdin", False))


def has_panels() -> bool:
    """True where panels can be clicked, and the notebook program saves none of them.

    That is JupyterLab as `grader lab` starts it. Elsewhere a saved panel would come back without
    its kernel as "model not found"; the words alone are better there.
    """
    return has_person() and SAVES_PICTURES in os.environ


def show(thing: Any, *, raw: bool = False) -> Any:
    """Display a widget, or with `raw` a bundle of mime types; returns a handle to rewrite it."""
    import IPython.display

    display: Any = IPython.display.display  # untyped there
    return display(thing, raw=raw, display_id=True)


def hears_clicks() -> bool:
    """True where a button's click can reach Python while a cell is busy.

    That takes ipykernel's subshells and a notebook program that sends clicks through them.
    JupyterLab from 4.4 on does, VS Code does not.
    """
    features = getattr(kernel(), "kernel_info", {}).get("supported_features", [])
    return "kernel subshells" in features and "VSCODE_PID" not in os.environ
