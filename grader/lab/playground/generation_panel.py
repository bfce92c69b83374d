"""`lab.generate`: trained language models write on, side by side, at a temperature."""

import html
from collections.abc import Mapping, Sequence
from typing import Any

from torch import nn

from grader.core.errors import UsageError
from grader.lab import frontend
from grader.lab.playground.text_sampling import (
    SPECIAL,
    START,
    UNK,
    Drawn,
    TextSampler,
    copied,
    gumbel_noise,
    runs_of,
)

TITLE = "Write with your models"
MODELS_AT_MOST, WORDS_AT_MOST = 3, 30
SENTENCES, STEPS, LIKELIEST, RUN = 5, 12, 5, 4
HOTTEST = 2.0


def generate(
    models: Mapping[str, nn.Module],
    words: Sequence[str],
    beginning: str = "",
    *,
    heard: Sequence[str] = (),
    temperature: float = 1.0,
) -> None:
    """Let language models write on from a beginning, side by side, at a temperature.

    A panel in JupyterLab as `grader lab` starts it: type a beginning or press a likely word to
    append it, move the temperature, draw anew. All models are drawn with the same noise, so that
    only they and the temperature differ; 0 always takes the likeliest word. Padding and the unknown
    word are never written. Elsewhere: the sentences as text.

    Args:
        models: mapping of one to three names to nn.Module; `model(x, lengths)` of ids (B, T) gives
            scores (B, T, V). Copies on the CPU are run.
        words: sequence of V str; `words[id]` is a word, the first three `<pad>`, `<unk>`, `<s>`.
        beginning: str, words in small letters with spaces between. Default "": from the start.
        heard: sequence of str, the training sentences. Runs of four words that stand there as they
            are get underlined.
        temperature: float from 0 to 2, where the slider begins. Default 1.0.

    Raises:
        UsageError: another number of models, other special words, a temperature outside, or scores
            of another shape.

    Example:
        >>> import torch
        >>> class Counter(torch.nn.Module):
        ...     def forward(self, x, lengths):
        ...         return 50 * torch.nn.functional.one_hot((x + 1) % 6, 6).float()
        >>> words = ["<pad>", "<unk>", "<s>", "the", "cat", "sat"]
        >>> lab.generate({"a counter": Counter()}, words, "the", temperature=0)
        a counter, temperature 0:
          the cat sat.
    """
    _check(models, words, temperature)
    if frontend.is_graded():
        return
    guide = GenerationGuide(models, words, beginning, heard, temperature)
    if not frontend.can_show():
        print(guide.plain())
        return
    still = {"text/html": guide.still(), "text/plain": guide.plain()}
    if not frontend.has_panels():
        frontend.show(still, raw=True)
        return
    from grader.lab.page.panels import show_answered

    show_answered("generate.js", guide, still)


def _check(models: Mapping[str, nn.Module], words: Sequence[str], temperature: float) -> None:
    if not 1 <= len(models) <= MODELS_AT_MOST or tuple(words[:3]) != SPECIAL:
        message = (
            f"You gave {len(models)} models and words that begin with {list(words[:3])}. Expected: "
            f'from 1 to {MODELS_AT_MOST} models, as in {{"my model": model}}, and words that begin '
            f"with {list(SPECIAL)}, as data.classes does."
        )
        raise UsageError(message)
    if not 0 <= temperature <= HOTTEST:
        message = f"temperature={temperature:g}: expected a number from 0 to {HOTTEST:g}."
        raise UsageError(message)


class GenerationGuide:
    """Hears what was pressed, gives what to draw."""

    def __init__(
        self,
        models: Mapping[str, nn.Module],
        words: Sequence[str],
        beginning: str,
        heard: Sequence[str],
        temperature: float,
    ) -> None:
        """Copy the models, read the beginning."""
        self._words = list(words)
        self._ids = {word: number for number, word in enumerate(words)}
        self._samplers = [TextSampler(name, model, words) for name, model in models.items()]
        self._heard, self._marks = runs_of(heard, RUN), bool(heard)
        self.temperature, self._seed, self._turn = float(temperature), 0, 0
        self._beginning = beginning.lower().split()[:WORDS_AT_MOST]

    def asked(self) -> dict[str, Any]:
        """What the page's script needs once."""
        return {
            "title": TITLE,
            "models": [sampler.name for sampler in self._samplers],
            "hottest": HOTTEST,
            "marks": self._marks,
        }

    def press(self, content: dict[str, Any]) -> dict[str, Any]:
        """Do what was pressed: a beginning, one word more or less, a temperature, other noise."""
        self._turn = int(content.get("turn", 0))
        match content.get("press"):
            case "begin":
                self._beginning = str(content["text"]).lower().split()[:WORDS_AT_MOST]
            case "append" if len(self._beginning) < WORDS_AT_MOST:
                self._beginning = [*self._beginning, str(content["word"])]
            case "temperature":
                self.temperature = min(max(float(content["value"]), 0.0), HOTTEST)
            case "anew":
                self._seed += 1
        return self.state()

    def state(self) -> dict[str, Any]:
        """What the models write on from the beginning as it stands now."""
        unknown = [word for word in self._beginning if word not in self._ids]
        listed = ", ".join(unknown)
        note = f"Not among the {len(self._words)} words, so read as <unk>: {listed}." * bool(listed)
        return {
            "turn": self._turn,
            "beginning": " ".join(self._beginning),
            "temperature": self.temperature,
            "note": note,
            "models": [self._told(drawn) for drawn in self._draw()],
        }

    def _draw(self) -> list[Drawn]:
        begin = [self._ids.get(word, UNK) for word in self._beginning]
        noise = gumbel_noise(self._seed, SENTENCES, STEPS, len(self._words))
        return [sampler.draw(begin, self.temperature, noise) for sampler in self._samplers]

    def _told(self, drawn: Drawn) -> dict[str, Any]:
        shares, ids = drawn.chances.topk(min(LIKELIEST, len(drawn.chances)))
        sentences = [self._sentence(ids) for ids in drawn.sentences]
        runs = sum(max(len(each["words"]) - RUN + 1, 0) for each in sentences)
        return {
            "next": [
                {"word": self._words[number], "share": float(f"{share:.6g}")}
                for share, number in zip(shares.tolist(), ids.tolist(), strict=True)
                if share > 0
            ],
            "sentences": sentences,
            "runs": runs,
            "copies": sum(each.pop("copies") for each in sentences),
        }

    def _sentence(self, ids: list[int]) -> dict[str, Any]:
        ended = bool(ids) and ids[-1] == START
        words = [*self._beginning, *(self._words[number] for number in ids[: len(ids) - ended])]
        marks, copies = copied(words, self._heard, RUN)
        return {"words": words, "marks": marks, "ended": ended, "copies": copies}

    def _lines(self, told: dict[str, Any]) -> list[str]:
        return [
            f"{' '.join(each['words'])}{'.' if each['ended'] else ' …'}"
            for each in told["sentences"]
        ]

    def plain(self) -> str:
        """What the models write, as plain text."""
        told = zip(self._samplers, self.state()["models"], strict=True)
        return "\n".join(
            f"{sampler.name}, temperature {self.temperature:g}:\n"
            + "\n".join(f"  {line}" for line in self._lines(one))
            for sampler, one in told
        )

    def still(self) -> str:
        """The same for a page without a kernel."""
        told = zip(self._samplers, self.state()["models"], strict=True)
        parts = [
            f"<p><b>{html.escape(sampler.name)}</b>, temperature {self.temperature:g}</p><ul>"
            + "".join(f"<li>{html.escape(line)}</li>" for line in self._lines(one))
            + "</ul>"
            for sampler, one in told
        ]
        return "".join(parts)
