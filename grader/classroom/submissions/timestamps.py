"""Read `timestamp.txt`, which says when something was handed in, as a stranger's file.

nbgrader reads it with a parser that takes "10" for the tenth of this month, stops over what it
cannot parse, and waits for ever on a pipe. Here it gives a time, or says by file and content why
none is known; either way the submission is graded.
"""

import os
import re
import stat
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dateutil import parser

from grader.classroom.submissions.submitted_folder import TIMESTAMP

_LONGEST = 200
_SHOWN = 60
_FIRST_YEAR = 2000
_AHEAD = timedelta(days=1)  # clocks differ
_ZONE = re.compile(r"(?P<rest>.*\d)\s+(?P<zone>[A-Za-z][\w+/-]*)", re.DOTALL)
_CURE = "Expected such as: 2026-11-20 23:59:00 UTC"


@dataclass(frozen=True)
class Timestamp:
    """The time, in UTC, or None; `problem` says what is wrong with the file, where something is."""

    time: datetime | None = None
    problem: str = ""


def read_timestamp(folder: Path) -> Timestamp:
    """When the submission in `folder` was handed in."""
    path = folder / TIMESTAMP
    try:
        told = path.lstat()
        if not stat.S_ISREG(told.st_mode):
            return Timestamp(problem=f"{path} is no file. {_unknown()}")
        if told.st_size > _LONGEST:
            return Timestamp(problem=f"{path} is {told.st_size} bytes large. {_unknown()}")
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(handle, "rb") as file:
            data = file.read(_LONGEST)
    except FileNotFoundError:
        return Timestamp()
    except OSError as error:
        return Timestamp(problem=f"{path} cannot be read: {error.strerror}. {_unknown()}")
    return parsed(path, data)


def parsed(path: Path | str, data: bytes) -> Timestamp:
    """The time that a file's content tells; `path` is how the file is called."""
    if len(data) > _LONGEST:
        return Timestamp(problem=f"{path} is {len(data)} bytes large. {_unknown()}")
    try:
        text = data.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        return Timestamp(problem=f"{path} holds {data[:_SHOWN]!r}, which is no text. {_unknown()}")
    if not text:
        return Timestamp(problem=f"{path} is empty. {_unknown()}")
    told = f"{path} says {text[:_SHOWN]!r}"
    match = _ZONE.fullmatch(text)
    words, zone = (match["rest"], match["zone"]) if match else (text, "")
    if zone.lower() in {"am", "pm"}:
        words, zone = text, ""
    try:
        time = _whole(words)
        time = time.replace(tzinfo=_zone(zone)) if zone and time.tzinfo is None else time
        has_zone = time.tzinfo is not None
        time = time.astimezone(UTC) if has_zone else time.replace(tzinfo=UTC)
    except (ValueError, OverflowError, TypeError, ZoneInfoNotFoundError):
        return Timestamp(problem=f"{told}, which is no date with a time. {_unknown()}")
    if time.year < _FIRST_YEAR or time > datetime.now(UTC) + _AHEAD:
        return Timestamp(problem=f"{told}, when nothing can have been handed in. {_unknown()}")
    if not has_zone:
        return Timestamp(time, f"{told} and names no timezone; it is read as UTC. {_CURE}")
    return Timestamp(time)


def _whole(text: str) -> datetime:
    """A date that is written in full: the parser fills in what is missing, from any other date."""
    one, other = datetime(2001, 1, 1), datetime(2004, 12, 28)  # noqa: DTZ001 - only to compare
    time: datetime = parser.parse(text, default=one)
    if time != parser.parse(text, default=other):
        raise ValueError
    return time


def _zone(name: str) -> ZoneInfo:
    return ZoneInfo("UTC" if name.upper() in {"UTC", "GMT", "Z"} else name)


def _unknown() -> str:
    return f"Whether it was late is not known. {_CURE}"
