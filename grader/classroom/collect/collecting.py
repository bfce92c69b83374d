"""Place everything that a source holds; tell what was placed and what was not, and why."""

import contextlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from grader.classroom.collect import gradescope, platforms
from grader.classroom.collect.archive_names import CHECKPOINTS
from grader.classroom.collect.archives import ArchiveFile, SubmissionSource, Unreadable
from grader.classroom.collect.choosing import (
    Candidate,
    candidate,
    looks_like_a_notebook,
)
from grader.classroom.collect.folders import FolderPaths
from grader.classroom.collect.placing import Placed, place_all
from grader.classroom.collect.platforms import Submitter
from grader.classroom.collect.student_matching import RosterStudent, identified
from grader.classroom.notebooks.rebuilding import LARGEST_FILE
from grader.classroom.notebooks.unit_recognition import ReleasedNotebooks
from grader.classroom.submissions.submitted_folder import TIMESTAMP
from grader.classroom.submissions.timestamps import parsed
from grader.core.errors import UsageError

_MOST_OF_ONE = 60  # notebooks of one person; more are no submission
_AT_ONCE = timedelta(minutes=2)
_NOBODYS = (
    "no name on its way says whose it is; `grader submit FILE --student ID` takes a single one"
)
# What somebody may have meant for a submission, where it cannot be opened.
_SUBMISSIONS = (".ipynb", ".zip", ".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz")


@dataclass
class CollectReport:
    """What became of a source. `unplaced` and `others` pair a path with the reason."""

    system: str
    placed: list[Placed] = field(default_factory=list)
    unplaced: list[tuple[str, str]] = field(default_factory=list)
    others: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class CollectRequest:
    """What a teacher asked for: the system's name or "", the unit or None, names of a map."""

    system: str = ""
    unit: str | None = None
    names: dict[str, list[str]] = field(default_factory=dict)
    dry: bool = False


def collect(
    source: SubmissionSource,
    top: Path,
    releases: ReleasedNotebooks,
    roster: Sequence[RosterStudent],
    classroom: Path,
    asked: CollectRequest,
) -> CollectReport:
    """Place the files of `source` into `classroom`. Raises UsageError and SetupError."""
    found = [each for each in source.files if each.parts[-1] != TIMESTAMP]
    paths = [*(each.parts for each in found), *map(_beside, source.checkpoints)]
    system, reader = _reader(found, paths, top, releases, roster, asked)
    done = CollectReport(system)
    for left in source.left:
        lacks = left.path.lower().strip("'").endswith(_SUBMISSIONS)
        (done.unplaced if lacks else done.others).append((left.path, left.why))
    # A class's own folder, as nbgrader has it; in an upload the file would be the learner's word.
    times = _timestamps(source.files) if system == "plain" else {}
    people = _by_person(found, reader, times, done)
    junk = source.junk + _add_checkpoints(people, source.checkpoints, reader)
    everybody = [whose for files in people.values() for _, whose in files[:1]]
    everybody += [member for whose in everybody for member in whose.members]
    known = identified(everybody, roster, asked.names)
    done.notes += dict.fromkeys(known.notes)
    keeps_times = _has_times(source, people.values())
    if not keeps_times:
        done.notes.append(
            "its files have no times of their own, so nothing is known about who was late"
        )
    by_student: dict[str, list[Candidate]] = defaultdict(list)
    for key, files in people.items():
        keys = [key, *(member.key for member in files[0][1].members)]
        ids = [student for each in keys for student in known.ids.get(each, ())]
        problems = [known.problems[each] for each in keys if each in known.problems]
        candidates = _candidates(files, releases, asked, done, keeps_times=keeps_times)
        if problems:
            done.unplaced += [(c.told, why) for c in candidates for why in problems]
        for student in ids:
            by_student[student] += candidates
    for student, candidates in by_student.items():  # somebody may have come by several names
        done.placed += place_all(student, candidates, classroom, releases, dry=asked.dry)
    if system == "gradescope":
        done.unplaced += _without_folder(_metadata(found, top), source.files)
    if junk:
        done.notes.append(f"{junk} files that systems and editors leave behind were left")
    return done


def _reader(
    found: Sequence[ArchiveFile],
    paths: Sequence[tuple[str, ...]],
    top: Path,
    releases: ReleasedNotebooks,
    roster: Sequence[RosterStudent],
    asked: CollectRequest,
) -> tuple[str, platforms.Reader]:
    fits = platforms.detected(paths)
    system = asked.system or fits
    if system == "gradescope":
        return system, platforms.gradescope(_metadata(found, top))
    units = tuple(releases.masters)
    if system == "plain":
        name = top.name.partition(".")[0]
        return system, FolderPaths.of(paths, units, [each.id for each in roster], name)
    reader = platforms.READERS[system]
    if not any(map(reader, paths)):
        message = f"No file of {top} is named as {system} does it; it looks like --from {fits}."
        raise UsageError(message)
    return system, reader


def _metadata(found: Sequence[ArchiveFile], top: Path) -> dict[str, Submitter]:
    metadata = next((each for each in found if each.parts[-1] == gradescope.FILE), None)
    if metadata is None:
        message = (
            f"{top} has no {gradescope.FILE}, which says whose each submission is. Use "
            "Gradescope's Review Grades > Export Submissions."
        )
        raise UsageError(message)
    try:
        return gradescope.read_metadata(metadata.read())
    except Unreadable as error:
        message = f"{metadata.path} cannot be read: {error}."
        raise UsageError(message) from error


def _without_folder(
    submissions: Mapping[str, Submitter], files: Sequence[ArchiveFile]
) -> list[tuple[str, str]]:
    """Submissions that Gradescope's list has, and of which no file came."""
    came = {part.removesuffix(".zip") for each in files for part in each.parts[:-1]}
    return [
        (name, f"handed in by {whose.name}, as {gradescope.FILE} says; no file of it came along")
        for name, whose in submissions.items()
        if name not in came and whose.name != name
    ]


def _beside(checkpoint: ArchiveFile) -> tuple[str, ...]:
    """Where the notebook would lie of which Jupyter kept this."""
    return tuple(part for part in checkpoint.parts if part.lower() != CHECKPOINTS)


def _add_checkpoints(
    people: dict[str, list[tuple[ArchiveFile, Submitter]]],
    checkpoints: Sequence[ArchiveFile],
    reader: platforms.Reader,
) -> int:
    """Take checkpoints of people of whom no other notebook came; the number of those left."""
    having = {
        key
        for key, files in people.items()
        if any(".ipynb" in each.parts[-1].lower() for each, _ in files)
    }
    left = 0
    for each in checkpoints:
        whose = reader(_beside(each))
        if whose is None or whose.key in having:
            left += 1
        else:
            people.setdefault(whose.key, []).append((each, whose))
    return left


def _by_person(
    found: Sequence[ArchiveFile],
    reader: platforms.Reader,
    times: dict[tuple[str, ...], datetime | None],
    done: CollectReport,
) -> dict[str, list[tuple[ArchiveFile, Submitter]]]:
    people: dict[str, list[tuple[ArchiveFile, Submitter]]] = defaultdict(list)
    for each in found:
        if each.parts[-1] == gradescope.FILE:
            continue
        whose = reader(each.parts)
        if whose is not None:
            whose = replace(whose, time=whose.time or times.get(each.parts[:-1]))
            people[whose.key].append((each, whose))
        elif ".ipynb" in each.parts[-1].lower():
            done.unplaced.append((each.path, _NOBODYS))
        else:
            done.others.append((each.path, "is no notebook, and nobody's by its name"))
    return people


def _timestamps(files: Sequence[ArchiveFile]) -> dict[tuple[str, ...], datetime | None]:
    """What `timestamp.txt` says, by the folder that it lies in."""
    times = {}
    for each in files:
        if each.parts[-1] == TIMESTAMP and len(each.parts) > 1:
            with contextlib.suppress(Unreadable):
                times[each.parts[:-1]] = parsed(each.path, each.read()).time
    return times


def _has_times(
    source: SubmissionSource, people: Iterable[Sequence[tuple[ArchiveFile, Submitter]]]
) -> bool:
    """Whether times are those of submissions; many programs write when the archive was made."""
    firsts = [[f.time for f, _ in files if f.time] for files in people]
    if any(whose.time for files in people for _, whose in files):
        return True
    times = [time for several in firsts for time in several]
    if not times:
        return False
    spread = max(times) - min(times)
    if source.made is None:
        return spread > _AT_ONCE
    is_now = all(abs(time - source.made) <= _AT_ONCE for time in times)
    return not is_now and (spread > _AT_ONCE or sum(map(bool, firsts)) < 3)


def _candidates(
    files: Sequence[tuple[ArchiveFile, Submitter]],
    releases: ReleasedNotebooks,
    asked: CollectRequest,
    done: CollectReport,
    *,
    keeps_times: bool,
) -> list[Candidate]:
    found: list[Candidate] = []
    looked_at = 0
    others: list[tuple[str, str]] = []
    for order, (each, whose) in enumerate(files):
        name = whose.parts[-1] if whose.parts else each.parts[-1]
        whose = replace(whose, parts=whose.parts or each.parts[-1:])  # noqa: PLW2901
        if not looks_like_a_notebook(name):
            others.append((each.path, "is no notebook"))
            continue
        looked_at += 1
        if looked_at > _MOST_OF_ONE:
            done.unplaced.append((each.path, f"is one of more than {_MOST_OF_ONE} notebooks"))
            continue
        made = _read(each, whose, releases, asked, order, keeps_times=keeps_times)
        if isinstance(made, Candidate):
            found.append(made)
        elif made:
            done.unplaced.append((each.path, made))
        else:
            others.append((each.path, "is no notebook"))
    done.others += others
    if (
        not found
        and others
        and not any(path == each for path, _ in done.unplaced for each, _ in others)
    ):
        handed = ", ".join(path.rpartition("/")[2] for path, _ in others[:5])
        done.unplaced.append((files[0][1].name, f"handed in no notebook, only {handed}"))
    return found


def _read(
    found: ArchiveFile,
    whose: Submitter,
    releases: ReleasedNotebooks,
    asked: CollectRequest,
    order: int,
    *,
    keeps_times: bool,
) -> Candidate | str:
    if found.size > LARGEST_FILE and ".ipynb" in found.parts[-1].lower():
        return (
            f"is {found.size // 1024**2} MB large, and at most {LARGEST_FILE // 1024**2} MB are "
            "taken: ask for it with its outputs cleared"
        )
    if found.size > LARGEST_FILE:
        return ""
    try:
        data = found.read()
    except Unreadable as error:
        return f"cannot be read: {error}"
    time = found.time if keeps_times else None
    return candidate(whose, data, found.path, releases, asked.unit, time, order)
