"""Put the notebook that counts into `submitted/`, and keep whatever else was worked on."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.classroom.collect.choosing import Candidate, remarks
from grader.classroom.notebooks.rebuilding import read_submission
from grader.classroom.notebooks.unit_recognition import ReleasedNotebooks
from grader.classroom.submissions.submitted_folder import is_kept, keep, place, put
from grader.classroom.submissions.timestamps import read_timestamp
from grader.core.errors import SubmissionError


@dataclass(frozen=True)
class Placed:
    """One submission in its place. `changed` is False where it lay there already."""

    student: str
    unit: str
    source: str
    remarks: tuple[str, ...] = ()
    changed: bool = True


def place_all(
    student: str,
    candidates: Sequence[Candidate],
    classroom: Path,
    releases: ReleasedNotebooks,
    *,
    dry: bool,
) -> list[Placed]:
    """Place one notebook a unit; with `dry` only say which. Raises SetupError."""
    by_unit: dict[str, list[Candidate]] = defaultdict(list)
    for each in candidates:
        by_unit[each.unit].append(each)
    placed = []
    for unit, several in sorted(by_unit.items()):
        chosen, *others = sorted(several, key=lambda each: each.rank, reverse=True)
        others = [each for each in others if each.data != chosen.data]
        told, changed = remarks(chosen, others), True
        if not dry:
            changed = _place(student, chosen, classroom, releases, told)
            for other in others:
                if other.written or other.problem:
                    keep(classroom, student, unit, other.data)
        placed.append(Placed(student, unit, chosen.told, tuple(told), changed))
    return placed


def _place(
    student: str, chosen: Candidate, classroom: Path, releases: ReleasedNotebooks, told: list[str]
) -> bool:
    """Place a notebook unless a better one lies there; whether anything changed."""
    unit = chosen.unit
    path = place(classroom, student, unit)
    why = _why_not(student, chosen, path, classroom, releases)
    if why:
        kept = keep(classroom, student, unit, chosen.data)
        told.append(f"{why}: {path} stays" + (f", and this one is kept as {kept}" if kept else ""))
        return False
    made = put(classroom, student, unit, chosen.data, chosen.whose.time or chosen.time)
    if made.before is not None:
        told.append(f"it replaces one of before, which is kept: {made.before}")
    return made.changed


def _why_not(
    student: str, chosen: Candidate, path: Path, classroom: Path, releases: ReleasedNotebooks
) -> str:
    """Why the notebook that lies at `path` shall stay; empty where it shall not, or is the same."""
    if path.is_symlink() or not path.is_file():
        return ""
    held = path.read_bytes()
    if held == chosen.data or not _written(held, chosen.unit, releases):
        return ""
    if not chosen.written:
        return "no work can be read in this one, and there is some in the one of before"
    new, old = chosen.whose.time or chosen.time, read_timestamp(path.parent).time
    if new is not None and old is not None:
        return "handed in before the one that lies there" if new < old else ""
    if is_kept(classroom, student, chosen.unit, chosen.data):
        return "it was replaced before by the one that lies there"
    return ""


def _written(data: bytes, unit: str, releases: ReleasedNotebooks) -> int:
    try:
        notebook = read_submission(data)
        return releases.written(unit, notebook) if releases.is_of(unit, notebook) else 0
    except SubmissionError:
        return 0
