"""Language models write on: drawn as softmax says, compared with the same noise, explained."""

from typing import Any

import pytest
import torch
from torch import nn

from grader import lab
from grader.core.errors import UsageError
from grader.lab import frontend
from grader.lab.page.panels import Panel
from grader.lab.playground.generation_panel import GenerationGuide
from grader.lab.playground.text_sampling import TextSampler, copied, gumbel_noise, runs_of

WORDS = ["<pad>", "<unk>", "<s>", "the", "cat", "sat", "down"]
DRAWS = 2000
SCORES = torch.tensor([9.0, 9.0, 0.3, 1.0, 2.0, 0.0, -1.0])


class Writer(nn.Module):
    """The same scores behind every word; `shape` gives others than a language model does."""

    def __init__(self, scores: torch.Tensor = SCORES, shape: tuple[int, ...] = ()) -> None:
        super().__init__()
        self.scores, self.shape = nn.Parameter(scores), shape

    def forward(self, x: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        assert lengths.tolist() == [x.shape[1]] * len(x)
        return self.scores.expand(*(self.shape or x.shape), len(self.scores))


class Counter(nn.Module):
    """Behind each word the next of the list."""

    def forward(self, x: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        return 50 * nn.functional.one_hot((x + 1) % len(WORDS), len(WORDS)).float()


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_words_are_drawn_as_often_as_softmax_says(temperature: float) -> None:
    sampler = TextSampler("writer", Writer(), WORDS)
    drawn = sampler.draw([3], temperature, gumbel_noise(0, 1, 1, len(WORDS)))
    wanted = SCORES.clone()
    wanted[:2] = -torch.inf
    wanted = (wanted / temperature).softmax(dim=0)
    torch.testing.assert_close(drawn.chances, wanted)
    firsts = [
        sampler.draw([3], temperature, gumbel_noise(seed, 1, 1, len(WORDS))).sentences[0][0]
        for seed in range(DRAWS)
    ]
    counted = torch.bincount(torch.tensor(firsts), minlength=len(WORDS)) / DRAWS
    torch.testing.assert_close(counted, wanted, atol=0.03, rtol=0)


def test_no_temperature_takes_the_likeliest_and_ends_at_the_end() -> None:
    sampler = TextSampler("counter", Counter(), WORDS)
    drawn = sampler.draw([3], 0.0, gumbel_noise(0, 2, 12, len(WORDS)))
    assert drawn.chances.tolist() == [0, 0, 0, 0, 1, 0, 0]
    # behind "down" comes padding, which is never written: all others are equally likely there
    assert drawn.sentences == [[4, 5, 6, 2]]


def test_the_same_noise_gives_the_same_sentences() -> None:
    torch.testing.assert_close(gumbel_noise(3, 2, 4, 5), gumbel_noise(3, 2, 4, 5))
    assert not torch.equal(gumbel_noise(3, 2, 4, 5), gumbel_noise(4, 2, 4, 5))


def test_runs_that_were_heard_are_marked() -> None:
    heard = runs_of(["the cat sat down", "a dog"], 3)
    assert heard == {("the", "cat", "sat"), ("cat", "sat", "down")}
    marks, count = copied(["now", "the", "cat", "sat", "down", "again"], heard, 3)
    assert (marks, count) == ([False, True, True, True, True, False], 2)


@pytest.fixture(name="guide")
def _guide() -> GenerationGuide:
    models = {"counter": Counter(), "writer": Writer()}
    return GenerationGuide(models, WORDS, "the", ["the cat sat down"], 0.0)


def test_what_is_pressed_is_written(guide: GenerationGuide) -> None:
    state = guide.state()
    assert [one["next"][0] for one in state["models"]] == [{"word": "cat", "share": 1.0}] * 2
    counted = state["models"][0]
    assert counted["sentences"][0] == {
        "words": ["the", "cat", "sat", "down"],
        "marks": [True] * 4,
        "ended": True,
    }
    assert (counted["copies"], counted["runs"]) == (1, 1)
    state = guide.press({"press": "append", "word": "cat", "turn": 4})
    assert (state["turn"], state["beginning"]) == (4, "the cat")
    state = guide.press({"press": "begin", "text": " The  unicorn "})
    assert state["beginning"] == "the unicorn"
    assert "unicorn" in state["note"]
    assert guide.press({"press": "temperature", "value": 7})["temperature"] == 2.0
    first = guide.state()["models"][1]
    assert guide.state()["models"][1] == first
    assert guide.press({"press": "anew"})["models"][1] != first
    assert guide.press({"press": "begin", "text": "the " * 99})["beginning"].count("the") == 30


@pytest.mark.parametrize(
    ("models", "words", "more", "told"),
    [
        ({}, WORDS, {}, "0 models"),
        ({"a": Writer()}, WORDS[3:], {}, r"begin with \['the', 'cat', 'sat'\].*'<unk>', '<s>'"),
        ({"a": Writer()}, WORDS, {"temperature": 3}, "temperature=3: expected a number from 0 to"),
        ({"a": Writer(shape=(1,))}, WORDS, {}, r"'a' gives \(1, 7\) for ids \(1, 1\).*\(1, 1, 7\)"),
        ({"a": Writer(SCORES * torch.nan)}, WORDS, {}, "diverged"),
    ],
)
def test_what_cannot_write_is_explained(
    models: dict[str, nn.Module], words: list[str], more: dict[str, Any], told: str
) -> None:
    with pytest.raises(UsageError, match=told):
        lab.generate(models, words, **more)


def test_the_panel_answers_and_leaves_the_sentences(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[tuple[Panel, dict[str, str]]] = []
    monkeypatch.setattr(frontend, "can_show", lambda: True)
    monkeypatch.setattr(frontend, "has_panels", lambda: True)
    monkeypatch.setattr(Panel, "show", lambda panel, still: shown.append((panel, still)))
    lab.generate({"<b>counter</b>": Counter()}, WORDS, "the")
    [(panel, still)] = shown
    assert "&lt;b&gt;counter" in still["text/html"]
    assert "<li>the cat sat down.</li>" in still["text/html"]
    panel._handle_custom_msg({"press": "begin", "text": "the cat", "turn": 1}, [])
    assert (panel.state["beginning"], panel.state["turn"]) == ("the cat", 1)
    panel.close()
