"""The pictures of unit birnn are well-formed, and what they say is what torch does."""

from xml.etree import ElementTree as ET

import pytest
import torch
from torch import nn

from grader import lab
from grader.core.errors import UsageError
from grader.lab.svg import Drawing

SENTENCE = ["the", "shop", "is", "closed", "<blank>", "the", "summer"]


def words(drawing: Drawing) -> list[str]:
    root = ET.fromstring(drawing.svg)  # noqa: S314  our own text
    assert root.attrib["role"] == "img"
    assert root[0].text == drawing.alt == repr(drawing)
    return [text for text in root.itertext() if text != drawing.alt]


def test_each_state_says_how_many_words_it_has_read() -> None:
    told = words(lab.show_two_directions(SENTENCE))
    numbers = [word for word in told if word.isdigit()]
    assert numbers == [*"1234567", *"7654321"]
    assert [word for word in told if word in SENTENCE] == SENTENCE


@pytest.mark.parametrize("column", [-1, 0, 4])
def test_the_frame_counts_what_torch_has_read(column: int) -> None:
    """A word counts as read if replacing it moves that half of the output."""
    torch.manual_seed(0)
    rnn = nn.RNN(3, 4, batch_first=True, bidirectional=True)
    x = torch.randn(1, len(SENTENCE), 3)
    before = rnn(x)[0][0, column]
    read = [0, 0]
    for place in range(len(SENTENCE)):
        other = x.clone()
        other[0, place] += 1
        moved = rnn(other)[0][0, column] != before
        read = [read[0] + bool(moved[:4].any()), read[1] + bool(moved[4:].any())]
    drawing = lab.show_two_directions(SENTENCE, column)
    heard = f"output[:, {column}]: {read[0]} from the left, {read[1]} from the right"
    assert heard in words(drawing)


@pytest.mark.parametrize("layers", [1, 2, 3])
def test_the_map_is_torchs_own(layers: int) -> None:
    """The rows that the map calls the summary are the ends of the top layer's output."""
    rnn = nn.RNN(3, 4, layers, batch_first=True, bidirectional=True)
    output, h_n = rnn(torch.randn(2, 5, 3))
    told = words(lab.show_state_map(layers))
    assert len([word for word in told if word.startswith("h_n[-")]) == len(h_n)
    assert torch.equal(h_n[-2], output[:, -1, :4])
    assert torch.equal(h_n[-1], output[:, 0, 4:])
    top = f"h_n[{2 * layers - 2}] is layer {layers}, forward"
    assert top in lab.show_state_map(layers).alt


def test_what_cannot_be_drawn_is_said() -> None:
    with pytest.raises(UsageError, match="13 words"):
        lab.show_two_directions(["word"] * 13)
    with pytest.raises(UsageError, match="column=7 of 7"):
        lab.show_two_directions(SENTENCE, 7)
    with pytest.raises(UsageError, match="0 layers"):
        lab.show_state_map(0)
