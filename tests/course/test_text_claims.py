"""What unit 05_text says in prose and quiz about shapes, counts, errors and its data is so."""

import math
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F  # noqa: N812  as in the lessons
from torch import nn

from grader import lab

from .lessons import SOLUTIONS, names, prose


@pytest.fixture(name="lesson", scope="module")
def _lesson() -> dict[str, Any]:
    return names(
        "05_text",
        *("ids", "coded", "after_word", "bigram_counts", "pairs", "shift", "NextWord", "Tied"),
        *("perplexity", "counted_after", "read_in_chunks", "Tiny"),
    )


def count(model: nn.Module) -> int:
    return sum(weights.numel() for weights in model.parameters())


def test_the_sentences_are_what_the_lesson_says(lesson: dict[str, Any]) -> None:
    """1000 and 1000 sentences, 2500 words, a fourth unknown, four pairs in ten never seen."""
    data = lesson["data"]
    assert (len(data.train), len(data.val), lesson["WORDS"]) == (1000, 1000, 2500)
    asked = data.val.y[data.val.y >= 0]
    assert (asked == lesson["UNK"]).double().mean().item() == pytest.approx(0.22, abs=0.04)
    known, new = set(lesson["pairs"](data.train)), lesson["pairs"](data.val)
    assert 0.4 < sum(pair not in known for pair in new) / len(new) < 0.5
    real, table = data.train.y >= 0, lesson["coded"](lesson["text"]["train"])
    assert torch.equal(table[:, :-1][real], data.train.x[real])
    hidden = np.load(SOLUTIONS / "05_text" / "hidden.npz")["x"]
    public = (SOLUTIONS.parent / "data/sentences/sentences.txt").read_text("utf-8").splitlines()
    assert "all 25,803 public sentences" in prose("05_text")
    assert "only the 2000 kept back for grading had no say" in prose("05_text")
    assert (len(public), len(hidden)) == (25_803, 2000)
    counts = Counter(word for line in public for word in line.split())
    often = sorted(counts, key=lambda word: (-counts[word], word))
    assert tuple(often[: lesson["WORDS"] - 3]) == data.classes[3:]


def test_counting_models_reach_what_the_lesson_says(lesson: dict[str, Any]) -> None:
    """Bigram just under 100; the trigram better in training and worse on validation."""
    data = lesson["data"]
    found = {
        (order, split): lab.ngram_surprises(data.train, asked, order, 2500).mean().exp().item()
        for order in (1, 2, 3)
        for split, asked in (("train", data.train), ("val", data.val))
    }
    assert 90 < found[2, "val"] < 100
    assert found[3, "val"] > found[2, "val"]
    assert found[3, "train"] < found[2, "train"]
    assert found[1, "val"] > found[2, "val"]


def test_a_table_of_pairs_and_a_shift(lesson: dict[str, Any]) -> None:
    """Counted once with every pair; five words give six questions; door 2."""
    data = lesson["data"]
    table = lesson["bigram_counts"](lesson["coded"](lesson["text"]["train"]), 2500)
    assert table.sum() == (data.train.y >= 0).sum()
    assert (table > 0).sum() == len(set(lesson["pairs"](data.train)))
    the = lesson["ids"]["the"]
    assert torch.equal(table[the], lesson["after_word"]("the"))
    inputs, targets = lesson["shift"](torch.tensor([[2, 11, 12, 13, 14, 15, 2, 0, 0]]))
    assert inputs.tolist() == [[2, 11, 12, 13, 14, 15, 2, 0]]
    assert targets.tolist() == [[11, 12, 13, 14, 15, 2, -100, -100]]
    assert (targets >= 0).sum() == 6


def test_the_six_stages_have_the_shapes_that_are_told(lesson: dict[str, Any]) -> None:
    """(1000, 10), (1000, 10, 50), (1000, 64), scores of 2500; doors 3, practice 3, trace 3."""
    data, model = lesson["data"], lesson["NextWord"]()
    embedded = model.embedding(data.train.x)
    output, h_n = model.gru(embedded)
    shapes = [data.train.x, embedded, h_n[-1], output, model.head(h_n[-1]), model.head(output)]
    assert [tuple(stage.shape) for stage in shapes] == [
        (1000, 10),
        (1000, 10, 50),
        (1000, 64),
        (1000, 10, 64),
        (1000, 2500),
        (1000, 10, 2500),
    ]
    assert not model.embedding.weight[0].any()
    ids = torch.zeros(32, 10, dtype=torch.long)
    assert nn.Embedding(2500, 50)(ids).shape == (32, 10, 50)
    output, _ = nn.GRU(10, 20, batch_first=True)(torch.randn(5, 7, 10))
    assert output.shape == (5, 7, 20)
    likeliest = model.head(output[:0].new_zeros(1, 64)).softmax(dim=1).max()
    assert likeliest < 3 / 2500  # a fresh network finds all words about equally likely


def test_the_last_state_has_read_the_padding(lesson: dict[str, Any]) -> None:
    """Trace 2: zeros go in, and the state moves on."""
    data, model = lesson["data"], lesson["NextWord"]()
    output, h_n = model.gru(model.embedding(data.train.x))
    rows = torch.arange(1000)
    ends = output[rows, data.train.lengths - 1]
    short = data.train.lengths < 10
    assert (h_n[-1] - ends)[short].norm(dim=1).min() > 0.01
    assert torch.equal(h_n[-1][~short], ends[~short])


def test_perplexity_is_what_the_lesson_says(lesson: dict[str, Any]) -> None:
    """A die has 6, 1/8 has 8 (door 4), three batches have 25.8 (door 9), a fresh network 2500."""
    assert torch.full((9,), 1 / 6).log().neg().mean().exp().item() == pytest.approx(6)
    assert math.exp(-math.log(1 / 8)) == pytest.approx(8)
    assert math.log(8) == pytest.approx(2.08, abs=5e-3)
    mean = (100 * 2 + 100 * 3 + 200 * 4) / 400
    assert math.exp(mean) == pytest.approx(25.8, abs=0.05)
    assert math.exp(3) == pytest.approx(20.1, abs=0.05)
    assert sum(map(math.exp, (2, 3, 4))) / 3 == pytest.approx(27.4, abs=0.3)
    assert math.exp(9) == pytest.approx(8103, abs=1)
    data, model = lesson["data"], lesson["NextWord"]()
    found = lesson["perplexity"](model(data.val.x, data.val.lengths), data.val.y)
    assert found.item() == pytest.approx(2500, rel=0.15)


@pytest.mark.parametrize(
    ("run", "error", "said"),
    [
        (
            lambda: F.cross_entropy(torch.randn(32, 10, 2500), torch.randint(2500, (32, 10))),
            RuntimeError,
            "Expected target size [32, 2500], got [32, 10]",
        ),
        (
            lambda: F.cross_entropy(torch.randn(2, 5, 9), torch.randint(9, (2, 5))),
            RuntimeError,
            "Expected target size [2, 9], got [2, 5]",
        ),
        (
            lambda: nn.GRU(50, 64)(torch.randn(32, 10, 100)),
            RuntimeError,
            "input.size(-1) must be equal to input_size. Expected 50, got 100",
        ),
        (
            lambda: nn.Embedding(2500, 50)(torch.tensor([[2, 17, 2500]])),
            IndexError,
            "index out of range in self",
        ),
        (
            lambda: nn.GRU(50, 64)(torch.ones(1, 3, 50, dtype=torch.long)),
            ValueError,
            "RNN input dtype (torch.int64) does not match weight dtype",
        ),
        (
            lambda: torch.stack([torch.zeros(3), torch.zeros(5)]),
            RuntimeError,
            "stack expects each tensor to be equal size",
        ),
        (
            lambda: F.cross_entropy(torch.randn(2, 9), torch.tensor([3, -7])),
            IndexError,
            "out of bounds",
        ),
        (lambda: nn.GRU(50), TypeError, "hidden_size"),
    ],
)
def test_errors_say_what_the_lesson_quotes(
    run: Callable[[], object], error: type[Exception], said: str
) -> None:
    """Challenges 1 and 5, practice 2, 4 and 5, door 6, the silent errors."""
    with pytest.raises(error) as caught:
        run()
    assert said in str(caught.value)


def test_silent_errors_are_silent() -> None:
    """No error where T equals V; practice 4 mended by half; nothing left over has no mean."""
    scores, words = torch.randn(4, 9, 9), torch.randint(9, (4, 9))
    right = F.cross_entropy(scores.flatten(0, 1), words.flatten())
    assert not torch.isclose(F.cross_entropy(scores, words), right)
    assert torch.isclose(F.cross_entropy(scores.transpose(1, 2), words), right)
    assert nn.GRU(100, 64)(torch.randn(32, 10, 100))[1].shape == (1, 10, 64)  # 32 became time
    assert F.cross_entropy(torch.randn(3, 9), torch.full((3,), -100)).isnan()


def test_the_laziest_model_is_praised_for_padding(lesson: dict[str, Any]) -> None:
    """Always `<pad>`: a good share where padding is counted, nothing where it is left out."""
    y = lesson["data"].val.y
    assert (y.clamp(min=0) == 0).double().mean() > 0.2
    assert not (y == 0).any()


def test_a_word_with_id_0_shares_the_paddings_row() -> None:
    """Always zero, and no gradient reaches it."""
    table = nn.Embedding(5, 3, padding_idx=0)
    table(torch.tensor([0, 1])).sum().backward()
    assert table.weight.grad is not None
    assert not table.weight[0].any()
    assert not table.weight.grad[0].any()
    assert table.weight.grad[1].all()


def test_both_directions_see_the_word_that_is_asked(lesson: dict[str, Any]) -> None:
    """Causality: a later word moves earlier scores in a bidirectional model only."""
    x = torch.randint(12, (4, 10))
    other = x.clone()
    other[:, 6] = (other[:, 6] + 1) % 12
    for both in (False, True):
        model = lesson["Tiny"](both)
        moved = (model(x) - model(other)).abs().amax(dim=(0, 2))
        assert bool(moved[5] > 0) == both
        assert moved[6] > 0


def test_a_state_handed_on(lesson: dict[str, Any]) -> None:
    """Challenge 3 and its run: three errors, and `detach` runs."""
    chunks = lesson["read_in_chunks"]
    assert chunks(lambda h: h.detach()) == "runs"
    assert chunks(lambda _h: None, rows=(4, 3)) == "runs"
    with pytest.raises(RuntimeError, match="Trying to backward through the graph a second time"):
        chunks(lambda h: h)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        chunks(lambda h: h, retain=True)
    with pytest.raises(RuntimeError, match=r"Expected hidden size \(1, 3, 8\), got \[1, 4, 8\]"):
        chunks(lambda h: h.detach(), rows=(4, 3))


def test_reading_twice_gives_other_scores_than_reading_once() -> None:
    """Door 10: whole sentence, or the new word with the state; both together are wrong."""
    gru, x = nn.GRU(5, 8, batch_first=True), torch.randn(1, 6, 5)
    once, _ = gru(x)
    _, h = gru(x[:, :-1])
    assert torch.allclose(gru(x[:, -1:], h)[0][:, -1], once[:, -1], atol=1e-6)
    assert (gru(x, h)[0][:, -1] - once[:, -1]).abs().max() > 1e-3


def test_windows_split_at_random_share_their_words() -> None:
    """Challenge 4: nearly every validation word stands in a training window, too."""
    starts = torch.randperm(5000, generator=torch.Generator().manual_seed(0))
    train, val = starts[:4500], starts[4500:]
    inside = torch.zeros(5020, dtype=torch.bool)
    for start in train.tolist():
        inside[start : start + 20] = True
    shared = [inside[start : start + 20].double().mean() for start in val.tolist()]
    assert sum(shared) / len(shared) > 0.99


def test_tying_halves_the_numbers(lesson: dict[str, Any]) -> None:
    """The bonus; and one parameter, not a copy."""
    untied, tied = lesson["NextWord"](), lesson["Tied"]()
    assert count(tied) / count(untied) == pytest.approx(0.5, abs=0.06)
    assert tied.head.weight is tied.embedding.weight


def test_what_counts_after_a_word_are_probabilities(lesson: dict[str, Any]) -> None:
    """0.75 off each pair that was seen, shared out: all of it, and no more."""
    for word in ("the", "<s>"):
        assert lesson["counted_after"](word).sum().item() == pytest.approx(1, abs=1e-3)
