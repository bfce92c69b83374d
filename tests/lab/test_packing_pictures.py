"""The pictures of unit packing are well-formed, say in words what they show, and count right."""

from xml.etree import ElementTree as ET

import pytest
import torch

from grader import lab
from grader.core.errors import UsageError
from grader.lab.svg import ORANGE, Drawing
from grader.wire.splits import Split

LENGTHS = [3, 7, 2, 5]


def words(drawing: Drawing) -> str:
    root = ET.fromstring(drawing.svg)  # noqa: S314  our own text
    assert root.attrib["role"] == "img"
    assert root[0].text == drawing.alt == repr(drawing)
    return " ".join(root.itertext())


def test_the_staircase_is_the_one_that_torch_makes() -> None:
    x = torch.zeros(4, 7, 1)
    packed = torch.nn.utils.rnn.pack_padded_sequence(
        x, torch.tensor(LENGTHS), batch_first=True, enforce_sorted=False
    )
    drawing = lab.show_packed(torch.tensor(LENGTHS))
    stairs = ", ".join(map(str, packed.batch_sizes.tolist()))
    assert f"each column: {stairs}." in words(drawing)
    assert f"Only the {len(packed.data)} valid" in drawing.alt


def test_numbers_in_the_cells_are_places_in_data() -> None:
    told = words(lab.show_packed(LENGTHS))
    # row 1 is the longest: its steps stand at 0, 4, 8, 11, 13, 15 and 16
    for place in (0, 4, 8, 11, 13, 15, 16):
        assert f"B{place}" in told
    assert "C3" in told
    assert "A10" in told


def test_large_batches_are_drawn_without_numbers() -> None:
    drawing = lab.show_packed([*range(1, 33)])
    assert drawing.svg.count("<rect") == 32 + 31 + 2
    assert "32 rows" in words(drawing)


def test_a_padded_batch_says_how_much_of_it_is_sequence() -> None:
    drawing = lab.show_padded(LENGTHS, 10)
    assert drawing.svg.count("<rect") == 4 + 4 + 2
    assert "4 rows of 10 columns: 42% is sequence" in words(drawing)
    assert "4 rows of 7 columns: 61%" in words(lab.show_padded(LENGTHS))


def test_calls_are_drawn_up_to_their_end() -> None:
    x = torch.full((2, 6, 3), 1.0)
    x[1] = -1.0
    split = Split(x, torch.tensor([0, 1]), torch.tensor([4, 2]))
    drawing = lab.show_calls(split, ["<one>", "two"], rows=[0, 1])
    assert "call 0, <one>: 4 frames" in words(drawing)
    assert drawing.svg.count(f'fill="none" stroke="{ORANGE}"') == 2 * 3


@pytest.mark.parametrize("lengths", [[], [3, 0]])
def test_a_batch_with_nothing_in_a_row_is_refused(lengths: list[int]) -> None:
    for show in (lab.show_packed, lab.show_padded):
        with pytest.raises(UsageError, match="at least 1"):
            show(lengths)


def test_what_cannot_be_drawn_is_said() -> None:
    with pytest.raises(UsageError, match="7 steps; 5 columns"):
        lab.show_padded(LENGTHS, 5)
    with pytest.raises(UsageError, match="too many"):
        lab.show_packed([3] * 65)
    with pytest.raises(UsageError, match="lengths=None"):
        lab.show_calls(Split(torch.zeros(1, 2, 3), torch.zeros(1)), ["a"])
