"""What IPython can run is a lesson's code; what it cannot is refused where it stands."""

from pathlib import Path

import pytest

from grader.classroom.publish.cell_syntax import refuse_syntax_errors
from grader.classroom.publish.lesson_parser import LessonCell
from grader.core.errors import CourseError


def cell(source: str) -> LessonCell:
    return LessonCell(Path("lesson.py"), 10, "code", source)


@pytest.mark.parametrize(
    "source",
    ["", "x = 1", "%matplotlib inline\nx = 1", "!ls\nx?", "%%time\nno python", "await x"],
)
def test_whatever_a_kernel_runs_is_let_through(source: str) -> None:
    refuse_syntax_errors(cell(source))


def test_the_line_is_the_files() -> None:
    """Also below a magic, and where the cell begins with empty lines."""
    with pytest.raises(CourseError, match=r"lesson.py, line 14: .*invalid syntax: x = = 1"):
        refuse_syntax_errors(cell("\n\n%matplotlib inline\nx = = 1"))
