"""What a teacher may want to look at: signs, never proofs, and never a point.

What the referee cannot judge from outside (a model that is not what its source says) leaves traces
in the sources of a submission or in its numbers. Whoever wants to hide can avoid all of these.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from nbformat import NotebookNode

from grader.classroom.notebooks.rebuilding import (
    learner_cells,
    loads,
    namesakes,
    replaced_cells,
    retyped,
)
from grader.core.plain_text import one_line
from grader.core.repair_judge import medians
from grader.core.verdicts import Verdict

_LIBRARIES = "torch|np|numpy|nn|F|builtins"
# Words in a learner's code, and what they may be good for. Honest code of this course needs none.
_WORDS = {
    r"grader\.(wire|worker|core|referee)|from grader import (?!lab\b)": "reaches into the grader",
    r"get_ipython\(\)\.(?!run_line_magic)|ast_transformers|input_transformers": (
        "changes how cells are run"
    ),
    r"lab\.check\s*=(?!=)|setattr\(lab\b": "replaces the check",
    rf"(?<![.\w])({_LIBRARIES})\.[\w.]+\s*=(?!=)|setattr\(({_LIBRARIES})\b": "changes a library",
    r"__torch_function__|__eq__|__class__": "makes objects that compare as they like",
    r"_getframe|inspect\.(stack|currentframe)|gc\.get_(objects|referrers)|\b(In|Out)\[-": (
        "looks into others' variables"
    ),
    r"/proc/|os\.environ|solutions/|gradebook|submitted/": "looks around on the machine",
    r"\b(ctypes|socket|subprocess|multiprocessing)\b|os\.(fork|kill|_exit|system|setsid)\(": (
        "starts programs or talks to the system"
    ),
    r"\b(pool|hidden)\.npz|sentences\.txt|recipe\.py|lab\.(draw|recipe)\(|b64decode|frombuffer": (
        "brings data along that a recipe is not given"
    ),
    r"class \w+\(\s*(torch\.)?(nn\.)?(RNN|GRU|LSTM)\s*\)|_forward_(pre_)?hooks": (
        "makes a recurrent layer of its own under torch's name"
    ),
}
# Validation rows in a training set: both on one line, looked for one after the other, because one
# pattern for both would try the second anew behind each of the first.
_JOINED = re.compile(r"ConcatDataset|(?:\bcat|\bconcat(?:enate)?|stack)\(")
_VALIDATION = re.compile(r"\bval\b")
_TRAINS_ON_VALIDATION = "puts validation rows into a training set"
# Of a cell's source; an honest one has a few thousand characters.
_MOST = 200_000
# A training that does anything takes longer, also on a fast machine.
TRAINED_SECONDS = 0.3
# Percent: with fewer wrong labels learnt than this the training accuracy is honestly low.
LEARNT_BY_HEART = 50.0
# Percent points by which unseen rows may be answered better than training rows, or worse than those
# for validation.
BETTER_ON_UNSEEN = 4.0


def remarks(notebook: bytes, verdicts: Mapping[str, Verdict]) -> list[str]:
    """Sentences for the teacher about a rebuilt notebook and what it earned; often none."""
    try:
        read = loads(notebook)
    except ValueError:  # no notebook at all; whoever reads it next says so
        return []
    cells = learner_cells(read)
    found = [*_replaced(read)] + [
        f"Cell {name} {what} (`{one_line(words)[:40]}`)."
        for name, kind, source in cells
        if kind == "code"
        for what, words in _odd_words(source[:_MOST])
    ]
    return found + [text for name, each in verdicts.items() for text in _numbers(name, each)]


def _replaced(notebook: NotebookNode) -> Iterator[str]:
    """Given cells that the learner had changed; what was meant may be missing in the run."""
    for cell, names in replaced_cells(notebook).items():
        what = f" The change bound {', '.join(names)}." if names else ""
        yield (
            f"The given cell {cell} was changed, and ran as released.{what} "
            "What is needed of it belongs into a cell of the learner's own."
        )
    for cell in namesakes(notebook):
        yield (
            f"A cell has the name of the given cell {cell} and says other things (a changed copy, "
            "or a cell of another unit): it was run as the learner's own."
        )
    for cell in retyped(notebook):
        yield (
            f"The answer cell {cell} had become another kind of cell (text for code, say: one key "
            "in JupyterLab); it was taken as what it was released as."
        )


def _odd_words(source: str) -> Iterator[tuple[str, str]]:
    """What a source does that honest ones do not, and the words that say so."""
    for pattern, what in _WORDS.items():
        match = re.search(pattern, source)
        if match:
            yield what, match.group()
    for line in source.split("\n"):
        first = _JOINED.search(line)
        if first and (first.group() == "ConcatDataset" or _VALIDATION.search(line, first.end())):
            yield _TRAINS_ON_VALIDATION, line[first.start() :]
            return


def _numbers(name: str, verdict: Verdict) -> Iterator[str]:
    """What is odd about the numbers of a repair that earned points.

    Where medians are not known to the last digit, what holds for all that they can be.
    """
    details: Mapping[str, Any] = verdict.details
    middle = medians(details)
    if not verdict.points or not middle:
        return
    seconds = details.get("trained_seconds")
    if seconds is not None and seconds < TRAINED_SECONDS:
        yield f"{name} was trained in {seconds:.2f} s: is the rule written into its model?"
    if not {"train", "hidden", "learnt_by_heart"} <= set(middle):
        return
    train, hidden = middle["train"], middle["hidden"]
    if "val" in middle and (middle["val"] - hidden).low > BETTER_ON_UNSEEN:
        yield f"{name} answers validation rows better than unseen ones: was it trained on them?"
    if (hidden - train).low > BETTER_ON_UNSEEN:
        yield (
            f"{name} answers training rows worse than unseen ones ({train:.1f}% and {hidden:.1f}%)."
        )
    if middle["learnt_by_heart"].low > LEARNT_BY_HEART and verdict.points == verdict.maximum:
        yield (
            f"{name} knows {middle['learnt_by_heart']:.0f}% of the wrong labels by heart, and yet "
            "its accuracy on training rows is low: are some answered wrong on purpose?"
        )
