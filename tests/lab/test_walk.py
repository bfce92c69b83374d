"""A walk shows the learner's own model: each stage is what torch gives, after each change, too."""

from typing import Any

import pytest
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence

from grader import lab
from grader.core.errors import UsageError
from grader.lab import frontend
from grader.lab.page.panels import Panel
from grader.lab.playground.model_walk import meanings, walk_through
from grader.lab.playground.walk_panel import ModelGuide
from grader.lab.views.layer_parts import floors
from grader.wire.splits import Split
from tests.padded_reader import PaddedReader

CLASSES = ["rumble", "hiss"]
WORDS = ["<pad>", "the", "cat", "sat", "on", "mat"]


class Reader(nn.Module):
    """Numbers to two scores, by the last state of the top layer."""

    def __init__(self, kind: Any, layers: int = 1) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.drop = nn.Dropout(0.5)
        self.layer = kind(3, 10, num_layers=layers, batch_first=True)
        self.head = nn.Linear(10, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        scores: torch.Tensor = self.head(self.layer(self.drop(x))[0][:, -1])
        return scores


class WordReader(nn.Module):
    """Packed word ids to two scores, by the last states of both directions."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.table = nn.Embedding(len(WORDS), 4, padding_idx=0)
        self.layer = nn.LSTM(4, 5, batch_first=True, bidirectional=True)
        self.head = nn.Linear(10, 2)

    def forward(self, x: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        packed = pack_padded_sequence(self.table(x), lengths, True, enforce_sorted=False)
        _, (h_n, _) = self.layer(packed)
        scores: torch.Tensor = self.head(torch.cat([h_n[-2], h_n[-1]], dim=1))
        return scores


@pytest.fixture
def numbers() -> Split:
    torch.manual_seed(1)
    return Split(torch.randn(30, 7, 3), torch.arange(30) % 2)


@pytest.fixture
def sentences() -> Split:
    torch.manual_seed(1)
    x = torch.randint(1, len(WORDS), (20, 6))
    lengths = torch.arange(20) % 4 + 3
    x[torch.arange(6) >= lengths[:, None]] = 0
    return Split(x, torch.arange(20) % 2, lengths)


@pytest.mark.parametrize("kind", [nn.RNN, nn.GRU, nn.LSTM])
@pytest.mark.parametrize("layers", [1, 2])
def test_states_and_answers_are_the_models(kind: Any, layers: int, numbers: Split) -> None:
    """After each step the answer is the model's own for the sequence cut off there."""
    model, one = Reader(kind, layers), numbers.rows(slice(4, 5))
    walked = walk_through(model, one)
    assert model.training
    model.eval()
    with torch.no_grad():
        torch.testing.assert_close(walked.parts[0]["h"], model.layer(one.x)[0][0])
        for step in range(7):
            answer = model(one.x[:, : step + 1]).softmax(dim=1)[0]
            torch.testing.assert_close(walked.answers[step], answer)


@pytest.mark.parametrize("kind", [nn.RNN, nn.GRU, nn.LSTM])
@pytest.mark.parametrize("directions", [1, 2])
@pytest.mark.parametrize("layers", [1, 2])
def test_the_parts_make_the_layers_own_states(kind: Any, directions: int, layers: int) -> None:
    """Walked by PyTorch's equations: the top floor's states are those of the layer itself."""
    torch.manual_seed(0)
    layer = kind(3, 4, num_layers=layers, bidirectional=directions == 2, batch_first=True)
    x = torch.randn(6, 3)
    with torch.no_grad():
        found = floors(layer, x)[-1]
        given = layer(x)[0]
    torch.testing.assert_close(torch.cat([parts["h"] for parts in found], dim=1), given)
    for parts in found:
        if kind is nn.RNN:
            made = torch.tanh(parts["from_x"] + parts["from_h"])
        elif kind is nn.GRU:
            made = (1 - parts["z"]) * parts["n"] + parts["z"] * parts["before"]
        else:
            memory = parts["f"] * parts["c_before"] + parts["i"] * parts["g"]
            made = parts["o"] * torch.tanh(memory)
        torch.testing.assert_close(made, parts["h"])


def test_a_relu_and_no_bias_are_walked_as_well() -> None:
    torch.manual_seed(0)
    layer = nn.RNN(3, 4, nonlinearity="relu", bias=False)
    x = torch.randn(6, 3)
    with torch.no_grad():
        [[parts]] = floors(layer, x)
        torch.testing.assert_close(parts["h"], layer(x)[0])


def test_two_directions_are_aligned_by_step(sentences: Split) -> None:
    model, one = WordReader().eval(), sentences.rows(slice(1, 2))
    walked = walk_through(model, one)
    with torch.no_grad():
        output = model.layer(model.table(one.x[:, :4]))[0][0]
        answer = model(one.x, one.lengths).softmax(dim=1)
    for parts, given in zip(walked.parts, output.split(5, dim=1), strict=True):
        torch.testing.assert_close(parts["h"], given)
    torch.testing.assert_close(walked.answers, answer)


def test_units_are_named_by_what_they_follow_most(numbers: Split) -> None:
    """Pearson's r as torch has it; the strongest of classes, steps and channels."""
    model = Reader(nn.RNN).eval()
    [found] = meanings(model, numbers, CLASSES, 4)
    with torch.no_grad():
        states = model.layer(numbers.x)[0]
    by_class = [
        float(torch.corrcoef(torch.stack([states[:, -1, unit], numbers.y.float()]))[0, 1])
        for unit in range(10)
    ]
    order = sorted(range(10), key=lambda unit: -abs(by_class[unit]))
    assert [meaning.unit for meaning in found] == order[:4]
    steps = torch.arange(7).expand(30, 7).flatten()
    for meaning in found:
        flat = states[:, :, meaning.unit].flatten()
        others = {"the step": steps.float()}
        others |= {f"channel {c}": numbers.x[:, :, c].flatten() for c in range(3)}
        rs = {
            name: float(torch.corrcoef(torch.stack([flat, of]))[0, 1])
            for name, of in others.items()
        }
        strongest = max([*map(abs, rs.values()), abs(by_class[meaning.unit])])
        assert abs(meaning.correlation) == pytest.approx(strongest, abs=1e-4)
        if meaning.follows in rs:
            assert rs[meaning.follows] == pytest.approx(meaning.correlation, abs=1e-4)


def test_a_changed_reading_moves_the_model(numbers: Split) -> None:
    """The data stays as it was; the walk is that of the changed sequence."""
    model = Reader(nn.GRU).eval()
    guide, kept = ModelGuide(model, numbers, CLASSES), numbers.x.clone()
    state = guide.press({"press": "set", "step": 2, "channel": 1, "value": 2.5, "turn": 7})
    changed = numbers.x[:1].clone()
    changed[0, 2, 1] = 2.5
    with torch.no_grad():
        answer = model(changed).softmax(dim=1)[0]
        states = model.layer(changed)[0][0]
    assert state["turn"] == 7
    assert state["answers"][-1] == pytest.approx(answer.tolist(), rel=1e-5)
    unit = guide.meanings[0][0].unit
    assert state["parts"][0]["h"][0] == pytest.approx(states[:, unit].tolist(), rel=1e-5)
    torch.testing.assert_close(numbers.x, kept)
    with torch.no_grad():
        turned = model(changed.flip(1)).softmax(dim=1)[0]
    assert guide.press({"press": "reverse"})["answers"][-1] == pytest.approx(
        turned.tolist(), rel=1e-5
    )
    assert guide.press({"press": "example", "row": 31})["row"] == 1
    assert guide.press({"press": "set", "step": 99, "channel": 0, "value": 1})["row"] == 1


def test_a_word_is_exchanged_or_explained(sentences: Split) -> None:
    model = WordReader().eval()
    guide = ModelGuide(model, sentences, CLASSES, WORDS)
    assert len(guide.state()["x"]) == 3
    state = guide.press({"press": "word", "step": 1, "word": " MAT "})
    assert state["x"][1] == "mat"
    changed = sentences.x[:1, :3].clone()
    changed[0, 1] = 5
    with torch.no_grad():
        answer = model(changed, torch.tensor([3])).softmax(dim=1)[0]
    assert state["answers"][0] == pytest.approx(answer.tolist(), rel=1e-5)
    assert "unicorn" in guide.press({"press": "word", "step": 1, "word": "unicorn"})["note"]


@pytest.mark.parametrize(
    ("split", "words", "told"),
    [
        (Split(torch.zeros(3, 80, 2), torch.zeros(3).long()), None, r"\(3, 80, 2\).*at most 60"),
        (Split(torch.zeros(3, 8).long(), torch.zeros(3).long()), None, r"ids with words="),
        (Split(torch.zeros(3, 8, 2), torch.zeros(3, 8).long()), None, "label for each"),
    ],
)
def test_what_cannot_be_walked_is_explained(
    split: Split, words: list[str] | None, told: str
) -> None:
    with pytest.raises(UsageError, match=told):
        lab.walk(Reader(nn.RNN), split, CLASSES, words=words)


def test_scores_for_every_step_are_explained(numbers: Split) -> None:
    class Tagger(Reader):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            scores: torch.Tensor = self.head(self.layer(x)[0])
            return scores

    with pytest.raises(UsageError):
        walk_through(Tagger(nn.RNN), numbers.rows(slice(0, 1)))


def test_a_diverged_model_is_told_so(numbers: Split) -> None:
    model = Reader(nn.RNN)
    nn.init.constant_(model.head.weight, float("nan"))
    with pytest.raises(UsageError, match=r"diverged.*lower lr"):
        walk_through(model, numbers.rows(slice(0, 1)))


def test_the_panel_answers_and_leaves_pictures(
    sentences: Split, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[tuple[Panel, dict[str, str]]] = []
    monkeypatch.setattr(frontend, "can_show", lambda: True)
    monkeypatch.setattr(frontend, "has_panels", lambda: True)
    monkeypatch.setattr(Panel, "show", lambda panel, still: shown.append((panel, still)))
    lab.walk(WordReader(), sentences, CLASSES, words=WORDS)
    [(panel, still)] = shown
    names: list[dict[str, Any]] = panel.asked["directions"]
    assert [direction["name"] for direction in names] == ["forward", "backward"]
    assert still["text/html"].count("<svg") == 4
    panel._handle_custom_msg({"press": "example", "row": 3, "turn": 1}, [])
    assert (panel.state["row"], panel.state["turn"]) == (3, 1)
    panel.close()


@pytest.mark.parametrize("packs", [False, True], ids=["reads padding", "packs"])
def test_padding_moves_who_reads_it_and_nobody_else(numbers: Split, packs: Any) -> None:
    lengths = torch.full((30,), 7)
    lengths[1] = 5
    model = PaddedReader(packs=packs).eval()
    guide = ModelGuide(model, Split(numbers.x, numbers.y, lengths), CLASSES)
    plain = guide.press({"press": "example", "row": 1})
    state = guide.press({"press": "padding", "value": 4})
    assert (plain["length"], len(plain["x"])) == (5, 5)
    assert (state["length"], len(state["x"]), len(state["answers"])) == (5, 9, 9)
    assert len(state["parts"][0]["h"][0]) == (5 if packs else 9)
    assert state["answers"][4] == plain["answers"][4]
    assert (state["answers"][8] == pytest.approx(plain["answers"][4], abs=1e-6)) == packs
    box = torch.cat([numbers.x[1:2, :5], torch.zeros(1, 4, 3)], dim=1)
    with torch.no_grad():
        answer = model(box, torch.tensor([5])).softmax(dim=1)[0]
    assert state["answers"][8] == pytest.approx(answer.tolist(), rel=1e-5)
