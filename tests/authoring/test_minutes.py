"""What is counted as minutes, and that each page tells the minutes that are counted."""

import re
from pathlib import Path

import pytest

from grader.classroom.authoring import minutes
from grader.classroom.authoring.minutes import Section
from grader.classroom.authoring.solved_notebook import released_cells
from grader.classroom.course_paths import Course
from grader.referee.question_bank import load_unit
from tests.course.conftest import OURS

ROOT = Path(__file__).resolve().parents[2]
COURSE = Course(ROOT, ROOT / "classroom")
UNITS = [unit for unit in OURS if unit != "00_start"]
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


@pytest.fixture(name="found", scope="module", params=OURS)
def _found(request: pytest.FixtureRequest) -> tuple[str, list[Section]]:
    return request.param, minutes.sections(COURSE, load_unit(ROOT / "solutions" / request.param))


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
    assert unlabelled == [minutes.OPENING, "Key insight"]


def test_the_start_page_tells_how_long_all_cores_take() -> None:
    cores = [
        minutes.core_minutes(minutes.sections(COURSE, load_unit(ROOT / "solutions" / unit)))
        for unit in UNITS
    ]
    told = re.search(r"about (\d+) hours", lesson("00_start"))
    assert told
    assert int(told[1]) == round(sum(cores) / 60), cores


@pytest.mark.parametrize("unit", COURSE.units())
def test_nothing_is_told_that_is_not_counted(unit: str) -> None:
    """Whatever unit is here: table, labels, promise, and waits of sections that exist."""
    found = minutes.minutes_problems(COURSE, load_unit(ROOT / "solutions" / unit))
    assert [str(problem) for problem in found] == []


def test_what_is_asked_counts_apart_from_what_is_read() -> None:
    """In unit 1: six coded answers with the repair; five problems; ten questions at the door."""
    unit = load_unit(ROOT / "solutions" / "01_rnn")
    by_name = {section.name: section for section in minutes.sections(COURSE, unit)}
    assert by_name["Shapes"].exercises == 2 * minutes.FUNCTION
    assert by_name["Challenge"].exercises == 5 * minutes.PROBLEM
    assert by_name["Test first"].exercises == 10 * minutes.CHOICE
    assert by_name["Repair it"].exercises == (
        minutes.REPAIRED + 3 * minutes.CHOICE + minutes.EXPLANATION
    )
    cells = {cell.id: cell.source for cell in released_cells(COURSE, unit)}
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


@pytest.fixture(name="course")
def _course(tmp_path: Path) -> Course:
    """A course of one page that tells minutes."""
    folder = tmp_path / "solutions" / "01_page"
    folder.mkdir(parents=True)
    (folder / "lesson.py").write_text(LESSON, encoding="utf-8")
    return Course(tmp_path, tmp_path / "classroom")


def test_another_number_is_named_by_its_line_and_written(course: Course) -> None:
    bank = load_unit(course.solutions / "01_page")
    found = [str(problem) for problem in minutes.minutes_problems(course, bank)]
    lesson = course.solutions / "01_page" / "lesson.py"
    places = [told.partition(": ")[0] for told in found]
    assert places == [f"{lesson}, line {number}" for number in (4, 10, 20)]
    assert "it says '| More | optional | 9 |'; counted is '| More | optional | 1 |'." in found[1]
    assert all(told.endswith("`grader check --write-minutes` mends it") for told in found)
    minutes.write_minutes(course, bank)
    assert list(minutes.minutes_problems(course, bank)) == []


def test_a_row_and_a_wait_of_no_section_are_named(course: Course) -> None:
    bank = load_unit(course.solutions / "01_page")
    minutes.write_minutes(course, bank)
    lesson = course.solutions / "01_page" / "lesson.py"
    lesson.write_text(lesson.read_text().replace("| More |", "| Less |"), encoding="utf-8")
    minutes.waits_file(course).write_text('["01_page"]\n"Most" = 3.0\n', encoding="utf-8")
    row, wait = (str(problem) for problem in minutes.minutes_problems(course, bank))
    assert row.startswith(f"{lesson}, line 10: the table has a section 'Less', and no heading")
    assert wait.endswith("waits.toml: a wait is kept for 01_page, section 'Most', which is gone")
