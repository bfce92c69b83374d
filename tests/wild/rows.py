"""Run cases as a teacher would: collect, grade the whole class in one run, read what is told."""

import contextlib
import io
import json
import os
import shutil
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.classroom.cli import main
from grader.classroom.submissions.student_names import composed
from tests.wild.arena import UNIT, Arena, files_of, lay, packed
from tests.wild.case import REFUSED, Case, Marks

TRACEBACK = "Traceback (most recent call last)"
_APART = " of "  # between a collected student and the case


@dataclass
class Row:
    """What became of one case; `marks` by student, `told` everything that somebody reads of it."""

    case: Case
    marks: dict[str, Marks] = field(default_factory=dict)
    outcomes: dict[str, str] = field(default_factory=dict)
    told: str = ""

    @property
    def wrong(self) -> list[str]:
        """Marks and outcomes that are not as the case says."""
        found = [
            f"{who} has {self.marks.get(who, 'nothing')}, not {marks}"
            for who, marks in self.case.expected.items()
            if self.marks.get(who) != marks
        ]
        extra = sorted(set(self.marks) - set(self.case.expected))
        found += [f"{who} has {self.marks[who]} and was not expected" for who in extra]
        return found + [
            f"{question} is {self.outcomes.get(question)}, not {outcome}"
            for question, outcome in self.case.names.items()
            if self.outcomes.get(question) != outcome
        ]

    @property
    def silent(self) -> list[str]:
        """Words that nobody told, and words that somebody did and should not have."""
        lacks = [f"not told: {word!r}" for word in self.case.words if word not in self.told]
        return lacks + [f"told: {word!r}" for word in self.case.never if word in self.told]

    @property
    def traceback(self) -> bool:
        """Whether anybody got to see a traceback of the grader."""
        return TRACEBACK in self.told


def run_rows(cases: Sequence[Case], arena: Arena, scratch: Path) -> list[Row]:
    """Grade all cases as one class."""
    rows = {case.name: Row(case) for case in cases}
    owners: dict[str, tuple[Row, str]] = {}
    with contextlib.chdir(arena.course.root):
        for case in cases:
            for folder, student in _hand_in(rows[case.name], arena, scratch):
                owners[folder] = (rows[case.name], student)
        report, said = _graded(scratch)
    for told in report["reports"]:
        row, student = owners[told["student"]]
        row.marks[student] = told["score"]
        row.told += json.dumps(told, ensure_ascii=False)
        row.outcomes |= {name: each["outcome"] for name, each in told["questions"].items()}
    for told in report["not_graded"]:
        if told["student"] in owners:
            row, student = owners[told["student"]]
            row.marks[student] = REFUSED
            row.told += told["problem"] + "\n"
    for told in report["marks"]:
        if told["student"] in owners:
            row, student = owners[told["student"]]
            judged = row.marks.get(student)
            recorded = REFUSED if told["score"] is None else told["score"]
            if recorded != judged:
                row.marks[student] = f"{judged}, in the gradebook {told['score']}"
    _hand_out(report.get("noticed", []), said, owners)
    return list(rows.values())


def _hand_in(row: Row, arena: Arena, scratch: Path) -> Iterator[tuple[str, str]]:
    """Put a case's files into the class; yields (folder, student) for each student of it."""
    case, course = row.case, arena.course
    files = files_of(arena, case)
    if case.come == "class":
        lay(files, course.submitted)
        for student in sorted({path.partition("/")[0] for path in files if "/" in path}):
            yield student, student
        return
    source = packed(files, case.come, scratch)
    code, said = _collected(course.classroom, source, case.options)
    row.told += said
    if code not in {0, 1}:
        row.told += f"exit code {code}\n"
    for path in sorted((course.classroom / "collected" / "submitted").glob("*/*/*.ipynb")):
        student = composed(path.parts[-3])
        folder = f"{student}{_APART}{case.name}"
        shutil.copytree(path.parent, course.submitted / folder / path.parts[-2])
        yield folder, student
    shutil.rmtree(course.classroom / "collected", ignore_errors=True)


def _collected(classroom: Path, source: Path, options: Sequence[str]) -> tuple[int, str]:
    """Run `grader collect` into a class of its own beside the one that is graded."""
    own = classroom / "collected"
    own.mkdir()
    (own / "nbgrader_config.py").write_text("", encoding="utf-8")
    with contextlib.chdir(own):
        return _heard(["collect", str(source), *options])


def _graded(scratch: Path) -> tuple[dict[str, Any], str]:
    path = scratch / "report.json"
    code, said = _heard(["grade", UNIT, "--device", "cpu", "--json", str(path)])
    if not path.is_file():
        message = f"nothing was graded (exit code {code}): {said}"
        raise RuntimeError(message)
    report: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return report, said


def _heard(words: Sequence[str]) -> tuple[int, str]:
    """Run the command; its exit code and all that it printed."""
    out = io.StringIO()
    os.environ.setdefault("COLUMNS", "200")
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        code = main(words)
    return code, out.getvalue()


def _hand_out(noticed: Sequence[str], said: str, owners: dict[str, tuple[Row, str]]) -> None:
    """Give each row the lines of the class that speak of it, and every traceback to all."""
    lines: dict[str, list[str]] = defaultdict(list)
    for line in [*noticed, *said.splitlines()]:
        for folder in owners:
            if folder in line:
                lines[folder].append(line)
    for folder, (row, _) in owners.items():
        row.told += "\n".join(lines[folder])
        if TRACEBACK in said:
            row.told += TRACEBACK
