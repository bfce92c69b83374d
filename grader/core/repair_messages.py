"""Every sentence that a learner reads about a repair; all others stand in `core.messages`."""

from __future__ import annotations

from grader.core.question import Bars


def bars(goal: Bars) -> str:
    """The published goal of a repair."""
    return f"validation ≥ {goal.val_at_least:g}% while training < {goal.train_below:g}%"


def scores(train: float, val: float, hidden: float) -> str:
    """A repair's medians."""
    return f"median training {train:.1f}%, validation {val:.1f}%, unseen data {hidden:.1f}%"


def perplexities(
    train: float, val: float, hidden: float, bigram_val: float, bigram_hidden: float
) -> str:
    """A language model's medians beside the bigram model's."""
    return (
        f"perplexity {train:.1f} on training sentences, {val:.1f} on validation (a bigram model "
        f"there {bigram_val:.1f}), {hidden:.1f} on unseen ones (bigram {bigram_hidden:.1f})"
    )


def perplexity_passed(measured: str) -> str:
    """Say that a language model beats the bigram model on sentences it had not seen."""
    return f"Repaired: less unsure of the next word than a bigram model. Measured: {measured}."


def repair_passed(train: float, val: float, hidden: float, draws: int) -> str:
    """Say that the recipe works on data it had not seen."""
    where = "a fresh data set" if draws == 1 else f"{draws} fresh data sets"
    return f"Repaired: over {where}, {scores(train, val, hidden)}."


REPAIR_ADVICE = {
    "memorises": (
        "The model still scores too high on its own training data: it has learnt wrong labels by "
        "heart. Make memorising harder from the first layer on, and stop when validation stops "
        "improving."
    ),
    "underfits": (
        "Both scores are low: the model has not learnt enough yet. Loosen the regularisation, "
        "train longer, or raise the learning rate."
    ),
    "overfits": (
        "Training is below the bar, but the model does not carry over to data it has not seen. "
        "Regularise the input, or make the model smaller."
    ),
    "hidden-data": (
        "Validation holds, but unseen data does not follow: validation rows may steer the "
        "training, never be trained on."
    ),
    "train-too-high": (
        "Validation and unseen data hold, but training accuracy is above the bar: some wrong "
        "labels are still learnt by heart. Half the points; a little more regularisation gives "
        "the rest."
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
        "The model has an nn.{layer} layer, but its logits do not follow the layer's output. "
        "The rules ask that nn.{layer} stays the main layer."
    ),
    "pad-invariance": (
        "The model reads padding: with {change}, the same sequences and lengths moved a logit by "
        "{moved:.2g}. Use the lengths: pack the batch and read h_n, or gather or average the "
        "valid steps only."
    ),
    "too-large": "The model has {parameters} parameters; the rules allow at most {limit}.",
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
        "yet. Loosen the regularisation, train longer, or raise the learning rate."
    ),
}


def model_expected(got: str) -> str:
    """Say that a recipe did not return a model."""
    return (
        f"train_model gave {got}; expected the trained model (a torch.nn.Module). "
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
