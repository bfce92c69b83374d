"""The notebook that was worked on is found, whatever it is called and wherever it lies."""

from pathlib import Path
from typing import Any

import pytest

from tests.classroom.collect.conftest import notebook, submission

LATER = (2026, 11, 21, 10, 0, 0)


@pytest.mark.parametrize(
    "path",
    [
        "ann/01_rnn/rnn.ipynb",
        "ann/1_rnn/rnn.ipynb",
        "ann/01_RNN/rnn.ipynb",
        "ann/rnn.ipynb",
        "ann/week 3/rnn.ipynb",
        "ann/a/b/c/my homework.ipynb",
        "ann/rnn (1).ipynb",
        "ann/rnn-Copy2.ipynb",
        "ann/rnn.ipynb.txt",
        "ann/02_gru/rnn.ipynb",
        "ann.ipynb",
        "rnn_ann.ipynb",
        "01_rnn-ann (2).ipynb",
        "01_rnn/ann.ipynb",
        "01_rnn/ann/rnn.ipynb",
        "submitted/ann/01_rnn/rnn.ipynb",
    ],
)
def test_anywhere(take: Any, classroom: Path, path: str) -> None:
    mine = notebook("x = 1")
    done = take({path: mine, path.replace("ann", "bob"): notebook("x = 2")})
    assert done.unplaced == []
    assert submission(classroom, "ann").read_bytes() == mine
    assert submission(classroom, "bob").is_file()


@pytest.mark.parametrize("name", ["rnn-Copy1.ipynb", "rnn (1).ipynb", "solution.ipynb"])
@pytest.mark.parametrize("beside", [b"", b"{", b"<<<<<<< HEAD\n"])
def test_a_worked_on_copy_counts_beside_an_untouched_or_broken_one(
    take: Any, classroom: Path, name: str, beside: bytes
) -> None:
    mine = notebook("x = 1")
    done = take({"ann/01_rnn/rnn.ipynb": beside or notebook(), f"ann/01_rnn/{name}": mine})
    assert submission(classroom, "ann").read_bytes() == mine
    told = " ".join(done.placed[0].remarks)
    assert name in told
    assert "01_rnn/rnn.ipynb" in told


def test_of_two_with_work_the_later_counts_and_the_other_is_kept_and_said(
    take: Any, classroom: Path
) -> None:
    old, new = notebook("x = 1"), notebook("x = 2")
    done = take({"ann/rnn.ipynb": old, "ann/rnn-Copy1.ipynb": (new, LATER)})
    assert submission(classroom, "ann").read_bytes() == new
    assert [p.read_bytes() for p in (classroom / "earlier").rglob("*.ipynb")] == [old]
    assert "ann/rnn.ipynb" in " ".join(done.placed[0].remarks)


def test_a_resubmission_replaces_and_an_older_archive_does_not(take: Any, classroom: Path) -> None:
    old, new = notebook("x = 1"), notebook("x = 2")
    take({"ann/rnn.ipynb": (old, (2026, 11, 20, 10, 0, 0))})
    take({"ann/rnn.ipynb": (new, LATER)})
    assert submission(classroom, "ann").read_bytes() == new
    done = take({"ann/rnn.ipynb": (old, (2026, 11, 20, 10, 0, 0))})
    assert submission(classroom, "ann").read_bytes() == new
    assert "before" in " ".join(done.placed[0].remarks)
    assert [p.read_bytes() for p in (classroom / "earlier").rglob("*.ipynb")] == [old]


@pytest.mark.parametrize("second", [notebook(), b"{", b""])
def test_what_holds_no_work_replaces_none(take: Any, classroom: Path, second: bytes) -> None:
    mine = notebook("x = 1")
    take({"ann/01_rnn/rnn.ipynb": mine})
    done = take({"ann/01_rnn/rnn.ipynb": (second, LATER)})
    assert submission(classroom, "ann").read_bytes() == mine
    assert "stays" in " ".join(done.placed[0].remarks)


def test_twice_the_same_changes_nothing(take: Any, classroom: Path) -> None:
    files = {
        "ann/rnn.ipynb": notebook("x = 1"),
        "ann/rnn-Copy1.ipynb": notebook("x = 2"),
        "bob/rnn.ipynb": notebook("x = 3"),
    }
    take(files)
    before = {p: p.read_bytes() for p in classroom.rglob("*") if p.is_file()}
    done = take(files)
    assert not any(each.changed for each in done.placed)
    assert {p: p.read_bytes() for p in classroom.rglob("*") if p.is_file()} == before


def test_another_unit_is_placed_where_it_belongs_or_named(take: Any, classroom: Path) -> None:
    gru = notebook("x = 1", "02_gru")
    done = take({"ann/01_rnn/rnn.ipynb": gru}, unit="01_rnn")
    assert not done.placed
    assert "notebook of 02_gru" in done.unplaced[0][1]
    take({"ann/01_rnn/rnn.ipynb": gru})
    assert submission(classroom, "ann", "02_gru").read_bytes() == gru


def test_what_cannot_be_read_is_placed_by_its_name_and_said(take: Any, classroom: Path) -> None:
    done = take({"ann/01_rnn/rnn.ipynb": b"<<<<<<< HEAD\n{}", "bob/notes.ipynb": b"{"})
    assert submission(classroom, "ann").is_file()
    assert "merge conflict" in " ".join(done.placed[0].remarks)
    assert [path for path, _ in done.unplaced] == ["bob/notes.ipynb"]


def test_who_handed_in_no_notebook_is_named(take: Any) -> None:
    done = take({"ann/rnn.ipynb": notebook("x = 1"), "bob/rnn.py": b"x", "bob/r.pdf": b"%PDF"})
    assert done.unplaced == [("bob", "handed in no notebook, only rnn.py, r.pdf")]


def test_nobody_s_file_is_named(take: Any) -> None:
    done = take({"ann/rnn.ipynb": notebook("x = 1"), "rnn.ipynb": notebook("x = 2")})
    assert [path for path, _ in done.unplaced] == ["rnn.ipynb"]


def test_a_folder_of_nbgrader_s_form_keeps_its_times(
    take: Any, classroom: Path, tmp_path: Path
) -> None:
    path = tmp_path / "old" / "ann" / "01_rnn" / "rnn.ipynb"
    path.parent.mkdir(parents=True)
    path.write_bytes(notebook("x = 1"))
    path.with_name("timestamp.txt").write_text("2026-11-01 10:00:00 UTC")
    take(tmp_path / "old")
    time = submission(classroom, "ann").with_name("timestamp.txt").read_text()
    assert time == "2026-11-01 10:00:00.000000 UTC\n"
