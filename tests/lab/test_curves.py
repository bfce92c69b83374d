"""The picture is well-formed, small and truthful at every length of a run."""

import math
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from grader.lab.axes import WIDTH
from grader.lab.curves import ACCURACY, MEASURE_LEFT, PERPLEXITY, CurveOptions, picture
from grader.lab.training_history import Epoch


def run(epochs: int) -> list[Epoch]:
    return [
        Epoch(n, 0.7 * math.exp(-n / 20), 0.5 + n / 500, 98 - 40 / n, 72 - 20 / n, 0.1 * n)
        for n in range(1, epochs + 1)
    ]


@pytest.mark.parametrize("epochs", [0, 1, 2, 3, 7, 55, 149, 151, 300, 3000])
def test_any_run_gives_a_small_well_formed_picture(epochs: int) -> None:
    records = run(epochs)
    svg = picture(records, last_epoch=max(epochs, 1), best=records[0] if records else None)
    root = ET.fromstring(svg)  # noqa: S314  our own text
    assert root.attrib["role"] == "img"
    assert root[0].tag.endswith("title")
    assert root[0].text
    assert len(svg) < 16_000
    assert "nan" not in svg


def test_the_same_run_gives_the_same_bytes() -> None:
    assert picture(run(9), last_epoch=9) == picture(run(9), last_epoch=9)


def test_the_last_epoch_is_always_drawn() -> None:
    for epochs in (151, 299, 300):
        root = ET.fromstring(picture(run(epochs), last_epoch=epochs))  # noqa: S314
        lines = [el.attrib["points"] for el in root.iter() if el.tag.endswith("polyline")]
        assert len(lines) == 4
        ends = {line.split()[-1].split(",")[0] for line in lines}
        assert ends == {"354.0", "736.0"}


def test_curves_differ_by_dash_and_not_by_colour_alone() -> None:
    root = ET.fromstring(picture(run(5), last_epoch=5))  # noqa: S314
    lines = [el for el in root.iter() if el.tag.endswith("polyline")]
    assert ["stroke-dasharray" in line.attrib for line in lines] == [False, True, False, True]


def test_a_run_without_numbers_or_with_markup_in_its_title_is_drawn() -> None:
    broken = [Epoch(n, math.nan, math.inf, 50.0, math.nan, 1.0) for n in (1, 2)]
    svg = picture(broken, last_epoch=2, title="<b> & co", best=broken[0])
    root = ET.fromstring(svg)  # noqa: S314
    assert "<b> & co" in "".join(root.itertext())


def test_a_long_title_leaves_the_legend_its_place_and_is_read_out_whole() -> None:
    title = "run 3: " + ", ".join(f"setting {n}" for n in range(9))
    plain, beside = (
        ET.fromstring(picture(run(9), last_epoch=9, title=title, earlier=earlier))  # noqa: S314
        for earlier in ([], [run(4)])
    )
    shown = [
        next(el.text for el in root.iter() if "font-weight" in el.attrib)
        for root in (plain, beside)
    ]
    assert (
        len(shown[0] or "") > len(shown[1] or "") == len("run 3: setting 0, setting 1, setting 2")
    )
    assert all((text or "").endswith("…") for text in shown)
    assert all(title in (root[0].text or "") for root in (plain, beside))


def test_a_language_model_is_drawn_in_perplexity_beside_its_bar() -> None:
    measure = replace(PERPLEXITY, goals=((98.0, "bigram model 98"),))
    records = [Epoch(n, 5.0 - n / 2, 4.6, 20.0, 15.0, n) for n in range(1, 6)]
    svg = picture(records, last_epoch=5, measure=measure, best=records[0])
    words = "".join(ET.fromstring(svg).itertext())  # noqa: S314
    assert "bigram model 98" in words
    assert "accuracy" not in words
    assert f"validation loss 4.60 and perplexity {math.exp(4.6):.1f}" in words


def test_a_redrawn_picture_stays_small_with_everything_switched_on() -> None:
    earlier = [run(300), run(250)]
    view = CurveOptions(log_loss=True, smooth=True)
    svg = picture(run(300), last_epoch=300, best=run(300)[0], earlier=earlier, view=view)
    ET.fromstring(svg)  # noqa: S314
    assert len(svg) < 40_000


def test_the_words_of_the_goals_stand_beside_the_axes_and_inside_the_picture() -> None:
    """Within the axes they hid the curves that run along the goals."""
    long = replace(PERPLEXITY, goals=((98.0, "bigram model 98"),))
    for measure in (ACCURACY, long):
        root = ET.fromstring(picture(run(9), last_epoch=9, measure=measure))  # noqa: S314
        width = float(root.attrib["viewBox"].split()[2])
        for _, words in measure.goals:
            (x,) = (float(el.attrib["x"]) for el in root.iter() if el.text == words)
            assert x > MEASURE_LEFT + WIDTH
            assert x + 5.6 * len(words) <= width  # as wide as letters of this size are
