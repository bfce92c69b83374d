"""The runs of a repair lab: what each reached, beside the marks it has to pass."""

import html
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

from grader.core.metrics import PERPLEXITY
from grader.core.question import Repair
from grader.lab.curves import perplexity
from grader.lab.training_history import History

_WORDS_IN = (1, 7)  # the columns of words; the others hold numbers


@dataclass(frozen=True)
class Run:
    """One training: accuracies in percent or perplexities, in eval mode, of the kept weights."""

    recipe: str
    train: float
    val: float
    parameters: int
    seconds: float
    epoch: int
    ending: str

    @classmethod
    def of(cls, history: History, repair: Repair, recipe: str, parameters: int) -> Self:
        """What a history says in the measure that the repair is judged by."""
        kept = history.kept
        if repair.metric == PERPLEXITY:
            train, val = perplexity(kept.train_loss), perplexity(kept.val_loss)
        else:
            train, val = kept.train_accuracy, kept.val_accuracy
        seconds = history.records[-1].seconds
        return cls(recipe, train, val, parameters, seconds, kept.epoch, history.stopped)

    def to_json(self) -> dict[str, Any]:
        """For the record beside the notebook."""
        return asdict(self)


def marks(run: Run, repair: Repair) -> tuple[bool, str]:
    """Whether a run reaches the goal on the page's data, and in words what is missing."""
    bars = repair.bars
    missing = []
    if repair.metric == PERPLEXITY:
        top = bars.perplexity_at_most or math.inf
        if not run.val <= top:
            missing.append(f"validation above {top:g}")
    else:
        if not run.val >= bars.val_at_least:
            missing.append(f"validation below {bars.val_at_least:g}")
        if not run.train < bars.train_below:
            missing.append(f"training not below {bars.train_below:g}")
    most = repair.parameters_at_most
    if most is not None and run.parameters > most:
        missing.append(f"more than {most:,} parameters")
    return (True, "✔ goal reached") if not missing else (False, f"✘ {', '.join(missing)}")


def as_html(runs: Sequence[Run], repair: Repair) -> str:
    """The table, newest run last; it reads without colours and without a kernel."""
    unit = "perplexity" if repair.metric == PERPLEXITY else "%"
    gap = "val / train" if repair.metric == PERPLEXITY else "gap"
    heads = [
        "run",
        "recipe",
        f"training {unit}",
        f"validation {unit}",
        gap,
        "parameters",
        "seconds",
        "on this page's data",
    ]
    rows = ["".join(_cell("th", *pair) for pair in enumerate(heads))]
    for number, run in enumerate(runs, start=1):
        cells = _cells(number, run, repair)
        rows.append("".join(_cell("td", *pair) for pair in enumerate(cells)))
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    return f'<table style="margin:6px 0">{body}</table>'


def _cell(tag: str, column: int, words: str) -> str:
    side = "left" if column in _WORDS_IN else "right"
    return f'<{tag} style="text-align:{side}">{html.escape(words)}</{tag}>'


def as_text(runs: Sequence[Run], repair: Repair) -> str:
    """The same in words, a line a run."""
    lines = []
    for number, run in enumerate(runs, start=1):
        cells = _cells(number, run, repair)
        lines.append(
            f"run {cells[0]} ({cells[1]}): training {cells[2]}, validation {cells[3]}, "
            f"{cells[5]} parameters, {cells[6]} s: {cells[7]}"
        )
    return "\n".join(lines)


def _cells(number: int, run: Run, repair: Repair) -> list[str]:
    gap = run.val / run.train if repair.metric == PERPLEXITY else run.train - run.val
    stopped = " (stopped by hand)" if run.ending == "by hand" else ""
    return [
        str(number),
        run.recipe + stopped,
        f"{run.train:.1f}",
        f"{run.val:.1f}",
        f"{gap:.1f}",
        f"{run.parameters:,}",
        f"{run.seconds:.1f}",
        marks(run, repair)[1],
    ]
