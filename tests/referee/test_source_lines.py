"""Where something stands in a question file."""

from pathlib import Path

import pytest

from grader.core.errors import CourseError
from grader.referee.source_lines import line_of, line_of_entry, line_of_error, refuse

TEXT = '''\
"""A file."""
SIZE = 1


def give():
    return 1 / 0


ENTRIES: list[int] = [
    1,
    2,
]
MADE = list(range(3))
SIZE = 2
'''


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "a-b.py"
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_the_last_binding_of_a_name_counts(path: Path) -> None:
    lines = [line_of(path, name) for name in ("SIZE", "give", "ENTRIES", "nothing")]
    assert lines == [14, 5, 9, 0]


def test_an_entry_of_a_list_has_its_own_line(path: Path) -> None:
    """A list that is made in another way, or is shorter, is named as a whole."""
    assert [line_of_entry(path, "ENTRIES", place) for place in (0, 1, 2)] == [10, 11, 9]
    assert line_of_entry(path, "MADE", 1) == 13
    assert line_of_entry(path, "nothing", 0) == 0


def test_an_error_is_named_by_the_files_last_line(path: Path) -> None:
    made: dict[str, object] = {}
    exec(compile(TEXT, str(path), "exec"), made)  # noqa: S102 - the text above
    give = made["give"]
    assert callable(give)
    with pytest.raises(ZeroDivisionError) as caught:
        give()
    assert line_of_error(path, caught.value) == 6
    assert line_of_error(path, ValueError("elsewhere")) == 0
    with pytest.raises(SyntaxError) as wrong:
        compile("x = 1\ny = = 2\n", str(path), "exec")
    assert line_of_error(path, wrong.value) == 2


def test_a_refusal_names_the_line_where_there_is_one(path: Path) -> None:
    with pytest.raises(CourseError, match=r"a-b\.py, line 3: no"):
        refuse(path, "no", 3)
    with pytest.raises(CourseError, match=r"a-b\.py: no"):
        refuse(path, "no")
