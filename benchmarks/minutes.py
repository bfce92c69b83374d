"""Count the minutes of each section of each unit, and say which cores take more than twenty.

    make minutes                               or: python -m benchmarks.minutes [UNIT ...]
    make minutes MEASURE=1 UNIT=01_rnn         run the solved notebook and keep what its cells took
    make minutes WRITE=1                       put the minutes into the lessons' tables and labels

A section takes the time to read its words and its code, to wait for its cells, and to answer what
it asks: the figures below. The speeds and the figures are decisions, made for somebody who meets
all of this for the first time; words and lines are counted in the notebook as it is released, and
waits are measured (`solutions/waits.toml`, processor seconds on one thread, so that a busy machine
changes nothing). A section's label is its minutes, rounded up; the core's are the sum of its
labels, as on the first page. It ends with one JSON object:
{"cores": {"01_rnn": 43, ...}, "over_twenty": 5}.
"""

import json
import math
import re
import sys
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbformat import NotebookNode, v4

from grader.classroom.course_paths import Course
from grader.classroom.publish.lesson_parser import read_lesson
from grader.classroom.publish.notebook_builder import BEGIN, END, expand
from grader.core.question import REPAIR
from grader.referee.question_bank import UnitBank, load_unit

ROOT = Path(__file__).resolve().parents[1]
COURSE = Course(ROOT, ROOT / "classroom")
WAITS = COURSE.solutions / "waits.toml"
SOLVED = ROOT / "build" / "solved"
OPENING, KEY_INSIGHT, ALLOWED = "The beginning", "Key insight", 20

WORDS_A_MINUTE, LINES_A_MINUTE = 200, 12
# Minutes an exercise: to think, write, run and read the reply. Its text and code are counted above.
FUNCTION, REPAIRED, CHOICE, PROBLEM, EXPLANATION = 2.0, 5.0, 0.5, 2.0, 2.0

ROW = re.compile(r"^# \| ([^|]+?) \| (core|optional)([^|]*) \| (\d+) \|$", re.MULTILINE)
LABEL = re.compile(r"^\*(Core|Optional), (\d+) minutes?", re.MULTILINE)
TOLD = re.compile(
    r"(?:The core|This page)\s+(?:# )?takes\s+(?:# )?about\s+(?:# )?(\d+)\s+(?:# )?minutes"
)
_LABELLED = re.compile(r"^(# ## )(.+)((?:\n#)*\n# )\*(Core|Optional), \d+ minutes?", re.MULTILINE)
_SOLUTION = re.compile(f"^ *{BEGIN}\n.*?^ *{END}\n?", re.MULTILINE | re.DOTALL)
# Lines that ask, check or help are no code to be read.
_ASKS = re.compile(r"lab\.(check|hint|answer|door|challenge)\(|# your code here")
_NO_WORDS = re.compile(r"<[^>]+>|^\|[ :|-]+\|$|[|*#`$]", re.MULTILINE)
_TIMER = """
import time as _time
_took, _shell = [], get_ipython()
_shell.events.register("pre_run_cell", lambda info: _took.append(-_time.process_time()))
def _cell_ended(result):
    if _took:
        _took[-1] += _time.process_time()
_shell.events.register("post_run_cell", _cell_ended)
"""


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


def sections(bank: UnitBank) -> list[Section]:
    """The sections of a unit in their order; what stands above the first is OPENING."""
    waits = tomllib.loads(WAITS.read_text(encoding="utf-8")).get(bank.name)
    found = [Section(OPENING)]
    for cell in released_cells(bank):
        if name := _heading(cell):
            found.append(Section(name))
        _count(cell, bank, found[-1])
    if waits is not None:
        for section in found:
            section.wait = waits.get(section.name, 0.0)
    return found


def released_cells(bank: UnitBank) -> list[NotebookNode]:
    """The cells as learners get them, but for what stands in place of a solution."""
    cells = _solved_cells(bank)
    for cell in cells:
        cell.source = _SOLUTION.sub("", cell.source)
    return cells


def _solved_cells(bank: UnitBank) -> list[NotebookNode]:
    notebook = expand(read_lesson(COURSE.solutions / bank.name / "lesson.py"), bank)
    return list(notebook.cells)


def _heading(cell: NotebookNode) -> str:
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


def measured(bank: UnitBank) -> dict[str, float]:
    """Processor seconds of each section of the solved notebook, run here; short ones left out."""
    import os

    from nbclient import NotebookClient

    os.environ |= {
        "OMP_NUM_THREADS": "1",
        "GRADER_DATA": str(COURSE.data),
        "PYTHONPATH": str(ROOT),
        "CUDA_VISIBLE_DEVICES": "",
    }
    cells = _solved_cells(bank)
    for cell in cells:
        cell.source = re.sub(f"^ *({BEGIN}|{END})\n?", "", cell.source, flags=re.MULTILINE)
    said = v4.new_code_cell("print(*_took)")
    notebook = v4.new_notebook(cells=[v4.new_code_cell(_TIMER), *cells, said])
    place = {"metadata": {"path": str(COURSE.notebooks / bank.name)}}
    NotebookClient(notebook, timeout=3600, kernel_name="python3", resources=place).execute()
    took = iter([float(number) for number in said.outputs[0].text.split()])
    _store(bank.name, notebook)
    found, section = {OPENING: 0.0}, OPENING
    for cell in cells:
        if name := _heading(cell):
            section = name
            found[name] = 0.0
        elif cell.cell_type == "code" and cell.source.strip():
            found[section] += next(took)
    return {name: round(seconds, 1) for name, seconds in found.items() if seconds >= 0.5}


def _store(unit: str, notebook: NotebookNode) -> None:
    """Leave the run in build/solved, to be looked at."""
    SOLVED.mkdir(parents=True, exist_ok=True)
    (SOLVED / f"{unit}.ipynb").write_text(v4.writes(notebook), encoding="utf-8")


def keep(unit: str, waits: dict[str, float]) -> None:
    """Write a unit's waits into waits.toml; those of the others stay."""
    kept = tomllib.loads(WAITS.read_text(encoding="utf-8")) | {unit: waits}
    head = WAITS.read_text(encoding="utf-8").partition("\n[")[0].rstrip()
    parts = [
        "\n".join([f'["{name}"]', *(f'"{section}" = {s}' for section, s in kept[name].items())])
        for name in sorted(kept)
    ]
    WAITS.write_text("\n\n".join([head, *parts]) + "\n", encoding="utf-8")


def labelled(lesson: str, found: Sequence[Section]) -> str:
    """The lesson's text with the minutes of `found` in its table, its labels and its promise."""
    minutes = {section.name: section.rounded for section in found}
    core = sum(section.rounded for section in found if section.core)

    def row(match: re.Match[str]) -> str:
        name, kind, points, _ = match.groups()
        return f"# | {name} | {kind}{points} | {minutes[name]} |"

    def label(match: re.Match[str]) -> str:
        start, name, between, kind = match.groups()
        unit = "minute" if minutes[name] == 1 else "minutes"
        return f"{start}{name}{between}*{kind}, {minutes[name]} {unit}"

    lesson = ROW.sub(row, lesson)
    lesson = _LABELLED.sub(label, lesson)
    return TOLD.sub(lambda match: match[0].replace(match[1], str(core)), lesson)


def _print(unit: str, found: Sequence[Section]) -> None:
    known = any(section.wait is not None for section in found)
    print(f"\n{unit}" + ("" if known else "   (waits not measured)"))
    print(f"  {'section':<32} {'':<8} words  lines   wait  answers  minutes  label")
    for section in found:
        wait = f"{section.wait:5.0f} s" if section.wait is not None else "      –"
        kind = "core" if section.core else "optional"
        print(
            f"  {section.name:<32} {kind:<8} {section.words:5} {section.lines:6} {wait}"
            f" {section.exercises:8.1f} {section.minutes:8.1f} {section.rounded:6}"
        )
    core = [section for section in found if section.core]
    total = Section(
        "core",
        sum(section.words for section in core),
        sum(section.lines for section in core),
        sum(section.exercises for section in core),
        sum(section.wait or 0 for section in core),
    )
    print(
        f"  {'core, together':<41} {total.words:5} {total.lines:6} {total.wait:5.0f} s"
        f" {total.exercises:8.1f} {total.minutes:8.1f} {core_minutes(found):6}"
    )


def core_minutes(found: Sequence[Section]) -> int:
    """What the first page tells: the sum of the core's labels."""
    return sum(section.rounded for section in found if section.core)


def main(arguments: Sequence[str]) -> int:
    """Measure where asked to, count, write where asked to, print."""
    flags = {word for word in arguments if word.startswith("--")}
    units = COURSE.chosen([word for word in arguments if word not in flags])
    cores: dict[str, Any] = {}
    print(
        f"{WORDS_A_MINUTE} words and {LINES_A_MINUTE} lines a minute; minutes an answer: a function"
        f" {FUNCTION:g}, the repair {REPAIRED:g}, a choice {CHOICE:g}, a problem of the challenge"
        f" {PROBLEM:g}, an explanation {EXPLANATION:g}"
    )
    for unit in units:
        bank = load_unit(COURSE.solutions / unit)
        if "--measure" in flags:
            keep(unit, measured(bank))
        found = sections(bank)
        path = COURSE.solutions / unit / "lesson.py"
        if "--write" in flags:
            path.write_text(labelled(path.read_text(encoding="utf-8"), found), encoding="utf-8")
        _print(unit, found)
        cores[unit] = core_minutes(found)
    over = sum(minutes > ALLOWED for minutes in cores.values())
    print(json.dumps({"cores": cores, "over_twenty": over}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
