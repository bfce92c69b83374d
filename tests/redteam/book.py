"""What reaches people's eyes: the gradebook, formgrader's notebook, feedback and the class page."""

import re
from collections.abc import Sequence
from html.parser import HTMLParser

from nbgrader.api import Gradebook

from grader.classroom.course import Course
from grader.classroom.feedback.page import class_page
from grader.classroom.gradebook.entries import entries
from grader.classroom.gradebook.pages import write_feedback
from grader.classroom.gradebook.plan import Work
from grader.classroom.gradebook.record import record
from grader.classroom.gradebook.results import Store
from grader.classroom.gradebook.settings import Settings
from tests.redteam.arena import UNIT

# Every hostile page of the corpus calls something of this name.
MARK = "redteam"


def book_effects(
    course: Course, settings: Settings, works: Sequence[Work], honest: Sequence[Work]
) -> dict[str, list[str]]:
    """Record `works` with nbgrader, render every page, and say what is wrong, by student."""
    everyone = [*works, *honest]
    failures = record(course, UNIT, everyone, settings)
    write_feedback(course, UNIT)
    page = class_page(UNIT, entries(course, everyone, failures))
    found: dict[str, list[str]] = {work.student: [] for work in everyone}
    with Gradebook(f"sqlite:///{course.gradebook}") as book:
        for work in everyone:
            if work.student in failures and not work.problem:
                found[work.student].append(f"nbgrader failed: {failures[work.student]}")
            found[work.student] += _scores(book, course, work)
            found[work.student] += _pages(course, work.student)
    for work in works:
        found[work.student] += [f"class page: {line}" for line in active(page)]
        found[work.student] += found[honest[0].student]
    return found


def _scores(book: Gradebook, course: Course, work: Work) -> list[str]:
    """The gradebook must hold what the referee's ledger holds, and nothing for what is refused."""
    ours = Store(course.results).get(work.key) if work.key else None
    expected = ours.report["score"] if ours else 0.0
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
    return found


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
