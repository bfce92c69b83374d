"""Archives are strangers' bytes: nothing leads out, nothing is endless, everything is named."""

import io
import os
import stat
import tarfile
import warnings
import zipfile
from pathlib import Path
from typing import Any

import pytest

from grader.classroom.cli import main
from grader.classroom.collect import archives
from grader.core.errors import UsageError
from tests.classroom.collect.conftest import notebook, submission, zipped

GOOD = {"ann/01_rnn/rnn.ipynb": notebook("x = 1"), "bob/01_rnn/rnn.ipynb": notebook("x = 2")}


def unplaced(done: Any) -> dict[str, str]:
    return dict(done.unplaced)


@pytest.mark.parametrize(
    "name",
    ["../eve/01_rnn/rnn.ipynb", "/eve/01_rnn/rnn.ipynb", "C:\\eve\\rnn.ipynb", "a/../../b.ipynb"],
)
def test_paths_that_lead_out_are_named(take: Any, tmp_path: Path, name: str) -> None:
    before = {path for path in tmp_path.parent.rglob("*") if "eve" in path.name}
    done = take({**GOOD, name: notebook("x = 3")})
    assert any("leads out" in why for why in unplaced(done).values())
    assert {each.student for each in done.placed} == {"ann", "bob"}
    assert {path for path in tmp_path.parent.rglob("*") if "eve" in path.name} == before


def test_links_are_named_and_not_followed(take: Any, tmp_path: Path) -> None:
    path = zipped(tmp_path / "links.zip", GOOD)
    with zipfile.ZipFile(path, "a") as archive:
        info = zipfile.ZipInfo("eve/01_rnn/rnn.ipynb")
        info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    assert unplaced(take(path)) == {"eve/01_rnn/rnn.ipynb": "is a link"}
    folder = tmp_path / "folder" / "eve"
    folder.mkdir(parents=True)
    (folder / "rnn.ipynb").symlink_to(path)
    os.mkfifo(folder / "pipe.ipynb")
    told = unplaced(take(tmp_path / "folder"))
    assert told["eve/rnn.ipynb"] == "is a link"
    assert told["eve/pipe.ipynb"] == "is no ordinary file"


def test_a_tar_is_taken_and_its_links_are_not(take: Any, tmp_path: Path, classroom: Path) -> None:
    path = tmp_path / "handed-in.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        for name, data in GOOD.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
        link = tarfile.TarInfo("eve/rnn.ipynb")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    assert unplaced(take(path)) == {"eve/rnn.ipynb": "is a link"}
    assert submission(classroom, "ann").is_file()


def test_encrypted_and_damaged_entries_are_named_and_the_others_placed(
    take: Any, tmp_path: Path
) -> None:
    path = zipped(tmp_path / "bad.zip", {**GOOD, "eve/rnn.ipynb": notebook("x = 3")})
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        at = archive.getinfo("eve/rnn.ipynb").header_offset
    for index in range(at + 300, at + 340):
        data[index] ^= 0xFF
    path.write_bytes(bytes(data))
    told = unplaced(take(path))
    assert "cannot be read" in told["eve/rnn.ipynb"]
    at = bytes(data).rindex(b"PK\x01\x02")
    data[at + 8] |= 1
    path.write_bytes(bytes(data))
    assert "encrypted" in unplaced(take(path))["eve/rnn.ipynb"]


@pytest.mark.parametrize("cut", [0, 10, -30])
def test_an_archive_that_was_cut_off_is_refused(take: Any, tmp_path: Path, cut: int) -> None:
    path = zipped(tmp_path / "cut.zip", GOOD)
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(UsageError, match="cut off"):
        take(path)


def test_zips_within_are_opened_once_and_no_deeper(take: Any, tmp_path: Path) -> None:
    inner = zipped(tmp_path / "inner.zip", {"work/rnn.ipynb": notebook("x = 5")}).read_bytes()
    deeper = zipped(tmp_path / "deeper.zip", {"inner.zip": inner}).read_bytes()
    done = take({"ann/all.zip": inner, "bob/all.zip": deeper, "cy/all.zip": b"PK no", **GOOD})
    assert "ann/all.zip/work/rnn.ipynb" in str(done)
    told = unplaced(done)
    assert "within" in told["bob/all.zip/inner.zip"]
    assert "cannot be read" in told["cy/all.zip"]


def test_one_student_s_zip_is_that_student_s(take: Any, tmp_path: Path, classroom: Path) -> None:
    inner = zipped(tmp_path / "inner.zip", {"01_rnn/rnn.ipynb": notebook("x = 1")}).read_bytes()
    take({"ann.zip": inner, "bob.zip": inner})
    assert submission(classroom, "ann").is_file()


def test_bounds(take: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MOST_FILES", 3)
    with pytest.raises(UsageError, match="more than 3 entries"):
        take({f"s{n}/rnn.ipynb": b"{}" for n in range(4)})
    monkeypatch.setattr(archives, "MOST_FILES", 100)
    monkeypatch.setattr(archives, "LARGEST_TOTAL", 1000)
    with pytest.raises(UsageError, match="given up"):
        take(GOOD)


def test_a_bomb_is_named_by_its_size(take: Any) -> None:
    done = take({**GOOD, "eve/rnn.ipynb": b" " * (21 * 1024 * 1024)})
    assert "21 MB large" in unplaced(done)["eve/rnn.ipynb"]


def test_what_systems_leave_behind_is_counted_and_no_more(take: Any) -> None:
    junk = ["__MACOSX/ann/._rnn.ipynb", "ann/.DS_Store", "Thumbs.db", "ann/~$rnn.docx"]
    old = "ann/01_rnn/.ipynb_checkpoints/rnn-checkpoint.ipynb"
    done = take({**GOOD, **dict.fromkeys(junk, b"x"), old: notebook("x = 9")})
    assert (done.unplaced, done.others) == ([], [])
    assert any(note.startswith("5 files") for note in done.notes)


def test_names_in_utf8_without_the_flag_and_in_cp437(
    take: Any, tmp_path: Path, classroom: Path
) -> None:
    path = tmp_path / "names.zip"
    zipped(path, {"J?s??/rnn.ipynb": notebook("x = 1"), "Zo#/rnn.ipynb": notebook("x = 2")})
    data = path.read_bytes().replace(b"J?s??", "J\xf3s\xe9".encode()[:5].ljust(5, b"e"))
    data = data.replace(b"J\xc3\xb3s\xc3", b"Jos\xc3\xa9").replace(b"Zo#", b"Zo\x89")
    path.write_bytes(data)
    take(path)
    assert {p.name for p in (classroom / "submitted").iterdir()} == {"Jos\xe9", "Zo\xeb"}


def test_an_entry_that_is_there_twice_counts_as_two(take: Any, tmp_path: Path) -> None:
    path = tmp_path / "twice.zip"
    with warnings.catch_warnings(), zipfile.ZipFile(path, "w") as archive:
        warnings.simplefilter("ignore")
        archive.writestr("ann/rnn.ipynb", notebook("x = 1"))
        archive.writestr("ann/rnn.ipynb", notebook("x = 2"))
    done = take(path)
    assert "with work in it, too" in " ".join(done.placed[0].remarks)


def test_names_that_no_terminal_can_show_are_told_all_the_same(take: Any, tmp_path: Path) -> None:
    top = os.fsencode(tmp_path / "folder")
    Path(os.fsdecode(top + b"/a\xff\x1b[2J")).mkdir(parents=True)
    (tmp_path / "folder" / "ann").mkdir()
    (tmp_path / "folder" / "empty").mkdir()
    (tmp_path / "folder" / "ann" / "rnn.ipynb").write_bytes(notebook("x = 1"))
    Path(os.fsdecode(top + b"/a\xff\x1b[2J/rnn.ipynb")).write_bytes(notebook("x = 2"))
    done = take(tmp_path / "folder")
    told = str(done.unplaced) + str(done.others)
    told.encode()
    assert "a?/rnn.ipynb" in told
    assert ("empty", "is an empty folder") in done.others


def test_names_that_nobody_can_have_are_named(take: Any) -> None:
    done = take({**GOOD, "a;b/01_rnn/rnn.ipynb": notebook("x = 3")})
    assert "cannot be a student's name" in unplaced(done)["a;b/01_rnn/rnn.ipynb"]


def test_the_command_says_and_counts(
    tmp_path: Path,
    course: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "notebooks").symlink_to(course / "notebooks")
    (home / "solutions").mkdir()
    (home / "nbgrader_config.py").write_text("")
    path = zipped(tmp_path / "handed-in.zip", {**GOOD, "nobody.pdf": b"%PDF"})
    monkeypatch.chdir(home)
    assert main(["collect", str(path), "--dry-run"]) == 0
    assert not (home / "classroom" / "submitted").exists()
    assert main(["collect", str(path)]) == 0
    out = capsys.readouterr().out
    assert "2 submissions are in" in out
    assert "left nobody.pdf" in out
    assert main(["collect", str(tmp_path / "nothing.zip")]) == 2
    assert main(["collect", str(path), "--from", "plain", "--unit", "09_none"]) == 2


def test_an_empty_folder_of_a_zip_is_named(take: Any, tmp_path: Path) -> None:
    path = zipped(tmp_path / "empty.zip", GOOD)
    with zipfile.ZipFile(path, "a") as archive:
        archive.mkdir("cy")
        archive.mkdir("ann")
    assert take(path).others == [("cy", "is an empty folder")]
