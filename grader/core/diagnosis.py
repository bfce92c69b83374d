"""Name what is wrong with a repair from what was measured, and only from that."""

from __future__ import annotations

from dataclasses import dataclass

from grader.core.intervals import Number, UndecidedError, smallest
from grader.core.question import Bars

# Percent points. A steady recipe that misses its bar by less is nearly there.
NEARLY = 4.0
# Training rows answered better than others by more: what was learnt does not carry over.
GAP = 5.0
# Percent of the wrong labels: who has learnt so many learns by heart.
BY_HEART = 50.0
# Percent of the rightly labelled ones: who knows fewer guesses, and guesses wrong labels as well.
KNOWS_ITS_ROWS = 90.0
# Unseen rows may miss their bar by so much, and validation rows be answered better by no more than
# the second, where half the points are given.
JUST_MISSED = 2.0
TOO_MUCH_BETTER = 4.0
HALF = 0.5


@dataclass(frozen=True)
class DrawScore:
    """One draw, in percent: accuracies, and of the wrong training labels those learnt.

    `rightly_labelled` is the accuracy on the training rows with right labels alone. Of medians that
    a further draw may move, bounds stand here.
    """

    train: Number
    val: Number
    hidden: Number
    learnt_by_heart: Number
    rightly_labelled: Number = 100.0


@dataclass(frozen=True)
class Symptoms:
    """What was found by asking: an end of sequences that moves no answer, padding that does.

    Where it is not `certain`, a further draw may still show one.
    """

    unseen_end: str | None = None
    reads_padding: bool = False
    certain: bool = True


def diagnose(middle: DrawScore, bars: Bars, symptoms: Symptoms | None = None) -> str | None:
    """Name what the medians show, or None where all bars hold.

    Raises UndecidedError where it depends on which of the numbers between bounds the medians are.
    """
    found = symptoms or Symptoms()
    train_holds = middle.train < bars.applied_train_below
    val_holds = middle.val >= bars.applied_val_at_least
    # unseen rows are looked at where it matters: bounds on the bar leave all else undecided
    if val_holds and middle.hidden >= bars.applied_hidden_at_least:
        if not train_holds:
            return "train-too-high"
        # whoever knows the rule knows the training rows with right labels best of all
        spoiled = middle.hidden - middle.rightly_labelled > TOO_MUCH_BETTER
        return "training-rows-spoiled" if spoiled else None
    if not train_holds:
        return "memorises"
    if val_holds:
        close = middle.val - middle.hidden <= TOO_MUCH_BETTER
        just = middle.hidden >= bars.applied_hidden_at_least - JUST_MISSED
        if close and just and middle.val >= bars.val_at_least:
            return "unseen-just-missed"
        return "hidden-data"
    return _below(middle, bars, found)


def _below(middle: DrawScore, bars: Bars, found: Symptoms) -> str:
    """Why validation misses its bar while training accuracy is not too high."""
    if found.unseen_end:
        return "unseen-ends" if found.unseen_end == "both" else "unseen-end"
    if found.reads_padding:
        return "reads-padding"
    if not found.certain:
        raise UndecidedError
    if middle.learnt_by_heart > BY_HEART and middle.rightly_labelled > KNOWS_ITS_ROWS:
        return "memorises"
    short = bars.applied_val_at_least - smallest(middle.val, middle.hidden)
    if middle.train < bars.applied_val_at_least:
        return "nearly" if short <= NEARLY else "underfits"
    if middle.train - middle.val <= GAP or short <= NEARLY:
        return "nearly"
    return "overfits"


def share_of(mistake: str) -> float:
    """The share of a repair's points that a diagnosis leaves."""
    halves = {"train-too-high", "training-rows-spoiled", "unseen-just-missed"}
    return HALF if mistake in halves else 0.0
