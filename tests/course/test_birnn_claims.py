"""What unit 03_birnn says in prose and quiz about shapes, counts, errors and its data is so."""

from typing import Any

import pytest
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from grader.referee.question_bank import load_question

from .lessons import SOLUTIONS, names, prose


def count(layer: nn.Module) -> int:
    return sum(weights.numel() for weights in layer.parameters())


def both(*sizes: int, **options: Any) -> nn.RNN:
    """A bidirectional RNN, batch first."""
    return nn.RNN(*sizes, batch_first=True, bidirectional=True, **options)


@pytest.fixture(name="lesson", scope="module")
def _lesson() -> dict[str, Any]:
    return names(
        "03_birnn", "neighbours", "by_counting", "reverse", "read", "two_directions", "OneWay"
    )


def test_counting_knows_what_the_lesson_says(lesson: dict[str, Any]) -> None:
    """Either side leaves four in ten wrong, both together two; a blind guess is right for 20%."""
    before, behind, together = (lesson["by_counting"](use) for use in ([0], [1], [0, 1]))
    assert before == pytest.approx(60, abs=5)
    assert behind == pytest.approx(60, abs=5)
    assert together == pytest.approx(80, abs=3)
    shares = torch.bincount(lesson["data"].val.y).double() / len(lesson["data"].val)
    assert shares.max() == pytest.approx(0.2, abs=0.02)


def test_the_data_are_what_the_lesson_says(lesson: dict[str, Any]) -> None:
    """500 of 10,000 training labels are wrong, no validation label is; each sentence has a gap."""
    data = lesson["data"]
    assert (len(data.train), int(data.wrong.sum())) == (10_000, 500)
    assert "500 of the 10,000 training sentences" in prose("03_birnn")
    assert not data.wrong_val.any()
    for split in (data.train, data.val):
        assert ((split.x == lesson["BLANK"]).sum(dim=1) == 1).all()
        gap = (split.x == lesson["BLANK"]).int().argmax(dim=1)
        assert (split.lengths - 1 - gap).min() >= 3  # "three words at the least"


def test_a_box_is_turned_with_its_padding() -> None:
    """The three lines above `reverse`; door 4."""
    box, lengths = torch.tensor([[11, 12, 13, 14, 15], [21, 22, 23, 0, 0]]), torch.tensor([5, 3])
    assert box.flip(1)[1].tolist() == [0, 0, 23, 22, 21]
    reverse = names("03_birnn", "reverse")["reverse"]
    wanted = [[15, 14, 13, 12, 11], [23, 22, 21, 0, 0]]
    assert reverse(box[:, :, None], lengths)[:, :, 0].tolist() == wanted


def test_flip_run_flip_back_is_bidirectional(lesson: dict[str, Any]) -> None:
    """Full boxes, and with `reverse` in the place of `flip` packed ones too; eight tensors."""
    rnn = both(3, 4)
    found, weights = zip(*rnn.named_parameters(), strict=True)
    assert len(found) == 8
    assert [name.endswith("_reverse") for name in found] == [False] * 4 + [True] * 4
    x = torch.randn(2, 5, 3)
    made = lesson["two_directions"](x, weights[:4], weights[4:])
    assert torch.allclose(made, rnn(x)[0], atol=1e-5)
    lengths = torch.tensor([5, 3])
    x[1, 3:] = 0
    packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
    theirs = pad_packed_sequence(rnn(packed)[0], batch_first=True)[0]
    back = lesson["reverse"](lesson["read"](lesson["reverse"](x, lengths), weights[4:]), lengths)
    yours = torch.cat([lesson["read"](x, weights[:4]), back], dim=2)
    real = x.abs().sum(dim=2) > 0
    assert torch.allclose(yours[real], theirs[real], atol=1e-5)


def test_the_map_of_h_n() -> None:
    """Doors 3, 5 and 6; practice 3; challenge 1."""
    output, h_n = both(50, 8, num_layers=2)(torch.randn(32, 14, 50))
    assert (output.shape, h_n.shape) == ((32, 14, 16), (4, 32, 8))
    apart = h_n.view(2, 2, 32, 8)
    assert torch.equal(apart[1, 0], output[:, -1, :8])
    assert torch.equal(apart[1, 1], output[:, 0, 8:])
    assert both(50, 64)(torch.randn(32, 14, 50))[0].shape == (32, 14, 128)
    output, h_n = both(5, 8, num_layers=2)(torch.randn(4, 7, 5))
    assert torch.equal(output[:, 0, 8:], h_n[-1])
    assert not torch.equal(output[:, -1, 8:], h_n[-1])
    output, h_n = both(5, 8, num_layers=3)(torch.randn(4, 7, 5))
    assert (output.shape, h_n.shape) == ((4, 7, 16), (6, 4, 8))
    assert torch.equal(output[:, -1, :8], h_n[4])
    assert torch.equal(output[:, 0, 8:], h_n[5])


def test_a_view_mixes_sentences_but_not_in_a_batch_of_one() -> None:
    """Door 8."""
    for batch, same in ((4, False), (1, True)):
        _, h_n = both(5, 8)(torch.randn(batch, 7, 5))
        joined = torch.cat([h_n[-2], h_n[-1]], dim=1)
        assert torch.equal(h_n.view(batch, -1), joined) == same


def test_the_backward_half_of_the_last_column_has_read_one_word() -> None:
    """The wrong summary, measured; door 7."""
    rnn = both(50, 64)
    x, other = torch.randn(2, 1, 9, 50)
    other[:, -1] = x[:, -1]
    moved = (rnn(x)[0] - rnn(other)[0])[0, -1].abs()
    assert moved[64:].max() == 0
    assert moved[:64].max() > 0.1
    ends = (rnn(x)[1] - rnn(other)[1]).abs().amax(dim=(1, 2))
    assert ends.min() > 0.1


def test_after_packing_the_last_column_is_zeros_for_shorter_sentences() -> None:
    """Three read-outs."""
    x, lengths = torch.randn(2, 9, 5), torch.tensor([9, 4])
    packed = pack_padded_sequence(x, lengths, batch_first=True)
    output, _ = pad_packed_sequence(both(5, 8)(packed)[0], batch_first=True, total_length=9)
    assert not output[1, -1].any()
    assert output[0, -1].any()


def test_numbers_of_weights(lesson: dict[str, Any]) -> None:
    """The size budget; practice 2; challenge 3."""
    repair = load_question(SOLUTIONS / "03_birnn" / "questions" / "birnn-repair.py", "03_birnn")
    budget = repair.module.PARAMETERS_AT_MOST
    assert f"**{budget:,} numbers**" in prose("03_birnn")
    assert budget == int(1.25 * count(lesson["OneWay"]()))
    assert count(nn.RNN(50, 64)) == 7_424
    assert count(both(50, 64)) == 14_848
    assert [count(both(50, hidden)) for hidden in (40, 32, 46)] == [7_360, 5_376, 9_016]


def test_dropout_acts_between_the_layers_only() -> None:
    """Practice 4."""
    rnn = nn.RNN(5, 8, num_layers=2, dropout=0.5, bidirectional=True).train()
    x = torch.randn(7, 40, 5)
    output, _ = rnn(x)
    assert not (output == 0).any()
    assert not torch.equal(output, rnn(x)[0])


def test_code_of_an_lstm_raises_with_one_direction_and_runs_with_two() -> None:
    """Practice 5 and the second of the things often said."""
    x = torch.randn(4, 7, 5)
    with pytest.raises(ValueError, match="not enough values to unpack"):
        _output, (_h, _c) = nn.RNN(5, 8, batch_first=True)(x)
    output, (h, c) = both(5, 8)(x)
    assert (h.shape, c.shape) == ((4, 8), (4, 8))
    assert torch.equal(h, output[:, -1, :8])


def test_zeros_behind_a_sentence_hurt_the_forward_summary_most() -> None:
    """Packed, neither moves; not packed, both do, in very different measure."""
    torch.manual_seed(0)
    rnn, x = both(5, 8), torch.randn(16, 7, 5)
    zeros = nn.functional.pad(x, (0, 0, 0, 6))
    packed = pack_padded_sequence(zeros, torch.full((16,), 7), batch_first=True)
    forward, backward = (rnn(x)[1] - rnn(zeros)[1]).abs().amax(dim=(1, 2))
    assert forward > 3 * backward > 0
    assert torch.allclose(rnn(x)[1], rnn(packed)[1], atol=1e-6)


def test_errors_and_shapes_that_are_quoted() -> None:
    """A head for one direction; what a second layer reads."""
    with pytest.raises(RuntimeError, match="mat1 and mat2 shapes cannot be multiplied"):
        nn.Linear(64, 5)(torch.zeros(32, 128))
    rnn = nn.RNN(10, 20, num_layers=2, bidirectional=True)
    for end in ("", "_reverse"):
        assert rnn.get_parameter(f"weight_ih_l0{end}").shape == (20, 10)
        assert rnn.get_parameter(f"weight_ih_l1{end}").shape == (20, 40)


def test_the_first_rows_of_h_n_leave_the_second_layer_without_a_gradient() -> None:
    """Challenge 5: exactly zero, in both of its directions."""
    rnn = both(50, 48, num_layers=2)
    _, h_n = rnn(torch.randn(4, 7, 50))
    torch.cat([h_n[0], h_n[1]], dim=1).sum().backward()
    for name, weights in rnn.named_parameters():
        assert (weights.grad is not None and bool(weights.grad.any())) == ("_l0" in name), name
