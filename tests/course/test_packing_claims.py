"""What unit 04_packing says in prose and quiz about shapes, counts, errors and its data is so."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
import torch.nn.functional as F  # noqa: N812  as in the lessons
from torch import Tensor, nn
from torch.nn.utils.rnn import (
    PackedSequence,
    pack_padded_sequence,
    pad_packed_sequence,
    pad_sequence,
)
from torch.utils.data import DataLoader

from .lessons import names, prose

LENGTHS = torch.tensor([3, 7, 2, 5])


def pack(x: Tensor, lengths: Tensor, **options: bool) -> PackedSequence:
    """As the lesson packs: batch first, rows in any order."""
    return pack_padded_sequence(
        x, lengths, **{"batch_first": True, "enforce_sorted": False} | options
    )


@pytest.fixture(name="lesson", scope="module")
def _lesson() -> dict[str, Any]:
    return names(
        "04_packing",
        *("last_valid", "masked_mean", "batch_sizes", "moves", "collate"),
        *("bucket_batches", "packed_states", "both_ways", "reader"),
    )


def test_the_calls_are_what_the_lesson_says(lesson: dict[str, Any]) -> None:
    """Nine men, fifty columns, one wrong name in ten in every split, the shortest call of seven."""
    data = lesson["data"]
    assert data.train.x.shape[1:] == (50, 12)
    assert len(data.classes) == 9
    assert len(data.val) == 360
    assert data.train.lengths.min() == 7
    for wrong in (data.wrong, data.wrong_val):
        assert wrong.double().mean().item() == pytest.approx(0.1, abs=0.002)
    for row, length in enumerate(data.train.lengths.tolist()):
        assert not data.train.x[row, length:].any()
    assert int((50 - data.train.lengths).max()) == 43
    assert "up to 43 zeros" in prose("04_packing")


def test_the_packed_rows_of_the_drawing() -> None:
    """Sorted, then column by column; not one zero is left."""
    rows = [100.0 * row + torch.arange(1, n + 1) for row, n in enumerate(LENGTHS.tolist(), start=1)]
    x = pad_sequence(rows, batch_first=True)[:, :, None]
    packed = pack(x, LENGTHS)
    assert packed.batch_sizes.tolist() == [4, 4, 3, 2, 2, 1, 1]
    assert packed.sorted_indices is not None
    assert packed.sorted_indices.tolist() == [1, 3, 0, 2]
    assert packed.data.flatten()[:5].tolist() == [201, 401, 101, 301, 202]
    assert packed.data.all()


def test_the_staircase_is_packings_own(lesson: dict[str, Any]) -> None:
    """The question's solution; doors 5 and 9; challenge 1."""
    for lengths in (LENGTHS, torch.tensor([2, 4, 1]), torch.tensor([3, 10, 6, 8])):
        x = torch.randn(len(lengths), int(lengths.max()), 12)
        sizes = lesson["batch_sizes"](lengths)
        assert torch.equal(sizes, pack(x, lengths).batch_sizes)
    assert lesson["batch_sizes"](torch.tensor([2, 4, 1])).tolist() == [3, 2, 1, 1]
    packed = pack(torch.randn(4, 10, 12), torch.tensor([3, 10, 6, 8]))
    _, h_n = nn.GRU(12, 5, batch_first=True)(packed)
    assert (packed.data.shape, h_n.shape) == ((27, 12), (1, 4, 5))
    packed = pack(torch.randn(32, 50, 12), torch.tensor([24] + [7] * 31))
    output, _ = nn.GRU(12, 64, batch_first=True)(packed)
    assert pad_packed_sequence(output, batch_first=True)[0].shape == (32, 24, 64)
    assert pad_packed_sequence(output)[0].shape == (24, 32, 64)


def test_unpacked_again_everything_is_where_the_lesson_says(lesson: dict[str, Any]) -> None:
    """Widths, zeros behind each end, lengths and order back, `h_n` at each row's own end."""
    data = lesson["data"]
    x, lengths = data.train.x[:32], data.train.lengths[:32]
    packed_output, h_n = nn.GRU(12, 8, batch_first=True)(pack(x, lengths))
    output, back = pad_packed_sequence(packed_output, batch_first=True)
    wide, _ = pad_packed_sequence(packed_output, batch_first=True, total_length=50)
    assert (output.shape, wide.shape) == ((32, int(lengths.max()), 8), (32, 50, 8))
    assert torch.equal(back, lengths)
    ends = output[torch.arange(32), lengths - 1]
    assert torch.equal(h_n[0], ends)
    behind = torch.arange(output.shape[1]) >= lengths[:, None]
    assert not output[behind].any()


def test_zeros_move_what_does_not_look_at_lengths(lesson: dict[str, Any]) -> None:
    """The probe of this unit, on every read-out that it is shown with."""
    data = lesson["data"]
    lengths = data.train.lengths[:10]
    x = data.train.x[:10, : int(lengths.max())]
    gru = nn.GRU(12, 8, batch_first=True)
    weights = [w.detach() for w in nn.RNN(12, 8, bidirectional=True).parameters()]
    reads: dict[str, tuple[bool, Callable[[Tensor], Tensor]]] = {
        "last column": (True, lambda x: gru(x)[0][:, -1]),
        "h_n": (True, lambda x: gru(x)[1][-1]),
        "mean of all": (True, lambda x: gru(x)[0].mean(dim=1)),
        "last_valid": (False, lambda x: lesson["last_valid"](gru(x)[0], lengths)),
        "masked_mean": (False, lambda x: lesson["masked_mean"](gru(x)[0], lengths)),
        "packed": (False, lambda x: lesson["packed_states"](gru, x, lengths)[-1]),
        "both ways": (False, lambda x: lesson["both_ways"](x, lengths, weights)),
    }
    for name, (moves, read) in reads.items():
        gap = (read(x) - read(F.pad(x, (0, 0, 0, 15)))).abs().max()
        assert (gap > 1e-3) == moves, name
        assert moves or gap < 1e-5, name


def test_all_calls_fade_into_one_state() -> None:
    """A fresh GRU after many zeros: the voice is gone."""
    torch.manual_seed(0)
    gru, calls = nn.GRU(12, 3, batch_first=True), torch.randn(2, 20, 12)
    gaps = []
    for zeros in (0, 5, 35):
        ends = gru(F.pad(calls, (0, 0, 0, zeros)))[0][:, -1]
        gaps.append((ends[0] - ends[1]).abs().max().item())
    assert gaps[0] > gaps[1] > gaps[2]
    assert gaps[2] < 0.01


def test_gathering_equals_packing_forward_only() -> None:
    """Both directions."""
    x, rows = torch.randn(4, 7, 12), torch.arange(4)
    for row, length in enumerate(LENGTHS.tolist()):
        x[row, length:] = 0
    gru = nn.GRU(12, 8, batch_first=True, bidirectional=True)
    gathered = gru(x)[0][rows, LENGTHS - 1]
    _, h_n = gru(pack(x, LENGTHS))
    assert torch.allclose(gathered[:, :8], h_n[0], atol=1e-6)
    assert (gathered[:, 8:] - h_n[1]).abs().max() > 0.01


@pytest.mark.parametrize(
    ("run", "said"),
    [
        (
            lambda x: pack_padded_sequence(x, LENGTHS, batch_first=True),
            "`lengths` array must be sorted in decreasing order when `enforce_sorted` is True",
        ),
        (
            lambda x: pack(x, torch.tensor([3, 0, 2, 5])),
            "Length of all samples has to be greater than 0",
        ),
        (
            lambda x: pack(x, LENGTHS.sort(descending=True).values.to("meta"), enforce_sorted=True),
            "lengths",
        ),
        (
            lambda x: pack(
                x, LENGTHS.sort(descending=True).values, batch_first=False, enforce_sorted=True
            ),
            "Expected `len(lengths)` to be equal to batch_size",
        ),
        (
            lambda x: nn.GRU(3, 4, batch_first=True)(pack(x, torch.tensor([3, 9, 2, 5]))),
            "exceeds dimension size",
        ),
        (lambda x: x[:, :3] * (torch.arange(7) < LENGTHS[:, None])[:, :, None], "must match"),
    ],
    ids=["unsorted", "empty", "elsewhere", "batch first", "too long", "mask"],
)
def test_lengths_that_raise(run: Callable[[Tensor], object], said: str) -> None:
    """What PyTorch says; practice 2, 3 and 4."""
    x = torch.randn(4, 7, 3)
    with pytest.raises(RuntimeError) as caught:
        run(x)
    assert said in str(caught.value)


def test_a_ragged_batch_is_refused_and_collated(lesson: dict[str, Any]) -> None:
    """A batch of your own: the message, and the shapes of the table."""
    ragged = [(torch.randn(int(n), 12), label) for label, n in enumerate(LENGTHS)]
    with pytest.raises(RuntimeError, match="stack expects each tensor to be equal size"):
        next(iter(DataLoader(ragged, batch_size=4)))  # type: ignore[arg-type]
    x, lengths, y = lesson["collate"](ragged)
    assert (x.shape, lengths.tolist(), y.tolist()) == ((4, 7, 12), [3, 7, 2, 5], [0, 1, 2, 3])
    assert lengths.dtype == y.dtype == torch.int64
    assert pad_sequence([torch.randn(n, 12) for n in (5, 9, 7)]).shape == (9, 3, 12)


def test_lengths_that_do_not_raise() -> None:
    """The silent ones; challenge 5."""
    gru = nn.GRU(3, 4, batch_first=True)
    x, square = torch.randn(4, 7, 3), torch.randn(7, 7, 3)
    assert len(pack(x, LENGTHS, batch_first=False).data) == 13  # of 17: four of the seven "rows"
    counts = torch.tensor([3, 7, 2, 5, 6, 1, 4])
    right, wrong = (gru(pack(square, counts, batch_first=first))[1] for first in (True, False))
    assert right.shape == wrong.shape
    assert (right - wrong).abs().max() > 0.01
    output = gru(pack(x, LENGTHS))[0]
    assert pad_packed_sequence(output)[0].shape == (7, 4, 4)
    assert pad_sequence(list(x[:, :5])).shape == (5, 4, 3)
    states = gru(x)[0]
    assert torch.equal(states[1, 0 - 1], states[1, 6])
    assert (states[1, :0].sum(dim=0) / 0).isnan().all()


def test_a_packed_batch_has_no_batch_axis_for_the_layer() -> None:
    """Challenge 5: the layer's own `batch_first` plays no part."""
    one, other = nn.GRU(3, 4, batch_first=True), nn.GRU(3, 4)
    other.load_state_dict(one.state_dict())
    packed = pack(torch.randn(4, 7, 3), LENGTHS)
    assert torch.equal(one(packed)[1], other(packed)[1])


def test_padding_idx_makes_a_zero_and_no_mask() -> None:
    """Practice 5 and the first of the things often said."""
    embedding = nn.Embedding(20, 6, padding_idx=0)
    gru, words = nn.GRU(6, 8, batch_first=True), torch.tensor([[4, 11, 7]])
    near, far = (gru(embedding(F.pad(words, (0, zeros))))[1] for zeros in (0, 5))
    assert not embedding(torch.tensor(0)).any()
    assert (near - far).abs().max() > 0.01


def test_left_padding_makes_packing_read_zeros(lesson: dict[str, Any]) -> None:
    """All voice on the right; on the left mostly not."""
    data = lesson["data"]
    rows = [row[:n] for row, n in zip(data.train.x, data.train.lengths.tolist(), strict=True)]
    shares = {}
    for side in ("right", "left"):
        x = pad_sequence(rows, batch_first=True, padding_side=side)
        kept = pack(x, data.train.lengths).data
        shares[side] = (kept != 0).any(dim=1).double().mean().item()
    assert shares["right"] == 1
    assert shares["left"] < 0.9


def test_a_loaders_batches_save_half_of_the_columns(lesson: dict[str, Any]) -> None:
    """And a third of each box is still silence; buckets leave hardly any."""
    data = lesson["data"]
    dice = torch.Generator().manual_seed(0)
    mixed = torch.randperm(len(data.train), generator=dice).split(32)
    alike = lesson["bucket_batches"](data.train.lengths, 32, dice)

    def columns(batches: Any) -> int:
        return sum(len(rows) * int(data.train.lengths[rows].max()) for rows in batches)

    voice = int(data.train.lengths.sum())
    assert columns(mixed) / (50 * len(data.train)) == pytest.approx(0.5, abs=0.06)
    assert 1 - voice / columns(mixed) == pytest.approx(1 / 3, abs=0.06)
    assert voice / columns(alike) > 0.9
    assert sorted(torch.cat(alike).tolist()) == list(range(len(data.train)))


def test_numbers_of_the_quiz() -> None:
    """Practice 1, challenge 4."""
    assert pytest.approx(2 / 3) == 1 - (2 + 5 + 3) / (3 * 10)
    assert pytest.approx(1 / 3) == 1 - (2 + 5 + 3) / (3 * 5)
    assert pytest.approx(96.6, abs=0.05) == 100 * 620 / 642
    assert pytest.approx(88, abs=0.5) == 100 * (10 * 62 / 64 + 0) / 11
