"""Which of the files that a person handed in for a unit is the one that counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from grader.classroom.collect.archive_names import without_copy_mark
from grader.classroom.collect.folders import unit_named
from grader.classroom.collect.platforms import Submitter
from grader.classroom.notebooks.rebuilding import read_submission
from grader.classroom.notebooks.unit_recognition import ReleasedNotebooks
from grader.core.errors import SubmissionError
from grader.core.names import stem

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Candidate:
    """A file that is a notebook of `unit`, or would be one if it could be read (`problem`).

    `written` counts the cells that somebody wrote; `told` is the file's whole path in the source.
    """

    whose: Submitter
    unit: str
    data: bytes
    told: str
    written: int
    time: datetime | None
    problem: str = ""
    order: int = 0

    @property
    def rank(self) -> tuple[object, ...]:
        """The largest counts: work before none, then the later attempt, then the later file."""
        name, copy = without_copy_mark(self.whose.parts[-1].partition(".ipynb")[0])
        return (
            self.written > 0,
            self.whose.attempt,
            not self.problem,
            self.whose.time or self.time or _LONG_AGO,
            self.written,
            name == stem(self.unit),
            -copy,
            self.order,
        )


def looks_like_a_notebook(name: str) -> bool:
    """Whether a file is opened at all: by its name, which browsers and mail programs change."""
    lower = name.lower()
    return ".ipynb" in lower or lower.endswith((".json", ".txt")) or "." not in lower


def candidate(
    whose: Submitter,
    data: bytes,
    told: str,
    releases: ReleasedNotebooks,
    asked: str | None,
    time: datetime | None,
    order: int,
) -> Candidate | str:
    """The candidate that a file is, or why it is none; "" for what nobody takes for a notebook.

    `asked` is the unit that the teacher said. A file that cannot be read or known is a candidate
    where a name says its unit: then grading says what is wrong with it. So is one without a known
    cell that defines what the unit's answers do; a notebook of nothing known is none.
    """
    name = whose.parts[-1]
    named = _named(whose.parts, tuple(releases.masters))
    problem = ""
    unit: str | None = None
    notebook = None
    try:
        notebook = read_submission(data)
        unit = releases.unit_of(notebook)
    except SubmissionError as error:
        problem = str(error)
    if ".ipynb" not in name.lower() and (problem or unit is None):
        return ""
    if notebook is None:
        unit = asked or named
        if unit is None:
            return problem
        return Candidate(whose, unit, data, told, 0, time, problem, order)
    if unit is None:
        unit = asked or named
        if unit is None or unit not in releases.masters or not releases.is_of(unit, notebook):
            return (
                "none of its cells is known to "
                + (f"{unit}, or to another unit" if unit else "any unit")
                + ": it is no notebook of this course"
            )
    if asked is not None and unit != asked:
        return f"it is a notebook of {unit}, and {asked} was asked for"
    written = releases.written(unit, notebook)
    return Candidate(whose, unit, data, told, written, time, order=order)


def remarks(chosen: Candidate, others: Sequence[Candidate]) -> list[str]:
    """What a teacher has to know of a choice: nothing where one notebook came by its own name."""
    lines = []
    name, own = chosen.whose.parts[-1], f"{stem(chosen.unit)}.ipynb"
    if name != own and not chosen.whose.is_file_named:
        lines.append(f"taken from {name!r}, which is a notebook of {chosen.unit} by its cells")
    if chosen.whose.is_late:
        lines.append("late, as the platform says")
    if chosen.problem:
        lines.append(chosen.problem)
    elif not chosen.written:
        lines.append("nobody has written anything in it: it is as it was released")
    wrong = _wrong_folder(chosen)
    if wrong:
        lines.append(f"its folder is called {wrong!r}; by its cells it is {chosen.unit}")
    for other in others:
        what = "with work in it, too" if other.written else "as released"
        if other.problem:
            what = "which cannot be read"
        lines.append(f"not {other.told!r}, {what}")
    return lines


def _named(parts: tuple[str, ...], units: tuple[str, ...]) -> str | None:
    """The unit that a file's name or one of its folders stands for."""
    bare = without_copy_mark(parts[-1].partition(".")[0])[0]
    for word in (bare, *reversed(parts[:-1])):
        unit = unit_named(word, units)
        if unit is not None:
            return unit
    return None


def _wrong_folder(chosen: Candidate) -> str:
    """The folder whose name stands for the unit, or for another one, and is not the unit's."""
    if len(chosen.whose.parts) < 2:
        return ""
    folder = chosen.whose.parts[-2]
    if folder == chosen.unit:
        return ""
    digits = folder[:1].isdigit() or folder.lower() == stem(chosen.unit)
    return folder if digits else ""
