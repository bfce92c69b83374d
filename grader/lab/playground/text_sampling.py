"""Sentences drawn from language models, word by word, at a temperature."""

import copy
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import nn

from grader.core.errors import UsageError

SPECIAL = ("<pad>", "<unk>", "<s>")
"""The first three of the words: padding, the unknown word, and a sentence's start and end."""
PAD, UNK, START = range(3)


@dataclass(frozen=True)
class Drawn:
    """What one model writes.

    `sentences` of ids behind the beginning, each with its end if it has one; `chances` (V,) of the
    next word at this temperature.
    """

    sentences: list[list[int]]
    chances: torch.Tensor


class TextSampler:
    """One language model, run on the CPU in evaluation mode, that writes on.

    `model(x, lengths)` of ids (B, T) gives scores (B, T, V).
    """

    def __init__(self, name: str, model: nn.Module, words: Sequence[str]) -> None:
        """Copy the model. Raises UsageError where its scores are of another shape or no numbers."""
        self.name = name
        self._model = copy.deepcopy(model).cpu().eval()
        self._words = len(words)
        self._scores(torch.tensor([[START]]))

    @torch.no_grad()
    def draw(self, beginning: Sequence[int], temperature: float, noise: torch.Tensor) -> Drawn:
        """Write on from the beginning until each sentence ends, or as long as the noise lasts.

        The next word is the one with the largest score + temperature × Gumbel noise, which draws
        it from softmax(score / temperature) (E. J. Gumbel, 1954) and at 0 takes the likeliest. So
        the same noise (sentences, steps, V) compares temperatures and models like with like.
        Padding and the unknown word are never written; what is drawn twice is given once.
        """
        rows = torch.tensor([[START, *beginning]]).repeat(len(noise), 1)
        start = rows.shape[1]
        chances = torch.zeros(self._words)
        for step in range(noise.shape[1]):
            scores = self._scores(rows)
            scores[:, [PAD, UNK]] = -torch.inf
            if step == 0:
                chances = _chances(scores[0], temperature)
            chosen = (scores + temperature * noise[:, step]).argmax(dim=1, keepdim=True)
            rows = torch.cat([rows, chosen], dim=1)
            if bool((rows[:, start:] == START).any(dim=1).all()):
                break
        drawn = dict.fromkeys(_to_its_end(row) for row in rows[:, start:].tolist())
        return Drawn([list(sentence) for sentence in drawn], chances)

    @torch.no_grad()
    def _scores(self, rows: torch.Tensor) -> torch.Tensor:
        """Scores (B, V) of the word behind each row."""
        given: object = self._model(rows, torch.full((len(rows),), rows.shape[1]))
        wanted = (*rows.shape, self._words)
        if not isinstance(given, torch.Tensor) or tuple(given.shape) != wanted:
            shape = tuple(given.shape) if isinstance(given, torch.Tensor) else type(given).__name__
            message = (
                f"{self.name!r} gives {shape} for ids {tuple(rows.shape)}. Expected: scores "
                f"{wanted}, one for each of the {self._words} words at each step."
            )
            raise UsageError(message)
        if not bool(torch.isfinite(given).all()):
            message = (
                f"{self.name!r} gives scores that are no numbers: its training has diverged. "
                "Train it again with a lower lr, or with clip=1.0."
            )
            raise UsageError(message)
        return given[:, -1].float().clone()


def gumbel_noise(seed: int, sentences: int, steps: int, words: int) -> torch.Tensor:
    """Standard Gumbel noise (sentences, steps, words), the same for the same seed."""
    dice = torch.Generator().manual_seed(seed)
    uniform = torch.rand(sentences, steps, words, generator=dice)
    return -torch.log(-torch.log(uniform.clamp(1e-9, 1 - 1e-7)))


def copied(line: Sequence[str], heard: set[tuple[str, ...]], run: int) -> tuple[list[bool], int]:
    """For each word whether it stands in a run of so many words that was heard as it is.

    And how many such runs there are.
    """
    firsts = [n for n in range(len(line) - run + 1) if tuple(line[n : n + run]) in heard]
    within = {place for first in firsts for place in range(first, first + run)}
    return [place in within for place in range(len(line))], len(firsts)


def runs_of(lines: Sequence[str], run: int) -> set[tuple[str, ...]]:
    """Every run of so many words of these sentences."""
    return {
        tuple(words[first : first + run])
        for words in (line.split() for line in lines)
        for first in range(len(words) - run + 1)
    }


def _chances(scores: torch.Tensor, temperature: float) -> torch.Tensor:
    if temperature == 0:
        return torch.nn.functional.one_hot(scores.argmax(), len(scores)).float()
    return (scores / temperature).softmax(dim=0)


def _to_its_end(ids: list[int]) -> tuple[int, ...]:
    return tuple(ids[: ids.index(START) + 1] if START in ids else ids)
