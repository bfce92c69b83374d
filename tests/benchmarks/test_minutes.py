"""`make minutes`: what it counts, and that each page tells the minutes that it counts."""

import re
import tomllib
from pathlib import Path

import pytest

from benchmarks import minutes
from benchmarks.minutes import Section
from grader.classroom.course_paths import Course
from grader.referee.question_bank import load_unit

ROOT = Path(__file__).resolve().parents[2]
ALL = Course(ROOT, ROOT / "classroom").units()
UNITS = [unit for unit in ALL if unit != "00_start"]
LESSON = """# %% [markdown]
# # A page
#
# The core takes about 3 minutes; all else is there when you want more.
#
# | section | | minutes |
# | :--- | :--- | ---: |
# | The beginning | core | 1 |
# | Read | core, 2 points | 1 |
# | More | optional | 9 |

# %% [markdown]
# ## Read
#
# *Core, 1 minute, 2 points.* Words.

# %% [markdown]
# ## More
#
# *Optional, 9 minutes; or [on](#Read).* Words.
"""


@pytest.fixture(name="found", scope="module", params=ALL)
def _found(request: pytest.FixtureRequest) -> tuple[str, list[Section]]:
    return request.param, minutes.sections(load_unit(ROOT / "solutions" / request.param))


def lesson(unit: str) -> str:
    return (ROOT / "solutions" / unit / "lesson.py").read_text(encoding="utf-8")


def test_a_page_tells_the_minutes_that_are_counted(found: tuple[str, list[Section]]) -> None:
    """Table, labels and promise: `make minutes WRITE=1` would change nothing."""
    unit, counted = found
    assert minutes.labelled(lesson(unit), counted) == lesson(unit), "run `make minutes WRITE=1`"
    assert minutes.TOLD.search(lesson(unit)), "no promise is made"


def test_the_table_names_every_section_as_its_label_does(
    found: tuple[str, list[Section]],
) -> None:
    unit, counted = found
    rows = minutes.ROW.findall(lesson(unit))
    if unit == "00_start":
        assert not rows
        return
    assert [row[0] for row in rows] == [section.name for section in counted]
    assert [row[1] == "core" for row in rows] == [section.core for section in counted]
    unlabelled = [section.name for section in counted if not section.label]
    assert unlabelled == [minutes.OPENING, minutes.KEY_INSIGHT]


def test_the_start_page_tells_how_long_all_cores_take() -> None:
    cores = [
        minutes.core_minutes(minutes.sections(load_unit(ROOT / "solutions" / unit)))
        for unit in UNITS
    ]
    told = re.search(r"about (\d+) hours", lesson("00_start"))
    assert told
    assert int(told[1]) == round(sum(cores) / 60), cores


def test_every_kept_wait_belongs_to_a_section(found: tuple[str, list[Section]]) -> None:
    unit, counted = found
    waits = tomllib.loads(minutes.WAITS.read_text(encoding="utf-8")).get(unit, {})
    assert set(waits) <= {section.name for section in counted}


def test_what_is_asked_counts_apart_from_what_is_read() -> None:
    """In unit 1: six coded answers with the repair; five problems; ten questions at the door."""
    unit = load_unit(ROOT / "solutions" / "01_rnn")
    by_name = {section.name: section for section in minutes.sections(unit)}
    assert by_name["Shapes"].exercises == 2 * minutes.FUNCTION
    assert by_name["Challenge"].exercises == 5 * minutes.PROBLEM
    assert by_name["Test first"].exercises == 10 * minutes.CHOICE
    assert by_name["Repair it"].exercises == (
        minutes.REPAIRED + 3 * minutes.CHOICE + minutes.EXPLANATION
    )
    cells = {cell.id: cell.source for cell in minutes.released_cells(unit)}
    assert "@ W_hh.T" not in cells["rnn-step-answer"]


def test_a_section_takes_what_its_parts_take() -> None:
    section = Section("Read", words=400, lines=24, exercises=2.5, wait=30)
    assert section.minutes == 2 + 2 + 2.5 + 0.5
    assert section.rounded == 7
    assert Section("Read", words=401).rounded == 3


def test_minutes_are_written_into_table_labels_and_promise() -> None:
    counted = [
        Section(minutes.OPENING, words=300),
        Section("Read", words=100, label="Core, 1 minute"),
        Section("More", words=900, label="Optional, 9 minutes"),
    ]
    written = minutes.labelled(LESSON, counted)
    assert "| The beginning | core | 2 |" in written
    assert "| Read | core, 2 points | 1 |" in written
    assert "| More | optional | 5 |" in written
    assert "*Core, 1 minute, 2 points.*" in written
    assert "*Optional, 5 minutes; or" in written
    assert "The core takes about 3 minutes;" in written
