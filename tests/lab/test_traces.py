"""The stages of a trace are what torch gives, well-formed, to be stepped through or stacked."""

from xml.etree import ElementTree as ET  # our own drawings, nothing from elsewhere

import pytest
import torch
from torch import nn

from grader.core.errors import UsageError
from grader.lab import frontend
from grader.lab.page.panels import Panel
from grader.lab.views import packing_trace, text_trace, trace
from grader.lab.views.trace import Stage

WORDS = ["<pad>", "<unk>", "<s>", "the", "cat", "sat", "on", "mat", "a & b", "<c>"]


class Speaker(nn.Module):
    """A small language model."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.table = nn.Embedding(len(WORDS), 5, padding_idx=0)
        self.dropout = nn.Dropout(0.5)
        self.layer = nn.GRU(5, 6, batch_first=True)
        self.head = nn.Linear(6, len(WORDS))

    def forward(self, x: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        scores: torch.Tensor = self.head(self.layer(self.dropout(self.table(x)))[0])
        return scores


def named(stages: list[Stage]) -> dict[str, Stage]:
    """Stages by title, after a look at each picture."""
    for stage in stages:
        picture = ET.fromstring(stage.picture.svg)  # noqa: S314
        assert picture.get("role") == "img"
        assert stage.picture.alt
    return {stage.title: stage for stage in stages}


def test_the_text_trace_shows_the_models_own_tensors() -> None:
    model = Speaker()
    found = named(text_trace.stages(model, WORDS, ["the cat sat", "on zebra"]))
    assert model.training
    assert found["Ids"].shape == "2 lists of 3 to 4 numbers"
    alone = named(text_trace.stages(model, WORDS, ["the cat"]))
    assert alone["Ids"].shape == "1 list of 3 numbers"
    assert found["Padded"].shape == "(2, 10)"
    assert "2 1 6 1" not in found["Padded"].picture.alt
    assert "2 6 1 0" in found["Padded"].picture.alt
    assert found["Embedded"].shape == "(2, 10, 5)"
    assert found["State"].shape == "(2, 10, 6), the last one (2, 6)"
    x = torch.tensor([[2, 3, 4, 5, 0, 0, 0, 0, 0, 0], [2, 6, 1, 0, 0, 0, 0, 0, 0, 0]])
    model.eval()
    with torch.no_grad():
        state = model.layer(model.table(x))[0]
        chances = model(x, torch.tensor([4, 3]))[0, 3].softmax(dim=0)
    assert f"cat, number 3: {state[0, 2, 2]:+.3f}" in found["State"].picture.svg
    likeliest = WORDS[int(chances.argmax())]
    assert found["Word"].shape == repr(likeliest)
    assert f"{likeliest} {100 * chances.max():.1f}%" in found["Word"].picture.alt


def test_scores_of_another_shape_are_explained() -> None:
    class Last(Speaker):
        def forward(self, x: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
            return super().forward(x, lengths)[:, -1]

    with pytest.raises(UsageError, match=r"\(1, 10\).*\(B, T, 10\)"):
        text_trace.stages(Last(), WORDS, ["the cat"])


def test_the_packing_trace_keeps_the_states_of_rows_that_ended() -> None:
    torch.manual_seed(0)
    layer, lengths = nn.GRU(2, 3, batch_first=True), torch.tensor([2, 3])
    x = torch.randn(2, 3, 2)
    found = named(packing_trace.stages(layer, x, lengths))
    assert "batch_sizes is [2, 2, 1]" in found["Packed"].words
    assert "sorted_indices is [1, 0]" in found["Sorted"].words
    with torch.no_grad():
        short = layer(x[:1, :2])[1][0, 0]
    assert f"row A (2), number 1: {short[0]:+.3f}" in found["Step 2"].picture.svg
    assert f"row A (2), number 1: {short[0]:+.3f}" in found["Step 3"].picture.svg
    assert "1 of 2 rows" in found["Step 3"].words


@pytest.mark.parametrize(
    ("layer", "lengths", "words"),
    [
        (nn.RNN(2, 3), [2, 3], "batch_first=False"),
        (nn.RNN(2, 3, batch_first=True), [2], r"lengths \(1,\)"),
        (nn.RNN(2, 3, batch_first=True), [2, 30], "30 steps"),
    ],
)
def test_what_cannot_be_traced_is_explained(layer: nn.RNN, lengths: list[int], words: str) -> None:
    x = torch.zeros(2, 30, 2)
    with pytest.raises(UsageError, match=words):
        packing_trace.show_packing_trace(layer, x, torch.tensor(lengths))


def test_without_a_page_the_stages_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    text_trace.show_text_trace(Speaker(), WORDS, "the cat")
    said = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in said[1:]] == [
        *("Sentences", "Ids", "Padded", "Embedded", "State", "Scores", "Word")
    ]


def test_a_sentence_of_ones_own_is_traced(monkeypatch: pytest.MonkeyPatch) -> None:
    """The saved output holds every stage; the panel answers a typed sentence, long or unknown."""
    shown: list[tuple[Panel, dict[str, str]]] = []
    monkeypatch.setattr(frontend, "can_show", lambda: True)
    monkeypatch.setattr(frontend, "has_panels", lambda: True)
    monkeypatch.setattr(Panel, "show", lambda panel, still: shown.append((panel, still)))
    model = Speaker()
    text_trace.show_text_trace(model, WORDS, ["the cat"])
    panel, still = shown[0]
    assert still["text/html"].count("<svg") == 7
    panel._handle_custom_msg({"press": "sentence", "text": "A unicorn " + "sat " * 12}, [])
    assert panel.state["stages"][0]["shape"] == "1 of them"
    assert panel.state["note"] == (
        "Not among the 10 words: a, unicorn. Only the first 9 words are read."
    )
    panel.close()


def test_a_word_cannot_become_a_tag() -> None:
    grid = trace.word_grid([["<c>"]], ["a & b"], [["'<c>'"]], "one")
    assert "<c>" not in grid.svg
    ET.fromstring(grid.svg)  # noqa: S314
