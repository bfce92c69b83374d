"""How many minutes each section of a unit takes, and whether its page tells them.

A section takes the time to read its words and its code, to wait for its cells, and to answer what
it asks: the figures below. The speeds and the figures are decisions, made for somebody who meets
all of this for the first time; words and lines are counted in the notebook as it is released, and
waits are measured (`solutions/waits.toml`, where there is one: processor seconds on one thread, so
that a busy machine changes nothing). A section's label is its minutes, rounded up; the core's are
the sum of its labels, as on the first page. A page that tells no minutes is held to none.
"""

import math
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode

from grader.classroom.authoring.problems import Problem
from grader.classroom.authoring.solved_notebook import released_cells
from grader.classroom.course_paths import Course
from grader.core.question import REPAIR
from grader.referee.question_bank import UnitBank

OPENING = "The beginning"

WORDS_A_MINUTE, LINES_A_MINUTE = 200, 12
# Minutes an exercise: to think, write, run and read the reply. Its text and code are counted above.
FUNCTION, REPAIRED, CHOICE, PROBLEM, EXPLANATION = 2.0, 5.0, 0.5, 2.0, 2.0

ROW = re.compile(r"^# \| ([^|]+?) \| (core|optional)([^|]*) \| (\d+) \|$", re.MULTILINE)
LABEL = re.compile(r"^\*(Core|Optional), (\d+) minutes?", re.MULTILINE)
TOLD = re.compile(
    r"(?:The core|This page)\s+(?:# )?takes\s+(?:# )?about\s+(?:# )?(\d+)\s+(?:# )?minutes"
)
_LABELLED = re.compile(r"^(# ## )(.+)((?:\n#)*\n# )\*(Core|Optional), \d+ minutes?", re.MULTILINE)
# Lines that ask, check or help are no code to be read.
_ASKS = re.compile(r"lab\.(check|hint|answer|door|challenge)\(|# your code here")
_NO_WORDS = re.compile(r"<[^>]+>|^\|[ :|-]+\|$|[|*#`$]", re.MULTILINE)


@dataclass
class Section:
    """What one section of a released notebook asks of a reader; `wait` in seconds, None unknown."""

    name: str
    words: int = 0
    lines: int = 0
    exercises: float = 0.0
    wait: float | None = None
    label: str = ""

    @property
    def core(self) -> bool:
        """Whether it belongs to the core, as its own label says; the first page and the last do."""
        return not self.label.startswith("Optional")

    @property
    def minutes(self) -> float:
        """Reading, waiting and answering."""
        reading = self.words / WORDS_A_MINUTE + self.lines / LINES_A_MINUTE
        return reading + (self.wait or 0) / 60 + self.exercises

    @property
    def rounded(self) -> int:
        """The minutes that its label tells."""
        return math.ceil(round(self.minutes, 6))


def waits_file(course: Course) -> Path:
    """The measured waits of all units."""
    return course.solutions / "waits.toml"


def sections(course: Course, bank: UnitBank) -> list[Section]:
    """The sections of a unit in their order; what stands above the first is OPENING."""
    path = waits_file(course)
    kept = tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    waits = kept.get(bank.name)
    found = [Section(OPENING)]
    for cell in released_cells(course, bank):
        if name := heading(cell):
            found.append(Section(name))
        _count(cell, bank, found[-1])
    if waits is not None:
        for section in found:
            section.wait = waits.get(section.name, 0.0)
    return found


def heading(cell: NotebookNode) -> str:
    """The section that a cell begins; empty for most."""
    found = re.match(r"## (.+)", cell.source) if cell.cell_type == "markdown" else None
    return found[1] if found else ""


def _count(cell: NotebookNode, bank: UnitBank, section: Section) -> None:
    """Add a cell to its section."""
    asked = cell.id.removesuffix("-text")
    item = bank.items.get(asked)
    if cell.cell_type == "markdown":
        if asked in bank.challenges:
            section.exercises += PROBLEM  # its clock's two minutes hold the reading, too
            return
        section.words += len(_NO_WORDS.sub(" ", cell.source).split())
        label = LABEL.search(cell.source)
        section.label = section.label or (label[0].lstrip("*") if label else "")
        if item is not None:
            section.exercises += CHOICE
        elif asked.endswith("-door"):
            section.exercises += CHOICE * sum(i.id.startswith(asked) for i in bank.items.values())
        elif _is_explanation(cell):
            section.exercises += EXPLANATION
        return
    if cell.id in bank.challenges or asked.removesuffix("-answer") in bank.challenges:
        return
    section.lines += sum(
        bool(line.strip()) and not _ASKS.search(line) for line in cell.source.splitlines()
    )
    if question := bank.questions.get(cell.id):
        section.exercises += REPAIRED if question.kind == REPAIR else FUNCTION


def _is_explanation(cell: NotebookNode) -> bool:
    return bool(cell.metadata.get("nbgrader", {}).get("solution"))


def labelled(lesson: str, found: Sequence[Section]) -> str:
    """The lesson's text with the minutes of `found` in its table, its labels and its promise.

    A row of the table that names no section keeps what it says.
    """
    minutes = {section.name: section.rounded for section in found}
    core = sum(section.rounded for section in found if section.core)

    def row(match: re.Match[str]) -> str:
        name, kind, points, told = match.groups()
        return f"# | {name} | {kind}{points} | {minutes.get(name, told)} |"

    def label(match: re.Match[str]) -> str:
        start, name, between, kind = match.groups()
        if name not in minutes:  # no section: its heading does not begin a cell
            return match[0]
        unit = "minute" if minutes[name] == 1 else "minutes"
        return f"{start}{name}{between}*{kind}, {minutes[name]} {unit}"

    lesson = ROW.sub(row, lesson)
    lesson = _LABELLED.sub(label, lesson)
    return TOLD.sub(lambda match: match[0].replace(match[1], str(core)), lesson)


def core_minutes(found: Sequence[Section]) -> int:
    """What the first page tells: the sum of the core's labels."""
    return sum(section.rounded for section in found if section.core)


def write_minutes(course: Course, bank: UnitBank) -> list[Section]:
    """Write the minutes that are counted into a lesson, where it tells any; its sections."""
    path = course.solutions / bank.name / "lesson.py"
    found = sections(course, bank)
    path.write_text(labelled(path.read_text(encoding="utf-8"), found), encoding="utf-8")
    return found


def minutes_problems(course: Course, bank: UnitBank) -> Iterator[Problem]:
    """Where a lesson tells other minutes than are counted, or of a section that it has not."""
    path = course.solutions / bank.name / "lesson.py"
    told, found = path.read_text(encoding="utf-8"), sections(course, bank)
    names = {section.name for section in found}
    for row in ROW.finditer(told):
        if row[1] not in names:
            line = told.count("\n", 0, row.start()) + 1
            says = f"the table has a section {row[1]!r}, and no heading `## {row[1]}` is there"
            yield Problem(says, path, line)
    counted = labelled(told, found)
    pairs = zip(told.splitlines(), counted.splitlines(), strict=True)
    for number, (written, wanted) in enumerate(pairs, 1):
        if written != wanted:
            says = f"it says {written.strip('# ')!r}; counted is {wanted.strip('# ')!r}"
            yield Problem(f"{says}. `grader check --write-minutes` mends it", path, number)
    waits = waits_file(course)
    if waits.is_file():
        kept = tomllib.loads(waits.read_text(encoding="utf-8")).get(bank.name, {})
        for name in sorted(set(kept) - names):
            yield Problem(f"a wait is kept for {bank.name}, section {name!r}, which is gone", waits)
