"""timestamp.txt is a stranger's file: it gives a time, or a sentence with file and content."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from grader.classroom.submissions.timestamps import read_timestamp

GIVEN = datetime(2026, 11, 20, 22, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-20 22:59:00 UTC",
        "2026-11-20 22:59:00.000000 UTC\n",
        "2026-11-20T22:59:00Z",
        "2026-11-20 23:59:00 +0100",
        "2026-11-20 23:59:00+01:00",
        "2026-11-20 23:59:00 Europe/Berlin",
        "\ufeff2026-11-20 22:59:00 UTC",
        "20 Nov 2026 10:59 PM UTC",
    ],
)
def test_times_that_are_written_in_full(tmp_path: Path, text: str) -> None:
    (tmp_path / "timestamp.txt").write_text(text, encoding="utf-8")
    found = read_timestamp(tmp_path)
    assert (found.time, found.problem) == (GIVEN, "")


def test_without_a_timezone_it_is_utc_as_nbgrader_reads_it_and_that_is_said(tmp_path: Path) -> None:
    (tmp_path / "timestamp.txt").write_text("2026-11-20 22:59:00")
    found = read_timestamp(tmp_path)
    assert found.time == GIVEN
    assert "names no timezone" in found.problem


@pytest.mark.parametrize(
    "content",
    [
        b"yesterday evening",
        b"10",
        b"Monday",
        b"23:59",
        b"",
        b" \n",
        b"\xff\xfe2\x000\x00",
        b"\x00\x01\x02",
        b"9999-12-31 23:59:59 UTC",
        b"9999-12-31 23:59:59 -2300",
        b"0001-01-01 00:00:00 +1400",
        b"1970-01-01 00:00:00 UTC",
        b"2026-13-45 99:99:99 UTC",
        b"2026-11-20 22:59:00 Middle/Earth",
        b"2026-11-20 22:59:00 ../../etc/passwd",
        b"1e400",
        b"9" * 200,
        b"2026-11-20 22:59:00 UTC\n" * 500_000,
    ],
)
def test_what_tells_no_time_is_named_by_file_and_content(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "timestamp.txt"
    path.write_bytes(content)
    found = read_timestamp(tmp_path)
    assert found.time is None
    assert str(path) in found.problem
    assert "Whether it was late is not known" in found.problem
    assert len(found.problem) < 500


def test_a_time_to_come_is_none(tmp_path: Path) -> None:
    soon = datetime.now(UTC) + timedelta(days=40)
    (tmp_path / "timestamp.txt").write_text(soon.isoformat())
    assert "nothing can have been handed in" in read_timestamp(tmp_path).problem


@pytest.mark.parametrize("kind", ["folder", "pipe", "link", "none"])
def test_what_is_no_file(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "timestamp.txt"
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "link":
        path.symlink_to("/dev/zero")
    found = read_timestamp(tmp_path)
    assert found.time is None
    assert ("is no file" in found.problem) == (kind != "none")
