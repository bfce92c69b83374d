"""Pictures are well-formed, say in words what they show, and count what is there."""

from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import torch
from torch import nn

from grader import lab
from grader.core.errors import UsageError
from grader.lab.sound import RATE, waveform
from grader.lab.svg import Drawing
from grader.wire.splits import Split

Make = Callable[..., nn.Module]


def words(drawing: Drawing) -> str:
    root = ET.fromstring(drawing.svg)  # noqa: S314  our own text
    assert root.attrib["role"] == "img"
    assert root[0].text == drawing.alt == repr(drawing)
    return " ".join(root.itertext())


def test_the_unrolled_picture_shows_one_box_for_each_step() -> None:
    drawing = lab.show_unrolled(16)
    assert drawing.svg.count("<rect") == 17
    assert "used 16 times" in words(drawing)
    assert "x40" in words(lab.show_unrolled(40))
    assert "…" in words(lab.show_unrolled(40))
    words(lab.show_unrolled(1))


def test_one_sequence_of_each_class_is_drawn_and_wrong_labels_are_passed_over(
    splits: tuple[Split, Split],
) -> None:
    train = splits[0]
    wrong = torch.zeros(60, dtype=torch.bool)
    first = int(torch.nonzero(train.y == 1)[0])
    wrong[first] = True
    drawing = lab.show_sequences(train, ["<low>", "high"], wrong=wrong)
    assert drawing.svg.count("<polyline") == 2 * 3
    assert "<low>: sequence" in words(drawing)
    assert f"high: sequence {first}," in words(lab.show_sequences(train, ["low", "high"]))
    assert f"high: sequence {first}," not in words(drawing)


def test_a_sensor_or_class_that_is_not_there_is_named(splits: tuple[Split, Split]) -> None:
    with pytest.raises(UsageError, match="sensor=3"):
        lab.show_sequences(splits[0], ["low", "high"], sensor=3)
    with pytest.raises(UsageError, match="label 2"):
        lab.show_sequences(splits[0], ["low", "high", "higher"])


def test_memorised_labels_are_the_filled_bars(small: Make, splits: tuple[Split, Split]) -> None:
    train, val = splits
    wrong = torch.arange(60) < 10
    model = small(hidden=16)
    lab.fit(model, train, val, epochs=60, lr=0.02)
    learnt, count = lab.learnt_by_heart(model, train, wrong)
    drawing = lab.show_memorised(model, train, wrong)
    assert f"{learnt} of {count} wrong labels learnt by heart" in words(drawing)
    filled = drawing.svg.count('stroke="#d55e00" fill="#d55e00"')
    assert filled == learnt
    assert drawing.svg.count("<rect") == count + 2


def test_compare_reports_the_weights_that_were_kept(
    small: Make, splits: tuple[Split, Split]
) -> None:
    one = lab.fit(small(hidden=32), *splits, epochs=30, lr=0.05)
    two = lab.fit(small(hidden=32), *splits, epochs=30, lr=0.05, patience=3)
    table = lab.compare(one, two)
    assert f"{one.records[-1].val_accuracy:.1f}" in repr(table)
    assert f"{two.best.val_accuracy:.1f}" in repr(table)
    ET.fromstring(table._repr_html_())  # noqa: S314


def test_a_class_is_heard_for_two_seconds_and_by_its_rule(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRADER_DATA", str(root / "data"))
    for name, sign in {"rumble": 1, "hiss": -1}.items():
        sound = waveform(name)
        assert len(sound) == 2 * RATE
        measured = float((sound[1:] * sound[:-1]).sum() / (sound**2).sum())
        assert measured == pytest.approx(sign * 0.8, abs=0.02)
        assert name in repr(lab.listen(name))
    zigzag = torch.tensor([[1.0], [-1.0]]).repeat(8, 1)
    assert "hiss" in repr(lab.listen(zigzag))
    assert "data:audio/wav" in lab.listen("rumble")._repr_html_()
