"""A course of one unit to walk on, and what a learner's notebook looks like there."""

import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import nbformat

from grader.classroom.course_paths import CONFIG, Course
from grader.classroom.nbgrader.generation import generate
from grader.classroom.publish.notebook_builder import BEGIN, END
from grader.classroom.publish.releasing import release, write_source
from grader.core.names import answer_cell, stem
from tests.walk.people import BROKEN, RIGHT, WRONG

_CONFIG = """
c = get_config()
c.CourseDirectory.course_id = "walk"
c.Exchange.root = {exchange!r}
c.AssignLatePenalties.plugin_class = "tenth.Tenth"
"""
_TENTH = '''\
"""A tenth of the points for each day begun."""

import math

from nbgrader.plugins import BasePlugin


class Tenth(BasePlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return score * 0.1 * math.ceil(total_seconds_late / 86400)
'''
_POINTS = re.compile(r"^POINTS = (.+)$", re.MULTILINE)
CONFLICT = b"<<<<<<< HEAD\n{}\n=======\n{}\n>>>>>>> mine\n"


@dataclass(frozen=True)
class Ground:
    """A course in `course.root`; the walk's learners answer `question` alone."""

    course: Course
    unit: str
    question: str
    right: str

    @property
    def file(self) -> str:
        """The name of the unit's notebook."""
        return f"{stem(self.unit)}.ipynb"

    @property
    def points(self) -> float:
        """What the question is worth now."""
        found = _POINTS.search(self._question().read_text())
        assert found is not None
        return float(found[1])

    def revalue(self, points: float) -> None:
        """Change the question's points, as its author would; not yet released."""
        path = self._question()
        text = re.sub(
            r"^POINTS = .+$", f"POINTS = {points:g}", path.read_text(), flags=re.MULTILINE
        )
        path.write_text(text)

    def work(self, kind: str) -> bytes:
        """What a learner hands in, made from the present release."""
        if kind == BROKEN:
            return CONFLICT
        notebook = nbformat.read(self.course.released(self.unit), as_version=4)
        cell = next(c for c in notebook.cells if c.id == answer_cell(self.question))
        if kind == RIGHT:
            cell.source = self.right
        if kind == WRONG:
            cell.source = f"{self.right}\n\n\n{_name(self.right)} = lambda *parts: None"
        return json.dumps(notebook).encode()

    def _question(self) -> Path:
        return self.course.solutions / self.unit / "questions" / f"{self.question}.py"


def make_ground(home: Path, folder: Path, unit: str, question: str) -> Ground:
    """Copy one unit of the course at `home` into a course of its own, released, with late rules."""
    root = folder / "course"
    (root / "solutions").mkdir(parents=True)
    shutil.copytree(
        home / "solutions" / unit,
        root / "solutions" / unit,
        ignore=shutil.ignore_patterns("__pycache__", "sample"),
    )
    if (home / "data").is_dir():
        shutil.copytree(home / "data", root / "data")
    else:
        (root / "data").mkdir()
    text = (home / CONFIG).read_text() + _CONFIG.format(exchange=str(folder / "exchange"))
    (root / CONFIG).write_text(text)
    (root / "tenth.py").write_text(_TENTH)
    course = Course(root, root / "classroom")
    release(course, unit, generate)
    solved = nbformat.read(write_source(course, unit), as_version=4)
    source = next(c.source for c in solved.cells if c.id == answer_cell(question))
    right = "\n".join(line for line in source.split("\n") if line.strip() not in {BEGIN, END})
    return Ground(course, unit, question, right)


def _name(source: str) -> str:
    found = re.search(r"^def (\w+)", source, re.MULTILINE)
    assert found is not None
    return found[1]
