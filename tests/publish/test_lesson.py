"""What an author can get wrong is refused with file, line and a way out."""

from pathlib import Path

import pytest

from grader.classroom.publish.lesson_parser import read_lesson
from grader.classroom.publish.notebook_builder import expand
from grader.core.errors import CourseError
from grader.referee.question_bank import UnitBank, load_unit

TOY = Path(__file__).parents[1] / "fixtures" / "course" / "solutions" / "01_toy"


@pytest.fixture(scope="module")
def bank() -> UnitBank:
    return load_unit(TOY)


def _expand(text: str, bank: UnitBank, folder: Path) -> None:
    path = folder / "lesson.py"
    path.write_text(text)
    expand(read_lesson(path), bank)


def _changed(old: str, new: str) -> str:
    text = (TOY / "lesson.py").read_text()
    assert old in text
    return text.replace(old, new)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('# %% answer="toy-double"', '# %% awnser="toy-double"', "line 20: .*'awnser'"),
        ('# %% answer="toy-double"', '# %% answer="toy-half"', "line 20: .*toy-half"),
        ('# %% check="toy-double"', '# %% check="toy-half"', "line 30: .*toy-half.py"),
        ('lab.check("toy-double", double)', "pass", 'line 30: .*lab.check."toy-double"'),
        ("    ### BEGIN SOLUTION\n", "", "line 20: .*BEGIN SOLUTION"),
        ("# try things here", "### BEGIN SOLUTION", "line 36: .*outside of an answer"),
        ('# %% answer="toy-double"', "# %%", "line 20: .*outside of an answer"),
        ("# try things here", '# %% answer="toy-double"', "line 37"),
        ('# %% quiz="toy-practice-1"', '# %% quiz="toy-practice-9"', "no partner"),
        ('# %% quiz="toy-practice-1"', '# %% quiz="toy-challenge-1"', "of kind challenge"),
        ('# %% quiz="toy-practice-1"', "", "toy-practice-1 is never shown"),
        ('# %% quiz="toy-practice-1"', '# %% quiz="toy-predict-1"', "given before, in line 17"),
        ('# %% quiz="toy-practice-1"', '# %% quiz="toy-practice-1"\nx = 1', "stays empty"),
        ('# %% door="toy"', "", "toy-door-1 is never shown"),
        ('# %% door="toy"', '# %% door="boy"', "boy-door-1"),
        ('# %% [markdown] explain="toy-double-why"', '# %% explain="toy-double-why"', "is text"),
        ('# %% [markdown] explain="toy-double-why"', '# %% explain=""', "names nothing"),
        ('tags=["demonstration"]', 'tags=["demo"]', "line 14: the tag 'demo'"),
        ('# %% quiz="toy-predict-1"', '# %% quiz="toy-predict-1" door="toy"', "quiz and door"),
        ("# %% [markdown]\n# # A toy", "# # A toy", "begin the lesson"),
        ("    y = 2 * x\n", "    y = 2 * * x\n", r"line 25: .*not parse: .*: y = 2 \* \* x"),
        ("    return y\n", "    return (y\n", "line 27: .*not parse: .*never closed"),
        ("import torch\n", "return torch\n", r"line 7: .*'return' outside function"),
    ],
)
def test_a_wrong_lesson_is_refused(
    old: str, new: str, words: str, bank: UnitBank, tmp_path: Path
) -> None:
    with pytest.raises(CourseError, match=words):
        _expand(_changed(old, new), bank, tmp_path)


def test_a_question_without_cells_is_refused(bank: UnitBank, tmp_path: Path) -> None:
    text = (TOY / "lesson.py").read_text()
    start, end = text.index('# %% answer="toy-double"'), text.index("# %% [markdown] explain")
    with pytest.raises(CourseError, match='toy-double has no cell `# %% answer="toy-double"`'):
        _expand(text[:start] + text[end:], bank, tmp_path)


def test_a_check_above_its_answer_is_refused(bank: UnitBank, tmp_path: Path) -> None:
    text = _changed('# %% check="toy-double"\nlab.check("toy-double", double)\n', "")
    text = text.replace(
        '# %% answer="toy-double"',
        '# %% check="toy-double"\nlab.check("toy-double", double)\n\n# %% answer="toy-double"',
    )
    with pytest.raises(CourseError, match="must stand above"):
        _expand(text, bank, tmp_path)


def test_a_unit_without_a_lesson_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match=r"lesson\.py is missing"):
        read_lesson(tmp_path / "lesson.py")
