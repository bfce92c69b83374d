"""The minutes that a unit tells: its table and its sections agree, and nobody has to hurry.

What a person reads can be counted: WORDS a minute and LINES of code a minute are a quick reader's.
Writing, thinking and waiting come on top, so a section's minutes may be more and never fewer.
"""

import re
from pathlib import Path

import pytest

from grader.classroom.publish.lesson_parser import read_lesson

from .lessons import SOLUTIONS

UNITS = [path.parent.name for path in sorted(SOLUTIONS.glob("0[1-9]_*/lesson.py"))]
WORDS, LINES = 250, 40
ROW = re.compile(r"^\| ([^|]+?) \| (core|optional)[^|]* \| (\d+) \|$", re.MULTILINE)
LABEL = re.compile(r"^\*(Core|Optional), (\d+) minutes?[,.;]", re.MULTILINE)
TOLD = {"twenty": 20, "twenty-five": 25, "thirty": 30, "half an hour": 30}
KEY_INSIGHT = "Key insight"


def sections(unit: str) -> dict[str, tuple[str, float]]:
    """Each section's prose, and the minutes it takes to read it with its code."""
    found: dict[str, tuple[str, float]] = {}
    name = ""
    for cell in read_lesson(Path(SOLUTIONS / unit / "lesson.py")):
        heading = re.match(r"## (.+)", cell.source)
        name = heading[1] if heading and cell.kind == "markdown" else name
        words, minutes = found.get(name, ("", 0.0))
        if cell.kind == "markdown":
            words, minutes = f"{words}\n{cell.source}", minutes + len(cell.source.split()) / WORDS
        else:
            minutes += sum(bool(line.strip()) for line in cell.source.splitlines()) / LINES
        found[name] = words, minutes
    return found


@pytest.mark.parametrize("unit", UNITS)
def test_a_section_is_labelled_as_the_table_says_and_can_be_read_in_its_time(unit: str) -> None:
    """Core or optional, and so many minutes: the same in both places, and enough of them."""
    found = sections(unit)
    table = {name: (kind, int(minutes)) for name, kind, minutes in ROW.findall(found[""][0])}
    assert [*table] == [name for name in found if name]
    for name, (kind, minutes) in table.items():
        words, reading = found[name]
        label = LABEL.search(words)
        if name != KEY_INSIGHT:
            assert label, name
            assert (label[1].lower(), int(label[2])) == (kind, minutes), name
        assert reading <= minutes + 0.5, (name, reading)


@pytest.mark.parametrize("unit", UNITS)
def test_the_core_takes_as_long_as_is_told(unit: str) -> None:
    """What the first cell says is the sum of the core's sections, within two minutes."""
    first = " ".join(sections(unit)[""][0].split())
    told = re.search(r"The core takes about ([a-z -]+?)(?: minutes)?[;.]", first)
    assert told
    core = sum(
        int(minutes) for _, kind, minutes in ROW.findall(sections(unit)[""][0]) if kind == "core"
    )
    assert abs(core - TOLD[told[1]]) <= 2, core
