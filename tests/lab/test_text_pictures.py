"""The pictures of unit text are well-formed, say in words what they show, and refuse what is not.

And the counted rivals are those of the judge.
"""

import math
from xml.etree import ElementTree as ET

import pytest
import torch

from grader import lab
from grader.core.errors import UsageError
from grader.lab.svg import Drawing
from grader.lab.training_history import Epoch, History
from grader.wire.splits import Split


def words(drawing: Drawing) -> str:
    root = ET.fromstring(drawing.svg)  # noqa: S314  our own text
    assert root.attrib["role"] == "img"
    assert root[0].text == drawing.alt == repr(drawing)
    return " ".join(root.itertext())


def history(losses: list[tuple[float, float]]) -> History:
    records = [
        Epoch(number, train, val, 30.0, 30.0, 1.0)
        for number, (train, val) in enumerate(losses, start=1)
    ]
    return History(records, min(records, key=lambda epoch: epoch.val_loss), "finished", False)


def test_a_sentence_asks_one_question_more_than_it_has_words() -> None:
    drawing = lab.show_shifted(["the", "<b>"], steps=5)
    assert "reads <s> the <b> and after each word must say the next one: the <b> <s>" in drawing.alt
    assert words(drawing).count("-100") == 2
    assert words(lab.show_shifted(["the"])).count("-100") == 0


def test_a_sentence_that_is_too_long_is_refused() -> None:
    with pytest.raises(UsageError, match="20 steps"):
        lab.show_shifted(["word"], steps=20)


def test_numbers_are_drawn_row_by_row() -> None:
    drawing = lab.show_numbers(torch.tensor([[1.0, -2.0], [0.5, 0.0]]), ["a", "<pad>"], "Two rows")
    assert "2 rows of 2 numbers: a, <pad>" in words(drawing)
    assert "largest 2.00" in words(drawing)


def test_numbers_of_another_shape_are_refused() -> None:
    with pytest.raises(UsageError, match=r"\(2, 3\) and 1 names"):
        lab.show_numbers(torch.zeros(2, 3), ["a"], "")
    with pytest.raises(UsageError, match="too much"):
        lab.show_numbers(torch.zeros(1, 200), ["a"], "")


def test_the_likeliest_words_come_first() -> None:
    chances = torch.tensor([0.1, 0.6, 0.3])
    drawing = lab.show_likely({"mine": chances}, ["cat", "dog", "cow"], count=2)
    assert "mine: dog 60%, cow 30%" in words(drawing)
    assert "cat" not in words(drawing)
    with pytest.raises(UsageError, match="3 words"):
        lab.show_likely({"mine": chances[:2]}, ["cat", "dog", "cow"])


def test_runs_are_drawn_in_perplexity() -> None:
    run = history([(6.0, 5.0), (4.0, 4.5), (1.0, 6.0)])
    told = words(lab.show_perplexity({"before": run, "after": run}, {"bigram": 98.0}))
    assert f"training {math.e:.1f}, validation {math.exp(6):.1f}" in told
    assert f"lowest validation {math.exp(4.5):.1f} at epoch 2" in told
    assert "bigram 98.0" in told
    with pytest.raises(UsageError, match="3 runs"):
        lab.show_perplexity(dict.fromkeys("abc", run), {})


def test_names_of_close_lines_do_not_lie_on_one_another() -> None:
    drawing = lab.show_perplexity({"run": history([(5.0, 5.0)])}, {"one": 100.0, "two": 101.0})
    root = ET.fromstring(drawing.svg)  # noqa: S314
    heights = [float(t.attrib["y"]) for t in root.iter() if (t.text or "")[:4] in {"one ", "two "}]
    assert abs(heights[0] - heights[1]) >= 12


def test_counted_rivals_find_what_they_have_seen_likelier() -> None:
    x, y = torch.tensor([[2, 3, 4]]), torch.tensor([[3, 4, 2]])
    seen = Split(x, y)
    for order in (2, 3):
        known = lab.ngram_surprises(seen, seen, order, 6)
        other = lab.ngram_surprises(seen, Split(x, torch.tensor([[5, 5, -100]])), order, 6)
        assert known.shape == (3,)
        assert other.shape == (2,)
        assert known.max() < other.min()
