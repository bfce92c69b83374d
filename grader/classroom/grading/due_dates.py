"""Due dates: the unit's own in nbgrader's gradebook, a student's own as nbgrader's extension.

nbgrader has a place for an extension in a submission alone, so a student's own date is kept in
`due.json` of the class, and laid upon the submission before its penalty is assigned: by
`grader grade` and, through the step `late_plugin.OwnDueDates`, by nbgrader's commands.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from grader.classroom.submissions.student_names import composed
from grader.core.atomic_files import replace_file
from grader.core.errors import SetupError, UsageError

FILE = "due.json"
NONE = "none"
_EXTRA = re.compile(
    r"\+(\d{1,4}) ?(?:(m)(?:in(?:ute)?s?)?|(h)(?:ours?)?|(d)(?:ays?)?|(w)(?:eeks?)?)"
)
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_DAY = re.compile(r"\d{4}-\d\d?-\d\d?")
_SAID = re.compile(
    r"(?P<time>\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)?)"
    r"(?P<zone>\s*(?:[^\d\s:].*)?)"
)
_MINUTE = "%Y-%m-%d %H:%M"
_OFFSET = re.compile(r"Z|UTC|GMT|[+-]\d\d:?\d\d", re.IGNORECASE)
_EXPECTED = (
    'Expected a day or a time, with its zone: 2026-11-21, "2026-11-21 18:00 Europe/Berlin" or '
    "2026-11-21T18:00+01:00"
)


def read_date(text: str) -> datetime:
    """A date as a teacher writes it, in UTC.

    Without a zone it is of this machine's; a day alone means its end. Raises UsageError.
    """
    found = _SAID.fullmatch(text.strip())
    if found is None:
        message = f"{text!r} is no date. {_EXPECTED}."
        raise UsageError(message)
    said, zone = found["time"], found["zone"].strip()
    is_day = _DAY.fullmatch(said) is not None
    try:
        when = datetime.fromisoformat(said)
    except ValueError as error:
        message = f"{text!r} is no date: {error}. {_EXPECTED}."
        raise UsageError(message) from error
    if is_day:
        when = when.replace(hour=23, minute=59, second=59)
    try:
        return _placed(when, zone).astimezone(UTC)
    except OverflowError as error:
        message = f"{text!r} is no date that can be kept. {_EXPECTED}."
        raise UsageError(message) from error


def zone_of(text: str) -> tzinfo | None:
    """The zone that a teacher wrote a date in; None where none was written."""
    found = _SAID.fullmatch(text.strip())
    zone = found["zone"].strip() if found else ""
    return _placed(datetime.fromisoformat(found["time"]), zone).tzinfo if found and zone else None


def _placed(when: datetime, zone: str) -> datetime:
    if not zone:
        return when.astimezone()
    if _OFFSET.fullmatch(zone):
        offset = "+00:00" if zone[0] not in "+-" else zone
        return datetime.fromisoformat(when.isoformat() + offset)
    try:
        return _there(when.replace(tzinfo=ZoneInfo(zone)))
    except (KeyError, ValueError, OSError) as error:
        message = f"There is no time zone {zone!r}; a zone is such as Europe/Berlin, UTC or +01:00."
        raise UsageError(message) from error


def _there(when: datetime) -> datetime:
    """Where clocks change: refused where they leave it out, the later where it comes twice."""
    late = when.replace(fold=1)
    if late.astimezone(UTC).astimezone(when.tzinfo).strftime(_MINUTE) != when.strftime(_MINUTE):
        message = (
            f"{when.strftime(_MINUTE)} is a time that {when.tzinfo} leaves out, as clocks go "
            "forward in that night. Choose another hour."
        )
        raise UsageError(message)
    return late


def read_extra(text: str) -> timedelta | None:
    """Extra time such as "+2d" or "+36h"; None where `text` says something else."""
    found = _EXTRA.fullmatch(text.strip())
    return timedelta(**{_UNITS[found[found.lastindex or 2]]: int(found[1])}) if found else None


@dataclass(frozen=True)
class OwnDates:
    """Dates of single students: `{unit: {student: "2026-12-01T22:59:00+00:00" or "+2d"}}`."""

    path: Path
    rows: Mapping[str, Mapping[str, str]]

    @classmethod
    def of(cls, classroom: Path) -> "OwnDates":
        """Those of a class. Raises SetupError where the file was damaged."""
        path = classroom / FILE
        if not path.is_file():
            return cls(path, {})
        try:
            rows = json.loads(path.read_text(encoding="utf-8"))
            for own in rows.values():
                for said in own.values():
                    if read_extra(said) is None:
                        read_date(said)
        except (ValueError, AttributeError, TypeError, OSError, UsageError) as error:
            message = f"{path} cannot be read: {error}. Mend it, or remove it and set them again."
            raise SetupError(message) from error
        return cls(path, rows)

    def extension(self, unit: str, student: str, due: datetime | None) -> timedelta | None:
        """How much later than `due` (in UTC, as nbgrader keeps it) a student's own date is.

        None where the student has none, or the unit itself.
        """
        said = self.rows.get(unit, {}).get(composed(student))
        if said is None or due is None:
            return None
        return read_extra(said) or read_date(said).replace(tzinfo=None) - due

    def has(self, unit: str, student: str) -> bool:
        """Whether the student has a date of its own."""
        return composed(student) in self.rows.get(unit, {})

    def keep(self, unit: str, student: str, said: str | None) -> None:
        """Write a student's own date, or with None take it back."""
        rows = {name: dict(own) for name, own in self.rows.items()}
        rows.setdefault(unit, {}).pop(composed(student), None)
        if said is not None:
            rows[unit][composed(student)] = said
        text = json.dumps({n: own for n, own in rows.items() if own}, indent=1, ensure_ascii=False)
        replace_file(self.path, text + "\n")


def apply(own: OwnDates, unit: str, submission: Any) -> None:
    """Lay a student's own date upon one of nbgrader's submissions; its session commits.

    An extension that somebody gave in another way stays, but not without a due date: nbgrader
    cannot add the two.
    """
    student, due = submission.student.id, submission.assignment.duedate
    if due is None:
        submission.extension = None
    elif own.has(unit, student):
        submission.extension = own.extension(unit, student, due)
