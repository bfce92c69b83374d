"""`lab.walk`: the learner's own trained model, step by step, with inputs to change."""

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import nn

from grader.core.errors import UsageError
from grader.lab import frontend
from grader.lab.playground.model_walk import DIRECTIONS, UnitMeaning, Walk, meanings, walk_through
from grader.lab.views.trace import Stage, bars, number_grid, plain, stacked, word_grid
from grader.wire.splits import Split

SIZES_AT_MOST = 1_000_000  # of readings, for the height of a bar
UNITS_AT_MOST, STEPS_AT_MOST, CLASSES_AT_MOST = 8, 60, 12
UNITS_OF_TWO = 5  # of each of two directions
TITLE = "Walk through your model"


def walk(
    model: nn.Module,
    examples: Split,
    classes: Sequence[str],
    *,
    words: Sequence[str] | None = None,
) -> None:
    """Walk through a model on a sequence: what it reads, its states, its gates, its answer.

    A panel in JupyterLab as `grader lab` starts it: play or step, change a reading or a word,
    reverse the sequence, push padding behind its end, take another one, and the model computes
    anew. Drawn are those units of its first recurrent layer (the top one of a stack) that follow a
    class most over the first 256 examples, each with what it follows most: a class, the step or a
    channel, by Pearson's r. With one direction the answer is told for the sequence as if it ended
    at each step. Elsewhere: the first example, one picture below the other.

    Args:
        model: nn.Module with an nn.RNN, nn.GRU or nn.LSTM, called as `logits` calls it; a copy on
            the CPU is run.
        examples: Split of N sequences of at most 60 steps, one label each.
        classes: sequence of two to twelve str; `classes[label]` names a label.
        words: sequence of str, `words[id]` names a word id of `examples.x`. Default None: x holds
            numbers, (N, T, C).

    Raises:
        UsageError: the model has no recurrent layer, gives no finite scores (N, classes), or the
            examples are too long, of too many classes or of another kind.

    Example:
        >>> import torch
        >>> class Classifier(torch.nn.Module):
        ...     def __init__(self):
        ...         super().__init__()
        ...         self.rnn = torch.nn.RNN(3, 4, batch_first=True)
        ...         self.head = torch.nn.Linear(4, 2)
        ...     def forward(self, x):
        ...         output, _ = self.rnn(x)
        ...         return self.head(output[:, -1])
        >>> lab.seed(0)
        >>> split = lab.Split(torch.randn(4, 8, 3), torch.tensor([0, 1, 0, 1]))
        >>> lab.walk(Classifier(), split, ["rumble", "hiss"])
        Walk through your model
        1 Reads 8 steps: Example 0, labelled rumble.
        2 State, forward 4 of 4 units: ...
        3 Answer ...
    """
    _check(examples, classes, words)
    if frontend.is_graded():
        return
    guide = ModelGuide(model, examples, classes, words)
    stages = guide.stages()
    if not frontend.can_show():
        print(plain(TITLE, stages))
        return
    still = {"text/html": stacked(TITLE, stages), "text/plain": plain(TITLE, stages)}
    if not frontend.has_panels():
        frontend.show(still, raw=True)
        return
    from grader.lab.page.panels import show_answered

    show_answered("walk.js", guide, still)


def _check(examples: Split, classes: Sequence[str], words: Sequence[str] | None) -> None:
    dimensions = 3 if words is None else 2
    fits = examples.x.dim() == dimensions and examples.y.dim() == 1
    if not fits or not 2 <= len(classes) <= CLASSES_AT_MOST or examples.x.shape[1] > STEPS_AT_MOST:
        message = (
            f"You gave x={tuple(examples.x.shape)}, y={tuple(examples.y.shape)}, {len(classes)} "
            f"classes and {'no words' if words is None else f'{len(words)} words'}. Expected: x "
            f"(N, T, C) of numbers, or (N, T) of ids with words=; T at most {STEPS_AT_MOST}; one "
            f"label for each sequence; from 2 to {CLASSES_AT_MOST} classes."
        )
        raise UsageError(message)


class ModelGuide:
    """Leads through one sequence after the other; hears what was pressed, gives what to draw."""

    def __init__(
        self,
        model: nn.Module,
        examples: Split,
        classes: Sequence[str],
        words: Sequence[str] | None = None,
    ) -> None:
        """Find out what the units follow, and walk through the first example."""
        self._model, self._examples = model, examples.to("cpu")
        self._classes, self._words = list(classes), None if words is None else list(words)
        self.meanings = meanings(model, self._examples, classes, UNITS_AT_MOST)
        if len(self.meanings) > 1:
            self.meanings = [of[:UNITS_OF_TWO] for of in self.meanings]
        self._row, self._note, self._turn, self._padding = 0, "", 0, 0
        self.example = self._taken(0)

    def _taken(self, row: int) -> Split:
        """A copy of one example, without its padding."""
        one = self._examples.rows(slice(row, row + 1))
        length = one.x.shape[1] if one.lengths is None else int(one.lengths[0])
        return Split(one.x[:, :length].clone(), one.y, one.lengths)

    def asked(self) -> dict[str, Any]:
        """What the page's script needs once."""
        sizes = torch.ones(1) if self._words else self._examples.x.abs().flatten()[:SIZES_AT_MOST]
        return {
            "title": TITLE,
            "classes": self._classes,
            "count": len(self._examples),
            "pads": self._examples.lengths is not None,
            "steps_at_most": STEPS_AT_MOST,
            "reads_words": self._words is not None,
            "top": math.ceil(max(float(sizes.max()), 1.0)),
            "usual": max(float(sizes.quantile(0.98)), 0.1),
            "directions": [
                {"name": name, "units": [_told(meaning) for meaning in of]}
                for name, of in zip(DIRECTIONS, self.meanings, strict=False)
            ],
        }

    def state(self) -> dict[str, Any]:
        """What the model computes of the sequence as it stands now, to six digits."""
        example = self.padded()
        walked = walk_through(self._model, example)
        return {
            "turn": self._turn,
            "length": self.example.x.shape[1],
            "row": self._row,
            "label": self._classes[int(self.example.y[0])],
            "x": self._read(example),
            "kind": walked.kind,
            "nonlinearity": walked.nonlinearity,
            "parts": [
                {name: _columns(part, of) for name, part in parts.items() if name != "read"}
                for parts, of in zip(walked.parts, self.meanings, strict=True)
            ],
            "answers": _rounded(walked.answers),
            "note": self._note,
        }

    def padded(self) -> Split:
        """The example as it stands now, with its padding."""
        one = self.example
        room = max(0, min(self._padding, STEPS_AT_MOST - one.x.shape[1]))
        if one.lengths is None or room == 0:
            return one
        behind = one.x.new_zeros(1, room, *one.x.shape[2:])
        return Split(torch.cat([one.x, behind], dim=1), one.y, one.lengths)

    def press(self, content: dict[str, Any]) -> dict[str, Any]:
        """Do what was pressed: set a reading, a word or the padding, reverse, take another one."""
        self._turn, self._note = int(content.get("turn", 0)), ""
        x = self.example.x
        match content.get("press"):
            case "set" if 0 <= int(content["step"]) < x.shape[1]:
                x[0, int(content["step"]), int(content["channel"])] = float(content["value"])
            case "word" if 0 <= int(content["step"]) < x.shape[1]:
                self._set_word(int(content["step"]), str(content["word"]).strip().lower())
            case "padding":
                self._padding = int(content["value"])
            case "reverse":
                self.example = Split(x.flip(1), self.example.y, self.example.lengths)
            case "example":
                self._row = int(content["row"]) % len(self._examples)
                self.example = self._taken(self._row)
        return self.state()

    def _set_word(self, step: int, word: str) -> None:
        known = self._words or []
        if word in known:
            self.example.x[0, step] = known.index(word)
        else:
            self._note = f"Not among the {len(known)} words: {word}."

    def _read(self, example: Split) -> list[Any]:
        x = example.x[0]
        if self._words is None:
            return _rounded(x)
        return [self._words[number] for number in x.tolist()]

    def stages(self) -> list[Stage]:
        """The walk as pictures, for a page without a kernel."""
        walked = walk_through(self._model, self.example)
        label = self._classes[int(self.example.y[0])]
        steps = f"{self.example.x.shape[1]} steps"
        words = f"Example {self._row}, labelled {label}."
        found = [Stage("Reads", steps, words, self._picture_of_x())]
        for place, (parts, of) in enumerate(zip(walked.parts, self.meanings, strict=True)):
            names = [f"unit {meaning.unit}" for meaning in of]
            follow = "; ".join(f"unit {meaning.unit} {_told(meaning)['words']}" for meaning in of)
            shown = parts["h"][:, [meaning.unit for meaning in of]].T
            picture = number_grid(shown, names, f"States after each step. {follow}.")
            shape = f"{len(of)} of {parts['h'].shape[1]} units"
            found.append(Stage(f"State, {DIRECTIONS[place]}", shape, f"{follow}.", picture))
        return [*found, _answer(self._classes, walked, label)]

    def _picture_of_x(self) -> Any:
        if self._words is None:
            x = self.example.x[0]
            names = [f"channel {channel}" for channel in range(x.shape[1])]
            return number_grid(x.T, names, f"{len(x)} steps of {x.shape[1]} channels.")
        read = self._read(self.example)
        return word_grid([read], ["words"], [read], " ".join(read))


def _told(meaning: UnitMeaning) -> dict[str, Any]:
    r = f"{meaning.correlation:+.2f}".replace("-", "\N{MINUS SIGN}")
    words = f"follows {meaning.follows} (r = {r})"
    return {"unit": meaning.unit, "words": words}


def _columns(states: torch.Tensor, of: list[UnitMeaning]) -> list[list[float]]:
    """The chosen units' numbers, (units, T), to six digits."""
    return _rounded(states[:, [meaning.unit for meaning in of]].T)


def _rounded(values: torch.Tensor) -> list[Any]:
    return [[float(f"{value:.6g}") for value in row] for row in values.tolist()]


def _answer(classes: list[str], walked: Walk, label: str) -> Stage:
    shares = walked.answers[-1].tolist()
    percents = [f"{100 * share:.1f}%" for share in shares]
    told = ", ".join(f"{name} {percent}" for name, percent in zip(classes, percents, strict=True))
    said = classes[int(walked.answers[-1].argmax())]
    words = f"After the last step it says {said}; the label is {label}. {told}."
    return Stage("Answer", repr(said), words, bars(classes, shares, percents, told))
