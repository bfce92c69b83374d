"""Every sentence that a learner reads about a repair; all others stand in `core.messages`."""

from __future__ import annotations

from grader.core.intervals import Number, interval
from grader.core.metrics import ACCURACY
from grader.core.question import Bars

# Percent points around a bar that no other sentence shows.
CLOSE = 2.0


def bars(goal: Bars) -> str:
    """The published goal of a repair."""
    return f"validation ≥ {goal.val_at_least:g}% while training < {goal.train_below:g}%"


def judged(goal: Bars, train: Number, val: Number, hidden: Number) -> str:
    """The bars that decide, where a reader of the published ones would wonder; else nothing."""
    trained, held, unseen = (interval(score) for score in (train, val, hidden))
    between = (
        (goal.train_below <= trained.high and trained.low < goal.applied_train_below)
        or (goal.applied_val_at_least <= held.high and held.low < goal.val_at_least)
        or (
            unseen.low <= goal.applied_hidden_at_least + CLOSE
            and unseen.high >= goal.applied_hidden_at_least - CLOSE
        )
    )
    if not between:
        return ""
    return (
        f" The check is a little milder than the goal: validation and unseen data from "
        f"{goal.applied_val_at_least:g}% count, and training below {goal.applied_train_below:g}%."
    )


def scores(train: Number, val: Number, hidden: Number, draws: int) -> str:
    """A repair's scores: medians where there is more than one draw."""
    middle = "medians: " if draws > 1 else ""
    shown = [ACCURACY.written(score) for score in (train, val, hidden)]
    return f"{middle}training {shown[0]}, validation {shown[1]}, unseen data {shown[2]}"


def decided(trained: int, left: int) -> str:
    """Say that so many data sets decided, and that those left could not have changed it."""
    rest = "third" if (trained, left) == (2, 1) else "other" if left == 1 else f"other {left}"
    return f"({trained} of {trained + left} data sets; the {rest} could not change the verdict.)"


def percent_points(missing: Number) -> str:
    """`1.5 points`, `1 point`, `1 to 1.5 points`."""
    known = interval(missing)
    ends = dict.fromkeys(f"{float(f'{end:.1f}'):g}" for end in (known.low, known.high))
    shown = " to ".join(ends)
    return f"{shown} point" + ("" if shown == "1" else "s")


def held(parameters: int, elsewhere: int) -> str:
    """How large a model is, and where its numbers are."""
    if not elsewhere:
        return f"{parameters:,} parameters"
    return (
        f"{parameters + elsewhere:,} numbers: {parameters:,} in parameters, frozen ones too, and "
        f"{elsewhere:,} in buffers and whatever else it keeps"
    )


def perplexities(
    train: Number, val: Number, hidden: Number, bigram_val: Number, bigram_hidden: Number
) -> str:
    """A language model's medians beside the bigram model's."""
    return (
        f"perplexity {train:.1f} on training sentences, {val:.1f} on validation (a bigram model "
        f"there {bigram_val:.1f}), {hidden:.1f} on unseen ones (bigram {bigram_hidden:.1f})"
    )


def perplexity_passed(measured: str) -> str:
    """Say that a language model beats the bigram model on sentences it had not seen."""
    return f"Repaired: less unsure of the next word than a bigram model. Measured: {measured}."


def repair_passed(shown: str, draws: int, judged: str) -> str:
    """Say that the recipe works on data it had not seen."""
    where = "a fresh data set" if draws == 1 else f"{draws} fresh data sets"
    return f"Repaired: on {where}, {shown}.{judged}"


REPAIR_ADVICE = {
    "memorises": (
        "The model knows its own training rows too well: it has learnt {by_heart:.0f}% of their "
        "wrong labels by heart. Make memorising harder from the first layer on, and stop when "
        "validation stops improving."
    ),
    "underfits": (
        "The model does not fit its own training rows yet, so it needs more, not less: train "
        "longer, raise the learning rate, give it more units, or loosen the regularisation."
    ),
    "nearly": (
        "Nearly: it learns little by heart and is steady, {missing} short of what counts. Keep the "
        "recipe and give it a little more: some more epochs (or patience), a few more units, or a "
        "little less dropout."
    ),
    "overfits": (
        "Training is below its bar, but what was learnt there does not carry over to new data. "
        "Regularise the input, or make the model smaller."
    ),
    "unseen-end": (
        "The model cannot see everything: exchanging the {end} two steps of a sequence changes "
        "nothing in its answers. Look at what the layer has read where the head reads it. Does it "
        "need the other direction as well, or another place to read at?"
    ),
    "unseen-ends": (
        "Hardly anything of a sequence reaches the answer: exchanging its first or its last two "
        "steps changes nothing. Look at what the head reads: after `pad_packed_sequence` the last "
        "row is padding for every sequence shorter than the longest. Read at a step of the "
        "sequence, or h_n."
    ),
    "reads-padding": (
        "The model reads padding: with other steps behind the ends of the same sequences, its "
        "answers change. Read where there is something to read: at a step of the sequence, or h_n "
        "of a packed batch."
    ),
    "hidden-data": (
        "Validation holds, but unseen data does not follow. Validation rows are there to choose "
        "by; the more often one chooses, the less they say about others. Make the recipe steadier: "
        "more regularisation, or less that hangs on a single good epoch."
    ),
    "unseen-just-missed": (
        "Validation reaches the goal and unseen data just misses it, by {missing}. Half the "
        "points; a little steadier gives the rest: slightly more dropout on the input, or a few "
        "more epochs."
    ),
    "train-too-high": (
        "Validation and unseen data hold, but training accuracy is above the bar: some wrong "
        "labels are still learnt by heart. Half the points; a little more regularisation gives "
        "the rest."
    ),
    "training-rows-spoiled": (
        "Training rows with right labels are answered worse ({right:.1f}%) than unseen rows "
        "({hidden:.1f}%). A model that has learnt knows them at least as well, so this training "
        "accuracy says nothing. Half the points."
    ),
    "relabels": (
        "The data stays, and so do its labels: {share:.0f}% of the training rows were given to "
        "lab.fit with another label. Train on the labels as they come; the task is to keep the "
        "wrong ones from being learnt by heart."
    ),
    "trains-on-validation": (
        "{share:.0f}% of the validation rows were given to lab.fit to be trained on. They may "
        "steer a training (patience), never be trained on: hand over `train` alone."
    ),
    "batch-dependence": (
        "The answer to a sequence depends on the other sequences of its batch: in other company a "
        "logit moved by {moved:.2g}. Is `batch_first=True` set, was something reshaped with `view` "
        "where `transpose` belongs, or are statistics taken over the batch?"
    ),
    "answers-change": (
        "The same rows, asked once more among others, got other answers in {share:.0f}% of the "
        "cases. A trained model answers each row for itself and learns nothing while it is asked."
    ),
    "weights-change": (
        "The model's weights changed while it was asked. Training ends with train_model: in eval "
        "mode a model computes and keeps nothing."
    ),
    "sees-the-future": (
        "The logits for a next word change when the words after it are cut away: the model has "
        "seen the answer. A language model reads in one direction only (bidirectional=False), and "
        "nothing in it may run backwards over time."
    ),
    "probabilities": (
        "The model gives probabilities; logits were expected. Leave the softmax out: "
        "CrossEntropyLoss applies it, and a second one flattens everything."
    ),
    "random-in-eval": (
        "Two passes over the same data in eval mode gave different logits. Is dropout still on "
        "(F.dropout needs training=self.training), or does the state start from random numbers?"
    ),
    "layer-missing": "The model has no {layer} layer; the rules ask that nn.{layer} stays.",
    "layer-unused": (
        "The model has an nn.{layer} layer, but hardly an answer changes when the layer reads "
        "another sequence: something else decides. The rules ask that the answer comes from "
        "nn.{layer}; a connection past it may stand beside it, not in its place."
    ),
    "layer-idle": (
        "The model has an nn.{layer} layer, but torch's own nn.{layer} never runs when the model "
        "is asked. The rules ask that the answer comes from it: call it in forward, and leave its "
        "own forward as it is."
    ),
    "pad-invariance": (
        "The model reads padding: with {change}, the same sequences and lengths moved a logit by "
        "{moved:.2g}. Use the lengths: pack the batch and read h_n, or gather or average the "
        "valid steps only."
    ),
    "too-large": "The model has {held}; the rules allow at most {limit}.",
    "dropout-on-one-layer": (
        "dropout={dropout:g} inside a recurrent layer acts between stacked layers, and you have "
        "one: it does nothing. Put nn.Dropout on the input or before the head."
    ),
}

# The same illnesses in a language model.
PERPLEXITY_ADVICE = {
    "memorises": (
        "The model has learnt its training sentences by heart: on new ones it is more unsure than "
        "a bigram model. Stop when validation stops improving, and hold the weights back."
    ),
    "underfits": (
        "Training and new sentences are about as hard for the model: it has not learnt enough "
        "yet. Train longer, raise the learning rate, give it more units, or loosen the "
        "regularisation."
    ),
    "nearly": (
        "Nearly: the model is steady, and {missing} above the bigram model on new sentences. Keep "
        "the recipe and change a little: somewhat more dropout where training is far ahead of "
        "validation, some more epochs or units where it is not."
    ),
}


def model_expected(got: str) -> str:
    """Say that a recipe did not return a model."""
    return (
        f"train_model gave {got}; expected the trained model alone (a torch.nn.Module). "
        "Does it end in `return model`?"
    )


def logits_form(got: str, rows: int, classes: int) -> str:
    """Say that a model's output cannot be scored."""
    return (
        f"The model gave {got} for {rows} sequences; expected finite float logits of shape "
        f"({rows}, {classes}): one row for each sequence, one column for each class."
    )


def next_word_form(got: str, x: tuple[int, ...], words: int) -> str:
    """Say that a language model's output cannot be scored."""
    return (
        f"For word ids of shape {x} the model gave {got}; expected finite float logits of shape "
        f"(sequences, steps, words) with {words} words or more: a score for each possible next "
        "word after each step. Send the output of every step through the Linear layer."
    )
