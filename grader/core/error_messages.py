"""What helps with errors that come of where code runs: a package, a file, a key press too many.

`advice` knows an error by its type and text, wherever it was raised, so the words are the same in
a learner's notebook and in class. `cause` and `changed_cell` tell of another cell.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

PACKAGES = "torch, numpy, matplotlib and Python's own library"
_MODULE = re.compile(r"No module named '([\w.]+)'")
_NAME = re.compile(r"name '(\w+)' is not defined")
_FILE = re.compile(r"No such file or directory: '([^']*)'")
_MAGIC = re.compile(r"(?:[Mm]agic function `([%\w]+)` not found|Cell magic `(%%\w+)` not found)")
_GPU = re.compile(
    r"not compiled with CUDA|No CUDA GPUs|NVIDIA driver|CUDA (error|driver)|torch_npu|"
    r"Attempting to deserialize object on a CUDA|MPS (backend|device)",
    re.IGNORECASE,
)
_NETWORK = re.compile(
    r"name resolution|Name or service not known|Network is unreachable|Failed to resolve|"
    r"Max retries exceeded|urlopen error|Connection (refused|error)",
    re.IGNORECASE,
)
_SHELL = {"ModuleNotFoundError", "ImportError"}
_BACKSLASH = (
    "In a text between quotes a backslash begins a code such as \\n or \\U0001F600, so paths of "
    "Windows break it: write them with /, or put an r before the first quote."
)
_MOST = 120
_MOST_NAMES = 3


def advice(kind: str, text: str) -> str:
    """What to do about an error, or nothing where its own words have to do."""
    module = _MODULE.search(text)
    if kind in _SHELL and module:
        return _package(module.group(1).partition(".")[0])
    if "'widget' is not a recognised GUI loop" in text:
        return _package("ipympl")
    if kind == "SystemExit":
        return (
            "exit(), quit() and sys.exit() end the whole notebook or its cell: what comes after "
            "them is not run. Take them out; `return` ends a function."
        )
    if kind in {"StdinNotImplementedError", "EOFError"} or "input is not supported" in text:
        return (
            "In class nobody is there to type: input() gets no answer. Write the value into the "
            "cell instead."
        )
    if _GPU.search(text):
        return (
            "The machine that ran this has no such GPU, and code that is graded must not need one: "
            "leave out .cuda() and .to('cuda'), or ask first, as in "
            "`device = 'cuda' if torch.cuda.is_available() else 'cpu'`."
        )
    missing = _FILE.search(text)
    if kind == "FileNotFoundError" or (kind == "OSError" and missing):
        return _file(missing.group(1) if missing else "")
    if _NETWORK.search(text):
        return "In class there is no internet: use what the course brings (lab.load)."
    if "unicodeescape" in text:
        return _BACKSLASH
    magic = _MAGIC.search(text)
    return _magic(magic.group(1), magic.group(2)) if magic else ""


def _magic(line: str | None, cell: str | None) -> str:
    if line and line.startswith("%%"):
        return (
            f"{line} has to be the first line of its cell, above comments, too: move it up, or "
            "take it out."
        )
    name = (line or cell or "").lstrip("%")
    return (
        f"The magic %{name} belongs to a package or program that is not here. Leave it out: "
        "nothing in this course needs it."
    )


def _package(name: str) -> str:
    if name == "ipympl":
        return (
            "`%matplotlib widget` needs the package ipympl, which is not part of this course; "
            "pictures come without it. Leave the line out."
        )
    return (
        f"The package {name} is not part of this course. Graded code runs without internet and "
        f"installs nothing (`!pip` does nothing there); it has {PACKAGES}. Write it with those."
    )


def _file(name: str) -> str:
    what = f"{name[:_MOST]!r}" if name else "This file"
    return (
        f"{what} is not there. What is graded is your notebook alone, with the course's data and "
        "none of your files beside it: put what you need into a cell, or use lab.load."
    )


def joined(message: str, sentence: str) -> str:
    """A message and one sentence more."""
    end = "" if message.endswith((".", "!", "?")) else "."
    return f"{message}{end} {sentence}"


def missing_name(text: str) -> str:
    """The name that a NameError misses, or nothing."""
    found = _NAME.search(text)
    return found.group(1) if found else ""


def names_in(source: str) -> list[str]:
    """The names that a cell which does not parse would bind, as its lines begin."""
    found = re.findall(
        r"^(?:def|class|import) (\w+)|^(\w+) *=(?!=)|^from .* import .*?(\w+)$",
        source,
        re.MULTILINE,
    )
    return sorted({name for groups in found for name in groups if name})


def first_line(source: str) -> str:
    """The line by which a learner knows a cell again."""
    lines = [line.strip() for line in source.splitlines()]
    line = next((each for each in lines if each and not each.startswith("#")), "")
    return line if len(line) <= _MOST // 2 else line[: _MOST // 2] + "…"


def cause(name: str, source: str, kind: str, text: str) -> str:
    """Say that a name is missing because a cell that binds it failed."""
    said = f"{kind}: {text.strip()[:_MOST]}" if text.strip() else kind
    start = f"The cause is in another cell: the one that begins `{first_line(source)}` binds "
    if has_conflict(source):
        return (
            f"{start}`{name}`, but holds the marks of a merge conflict (<<<<<<<, =======, >>>>>>>)."
            " Keep one of the two versions, take the marks out, and run it."
        )
    help_ = advice(kind, text)
    return f"{start}`{name}` and ended with {said}. {help_ or 'Mend that one first.'}"


def has_conflict(source: str) -> bool:
    """Whether git has left both versions in a cell."""
    return bool(re.search(r"^<{7}( |$)", source, re.MULTILINE))


def conflict() -> str:
    """Say that an answer holds both versions."""
    return (
        "This cell holds the marks of a merge conflict (<<<<<<<, =======, >>>>>>>), which git "
        "leaves where it could not merge. Keep one of the two versions and take the marks out."
    )


def bound_below(name: str, source: str) -> str:
    """Say that a name is bound by a cell that stands further down."""
    return (
        f"`{name}` is bound in a cell further down, the one that begins `{first_line(source)}`: "
        "run from the top it comes too late. Move it up."
    )


def bound_otherwise(name: str, source: str, bound: Sequence[str]) -> str:
    """Say why an answer cell leaves its own name unbound; "" where its text does not show it."""
    if source.lstrip().startswith("%%timeit"):
        return "%%timeit keeps nothing of what its cell defines: take that line out."
    code = [line for line in source.splitlines() if line.strip()]
    if code and all(line.lstrip().startswith("#") for line in code):
        return "Your answer cell holds comments alone: take the # away from your code, and run it."
    if not bound:
        return ""
    others = ", ".join(f"`{each}`" for each in bound[:_MOST_NAMES])
    return f"Your answer cell binds {others}; what is checked is called `{name}`: call it so."


def overwritten(name: str, source: str) -> str:
    """Say that a cell gave a name of Python's or of a package another meaning."""
    return (
        f"`{name}` is a name that Python or a package brings, and your cell that begins "
        f"`{first_line(source)}` gave it another meaning, which holds for all that comes after. "
        "Call yours something else, restart the kernel, and run all cells."
    )


def changed_cell(source: str, names: Sequence[str]) -> str:
    """Say that a given cell was changed, and what to do about it; `source` is the changed one."""
    moved = f" what you added ({', '.join(f'`{n}`' for n in names)})" if names else " your change"
    return (
        f"You changed a given cell, the one that begins `{first_line(source)}`. In class given "
        f"cells run as they were released: move{moved} to a cell of your own."
    )


def left_out(name: str, cell: str) -> str:
    """Say that a missing name was bound by a change to a given cell."""
    return (
        f"You had bound `{name}` in a given cell ({cell}). Given cells run as they were released: "
        "move your line to a cell of your own."
    )
