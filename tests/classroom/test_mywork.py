"""The learner's own copy: made once, never overwritten, updated beside."""

import json
from pathlib import Path

import pytest

from grader.classroom.working_copy import bring, find_home, release_of
from grader.core.errors import SetupError


def publish(home: Path, unit: str, release: str, text: str) -> None:
    """Put a release of `unit` in `notebooks/`; its notebook says `text`."""
    folder = home / "notebooks" / unit
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{unit[3:]}.ipynb").write_text(text)
    (folder / "unit.json").write_text(json.dumps({"schema": 1, "unit": unit, "release": release}))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A course with one released unit."""
    publish(tmp_path, "01_rnn", "aaa111", "first release")
    return tmp_path


def test_the_first_start_copies_every_unit(home: Path) -> None:
    """Notebook and unit.json arrive together, and a line says so."""
    publish(home, "02_lstm", "ccc333", "second unit")
    lines = list(bring(home))
    assert [line.partition(" ")[0] for line in lines] == ["01_rnn", "02_lstm"]
    assert (home / "my-work/01_rnn/rnn.ipynb").read_text() == "first release"
    assert release_of(home / "my-work/02_lstm") == "ccc333"


def test_a_second_start_says_and_changes_nothing(home: Path) -> None:
    """The learner's work is as it was left."""
    list(bring(home))
    (home / "my-work/01_rnn/rnn.ipynb").write_text("my work")
    assert list(bring(home)) == []
    assert (home / "my-work/01_rnn/rnn.ipynb").read_text() == "my work"


def test_a_new_release_arrives_beside_the_old_work(home: Path) -> None:
    """Each copy keeps the unit.json it was released with; one line names both."""
    list(bring(home))
    (home / "my-work/01_rnn/rnn.ipynb").write_text("my work")
    publish(home, "01_rnn", "bbb222", "second release")
    (line,) = bring(home)
    assert "my-work/01_rnn@bbb222" in line
    assert "untouched" in line
    assert (home / "my-work/01_rnn/rnn.ipynb").read_text() == "my work"
    assert release_of(home / "my-work/01_rnn") == "aaa111"
    assert (home / "my-work/01_rnn@bbb222/rnn.ipynb").read_text() == "second release"
    assert release_of(home / "my-work/01_rnn@bbb222") == "bbb222"


def test_work_in_a_newer_copy_is_as_safe_as_in_the_first(home: Path) -> None:
    """Beside is copied once, too, and a third release goes beside both."""
    list(bring(home))
    publish(home, "01_rnn", "bbb222", "second release")
    list(bring(home))
    (home / "my-work/01_rnn@bbb222/rnn.ipynb").write_text("my newer work")
    assert list(bring(home)) == []
    publish(home, "01_rnn", "ccc333", "third release")
    assert len(list(bring(home))) == 1
    assert (home / "my-work/01_rnn@bbb222/rnn.ipynb").read_text() == "my newer work"
    assert sorted(path.name for path in (home / "my-work").iterdir()) == [
        "01_rnn",
        "01_rnn@bbb222",
        "01_rnn@ccc333",
    ]


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"release": 3}', '{"release": "../up"}'])
def test_work_whose_unit_json_is_damaged_is_still_never_overwritten(
    home: Path, damage: str
) -> None:
    """A fresh copy arrives beside it, so there is something that works."""
    list(bring(home))
    (home / "my-work/01_rnn/unit.json").write_text(damage)
    (line,) = bring(home)
    assert "01_rnn@aaa111" in line
    assert (home / "my-work/01_rnn/unit.json").read_text() == damage


def test_a_release_without_a_name_is_the_authors_fault(home: Path) -> None:
    """Nothing is copied to a folder of no name."""
    list(bring(home))
    (home / "notebooks/01_rnn/unit.json").write_text("{}")
    with pytest.raises(SetupError, match="make notebooks"):
        list(bring(home))


def test_a_start_that_was_interrupted_leaves_no_half_unit(home: Path) -> None:
    """What a killed copy left is swept; the unit arrives whole."""
    half = home / "my-work/.arriving-01_rnn"
    half.mkdir(parents=True)
    (half / "rnn.ipynb").write_text("hal")
    list(bring(home))
    assert [path.name for path in (home / "my-work").iterdir()] == ["01_rnn"]
    assert (home / "my-work/01_rnn/rnn.ipynb").read_text() == "first release"


def test_the_course_is_found_from_within(home: Path) -> None:
    """From the learner's own folder, for instance."""
    list(bring(home))
    assert find_home(home / "my-work/01_rnn") == home
