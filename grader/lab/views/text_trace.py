"""The trace of unit text: sentences become ids, a box, vectors, states, scores, a word."""

import copy
from collections.abc import Sequence
from typing import Any

import torch
from torch import nn
from torch.nn.utils.rnn import PackedSequence, pad_packed_sequence

from grader.core.errors import UsageError
from grader.lab import metrics
from grader.lab.views.trace import Stage, bars, number_grid, show_trace, word_grid

PAD, UNK, START = 0, 1, 2
STEPS = 10
ROWS_SHOWN, LIKELIEST = 3, 8


def show_text_trace(model: nn.Module, words: Sequence[str], sentences: Sequence[str]) -> None:
    """Step through what a language model does with sentences; a line takes one of your own.

    Buttons in JupyterLab as `grader lab` starts it, else all stages one below the other.

    Args:
        model: nn.Module; `model(x, lengths)` of ids (B, T) gives scores (B, T, V). A copy is run.
        words: sequence of V str; `words[id]` is a word, such as `data.classes`. The first three are
            padding, the unknown word and the sentence's start.
        sentences: sequence of str, words in small letters with spaces between; one str is one
            sentence.

    Raises:
        UsageError: there is no sentence, or the scores have another shape.

    Example:
        >>> import torch
        >>> class Model(torch.nn.Module):
        ...     def forward(self, x, lengths):
        ...         return torch.nn.functional.one_hot(x, 9).float()
        >>> words = ["<pad>", "<unk>", "<s>", "the", "cat", "dog", "old", "sat", "ran"]
        >>> lab.show_text_trace(Model(), words, ["the cat"])
        Model, stage by stage
        1 Sentences 1 of them: Each begins with <s>; a word that is not among the 9 is <unk>.
        ...
    """
    if isinstance(sentences, str):
        sentences = [sentences]
    if not sentences:
        message = 'Give at least one sentence, for instance ["the president"].'
        raise UsageError(message)
    frozen = copy.deepcopy(model).cpu()
    ids = {word: number for number, word in enumerate(words)}

    def renew(typed: str) -> tuple[list[Stage], str]:
        given = typed.lower().split()
        unknown = [word for word in given[: STEPS - 1] if word not in ids]
        notes = []
        if unknown:
            notes.append(f"Not among the {len(words)} words: {', '.join(unknown)}.")
        if len(given) >= STEPS:
            notes.append(f"Only the first {STEPS - 1} words are read.")
        return stages(frozen, words, [typed]), " ".join(notes)

    first = stages(frozen, words, list(sentences))
    name = type(model).__name__
    show_trace(f"{name}, stage by stage", first, box="A sentence of your own", renew=renew)


def _lists(count: int, shortest: int, longest: int) -> str:
    """`1 list of 7 numbers`, `1000 lists of 5 to 10 numbers`."""
    size = f"{shortest}" if shortest == longest else f"{shortest} to {longest}"
    return f"{count} {'list' if count == 1 else 'lists'} of {size} numbers"


def stages(model: nn.Module, words: Sequence[str], sentences: list[str]) -> list[Stage]:
    """The seven stages of these sentences; pictures are of the first ones."""
    ids = {word: number for number, word in enumerate(words)}
    lists = [
        [START, *(ids.get(word, UNK) for word in line.lower().split())][:STEPS]
        for line in sentences
    ]
    lengths = torch.tensor([len(each) for each in lists])
    x = torch.tensor([each + [PAD] * (STEPS - len(each)) for each in lists])
    seen = _run(model, x, lengths)
    shown, count = range(min(ROWS_SHOWN, len(lists))), len(lists)
    names = [f"sentence {row + 1}" for row in shown]
    read = [words[number] for number in x[0].tolist()]

    def grid(rows: list[list[str]], alt: str) -> Any:
        tips = [
            [
                f"step {n + 1}: {words[number]!r} is id {number}"
                for n, number in enumerate(x[row, : len(rows[row])].tolist())
            ]
            for row in shown
        ]
        return word_grid(rows, names, tips, alt)

    boxed = [[str(number) for number in x[row].tolist()] for row in shown]
    raw = [[words[number] for number in lists[row]] for row in shown]
    found = [
        Stage(
            "Sentences",
            f"{count} of them",
            f"Each begins with <s>; a word that is not among the {len(words)} is <unk>.",
            grid(raw, "; ".join(" ".join(row) for row in raw)),
        ),
        Stage(
            "Ids",
            _lists(count, int(min(lengths)), int(max(lengths))),
            "Each word is looked up: its place in the list of words.",
            grid([[str(n) for n in lists[row]] for row in shown], str([lists[r] for r in shown])),
        ),
        Stage(
            "Padded",
            str(tuple(x.shape)),
            "Shorter lists are filled up with 0, for a tensor is a box.",
            grid(boxed, "; ".join(" ".join(row) for row in boxed)),
        ),
    ]
    end = int(lengths[0]) - 1
    if "embedded" in seen:
        embedded = seen["embedded"]
        found.append(
            Stage(
                "Embedded",
                str(tuple(embedded.shape)),
                f"A row of {embedded.shape[-1]} numbers for each word of sentence 1.",
                number_grid(embedded[0], read, f"The embedding of {' '.join(read)}."),
            )
        )
    if "state" in seen:
        state = seen["state"]
        notes = ["" if n != end else "last word" for n in range(len(state[0]))]
        found.append(
            Stage(
                "State",
                f"{tuple(state.shape)}, the last one {(count, state.shape[-1])}",
                "The state after each step of sentence 1. Behind the last word it reads padding, "
                "and goes on moving."
                if end + 1 < STEPS
                else "The state after each step of sentence 1.",
                number_grid(state[0], read, f"The state after each of {STEPS} steps.", notes=notes),
            )
        )
    return found + _ending(seen["scores"], words, read[end], end)


def _ending(scores: torch.Tensor, words: Sequence[str], last: str, end: int) -> list[Stage]:
    """The scores after the last word of the first sentence, and the word that they make."""
    if scores.dim() != 3 or scores.shape[1] <= end or scores.shape[2] != len(words):
        message = (
            f"The model gave scores of shape {tuple(scores.shape)}. (B, T, {len(words)}) was "
            "expected: scores for the next word after every step."
        )
        raise UsageError(message)
    best = scores[0, end].topk(LIKELIEST)
    chances = scores[0, end].softmax(dim=0)
    names = [words[number] for number in best.indices.tolist()]
    points = [f"{value:+.2f}" for value in best.values.tolist()]
    shares = [float(chances[number]) for number in best.indices.tolist()]
    percents = [f"{100 * share:.1f}%" for share in shares]
    return [
        Stage(
            "Scores",
            str(tuple(scores.shape)),
            f"A score for each of {len(words)} words after each step. Here: the {LIKELIEST} "
            f"highest after {last!r}.",
            bars(names, best.values.tolist(), points, f"Highest scores: {_pairs(names, points)}."),
        ),
        Stage(
            "Word",
            f"{names[0]!r}",
            f"Softmax makes shares of the scores, together 100%. The likeliest next word is "
            f"{names[0]!r}.",
            bars(names, shares, percents, f"Likeliest words: {_pairs(names, percents)}."),
        ),
    ]


def _pairs(names: Sequence[str], values: Sequence[str]) -> str:
    return ", ".join(f"{name} {value}" for name, value in zip(names, values, strict=True))


def _run(model: nn.Module, x: torch.Tensor, lengths: torch.Tensor) -> dict[str, torch.Tensor]:
    """Run the model; what its first embedding and first recurrent layer gave, and the scores."""
    seen: dict[str, torch.Tensor] = {}

    def keep(name: str) -> Any:
        def kept(_layer: nn.Module, _inputs: Any, output: Any) -> None:
            states = output[0] if isinstance(output, tuple) else output
            if isinstance(states, PackedSequence):
                states, _ = pad_packed_sequence(states, batch_first=True, total_length=x.shape[1])
            if states.shape[:2] == x.shape:
                seen.setdefault(name, states.detach())

        return kept

    kinds: dict[str, Any] = {"embedded": nn.Embedding, "state": nn.RNNBase}
    hooks = []
    for name, kind in kinds.items():
        layer = next((part for part in model.modules() if isinstance(part, kind)), None)
        if layer is not None:
            hooks.append(layer.register_forward_hook(keep(name)))
    try:
        with metrics.evaluating(model):
            seen["scores"] = model(x, lengths)
    finally:
        for hook in hooks:
            hook.remove()
    return seen
