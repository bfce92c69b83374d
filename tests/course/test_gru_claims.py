"""What unit 02_gru says in prose and quiz about shapes, counts and errors is so."""

import itertools
import re
from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence

from grader import lab


def shapes(layer: nn.Module, *x: Tensor) -> list[tuple[int, ...]]:
    """The shapes of `output` and `h_n`."""
    return [tuple(part.shape) for part in layer(*x)]


def count(layer: nn.Module) -> int:
    return sum(weights.numel() for weights in layer.parameters())


def test_sequence_b_is_the_brighter_one() -> None:
    """Behind the shutter: both labels are right, and B's is brighter."""
    data = lab.load("shutter")
    assert data.val.y[:2].tolist() == [0, 1]
    assert data.classes[1] == "brighter"
    assert not data.wrong_val[:2].any()


def test_the_lamp_is_on_at_the_end_of_one_of_the_two_sequences_and_a_pulse_decides() -> None:
    """How far back? The two sequences are called by what the perfect rule says of them."""
    two = lab.load("latch").val.x[[18, 39]]
    assert lab.recipe("latch").rule(two.numpy()).tolist() == [0, 1]
    drawn = str(lab.show_wires({"A": two[0], "B": two[1]}, lamp=True))
    assert re.search(r"A: .*the lamp is off\. B: .*the lamp is on\.", drawn)


def test_gaps_of_the_latch_go_from_0_to_36() -> None:
    """How far back? Each gap alike often, and its fresh sequences have the gaps they are given."""
    recipe = lab.recipe("latch")
    x = lab.load("latch").val.x[:, :, 0]
    gaps = (x.flip(1).abs() > 1.75).int().argmax(dim=1)
    assert (int(gaps.min()), int(gaps.max())) == (0, 36)
    assert gaps.bincount(minlength=37).min() > 10
    wanted, truth = np.array([0, 7, 39]), np.array([1, 0, 1])
    made = recipe.draw_sequences(np.random.default_rng(0), truth, wanted)
    assert (np.abs(made[:, ::-1, 0]) > 1.75).argmax(axis=1).tolist() == wanted.tolist()
    assert recipe.rule(made).tolist() == truth.tolist()


def test_an_exploding_gradient_is_shortened_and_not_turned() -> None:
    """Often said: from 1 to 60 steps its norm grows; clipped it is 1 and points the same way."""
    lab.seed(0)
    layer = nn.RNN(11, 64, nonlinearity="relu", batch_first=True)
    with torch.no_grad():
        layer.get_parameter("weight_hh_l0").mul_(4)
    norms = []
    grads: list[Tensor] = []
    for steps in (1, 10, 30, 60):
        layer.zero_grad()
        layer(torch.randn(32, steps, 11))[0][:, -1].sum().backward()
        grads = [w.grad for w in layer.parameters() if w.grad is not None]
        norms.append(float(nn.utils.get_total_norm(grads)))
    assert all(late > 10 * early for early, late in itertools.pairwise(norms))
    whole = torch.cat([grad.flatten() for grad in grads]).clone()
    nn.utils.clip_grad_norm_(layer.parameters(), 1.0)
    clipped = torch.cat([w.grad.flatten() for w in layer.parameters() if w.grad is not None])
    assert clipped.norm() == pytest.approx(1.0, abs=1e-4)
    assert torch.cosine_similarity(whole, clipped, dim=0) > 0.9999


def test_shapes_of_the_quiz() -> None:
    """Practice 3 and 4, challenge 1 and 5, the bonus."""
    assert shapes(nn.GRU(5, 3, batch_first=True), torch.randn(4, 7, 5))[0] == (4, 7, 3)
    assert shapes(nn.GRU(8, 4), torch.randn(5, 10, 8))[0] == (5, 10, 4)
    two_layers = nn.GRU(10, 20, num_layers=2)
    assert shapes(two_layers, torch.randn(5, 3, 10)) == [(5, 3, 20), (2, 3, 20)]
    assert shapes(nn.GRU(8, 16), torch.randn(4, 8)) == [(4, 16), (1, 16)]
    both = nn.GRU(11, 16, batch_first=True, bidirectional=True)
    assert shapes(both, torch.randn(4, 40, 11)) == [(4, 40, 32), (2, 4, 16)]


def test_weights_lie_in_three_blocks() -> None:
    """Door 5, challenge 3, the counts of the layer and of a prediction."""
    stacked = nn.GRU(10, 20, num_layers=3)
    assert stacked.get_parameter("weight_hh_l0").shape == (60, 20)
    assert stacked.get_parameter("weight_ih_l0").shape == (60, 10)
    assert stacked.get_parameter("weight_ih_l2").shape == (60, 20)
    assert count(nn.GRU(11, 64)) == 3 * count(nn.RNN(11, 64))
    large, small = (count(nn.GRU(11, size, num_layers=2)) for size in (64, 16))
    assert small == 3024
    assert round(large / small) == 13


@pytest.mark.parametrize(
    ("run", "said"),
    [
        (lambda: nn.GRU(10), "hidden_size"),
        (lambda: nn.GRU(20, 10)(torch.randn(3, 4, 10)), "Expected 20, got 10"),
        (
            lambda: nn.GRU(8, 16)(torch.randn(4, 10)),
            "input.size(-1) must be equal to input_size. Expected 8, got 10",
        ),
        (
            lambda: nn.GRU(11, 8, num_layers=2, batch_first=True)(
                torch.randn(32, 40, 11), torch.zeros(32, 2, 8)
            ),
            "Expected hidden size (2, 32, 8), got [32, 2, 8]",
        ),
        (
            lambda: nn.Linear(16, 2)(torch.randn(4, 32)),
            "mat1 and mat2 shapes cannot be multiplied",
        ),
    ],
)
def test_errors_say_what_the_lesson_quotes(run: Callable[[], object], said: str) -> None:
    with pytest.raises((TypeError, RuntimeError)) as caught:
        run()
    assert said in str(caught.value)


def test_lstm_code_on_a_gru_fails_with_one_layer_and_runs_with_two() -> None:
    """The silent bug: `h` is the lower layer, and nothing reads the upper one."""
    x = torch.randn(4, 6, 11)
    with pytest.raises(ValueError, match="not enough values to unpack"):
        _output, (_h, _c) = nn.GRU(11, 5, batch_first=True)(x)
    gru = nn.GRU(11, 5, num_layers=2, batch_first=True)
    output, (h, c) = gru(x)
    assert torch.equal(output[:, -1], c)
    h.sum().backward()
    for name, weights in gru.named_parameters():
        assert weights.grad is not None
        assert bool(weights.grad.any()) == name.endswith("l0")


def test_the_last_layers_output_is_never_dropped() -> None:
    output, _ = nn.GRU(11, 64, num_layers=2, dropout=0.5).train()(torch.randn(40, 32, 11))
    assert not (output == 0).any()


def test_picking_the_last_valid_state_equals_packing_in_one_direction_only() -> None:
    """Practice 5."""
    lengths = torch.tensor([7, 4, 2])
    x = torch.randn(3, 7, 11)
    for row, length in enumerate(lengths):
        x[row, length:] = 0
    layer = nn.GRU(11, 5, batch_first=True, bidirectional=True)
    output, _ = layer(x)
    picked = output[torch.arange(3), lengths - 1]
    _, h_n = layer(pack_padded_sequence(x, lengths, batch_first=True))
    assert torch.allclose(picked[:, :5], h_n[0], atol=1e-6)
    assert not torch.allclose(picked[:, 5:], h_n[1], atol=1e-2)


def test_z_keeps_what_the_lesson_says() -> None:
    """Door 3 and 6."""
    left, needed = 0.5**40, 0.5 ** (1 / 40)
    assert left == pytest.approx(1e-12, rel=0.1)
    assert needed == pytest.approx(0.983, abs=5e-4)
    cell = nn.GRUCell(3, 4)
    with torch.no_grad():
        cell.bias_ih[4:8] = 100.0
    h = torch.randn(2, 4)
    assert torch.allclose(cell(torch.randn(2, 3), h), h)
