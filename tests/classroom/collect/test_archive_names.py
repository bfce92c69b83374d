"""Names and times as archives store them."""

import struct
import zipfile
from datetime import UTC, datetime

import pytest

from grader.classroom.collect.archive_names import (
    is_junk,
    parts_of,
    without_copy_mark,
    zip_name,
    zip_time,
)


def entry(name: str, when: tuple[int, ...] = (2026, 11, 20, 10, 0, 0)) -> zipfile.ZipInfo:
    return zipfile.ZipInfo(name, when)  # type: ignore[arg-type]


def test_a_name_is_utf8_whether_its_flag_says_so_or_not() -> None:
    flagged = entry("Zoë/rnn.ipynb")
    flagged.flag_bits = 0x800
    assert zip_name(flagged) == "Zoë/rnn.ipynb"
    assert zip_name(entry("Zoë/rnn.ipynb".encode().decode("cp437"))) == "Zoë/rnn.ipynb"
    assert zip_name(entry("Zo\x89".encode("latin-1").decode("cp437"))) == "Zoë"  # cp437's own ë


def test_a_name_ends_at_a_null_and_windows_separators_separate() -> None:
    info = entry("ann")
    info.orig_filename = "ann\\rnn.ipynb\0.exe"
    assert zip_name(info) == "ann/rnn.ipynb"


def test_the_time_with_a_zone_counts_before_the_local_one() -> None:
    info = entry("a")
    other = struct.pack("<HH", 0x7075, 3) + b"abc"
    when = datetime(2026, 11, 19, 8, 0, 1, tzinfo=UTC)
    info.extra = other + struct.pack("<HHBi", 0x5455, 5, 1, int(when.timestamp()))
    assert zip_time(info) == when
    info.extra = struct.pack("<HHBi", 0x5455, 5, 0, 1)  # says that it has no such time
    assert zip_time(info) == datetime(2026, 11, 20, 10).astimezone(UTC)


@pytest.mark.parametrize("when", [(1980, 1, 1, 0, 0, 0), (2026, 13, 1, 0, 0, 0)])
def test_no_time_and_an_impossible_one_are_none(when: tuple[int, ...]) -> None:
    info = entry("a")
    info.date_time = when  # type: ignore[assignment]
    assert zip_time(info) is None


@pytest.mark.parametrize("path", ["/etc/passwd", "C:/x", "c:x", "a/../../b", "..", "a\0b"])
def test_a_path_that_leads_out_has_no_parts(path: str) -> None:
    assert parts_of(path) is None


def test_parts_are_composed_and_empty_ones_left_out() -> None:
    assert parts_of("./a//Jose\u0301/x..ipynb") == ("a", "Jos\xe9", "x..ipynb")
    assert parts_of("") == ()


@pytest.mark.parametrize(
    "path",
    ["__MACOSX/ann/._rnn.ipynb", "a/.ipynb_checkpoints/rnn.ipynb", "Thumbs.db", "a/~$rnn.docx"],
)
def test_what_systems_leave_behind_is_junk(path: str) -> None:
    assert is_junk(tuple(path.split("/")))


def test_what_somebody_wrote_is_no_junk() -> None:
    assert not is_junk(("ann", "rnn.ipynb"))
    assert not is_junk(("a", ".git"))  # a file; only folders of that name are git's
    assert not is_junk(())


@pytest.mark.parametrize(
    ("name", "stem", "number"),
    [
        ("rnn", "rnn", 0),
        ("rnn-Copy1", "rnn", 1),
        ("rnn copy", "rnn", 1),
        ("rnn (12)", "rnn", 12),
        ("rnn - Kopie", "rnn", 1),
        ("rnn - Kopie 3", "rnn", 3),
        ("rnnKopie", "rnn", 1),
        ("RNN_Copy2", "RNN", 2),
        ("rnn - Copy (2)", "rnn", 2),  # Windows: the copy after `rnn - Copy`
        ("rnn-Copy1 (3)", "rnn", 3),  # JupyterLab's copy, downloaded for the fourth time
        ("01_rnn_ann", "01_rnn_ann", 0),
    ],
)
def test_a_copy_is_known_by_its_mark(name: str, stem: str, number: int) -> None:
    assert without_copy_mark(name) == (stem, number)


def test_a_copys_number_is_bounded() -> None:
    assert without_copy_mark(f"rnn ({'9' * 5000})") == ("rnn", 999_999)
