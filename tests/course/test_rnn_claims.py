"""What unit 01_rnn says in prose and quiz about shapes, counts, errors and its data is so."""

import copy
import inspect
import math
import re
from typing import Any

import pytest
import torch
import torch.nn.functional as F  # noqa: N812  as in the lessons
from torch import nn

from grader import lab

from .lessons import names, prose

SETTINGS = "`epochs`, `lr`, `batch_size`, `weight_decay`, `label_smoothing`, `patience`, `clip`"


def count(layer: nn.Module) -> int:
    return sum(weights.numel() for weights in layer.parameters())


def test_two_of_the_four_clips_are_rumbles() -> None:
    """Hear it: the rows that are shown, each with its right label."""
    rows = names("01_rnn", "four")["four"]
    data = lab.load("rumble")
    assert sorted(data.train.y[rows].tolist()) == [0, 0, 1, 1]
    assert not data.wrong[rows].any()


@pytest.fixture(name="lesson", scope="module")
def _lesson() -> dict[str, Any]:
    return names(
        "01_rnn",
        "tiny_step",
        "rnn_step",
        "rnn_sequence",
        "rnn_with",
        "weights",
        "careless",
        "summarise",
        "last_clip_moves",
        "Classifier",
        "perfect_listener",
        "DropsAlways",
        "StartsAnywhere",
        "Stacked",
    )


def test_shapes_of_lesson_and_quiz() -> None:
    """Shapes; doors 5, 6 and 10; practice 2, 3 and 5; challenge 1."""
    output, h_n = nn.RNN(5, 8, num_layers=2, batch_first=True)(torch.randn(32, 16, 5))
    assert (output.shape, h_n.shape) == ((32, 16, 8), (2, 32, 8))
    assert torch.equal(output[:, -1], h_n[-1])
    assert not torch.equal(output[:, -1], h_n[0])
    output, h_n = nn.RNN(5, 8, batch_first=True)(torch.randn(32, 16, 5))
    assert (output.shape, h_n.shape) == ((32, 16, 8), (1, 32, 8))
    assert nn.RNN(5, 8)(torch.randn(32, 16, 5))[0].shape == (32, 16, 8)
    output, h_n = nn.RNN(5, 3, num_layers=2, batch_first=True)(torch.randn(4, 7, 5))
    assert (output.shape, h_n.shape) == ((4, 7, 3), (2, 4, 3))
    output, h_n = nn.RNN(5, 8, batch_first=True)(torch.randn(16, 5))
    assert (output.shape, h_n.shape) == ((16, 8), (1, 8))
    assert nn.RNN(5, 8, batch_first=True)(torch.randn(16, 1, 5))[1].shape == (1, 16, 8)
    assert nn.RNN(5, 12).get_parameter("weight_ih_l0").shape == (12, 5)
    assert nn.RNN(5, 12).get_parameter("weight_hh_l0").shape == (12, 12)


def test_weights_are_counted_rightly_and_serve_any_length() -> None:
    """Door 2, practice 4."""
    assert count(nn.RNN(5, 16)) == 368
    assert count(nn.RNN(5, 128)) == 17_280
    rnn = nn.RNN(5, 8, batch_first=True)
    assert [rnn(torch.randn(2, steps, 5))[0].shape[1] for steps in (16, 32, 1000)] == [16, 32, 1000]


def test_the_pocket_calculator_tells_rumble_from_hiss(lesson: dict[str, Any]) -> None:
    """Same readings, other states; and a tanh holds every state between -1 and 1."""
    last = []
    for readings in ([1, 1, 1, -1, -1, -1], [1, -1, 1, -1, 1, -1]):
        h = 0.0
        for x in readings:
            h = lesson["tiny_step"](x, h)
            assert -1 < h < 1
        last.append(round(h, 2))
    assert last[0] != last[1]


def test_the_solution_is_nn_rnn_and_the_probe_finds_the_bug(lesson: dict[str, Any]) -> None:
    """A few millionths; the last clip moves before the repair and not after it."""
    clips, weights = lesson["data"].train.x[:32], lesson["weights"]
    theirs, _ = lesson["rnn_with"](*weights, batch_first=True)(clips)
    assert (lesson["rnn_sequence"](clips, *weights) - theirs).abs().max() < 1e-5
    assert lesson["last_clip_moves"](lesson["careless"]) > 0.1
    assert lesson["last_clip_moves"](lesson["summarise"]) == 0


def test_the_data_are_what_the_lesson_says(lesson: dict[str, Any]) -> None:
    """Equal heaps; a perfect listener that contradicts the wrong labels only, backwards as well."""
    data = lesson["data"]
    assert data.train.x.shape[1:] == (16, 8)
    for split, wrong in ((data.train, data.wrong), (data.val, data.wrong_val)):
        heaps = [split.x[split.y == label] for label in (0, 1)]
        assert abs(heaps[0].mean() - heaps[1].mean()) < 0.03
        assert abs(heaps[0].std() - heaps[1].std()) < 0.03
        clips = [heap.flatten(1) for heap in heaps]
        spreads = [clip.std(dim=1).mean().item() for clip in clips]
        assert spreads[0] == pytest.approx(spreads[1], abs=0.03)
        heard = lesson["perfect_listener"](split)
        assert torch.equal(heard != split.y, wrong)
        assert wrong.double().mean().item() == pytest.approx(0.1, abs=0.02)
        turned = lab.Split(split.x.flip(1), split.y)
        assert torch.equal(lesson["perfect_listener"](turned), heard)


def test_of_four_models_only_the_recurrent_one_can_learn_it() -> None:
    """Challenge 2: a mean and a sort lose the order, a linear score turns with its clip."""
    clip = torch.randn(1, 16, 5)
    other = clip[:, torch.randperm(16)]
    assert torch.allclose(clip.mean(dim=1), other.mean(dim=1), atol=1e-6)
    assert torch.equal(clip.sort(dim=1)[0], other.sort(dim=1)[0])
    linear = nn.Linear(80, 2, bias=False)
    assert torch.allclose(linear(clip.flatten(1)), -linear(-clip.flatten(1)), atol=1e-6)
    rnn = nn.RNN(5, 16, batch_first=True)
    assert not torch.allclose(rnn(clip)[1], rnn(other)[1], atol=1e-3)


def test_dropout_of_one_layer_does_nothing_and_warns() -> None:
    """Door 9, challenge 3, the first of the things often said."""
    with pytest.warns(UserWarning, match="dropout option adds dropout after all but last"):
        rnn = nn.RNN(8, 64, batch_first=True, dropout=0.5)
    x = torch.randn(4, 16, 8)
    assert torch.equal(rnn.train()(x)[0], rnn(x)[0])


def test_clearing_between_backward_and_step_learns_nothing() -> None:
    """Door 7."""
    layer = nn.Linear(3, 1)
    before = copy.deepcopy(layer.state_dict())
    optimizer = torch.optim.SGD(layer.parameters(), lr=1.0)
    layer(torch.ones(1, 3)).sum().backward()
    optimizer.zero_grad()
    optimizer.step()
    assert all(torch.equal(before[name], now) for name, now in layer.state_dict().items())


def test_a_state_dict_is_a_mirror_and_a_deepcopy_a_photograph() -> None:
    """Challenge 5."""
    layer = nn.Linear(2, 1)
    mirror, photograph = layer.state_dict(), copy.deepcopy(layer.state_dict())
    with torch.no_grad():
        layer.weight += 1
    assert torch.equal(mirror["weight"], layer.weight)
    assert torch.allclose(photograph["weight"] + 1, layer.weight)


def test_a_softmax_before_the_loss_has_a_floor() -> None:
    """0.31, however sure the network is."""
    sure = torch.tensor([[1.0, 0.0]])
    floor = F.cross_entropy(sure, torch.tensor([0])).item()
    assert floor == pytest.approx(0.313, abs=5e-4)
    assert "no longer fall below 0.31" in prose("01_rnn")
    scores = torch.randn(8, 2)
    labels = torch.zeros(8, dtype=torch.long)
    assert F.nll_loss(scores.softmax(dim=1), labels) < 0
    assert F.nll_loss(scores.log_softmax(dim=1), labels) == F.cross_entropy(scores, labels)


def test_bugs_that_raise_nothing_do_what_the_lesson_says(lesson: dict[str, Any]) -> None:
    """Two passes, gradients that add up, a clip that comes too early, layers that nobody finds."""
    x, y = lesson["data"].train.x[:32], lesson["data"].train.y[:32]
    for name, moves in (("Classifier", False), ("DropsAlways", True), ("StartsAnywhere", True)):
        model = lesson[name]().eval()
        with torch.no_grad():
            assert torch.equal(model(x), model(x)) != moves, name
    model = lesson["Classifier"]()
    sizes = []
    for _ in range(4):
        F.cross_entropy(model(x), y).backward()
        sizes.append(nn.utils.get_total_norm([w.grad for w in model.parameters()]).item())
    assert sizes == pytest.approx([sizes[0] * turn for turn in (1, 2, 3, 4)], rel=1e-4)
    model.zero_grad()
    nn.utils.clip_grad_norm_(model.parameters(), 0.1)
    F.cross_entropy(model(x), y).backward()
    assert nn.utils.clip_grad_norm_(model.parameters(), 0.1) > 0.1
    found = count(lesson["Stacked"](nn.ModuleList)) - count(lesson["Stacked"](list))
    assert found == count(nn.RNN(8, 8)) * 2
    guesses = torch.randint(2, (2000,))
    assert (guesses == guesses[:, None]).double().mean().item() == pytest.approx(0.5, abs=0.05)


@pytest.mark.parametrize(
    ("run", "said"),
    [
        (lambda: nn.Dropout(50), "has to be between 0 and 1"),
        (lambda: nn.RNN(5, 8)(torch.randn(3, 5).double()), "does not match weight dtype"),
        (lambda: nn.RNN(5, 8)(torch.ones(3, 5).long()), "model.to(torch.int64)"),
    ],
)
def test_three_that_are_loud(run: Any, said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        run()


def test_an_lstm_returns_a_pair_of_states() -> None:
    """The bonus."""
    output, (h_n, c_n) = nn.LSTM(8, 64, batch_first=True)(torch.randn(4, 16, 8))
    assert (output.shape, h_n.shape, c_n.shape) == ((4, 16, 64), (1, 4, 64), (1, 4, 64))


@pytest.mark.parametrize("unit", ["01_rnn", "02_gru", "03_birnn", "04_packing", "05_text"])
def test_fit_knows_the_settings_that_the_lessons_list(unit: str) -> None:
    told = prose(unit)
    known = inspect.signature(lab.fit).parameters
    for setting in SETTINGS.split(", "):
        assert setting in told
        assert setting.strip("`") in known


def test_the_honest_loss_is_that_of_a_listener_as_sure_as_it_ought_to_be() -> None:
    """Nine labels in ten are right: no less than this can be had without learning mistakes."""
    honest = -0.1 * math.log(0.1) - 0.9 * math.log(0.9)
    scores = torch.tensor([[math.log(0.9), math.log(0.1)]]).repeat(10, 1)
    labels = torch.tensor([1] + [0] * 9)
    assert F.cross_entropy(scores, labels).item() == pytest.approx(honest)
