"""The HTML pages' Jinja templates, beside the function that loads one."""

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined


@cache
def template(name: str) -> Any:
    """The template of that file name; it escapes whatever is not Markup."""
    pages = Environment(
        loader=PackageLoader("grader.classroom"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.filters["points"] = lambda value: f"{value:g}"
    return pages.get_template(name)
