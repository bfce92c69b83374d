"""The files beside a released notebook, and how quiz items read in it."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from grader.classroom.publish.accompanying_files import beside, data_of, swap
from grader.classroom.publish.item_cells import door_text, item_text
from grader.core.errors import CourseError
from grader.core.quiz import Item, Option
from grader.core.unit_file import Unit

OPTIONS = (Option("a", "One", "Because."), Option("b", "Two", "No."))
ITEM = Item("toy-practice-2", "practice", "easy", "Which?", OPTIONS, "a", "A hint.", "So it is.")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    for name in ("waves", "words"):
        folder = tmp_path / "data" / name
        folder.mkdir(parents=True)
        for file in ("recipe.py", "make.py", "LICENSE", "rows.txt", ".hidden"):
            (folder / file).write_text(f"{file} of {name}\n")
        (folder / "__pycache__").mkdir()
    return tmp_path / "data"


def unit(*names: str) -> Unit:
    quiz = {"toy-challenge-1": replace(ITEM, id="toy-challenge-1", kind="challenge")}
    return Unit("01_toy", "r1", {}, {}, {}, quiz, data={name: {} for name in names})


def test_data_that_code_loads_or_names_and_repairs_draw_from_is_listed(data: Path) -> None:
    code = new_code_cell("""rows = lab.load( "waves" )""")
    prose = new_markdown_cell('lab.load("words") and lab.load("missing")')
    found = data_of(new_notebook(cells=[code, prose]), [], data)
    assert set(found) == {"waves"}
    assert set(found["waves"]) == {"recipe.py", "rows.txt"}  # what code reads
    assert set(data_of(new_notebook(cells=[prose]), ["words"], data)) == {"words"}
    named = new_code_cell("name = 'words'\nrows = lab.load(name)\nother = 'nothing'")
    assert set(data_of(new_notebook(cells=[named]), [], data)) == {"words"}


def test_data_that_is_not_there_is_said_with_what_is(data: Path) -> None:
    notebook = new_notebook(cells=[new_code_cell("lab.load('wave')")])
    with pytest.raises(CourseError, match=r"'wave' is loaded.*There are: waves, words"):
        data_of(notebook, [], data)
    with pytest.raises(CourseError, match="There are: none"):
        data_of(notebook, [], data / "nowhere")


def test_a_licence_goes_along_and_the_making_does_not(data: Path) -> None:
    files = dict(beside(unit("waves"), data))
    assert list(files) == [
        "unit.json",
        "data/waves/LICENSE",
        "data/waves/recipe.py",
        "data/waves/rows.txt",
    ]
    assert files["data/waves/rows.txt"] == b"rows.txt of waves\n"
    assert b"So it is." not in files["unit.json"]


def test_a_link_among_the_data_is_refused(data: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    (data / "waves" / "zero.txt").symlink_to(tmp_path / "secret")
    with pytest.raises(CourseError, match=r"zero\.txt is a link"):
        list(beside(unit("waves"), data))


def test_a_new_folder_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    folder = tmp_path / "release"
    swap(folder, {"a/b.txt": b"1"})
    (tmp_path / ".release.new").mkdir()  # of a release that was killed
    (tmp_path / ".release.new" / "half").touch()
    swap(folder, {"c.txt": b"2"})
    assert [path.name for path in tmp_path.iterdir()] == ["release"]
    assert [(path.name, path.read_bytes()) for path in folder.rglob("*")] == [("c.txt", b"2")]


def test_practice_folds_its_choices_and_a_challenge_shows_them() -> None:
    practice = item_text(ITEM)
    assert practice.startswith("**Practice 2** · easy\n\nWhich?\n\n<details>")
    assert "\n\n- **a** · One\n- **b** · Two\n\n" in practice  # Markdown inside needs blank lines
    challenge = item_text(replace(ITEM, kind="challenge", code="x = 1"))
    assert "<details>" not in challenge
    assert "Which?\n\n```python\nx = 1\n```\n\n- **a** · One\n- **b** · Two" in challenge


def test_no_text_tells_the_key_a_hint_or_a_reason() -> None:
    for text in (item_text(ITEM), door_text([ITEM])):
        assert not re.search("Because|No\\.|hint|So it is", text)


def test_a_doors_items_are_numbered_and_parted() -> None:
    other = replace(ITEM, text="And?", level="hard")
    first, second = door_text([ITEM, other]).split("\n\n---\n\n")
    assert first.startswith("**1.** *(easy)* Which?\n\n- **a**")
    assert second.startswith("**2.** *(hard)* And?")
