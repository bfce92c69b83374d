"""All 65 mistakes of the catalogue can be met in the course, and the page says where."""

import json
import re
from pathlib import Path

from grader.classroom.course_paths import Course
from grader.classroom.publish.mistakes_page import page, read_mistakes

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = 65


def test_every_mistake_has_its_places_and_the_page_is_what_they_give() -> None:
    """Reading looks every place up, so a place that is gone fails here; `make notebooks` writes."""
    mistakes = read_mistakes(Course(ROOT, ROOT / "classroom"))
    assert [mistake.number for mistake in mistakes] == list(range(1, CATALOGUE + 1))
    assert len({mistake.says for mistake in mistakes}) == CATALOGUE
    written = (ROOT / "docs" / "mistakes.md").read_text(encoding="utf-8")
    assert written == page(mistakes), "docs/mistakes.md: run `make notebooks`"


def test_no_number_of_the_catalogue_reaches_a_learner() -> None:
    """Numbers and titles are for authors; learners read sentences."""
    for path in (ROOT / "notebooks").glob("*/*.ipynb"):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            assert not re.search(r"\bmistakes? \d", "".join(cell["source"]), re.IGNORECASE)
            assert "title" not in cell["metadata"]
