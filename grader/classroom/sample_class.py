"""The sample class: submissions made from small overlays, each with the result that it must get.

An overlay (`solutions/<unit>/sample/<student>.py`) is written like a lesson: its first cell tells a
story and what is expected, the others are answers that replace the release's or the solution's.
Nothing of an overlay runs here. `grader grade --sample` builds, grades and compares.
"""

import ast
import json
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from grader.classroom.course_paths import CONFIG, Course
from grader.classroom.grading.entries import Entry
from grader.classroom.grading.secret_key import SECRET
from grader.classroom.notebooks.rebuilding import is_answer
from grader.classroom.publish.lesson_parser import ANSWER, LessonCell, read_lesson
from grader.classroom.publish.notebook_builder import BEGIN, END
from grader.classroom.publish.releasing import write_source
from grader.core.errors import CourseError
from grader.core.names import ANSWER_SUFFIX
from grader.core.verdicts import Outcome

FOLDER = "sample"
SOLVED = "solved"
# What it expects must come true each time, and a repair that holds on eighteen draws of twenty may
# not draw one of the others here. A class of people has a secret, drawn when it is first graded.
_NO_SECRET = "everybody may know how the sample class was drawn"  # noqa: S105 - it is none
_NOTHING = str(Outcome.NOT_ATTEMPTED)
_CONFIG = '''\
"""nbgrader's configuration of the sample class; made by `grader grade --sample`."""

from pathlib import Path

from grader.classroom.nbgrader import RunSettings, configure

HERE = Path(__file__).parent
SETTINGS = RunSettings(sandbox={sandbox!r})
configure(get_config(), root=HERE.parents[1], classroom=HERE, settings=SETTINGS)
'''

# Points, outcome and, where it matters, the mistake's name.
Expected = tuple[float, str] | tuple[float, str, str]


@dataclass(frozen=True)
class Overlay:
    """One student. Field names in capitals are what an overlay's first cell may set.

    `base`: answers start out "solved" or "untouched"; `expected`: what differs from all points, or
    from "not attempted"; `left`: questions whose answer stays as released; `deleted`, `doubled`:
    cells by id; `tags`: put on every check cell; `content`: a file's text that is no notebook.
    """

    student: str
    story: str
    base: str = SOLVED
    expected: Mapping[str, Expected] = field(default_factory=dict)
    left: Sequence[str] = ()
    deleted: Sequence[str] = ()
    doubled: Sequence[str] = ()
    tags: Sequence[str] = ()
    content: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)


def sample_course(course: Course) -> Course:
    """The same course with the sample class in `build/sample`."""
    return replace(course, classroom=course.root / "build" / FOLDER)


def sample_units(course: Course) -> list[str]:
    """Units that have a sample class."""
    return [unit for unit in course.units() if (course.solutions / unit / FOLDER).is_dir()]


def read_overlays(course: Course, unit: str) -> list[Overlay]:
    """All overlays of a unit, by student. Raises CourseError naming the line that is wrong."""
    paths = sorted((course.solutions / unit / FOLDER).glob("*.py"))
    return [read_overlay(path) for path in paths]


def read_overlay(path: Path) -> Overlay:
    """One overlay; its first cell holds a story and literals."""
    head, *cells = read_lesson(path)
    known = {each.name.upper(): each.name for each in fields(Overlay)}
    tree = ast.parse(head.source)
    story = ast.get_docstring(tree) or head.refuse("begin the first cell with a story in quotes")
    given: dict[str, Any] = {}
    for line in tree.body[1:]:
        if not isinstance(line, ast.Assign) or not isinstance(line.targets[0], ast.Name):
            head.refuse("the first cell holds a story and assignments of plain values, only")
        name = line.targets[0].id
        if name not in known:
            head.refuse(f"{name} means nothing here; there are {', '.join(known)}")
        given[known[name]] = ast.literal_eval(line.value)
    answers = {_answered(cell): cell.source for cell in cells}
    return Overlay(student=path.stem, story=story, answers=answers, **given)


def build(course: Course, unit: str, sandbox: str) -> list[Overlay]:
    """Write the sample class's submissions of a unit; results that are there stay."""
    overlays = read_overlays(course, unit)
    released = nbformat.read(course.released(unit), as_version=4)
    with tempfile.TemporaryDirectory() as folder:
        source = write_source(course, unit, source=Path(folder))
        solved = nbformat.read(source, as_version=4)
    for old in course.submitted.glob(f"*/{unit}"):
        shutil.rmtree(old)
    for overlay in overlays:
        path = course.submission(unit, overlay.student)
        path.parent.mkdir(parents=True)
        path.write_text(overlay.content or json.dumps(_submission(overlay, released, solved)))
    secret = course.classroom / SECRET
    if not secret.is_file():
        secret.write_text(_NO_SECRET, encoding="utf-8")
    text = _CONFIG.format(sandbox=sandbox)
    (course.classroom / CONFIG).write_text(text, encoding="utf-8")
    return overlays


def differences(overlays: Sequence[Overlay], entries: Sequence[Entry]) -> list[str]:
    """What is not as the overlays say; empty when all is."""
    found = {entry.student: entry for entry in entries}
    return [
        f"{overlay.student}: {line} ({overlay.story.partition('.')[0]})"
        for overlay in overlays
        for line in _differences(overlay, found.get(overlay.student))
    ]


def _differences(overlay: Overlay, entry: Entry | None) -> list[str]:
    if overlay.content:
        is_refused = entry is not None and not entry.report and bool(entry.problem)
        return [] if is_refused else ["was graded, and cannot be read"]
    if entry is None or not entry.report:
        return ["was not graded"]
    lines = []
    for name, verdict in entry.verdicts.items():
        default = (verdict.maximum, Outcome.PASSED) if overlay.base == SOLVED else (0, _NOTHING)
        is_left = name in overlay.left
        expected = overlay.expected.get(name, (0, _NOTHING) if is_left else default)
        got = (verdict.points, str(verdict.outcome), verdict.mistake)[: len(expected)]
        if got != tuple(expected):
            lines.append(f"{name} got {got}, expected {tuple(expected)}: {verdict.message}")
    return lines


def _answered(cell: LessonCell) -> str:
    if cell.form != ANSWER:
        cell.refuse(f'after the first cell an overlay has `# %% {ANSWER}="…"` cells only')
    return cell.name


def _submission(overlay: Overlay, released: NotebookNode, solved: NotebookNode) -> NotebookNode:
    """The notebook as the student saved it."""
    _refuse_unknown(overlay, {cell.id for cell in released.cells})
    notebook = nbformat.from_dict(json.loads(json.dumps(released)))
    solutions = {cell.id: _without_marks(cell.source) for cell in solved.cells}
    for cell in filter(is_answer, notebook.cells):
        question = cell.id.removesuffix(ANSWER_SUFFIX)
        if cell.cell_type == "code" and overlay.base == SOLVED and question not in overlay.left:
            cell.source = solutions[cell.id]
        cell.source = overlay.answers.get(question, cell.source)
    for cell in notebook.cells:
        if overlay.tags and cell.metadata.get("nbgrader", {}).get("grade"):
            cell.metadata["tags"] = list(overlay.tags)
    for name in overlay.doubled:
        at = next(i for i, cell in enumerate(notebook.cells) if cell.id == name)
        copy = {**notebook.cells[at], "id": f"{name}-again"}
        notebook.cells.insert(at + 1, nbformat.from_dict(copy))
    notebook.cells = [cell for cell in notebook.cells if cell.id not in overlay.deleted]
    return notebook  # type: ignore[no-any-return]


def _refuse_unknown(overlay: Overlay, known: set[str]) -> None:
    named = {*overlay.expected, *overlay.left, *overlay.deleted, *overlay.doubled, *overlay.answers}
    unknown = sorted(named - known)
    if unknown:
        message = f"the overlay {overlay.student} names {unknown[0]!r}, which the unit has not"
        raise CourseError(message)


def _without_marks(source: str) -> str:
    return "\n".join(line for line in source.split("\n") if line.strip() not in {BEGIN, END})
