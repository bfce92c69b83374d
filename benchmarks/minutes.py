"""Count the minutes of each section of each unit, and say which cores take more than twenty.

    make minutes                               or: python -m benchmarks.minutes [UNIT ...]
    make minutes MEASURE=1 UNIT=01_rnn         run the solved notebook and keep what its cells took
    make minutes WRITE=1                       put the minutes into the lessons' tables and labels

`grader check` counts the same way (`grader.classroom.authoring.minutes`) and says where a page
tells other minutes. It ends with one JSON object:
{"cores": {"01_rnn": 43, ...}, "over_twenty": 5}.
"""

import json
import os
import shutil
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from nbclient import NotebookClient
from nbformat import NotebookNode, v4

from grader.classroom.authoring.minutes import (
    CHOICE,
    EXPLANATION,
    FUNCTION,
    LINES_A_MINUTE,
    OPENING,
    PROBLEM,
    REPAIRED,
    WORDS_A_MINUTE,
    Section,
    core_minutes,
    heading,
    sections,
    waits_file,
    write_minutes,
)
from grader.classroom.authoring.solved_notebook import kept_run, solved_cells
from grader.classroom.course_paths import Course
from grader.referee.question_bank import UnitBank, load_unit

ROOT = Path(__file__).resolve().parents[1]
COURSE = Course(ROOT, ROOT / "classroom")
WAITS = waits_file(COURSE)
ALLOWED = 20

_TIMER = """
import time as _time
_took, _shell = [], get_ipython()
_shell.events.register("pre_run_cell", lambda info: _took.append(-_time.process_time()))
def _cell_ended(result):
    if _took:
        _took[-1] += _time.process_time()
_shell.events.register("post_run_cell", _cell_ended)
"""


def measured(bank: UnitBank) -> dict[str, float]:
    """Processor seconds of each section of the solved notebook, run here; short ones left out."""
    os.environ |= {
        "OMP_NUM_THREADS": "1",
        "GRADER_DATA": str(COURSE.data),
        "PYTHONPATH": str(ROOT),
        "CUDA_VISIBLE_DEVICES": "",
    }
    cells = solved_cells(COURSE, bank)
    said = v4.new_code_cell("print(*_took)")
    notebook = v4.new_notebook(cells=[v4.new_code_cell(_TIMER), *cells, said])
    with tempfile.TemporaryDirectory() as home:  # a notebook may write files beside it
        folder = shutil.copytree(COURSE.notebooks / bank.name, Path(home) / bank.name)
        place = {"metadata": {"path": str(folder)}}
        NotebookClient(notebook, timeout=3600, kernel_name="python3", resources=place).execute()
    took = iter([float(number) for number in said.outputs[0].text.split()])
    _store(bank.name, notebook)
    found, section = {OPENING: 0.0}, OPENING
    for cell in cells:
        if name := heading(cell):
            section = name
            found[name] = 0.0
        elif cell.cell_type == "code" and cell.source.strip():
            found[section] += next(took)
    return {name: round(seconds, 1) for name, seconds in found.items() if seconds >= 0.5}


def _store(unit: str, notebook: NotebookNode) -> None:
    """Leave the run in build/solved, to be looked at."""
    path = kept_run(COURSE, unit)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(v4.writes(notebook), encoding="utf-8")


def keep(unit: str, waits: dict[str, float]) -> None:
    """Write a unit's waits into waits.toml; those of the others stay."""
    kept = tomllib.loads(WAITS.read_text(encoding="utf-8")) | {unit: waits}
    head = WAITS.read_text(encoding="utf-8").partition("\n[")[0].rstrip()
    parts = [
        "\n".join([f'["{name}"]', *(f'"{section}" = {s}' for section, s in kept[name].items())])
        for name in sorted(kept)
    ]
    WAITS.write_text("\n\n".join([head, *parts]) + "\n", encoding="utf-8")


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
        found = write_minutes(COURSE, bank) if "--write" in flags else sections(COURSE, bank)
        _print(unit, found)
        cores[unit] = core_minutes(found)
    over = sum(minutes > ALLOWED for minutes in cores.values())
    print(json.dumps({"cores": cores, "over_twenty": over}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
