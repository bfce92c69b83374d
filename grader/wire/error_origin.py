"""Where an error arose: in the answer itself, or in a function that it calls."""

from __future__ import annotations

import linecache
import os
import sys
from pathlib import Path
from types import FrameType

_PACKAGE = Path(__file__).resolve().parent.parent
# Folders, with the separator at their ends: `grader-notes/` beside `grader/` is a learner's.
_NOT_LEARNERS = tuple(f"{path}{os.sep}" for path in (_PACKAGE, sys.prefix, sys.base_prefix))
_MOST = 120


def places(error: BaseException) -> tuple[str, str]:
    """`line 3: h = x @ W` in the answer, and what a function that the answer calls says of it.

    The second is empty where the answer's own line raised; else `rnn_step got x (3, 5), h (2, 4)
    and failed in its line 2: return x @ W`. Frames of ours and of libraries are passed over.
    """
    found: list[tuple[FrameType, int]] = []
    trace = error.__traceback__
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        if not name.startswith(_NOT_LEARNERS):
            found.append((trace.tb_frame, trace.tb_lineno))
        trace = trace.tb_next
    if not found:
        return "", ""
    # a comprehension is a frame of its own in older Pythons, and no function to a learner
    named = [(frame, line) for frame, line in found if not frame.f_code.co_name.startswith("<")]
    if len({frame.f_code for frame, _ in named}) < 2:
        return _line(*found[-1]), ""
    frame, number = named[-1]
    got = _given(frame)
    return (
        _line(*found[0]),
        f"{frame.f_code.co_name} {f'got {got} and ' if got else ''}failed in its "
        f"{_line(frame, number)}",
    )


def _line(frame: FrameType, number: int) -> str:
    code = linecache.getline(frame.f_code.co_filename, number).strip()[:_MOST]
    return f"line {number}: {code}"


def _given(frame: FrameType) -> str:
    """The arguments of a call by their shapes: `x (3, 5), h (2, 4), more 3`."""
    names = frame.f_code.co_varnames[: frame.f_code.co_argcount]
    held = frame.f_locals
    return ", ".join(f"{name} {_shape(held[name])}" for name in names if name in held)[:400]


def _shape(thing: object) -> str:
    try:
        shape = getattr(thing, "shape", None)
    except Exception:  # noqa: BLE001 - parameters of a lazy layer have none before its first call
        shape = None
    if isinstance(shape, tuple):
        return str(tuple(shape))
    if isinstance(thing, list | tuple | dict):
        return f"(a {type(thing).__name__} of {len(thing)})"
    if isinstance(thing, bool | int | float):
        return str(thing)
    return f"(a {type(thing).__name__})"
