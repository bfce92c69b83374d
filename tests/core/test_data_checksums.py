"""A data set is the same where code reads the same, on any system."""

from pathlib import Path

import pytest

from grader.core.data_checksums import checksums


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "recipe.py").write_bytes(b"CLASSES = 2\ndef draw(seed): ...\n")
    (tmp_path / "words.txt").write_bytes(b"one\ntwo\n")
    (tmp_path / "rows.npz").write_bytes(b"PK\r\n\x00")
    return tmp_path


def test_a_windows_checkout_has_the_same_data(folder: Path) -> None:
    before = checksums(folder)
    for name in ("recipe.py", "words.txt"):
        path = folder / name
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert checksums(folder) == before
    assert list(before) == ["recipe.py", "rows.npz", "words.txt"]


def test_every_byte_of_an_archive_counts(folder: Path) -> None:
    before = checksums(folder)
    (folder / "rows.npz").write_bytes(b"PK\n\x00")
    differ = {name for name, digest in checksums(folder).items() if digest != before[name]}
    assert differ == {"rows.npz"}


def test_what_no_code_reads_may_come_and_go(folder: Path) -> None:
    """Notes, licences, caches: a fetched folder has none of some of them."""
    before = checksums(folder)
    for name in ("README.md", "LICENSE", "NOTICE", "SHA256SUMS", "make.py", ".DS_Store"):
        (folder / name).write_text("mine")
    (folder / "__pycache__").mkdir()
    assert checksums(folder) == before
    (folder / "more.txt").write_text("read")
    assert checksums(folder).keys() - before.keys() == {"more.txt"}
