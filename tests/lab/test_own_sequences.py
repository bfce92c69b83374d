"""A folder of one's own: read in every form, bounded, and told in words where it does not fit."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from grader import lab
from grader.core.errors import SetupError, UsageError
from grader.lab import example_files, number_files, own_labels, own_sequences, plain_files

ROWS = "1,2\n3,4\n5,6\n"
ROOT = Path(__file__).resolve().parents[2]

Calls = Callable[..., Path]


@pytest.fixture
def calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Calls:
    """A folder `calls` with eight files of each class; names of files with what stands in them."""
    monkeypatch.chdir(tmp_path)

    def make(files: dict[str, str | bytes] | None = None, classes: str = "up down") -> Path:
        folder = tmp_path / "calls"
        for name in classes.split():
            for number in range(8):
                _write(folder / name / f"{number}.csv", ROWS + "7,8\n" * number)
        for place, content in (files or {}).items():
            _write(folder / place, content)
        return folder

    return make


def _write(path: Path, content: str | bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)


def said(folder: Path | str) -> str:
    """What reading the folder says goes wrong."""
    with pytest.raises(UsageError) as caught:
        lab.read_sequences(folder)
    return str(caught.value)


def test_a_folder_a_class(calls: Calls) -> None:
    mine = lab.read_sequences(calls())
    assert (len(mine), mine.classes) == (16, ("down", "up"))
    assert [len(x) for x in mine.x] == 2 * list(range(3, 11))
    assert mine.x[0].dtype is torch.float32
    assert mine.x[0].tolist() == [[1, 2], [3, 4], [5, 6]]
    assert mine.y.tolist() == 8 * [0] + 8 * [1]
    assert mine.files[0] == str(Path("down") / "0.csv")
    assert mine.notes == ()
    assert repr(mine) == "16 sequences of 3 to 10 steps, 2 numbers a step; down: 8, up: 8"


def test_a_share_of_each_class_is_kept_and_nothing_is_in_both(calls: Calls) -> None:
    mine = lab.read_sequences(calls())
    train, val = mine.split(0.25)
    assert sorted(train.files + val.files) == sorted(mine.files)
    assert val.y.tolist() == [0, 0, 1, 1]
    assert mine.split(0.25)[1].files == val.files != mine.split(0.25, seed=1)[1].files
    for part in (train, val):
        for x, y, file in zip(part.x, part.y, part.files, strict=True):
            place = mine.files.index(file)
            assert torch.equal(x, mine.x[place])
            assert int(y) == int(mine.y[place])


@pytest.mark.parametrize(
    "text",
    [
        "1,2\n3,4\n5,6",
        "\ufeff1,2\r\n3,4\r\n\r\n5,6\r\n",
        "1;2\n3;4\n5;6\n",
        "1,0;2,0\n3,0;4,0\n5,0;6,0\n",
        "1\t2\n3\t4\n5\t6\n",
        "1 2\n3  4\n5 6\n",
        "left,right\n1,2\n3,4\n5,6\n",
    ],
)
def test_numbers_in_any_common_form(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.csv"
    _write(path, text)
    values, is_cut = number_files.read_numbers(path, 10)
    assert values.tolist() == [[1, 2], [3, 4], [5, 6]]
    assert not is_cut


def test_arrays_of_one_channel_and_of_whole_numbers(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.arange(4))
    values, is_cut = number_files.read_numbers(tmp_path / "a.npy", 3)
    assert (values.tolist(), is_cut) == ([[0], [1], [2]], True)


def test_a_list_of_classes_goes_before_folders(calls: Calls) -> None:
    lines = [f"up/{number}.csv; {'odd' if number % 2 else 'even'}" for number in range(8)]
    lines += [f"down/{number}.csv;even" for number in range(4)]
    lines += [f"down\\{number}.csv;odd" for number in range(4, 8)]
    folder = calls({"labels.csv": "\n".join(["file;class", *lines, ""]), "up/new.csv": ROWS})
    mine = lab.read_sequences(folder)
    assert mine.classes == ("even", "odd")
    assert dict(zip(mine.files, mine.y.tolist(), strict=True))[str(Path("up") / "3.csv")] == 1
    assert mine.notes == ("Passed over, not in labels.csv: up/new.csv.",)


def test_hidden_files_are_nobodys_and_others_are_named(calls: Calls) -> None:
    folder = calls({".DS_Store": b"\0", "up/.ipynb_checkpoints/0.csv": "x", "notes.txt": "hello"})
    mine = lab.read_sequences(folder)
    assert len(mine) == 16
    assert mine.notes == ("Passed over, neither .csv nor .npy: notes.txt.",)


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"up/x.csv": "1,2\n3\n"}, ["x.csv, line 2, has 1 numbers", "have 2", "Mend or leave out"]),
        ({"up/x.csv": "1,2\n3,high\n"}, ["x.csv, line 2, holds 'high'", "no number", "fill in"]),
        ({"up/x.csv": "1,2\n3,\n"}, ["x.csv holds nan at step 2, column 2", "Fill it in"]),
        ({"up/x.csv": "1,inf\n"}, ["holds inf at step 1, column 2"]),
        ({"up/x.csv": ""}, ["x.csv holds no step", "Take it out"]),
        ({"up/x.csv": "left,right\n"}, ["x.csv holds no step"]),
        ({"up/x.csv": "1,2,3\n"}, ["x.csv has 3 numbers a step", "0.csv has 2", "Leave a column"]),
        ({"up/x.csv": "Gr\xf6\xdfe\n1\n".encode("cp1252")}, ["no UTF-8: byte 0xf6", "cp1252"]),
        ({"up/x.csv": b"PK\x03\x04\0\0"}, ["x.csv holds a byte 0", "it is no text"]),
        ({"up/x.csv": ",".join(["1"] * 20_000)}, ["20,000 numbers a step", "turn it"]),
        ({"up/x.npy": b"1,2"}, ["x.npy cannot be read as an array", "numpy.save"]),
        ({"x.csv": ROWS}, ["x.csv in", "has no class", "calls/up/x.csv", "labels.csv"]),
        ({"few/x.csv": ROWS}, ["Too few", "'few' has 1", "At least 8"]),
        ({"labels.csv": "file,class\n"}, ["names no file"]),
        ({"labels.csv": "up/0.csv\n"}, ["line 1, is 'up/0.csv'", "and its class"]),
        ({"labels.csv": "0.csv,up\n"}, ["line 1, names '0.csv'", "its path in that folder"]),
        ({"labels.csv": "up/0.csv,a\nup/0.csv,b\n"}, ["line 2", "'b'", "further up it is 'a'"]),
    ],
)
def test_what_does_not_fit_is_told_with_its_place(
    calls: Calls, files: dict[str, str | bytes], words: list[str]
) -> None:
    told = said(calls(files))
    for word in words:
        assert word in told
    assert re.search(r"[Ee]xpected", told)


@pytest.mark.parametrize(
    "array", [np.zeros((2, 3, 4)), np.zeros(3, complex), np.array(["a"]), np.float32(3)]
)
def test_an_array_of_another_kind_is_told_its_shape(calls: Calls, array: np.ndarray) -> None:
    folder = calls()
    np.save(folder / "up" / "x.npy", array)
    told = said(folder)
    assert f"holds an array {array.shape} of {array.dtype}" in told


def test_pickled_objects_are_never_opened(calls: Calls) -> None:
    folder = calls()
    np.save(folder / "up" / "x.npy", np.array([{}], dtype=object), allow_pickle=True)
    assert "cannot be read as an array" in said(folder)


def test_folders_that_are_none(calls: Calls, tmp_path: Path) -> None:
    assert "There is no folder 'nowhere'" in said("nowhere")
    (tmp_path / "empty").mkdir()
    assert "It is empty" in said("empty")
    _write(tmp_path / "empty" / "a.xlsx", b"PK")
    assert "It holds a.xlsx" in said("empty")
    assert "is a file" in said(tmp_path / "empty" / "a.xlsx")
    assert "are of one class, 'up'" in said(calls(classes="up"))


def test_much_is_taken_in_part_and_said(calls: Calls, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = calls()
    monkeypatch.setattr(own_sequences, "STEPS_AT_MOST", 6)
    mine = lab.read_sequences(folder)
    assert max(len(x) for x in mine.x) == 6
    assert "the first 6 steps; 8 files are longer" in mine.notes[0]
    monkeypatch.setattr(own_sequences, "NUMBERS_AT_MOST", 4 * 16 * 2)
    mine = lab.read_sequences(folder)
    assert max(len(x) for x in mine.x) == 4
    assert "the first 4 steps" in mine.notes[1]
    monkeypatch.setattr(own_sequences, "NUMBERS_AT_MOST", 16)
    assert "even one step of each is more than 16" in said(folder)
    monkeypatch.undo()
    monkeypatch.setattr(own_sequences, "FILES_AT_MOST", 10)
    monkeypatch.setattr(own_sequences, "A_CLASS_AT_LEAST", 2)
    mine = lab.read_sequences(folder)
    assert mine.y.tolist() == 5 * [0] + 5 * [1]
    assert "10 of 16 files" in mine.notes[0]


def test_a_whole_disk_is_no_folder_of_sequences(
    calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_labels, "_FILES_AT_MOST", 15)
    assert "more than 15 files" in said(calls())


def test_of_a_file_no_more_is_read_than_asked_for(tmp_path: Path) -> None:
    """A letter that the end cuts is left out; a file that cannot be opened is told."""
    _write(tmp_path / "a.txt", "aé")
    assert plain_files.read_utf8(tmp_path / "a.txt", 2) == ("a", True)
    assert plain_files.read_utf8(tmp_path / "a.txt", 3) == ("aé", False)
    with pytest.raises(UsageError, match="cannot be read"):
        plain_files.read_utf8(tmp_path, 3)


@pytest.mark.parametrize("name", ["voices", "latch", "sentences"])
def test_an_example_is_written_once_and_its_licence_with_it(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRADER_DATA", str(ROOT / "data"))
    monkeypatch.chdir(tmp_path)
    folder = lab.write_example(name)
    files = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    first = next(path for path in files if path.suffix in {".csv", ".npy", ".txt"})
    first.write_text("mine")
    assert lab.write_example(name) == folder
    assert first.read_text() == "mine"
    for licence in example_files._LICENCES:
        source = ROOT / "data" / name / licence
        assert source.is_file() == (folder / licence).is_file()
    with pytest.raises(UsageError, match="no example 'rumble'"):
        lab.write_example("rumble")


def test_an_example_that_cannot_be_written_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRADER_DATA", str(ROOT / "data"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "examples").write_text("a file in the way")
    with pytest.raises(SetupError, match="cannot be written"):
        lab.write_example("latch")


def test_the_lamp_of_each_example_is_its_last_pulse(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cut at their beginnings, they still hold what tells their class."""
    monkeypatch.setenv("GRADER_DATA", str(ROOT / "data"))
    monkeypatch.chdir(tmp_path)
    mine = lab.read_sequences(lab.write_example("latch"))
    rule = lab.recipe("latch").rule
    assert all(int(rule(x.numpy()[None])[0]) == int(y) for x, y in zip(mine.x, mine.y, strict=True))
