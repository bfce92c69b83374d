"""The class that `benchmarks.grading` grades: honest submissions of every unit, all of which train.

They are the sample class's own: every overlay that earns all points, handed in by several students.
"""

import csv
import json
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

from grader.classroom import sample_class
from grader.classroom.course_paths import CONFIG, Course
from grader.classroom.nbgrader.generation import generate
from grader.classroom.publish.releasing import write_source
from grader.core.names import answer_cell
from grader.core.unit_file import FILE_NAME

OURS = """\
from pathlib import Path

from grader.classroom.nbgrader import RunSettings, configure

HERE = Path(__file__).parent
configure(get_config(), root=HERE.parents[2], classroom=HERE, settings=RunSettings())
"""
# What a teacher without our grader would write. A cell may train for minutes, as it may with ours.
STOCK = """\
c = get_config()
c.CourseDirectory.root = {root!r}
c.ExecutePreprocessor.timeout = 600
c.Exporter.exclude_input_prompt = False
"""


@dataclass(frozen=True)
class Submission:
    """One file handed in: `story` is the overlay's name."""

    student: str
    unit: str
    story: str


def choose(course: Course, units: Sequence[str], count: int) -> list[Submission]:
    """`count` submissions, the honest overlays of all units in turn, as often as it takes."""
    by_unit = [[(unit, name) for name in _honest(course, unit)] for unit in units]
    longest = max(map(len, by_unit))
    in_turn = [each[i % len(each)] for i in range(longest) for each in by_unit]
    chosen = islice(cycle(dict.fromkeys(in_turn)), count)
    return [
        Submission(f"s{number:02d}-{name}", unit, name)
        for number, (unit, name) in enumerate(chosen, start=1)
    ]


def hand_in(course: Course, submissions: Sequence[Submission], without: str = "") -> None:
    """Write the submissions into the class of `course`, which had no others.

    without: questions whose name ends so are left as they were released.
    """
    shutil.rmtree(course.submitted, ignore_errors=True)
    course.classroom.mkdir(parents=True, exist_ok=True)
    (course.classroom / CONFIG).write_text(OURS, encoding="utf-8")
    for unit in {each.unit for each in submissions}:
        told = _notebooks(course, unit)
        for each in submissions:
            if each.unit == unit:
                path = course.submission(unit, each.student)
                path.parent.mkdir(parents=True)
                text = told[each.story]
                text = left_out(course, unit, text, without) if without else text
                path.write_text(text, encoding="utf-8")


def left_out(course: Course, unit: str, text: str, ending: str) -> str:
    """A notebook in which answers to questions whose name ends so are as they were released."""
    released = json.loads(course.released(unit).read_text(encoding="utf-8"))
    untouched = {
        cell["id"]: cell["source"]
        for cell in released["cells"]
        if cell["id"].endswith(answer_cell(ending))
    }
    notebook = json.loads(text)
    for cell in notebook["cells"]:
        cell["source"] = untouched.get(cell["id"], cell["source"])
    return json.dumps(notebook)


def stock_course(course: Course, folder: Path) -> None:
    """A course of nbgrader's own with the same submissions, as if there were no grader of ours."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / CONFIG).write_text(STOCK.format(root=str(folder)), encoding="utf-8")
    database = f"sqlite:///{folder / 'gradebook.db'}"
    for unit in {path.name for path in course.submitted.glob("*/*")}:
        source = write_source(course, unit, source=folder / "made").parents[1]
        generate(source, folder / "release", unit, database)
        for handed_in in course.submitted.glob(f"*/{unit}"):
            copy = folder / "submitted" / handed_in.parent.name / unit
            shutil.copytree(handed_in, copy)
            # lab.check judges by the cases in it
            shutil.copy(course.notebooks / unit / FILE_NAME, copy)


def stock_lost(folder: Path) -> Mapping[str, float]:
    """Points that honest submissions lost in the stock course, as `nbgrader export` tells them."""
    told = folder / "grades.csv"
    subprocess.run(
        [sys.executable, "-m", "nbgrader", "export", "--to", str(told)],
        cwd=folder,
        check=True,
        capture_output=True,
    )
    with told.open(encoding="utf-8", newline="") as file:
        rows = [
            row for row in csv.DictReader(file) if row["score"] and row["timestamp"] is not None
        ]
    lost = {
        f"{row['student_id']}, {row['assignment']}": float(row["max_score"]) - float(row["score"])
        for row in rows
        if (folder / "submitted" / row["student_id"] / row["assignment"]).is_dir()
    }
    return {name: points for name, points in lost.items() if points}


def _honest(course: Course, unit: str) -> list[str]:
    return [
        each.student
        for each in sample_class.read_overlays(course, unit)
        if each.base == sample_class.SOLVED
        and not (each.expected or each.left or each.content or each.deleted or each.tags)
        and not each.doubled
    ]


def _notebooks(course: Course, unit: str) -> dict[str, str]:
    """The honest notebooks of a unit, as saved, by overlay."""
    drafts = Course(course.root, course.classroom / "drafts")
    drafts.classroom.mkdir(parents=True, exist_ok=True)
    sample_class.build(drafts, unit, "warm")
    made = {
        name: drafts.submission(unit, name).read_text(encoding="utf-8")
        for name in _honest(course, unit)
    }
    shutil.rmtree(drafts.classroom)
    for text in made.values():
        json.loads(text)
    return made
