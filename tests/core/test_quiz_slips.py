"""What an author can get wrong in a quiz.toml is one sentence with the file and the line."""

import re
from pathlib import Path

import pytest

from grader.core.errors import CourseError
from grader.core.quiz import parse

TOY = (
    Path(__file__).parents[1] / "fixtures" / "course" / "solutions" / "01_toy" / "quiz.toml"
).read_text(encoding="utf-8")
SECOND = TOY.index("[[item]]", 1)
LINE = TOY[:SECOND].count("\n") + 1


def test_a_sound_file_is_read() -> None:
    assert [item.id for item in parse(TOY, "quiz.toml")][:2] == ["toy-practice-1", "toy-predict-1"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('answer = "b"', 'answer = "d"', "answer 'd' is none of its options a, b, c"),
        ('kind = "predict"', 'kind = "guess"', "kind 'guess' is none of practice"),
        ('why = "Yes."', 'why = ""', "each option needs a `why`"),
        ('hint = "Add."\n', "", "has no 'hint'; add it"),
        ('hint = "Add."', "hint = 3", "texts are in quotes"),
        ('id = "toy-predict-1"', 'id = "toy_predict"', "an id is lower-case words"),
        ('id = "toy-predict-1"', 'id = "toy-practice-1"', "was given to an item above"),
    ],
)
def test_a_wrong_item_is_named_by_its_line(old: str, new: str, said: str) -> None:
    text = TOY[:SECOND] + TOY[SECOND:].replace(old, new, 1)
    with pytest.raises(CourseError, match=f"^quiz.toml, line {LINE}: .*{re.escape(said)}"):
        parse(text, "quiz.toml")


def test_what_is_no_toml_is_told_by_its_place() -> None:
    with pytest.raises(CourseError, match=r"quiz.toml is not valid TOML: .*line 3"):
        parse(TOY.replace('kind = "practice"', "kind = practice", 1), "quiz.toml")


def test_items_written_as_one_list_are_named_by_their_ids() -> None:
    """TOML allows it; no line then begins each."""
    with pytest.raises(CourseError, match=r"^quiz\.toml: item toy-practice-1 has no 'kind'"):
        parse('item = [{id = "toy-practice-1", option = []}]', "quiz.toml")
