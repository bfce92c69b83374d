"""Names of Python's or of a package that a learner's own cell gave another meaning.

`sum = 0` is no error. The `sum(...)` that comes after it is one, and its text names neither.
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Collection, Iterable

from grader.core.error_messages import overwritten as sentence
from grader.core.name_bindings import read_bindings

_MISUSE = re.compile(
    r"'[\w.]+' object is not (?:callable|subscriptable)|object has no attribute '(?P<what>\w+)'"
)


def overwritten(own: Iterable[str], given: Iterable[str]) -> dict[str, str]:
    """What to say by the name; `own` and `given` are sources of the learner's and other cells."""
    modules = {name for source in given for name in read_bindings(source).modules}
    known = modules | {name for name in vars(builtins) if not name.startswith("_")}
    found: dict[str, str] = {}
    for source in own:
        bindings = read_bindings(source)
        for name in (bindings.binds - bindings.modules) & known:
            found[name] = sentence(name, source)
    return found


def misused(message: str, names: Collection[str]) -> str:
    """Which of `names` an error is about, by the line that it happened in; "" for none."""
    match = _MISUSE.search(message)
    if match is None:
        return ""
    if match["what"] == "check" and "lab" in names:
        return "lab"
    line = message[match.end() :]
    used = (name for name in sorted(names) if re.search(rf"(?<![\w.]){name}\s*[.(\[]", line))
    return next(used, "")
