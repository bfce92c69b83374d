"""Copies are found under other names and in another order; honest answers are not."""

import json
import random
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from benchmarks.styles import Style, read_styles
from grader.classroom.cli import main
from grader.classroom.course_paths import Course
from grader.classroom.similarity import TOO_SHORT, likeness, lines

STYLES = read_styles()
UNITS = sorted({style.unit for style in STYLES} - {"00_start"})
OWN = re.compile(r"\b(net|model|loss|opt\w*|best\w*|kept|rows|wait\w*|epoch|now|hidden|patience)\b")


def cells(style: Style) -> dict[str, str]:
    return {cell.name or f"own-{n}": cell.source for n, cell in enumerate(style.cells)}


def copied(source: str) -> str:
    """Other names, another order of what may be exchanged, other numbers, comments on top."""
    renamed = OWN.sub(lambda name: f"my_{name[0][::-1]}", source).replace("0.4", "0.35")
    blocks = re.split(r"\n\n\n", renamed)
    random.Random(4).shuffle(blocks)
    return "\n\n\n".join(f"# all my own work\n{block}  # honestly" for block in blocks)


@pytest.mark.parametrize("unit", UNITS)
def test_honest_answers_are_not_alike(unit: str) -> None:
    """The corpus of styles: written independently, to the same questions."""
    honest = {style.name: cells(style) for style in STYLES if style.unit == unit}
    assert likeness(unit, honest, []).pairs == ()


@pytest.mark.parametrize("name", [s.name for s in STYLES if s.trains and "compiled" not in s.name])
def test_a_copy_with_other_names_and_another_order_is_found(name: str) -> None:
    """And nobody else is."""
    (style,) = (each for each in STYLES if each.name == name)
    written = {each.name: cells(each) for each in STYLES if each.unit == style.unit}
    written["copier"] = {cell: copied(source) for cell, source in cells(style).items()}
    (pair,) = likeness(style.unit, written, []).pairs
    assert pair.students == tuple(sorted(["copier", name]))
    assert pair.alike > 90


def test_what_the_course_gave_says_nothing() -> None:
    """Two who took the scaffold, the solution and the hints over have copied from nobody."""
    style = next(style for style in STYLES if style.name == "text-repair-own-loop")
    both = {"ann": cells(style), "ben": cells(style)}
    found = likeness(style.unit, both, list(cells(style).values()))
    assert (found.pairs, found.too_short) == ((), ("ann", "ben"))


def test_what_the_whole_class_wrote_says_nothing() -> None:
    """A third of a class with the same lines was taught them."""
    style = next(style for style in STYLES if style.name == "text-repair-own-loop")
    everybody = {f"student-{n}": cells(style) for n in range(6)}
    assert likeness(style.unit, everybody, []).pairs == ()


def test_settings_and_short_answers_say_nothing() -> None:
    """There are only so many learning rates."""
    same = {"rnn-repair": "settings = dict(epochs=60, lr=5e-3, batch_size=32, patience=15)\n" * 40}
    assert lines(same["rnn-repair"]) == []
    short = {"rnn-step": "def f(x):\n    return x + 1"}
    assert len(short["rnn-step"]) < TOO_SHORT
    for own in (same, short):
        found = likeness("01_rnn", {"ann": own, "ben": own}, [])
        assert (found.pairs, found.too_short) == ((), ("ann", "ben"))


@pytest.mark.parametrize(
    "source", ["def f(:\n  ´", "%%time\nx = (1,\n", "'''", "\x00\\", "((((" * 9999]
)
def test_any_text_is_read(source: str) -> None:
    assert isinstance(lines(source), Sequence)


def test_the_command_names_the_pair(
    course: Course,
    hand_in: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    """As a teacher calls it: a table, the JSON, those who cannot be compared by name."""
    monkeypatch.chdir(course.root)
    source = next(s for s in STYLES if s.name == "text-repair-own-loop").cells[0].source
    hand_in("ann", {"toy-double-answer": source})
    hand_in("ben", {"toy-double-answer": copied(source)})
    hand_in("eve", b"no notebook")
    hand_in("zoe", {"toy-double-answer": "def double(x):\n    return x + x"})
    report = tmp_path / "similar.json"
    assert main(["similar", "--json", str(report)]) == 0
    said = capsys.readouterr().out
    assert "ann and ben" in said
    assert "eve (01_toy)" in said
    (unit,) = json.loads(report.read_text())["units"]
    (pair,) = unit["pairs"]
    assert pair["students"] == ["ann", "ben"]
    assert pair["cells"] == ["toy-double"]
    assert unit["too_short"] == ["zoe"]


@pytest.mark.parametrize("least", ["0", "101", "nan", "much"])
def test_a_percentage_is_one(least: str, capsys: Any) -> None:
    with pytest.raises(SystemExit) as end:
        main(["similar", "--least", least])
    assert end.value.code == 2
    assert "from 1 to 100" in capsys.readouterr().err
