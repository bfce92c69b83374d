"""The templates' surroundings: what a page is given is text, and a forgotten value is an error."""

import pytest
from jinja2 import TemplateNotFound, UndefinedError
from markupsafe import Markup

from grader.classroom.templates import template


@pytest.mark.parametrize("name", ["class.html", "course.html", "learner.html"])
def test_every_page_is_there_and_no_value_is_forgotten_silently(name: str) -> None:
    with pytest.raises(UndefinedError):
        template(name).render()


def test_a_page_that_is_not_there_is_named() -> None:
    with pytest.raises(TemplateNotFound, match=r"nobody\.html"):
        template("nobody.html")


def test_values_are_escaped_and_points_have_no_zeros() -> None:
    surroundings = template("class.html").environment
    page = surroundings.from_string("{{ name }} {{ own }} {{ score | points }} {{ half | points }}")
    told = page.render(name="<script>", own=Markup("<b>"), score=3.0, half=0.5)
    assert told == "&lt;script&gt; <b> 3 0.5"
