"""Clips side by side and heaps of readings: what is drawn, what is said, what is refused."""

from xml.etree import ElementTree as ET

import pytest
import torch

from grader import lab
from grader.core.errors import UsageError
from grader.lab.svg import Drawing


def words(drawing: Drawing) -> str:
    root = ET.fromstring(drawing.svg)  # noqa: S314  our own text
    assert root.attrib["role"] == "img"
    assert root[0].text == drawing.alt == repr(drawing)
    return " ".join(root.itertext())


def test_each_clip_is_drawn_under_its_name_with_a_line_for_each_sensor() -> None:
    slow = torch.ones(8, 3)
    fast = slow * torch.tensor([1.0, -1.0]).repeat(4)[:, None]
    drawing = lab.show_clips({"clip <A>": slow, "clip B": fast}, label="reading")
    assert drawing.svg.count("<polyline") == 2 * 3
    assert "reading" in words(drawing)
    assert "2 clips of 8 steps, 3 lines each" in drawing.alt
    assert "clip <A>: 0; clip B: 7" in drawing.alt


def test_no_line_reaches_the_names_above() -> None:
    drawing = lab.show_clips({"high": torch.full((4, 1), 9.0)})
    root = ET.fromstring(drawing.svg)  # noqa: S314
    names = [
        float(e.attrib["y"]) for e in root.iter() if e.tag.endswith("text") and e.text == "high"
    ]
    (line,) = (e.attrib["points"] for e in root.iter() if e.tag.endswith("polyline"))
    highest = min(float(point.split(",")[1]) for point in line.split())
    assert highest - names[0] >= 16
    assert drawing.alt.startswith("1 clip of 4 steps, 1 line each")


@pytest.mark.parametrize("clips", [{}, {"one": torch.ones(4)}], ids=["none", "no sensors"])
def test_what_is_no_clip_is_refused_with_its_shape(clips: dict[str, torch.Tensor]) -> None:
    with pytest.raises(UsageError, match=r"each \(steps, sensors\)"):
        lab.show_clips(clips)


def test_heaps_are_outlines_of_equal_area_with_their_mean_and_spread() -> None:
    readings = torch.linspace(-2, 2, 401)
    drawing = lab.show_heaps({"low": readings, "high": readings.repeat(3)}, title="Two heaps")
    lines = [e.attrib["points"] for e in ET.fromstring(drawing.svg) if e.tag.endswith("polyline")]  # noqa: S314
    assert len(lines) == 2
    assert lines[0] == lines[1]
    assert "low: mean +0.00, standard deviation 1.16" in words(drawing)


def test_more_heaps_than_can_be_told_apart_are_refused() -> None:
    with pytest.raises(UsageError, match="You gave 3 heaps"):
        lab.show_heaps({name: torch.ones(2) for name in "abc"})
