"""Judge a repair: train the learner's recipe on data sets drawn anew and score what it predicts.

A repair is a recipe, not a set of weights, so a lucky seed or a model that has learnt the page's
validation set neither pays nor hurts. Hidden labels stay on the judge's side: only sequences are
sent.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

import numpy as np
import numpy.typing as npt

from grader.core import repair_messages
from grader.core.compare import describe
from grader.core.question import Bars, Draw, Prepared, Repair
from grader.core.requests import Predict, Raised, Returned, Rows, Unusable
from grader.core.ruling import failed, rule
from grader.core.trained import Ask, EndedError, Facts, end, size_and_layer, train
from grader.core.values import Tensor
from grader.core.verdict import Outcome, Verdict

Logits = npt.NDArray[np.float64]

# A model that reads its layer moves its answers with the layer's outputs. An honest skip connection
# keeps a few where they were; a model that ignores the layer agrees by chance only. A model that
# reads at a place of its own in each row (at a blank, at the last word) finds a strange place in
# the neighbour's outputs: then its answers cannot follow, but they do not stay either.
FOLLOWS_AT_LEAST = 0.8
STAYS_AT_MOST = 0.6
ROWS_FOR_RULES = 256
# Zeros behind the end of every sequence; logits may move by rounding only.
MORE_PADDING = 15
PADDING_MOVES_AT_MOST = 1e-3


@dataclass(frozen=True)
class Score:
    """One draw: accuracies in percent, and the share (percent) of wrong training labels learnt."""

    train: float
    val: float
    hidden: float
    learnt_by_heart: float


def judge_repair(question: Prepared, ask: Ask) -> Verdict:
    """Train and score the recipe on every draw; medians decide."""
    repair = question.repair
    if repair is None or not repair.draws:
        message = f"{question.id}: a repair is judged on draws, and none were prepared"
        raise ValueError(message)
    try:
        scores, idle = [], 0.0
        for draw in repair.draws:
            train(question, ask, draw)
            idle = max(idle, _rules(question, repair, ask, draw).idle_dropout)
            scores.append(_score(question, ask, draw))
        return _decide(question, repair, scores, idle)
    except EndedError as ended:
        return ended.verdict


def _logits(question: Prepared, ask: Ask, rows: Rows, roll: str | None = None) -> Logits:
    reply = ask(Predict(rows.x, rows.lengths, roll))
    if isinstance(reply, Raised):
        raise EndedError(failed(question, reply))
    classes = int(rows.y.array.max()) + 1
    made = reply.value if isinstance(reply, Returned) else None
    wanted = (rows.x.shape[0], classes)
    if (
        isinstance(made, Tensor)
        and made.is_floating
        and made.shape == wanted
        and bool(np.isfinite(made.array).all())
    ):
        return made.array.astype(np.float64)
    got = reply.what if isinstance(reply, Unusable) else describe(made)
    text = repair_messages.logits_form(got, *wanted)
    raise EndedError(rule(question, Outcome.WRONG, text, mistake="not-logits"))


def _rules(question: Prepared, repair: Repair, ask: Ask, draw: Draw) -> Facts:
    """Check once: the layer is there and used, the size holds, eval mode is deterministic."""
    facts = size_and_layer(question, repair, ask)
    rows = _first(draw.val, ROWS_FOR_RULES)
    logits = _logits(question, ask, rows)
    if not np.allclose(logits, _logits(question, ask, rows), rtol=1e-4, atol=1e-5):
        end(question, repair, "random-in-eval")
    before = logits.argmax(1)
    moved = _logits(question, ask, rows, roll=repair.layer).argmax(1)
    follows, stays = (moved == np.roll(before, 1)).mean(), (moved == before).mean()
    if follows < FOLLOWS_AT_LEAST and stays > STAYS_AT_MOST:
        end(question, repair, "layer-unused")
    if repair.pad_invariant:
        for change, padded, places in padded_anew(rows):
            moved_by = np.abs(_logits(question, ask, padded) - logits[places]).max()
            if moved_by > PADDING_MOVES_AT_MOST * max(1.0, float(np.abs(logits).max())):
                end(question, repair, "pad-invariance", change=change, moved=moved_by)
    return facts


def _first(rows: Rows, count: int) -> Rows:
    def cut(tensor: Tensor) -> Tensor:
        return Tensor(tensor.array[:count], tensor.dtype, tensor.library)

    lengths = cut(rows.lengths) if rows.lengths else None
    return Rows(cut(rows.x), cut(rows.y), lengths)


def padded_anew(rows: Rows) -> list[tuple[str, Rows, npt.NDArray[np.int64]]]:
    """The same sequences with more padding, and the shorter half with as little as they need.

    Each comes with its change in words and the places of its rows in `rows`. The second finds a
    model that cuts each batch to its longest sequence and then reads the last step.
    """
    if rows.lengths is None:
        message = "pad invariance is a rule for data with lengths; this split has none"
        raise ValueError(message)
    x, lengths = rows.x.array, rows.lengths.array
    more = np.pad(x, [(0, 0), (0, MORE_PADDING), *[(0, 0)] * (x.ndim - 2)])
    everyone = np.arange(len(lengths))
    shorter = np.argsort(lengths, kind="stable")[: max(1, len(lengths) // 2)]
    least = x[shorter, : int(lengths[shorter].max())]
    return [
        (f"{MORE_PADDING} more zeros behind each", _with_x(rows, everyone, more), everyone),
        ("a batch of shorter ones and less padding", _with_x(rows, shorter, least), shorter),
    ]


def _with_x(rows: Rows, places: npt.NDArray[np.int64], x: npt.NDArray[Any]) -> Rows:
    def pick(tensor: Tensor) -> Tensor:
        return Tensor(tensor.array[places], tensor.dtype, tensor.library)

    lengths = pick(rows.lengths) if rows.lengths else None
    return Rows(
        Tensor(np.ascontiguousarray(x), rows.x.dtype, rows.x.library), pick(rows.y), lengths
    )


def _score(question: Prepared, ask: Ask, draw: Draw) -> Score:
    train = _logits(question, ask, draw.train).argmax(1)
    labels, wrong = draw.train.y.array, draw.wrong.array.astype(bool)
    learnt = float((train[wrong] == labels[wrong]).mean()) if wrong.any() else 0.0

    def percent(rows: Rows) -> float:
        return 100.0 * float((_logits(question, ask, rows).argmax(1) == rows.y.array).mean())

    return Score(
        train=100.0 * float((train == labels).mean()),
        val=percent(draw.val),
        hidden=percent(draw.hidden),
        learnt_by_heart=100.0 * learnt,
    )


def _decide(
    question: Prepared, repair: Repair, scores: list[Score], idle_dropout: float
) -> Verdict:
    middle = Score(
        train=median(score.train for score in scores),
        val=median(score.val for score in scores),
        hidden=median(score.hidden for score in scores),
        learnt_by_heart=median(score.learnt_by_heart for score in scores),
    )
    details = {
        "draws": [asdict(score) for score in scores],
        "median": asdict(middle),
        "reference": repair.reference,
    }
    shown = (middle.train, middle.val, middle.hidden)
    mistake = diagnose(middle, repair.bars)
    if mistake is None:
        text = repair_messages.repair_passed(*shown, len(scores))
        return rule(question, Outcome.PASSED, text, details=details)
    share = 0.5 if mistake == "train-too-high" else 0.0
    advice = repair_messages.REPAIR_ADVICE[mistake]
    if idle_dropout:
        mistake = "dropout-on-one-layer"
        advice = repair_messages.REPAIR_ADVICE[mistake].format(dropout=idle_dropout)
    measured, goal = repair_messages.scores(*shown), repair_messages.bars(repair.bars)
    text = f"{advice} Measured: {measured}; goal: {goal}."
    return rule(question, Outcome.WRONG, text, mistake=mistake, share=share, details=details)


def diagnose(middle: Score, bars: Bars) -> str | None:
    """Name what the medians show, or None where all bars hold."""
    train_holds = middle.train < bars.applied_train_below
    val_holds = middle.val >= bars.applied_val_at_least
    hidden_holds = middle.hidden >= bars.applied_hidden_at_least
    if val_holds and hidden_holds:
        return None if train_holds else "train-too-high"
    if val_holds:
        return "hidden-data"
    if not train_holds:
        return "memorises"
    # below the bar on its own training data as well: there is little to carry over yet
    return "underfits" if middle.train < bars.applied_val_at_least else "overfits"
