"""What reaches people's eyes: the gradebook, formgrader's notebook, feedback and the class page."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

from nbconvert.exporters import HTMLExporter
from nbgrader.api import Gradebook
from nbgrader.server_extensions.formgrader import handlers

from grader.classroom.course_paths import Course
from grader.classroom.grading.planned_entries import entries
from grader.classroom.grading.planning import PlannedRun
from grader.classroom.grading.results import ResultStore
from grader.classroom.grading.settings import RunSettings
from grader.classroom.nbgrader.config_loading import class_config
from grader.classroom.nbgrader.feedback_pages import write_feedback
from grader.classroom.nbgrader.recording import record
from grader.classroom.report.class_pages import class_page
from tests.redteam.arena import UNIT

# Every hostile page of the corpus calls something of this name.
MARK = "redteam"


def book_effects(
    course: Course, settings: RunSettings, works: Sequence[PlannedRun], honest: Sequence[PlannedRun]
) -> dict[str, list[str]]:
    """Record `works` with nbgrader, render every page, and say what is wrong, by student."""
    everyone = [*works, *honest]
    failures = record(course, UNIT, everyone, settings)
    write_feedback(course, UNIT)
    page = class_page(UNIT, entries(course, everyone, failures))
    found: dict[str, list[str]] = {work.student: [] for work in everyone}
    with Gradebook(f"sqlite:///{course.gradebook}") as book:
        found[honest[0].student] += _students(book)
        for work in everyone:
            if work.student in failures and not work.problem:
                found[work.student].append(f"nbgrader failed: {failures[work.student]}")
            found[work.student] += _scores(book, course, work)
            found[work.student] += _pages(course, work.student)
    for work in works:
        found[work.student] += [f"class page: {line}" for line in active(page)]
        found[work.student] += found[honest[0].student]
    return found


def _scores(book: Gradebook, course: Course, work: PlannedRun) -> list[str]:
    """The gradebook must hold what the referee's ledger holds, and nothing for what is refused."""
    ours = ResultStore(course.results).get(work.key) if work.key else None
    expected = ours.report.score if ours else 0.0
    try:
        score = book.find_submission(UNIT, work.student).score
    except Exception:  # noqa: BLE001 - nbgrader's own class for "not there"
        score = 0.0
    if abs(score - expected) < 1e-6:
        return []
    return [f"the gradebook says {score:g}, the referee {expected:g}"]


def _pages(course: Course, student: str) -> list[str]:
    found = []
    for path in course.feedback.glob(f"{student}/{UNIT}/*.html"):
        found += [f"feedback: {line}" for line in active(path.read_text(encoding="utf-8"))]
    for path in course.autograded.glob(f"{student}/{UNIT}/*.ipynb"):
        text = path.read_text(encoding="utf-8")
        if re.search(r'"(text/html|image/svg\+xml|application/[a-z.+]*javascript)"', text):
            found.append("formgrader: an output that can run")
        found += [f"formgrader: {x}" for x in active(_formgrader_page(course, path, student))]
    return found


def _students(book: Gradebook) -> Iterator[str]:
    """Formgrader writes a student's name into its pages as it is."""
    for student in book.students:
        if set(student.id) & set('<>&"{}\n'):
            yield f"the gradebook has a student {student.id!r}"


@cache
def _formgrader(course: Course) -> HTMLExporter:
    """Makes the page on which formgrader shows a submission, of its own templates."""
    config = class_config(course, RunSettings())
    config.HTMLExporter.template_name = "formgrade"
    config.HTMLExporter.extra_template_basedirs = [handlers.template_path]
    return HTMLExporter(config=config)


def _formgrader_page(course: Course, path: Path, student: str) -> str:
    told = {
        "assignment_id": UNIT,
        "notebook_id": path.stem,
        "submission_id": "1",
        "index": 0,
        "total": 1,
        "base_url": "/",
        "student": student,
        "last_name": None,
        "first_name": None,
        "notebook_path": f"/{student}/{path.name}",
    }
    page: str = _formgrader(course).from_filename(str(path), resources=told)[0]
    return page


def active(page: str) -> list[str]:
    """Parts of a page that would run and carry the corpus's mark."""
    reader = _Reader()
    reader.feed(page)
    return reader.found


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._open = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open = tag
        for name, value in attrs:
            runs = name.startswith("on") or (value or "").strip().lower().startswith(
                ("javascript:", "data:text/html")
            )
            loads = name in {"src", "href", "action", "data", "srcdoc"} and tag != "a"
            if MARK in (value or "") and (runs or loads):
                self.found.append(f"<{tag} {name}>")

    def handle_data(self, data: str) -> None:
        if self._open in {"script", "style"} and MARK in data:
            self.found.append(f"text in <{self._open}>")

    def handle_endtag(self, tag: str) -> None:
        self._open = ""
