"""A learner's own cells as formgrader shows them: readable, bounded, no markup that could run."""

import pytest
from nbconvert.filters import clean_html, markdown2html

from grader.classroom.notebooks.displayed_cells import RENDERED, SHOWN, MarkdownCells, shown_code

# Rendering as a whole: what a page of one submission may cost, in processor time.
PIECES = ["<div>", "<b>", "> ", "**a", "[a](", "`", "```\n", "&", "*_", "- \n", "$$", "|a\n|-\n"]


def render_both(piece: str) -> str:
    """A text that is shown as typed, being too long, and one that is rendered."""
    words = MarkdownCells()
    texts = (piece * (length // len(piece)) for length in (60_000, RENDERED))
    return "".join(clean_html(markdown2html(words.shown(text))) for text in texts)


def test_ordinary_words_look_as_they_were_meant() -> None:
    page = markdown2html(MarkdownCells().shown("**Because** `a < b` & *so on*.\n\n- one\n"))
    assert "<strong>Because</strong>" in page
    assert "<li>one</li>" in page


@pytest.mark.parametrize(
    "evil",
    [
        "<script>x()</script>",
        "<img src=x onerror=x()>",
        "<B onclick=x()>",
        "<svg/onload=x()>",
        "[a](javascript:x())",
        "![a](http://x/y)",
        "[a]: javascript:x()\n\n[a]",
        "<javascript:x()>",
        "&#60;script&#62;x()&#60;/script&#62;",
        "<br onload=x()>",
        "`````\n<script>x()</script>\n" * 2000,
    ],
)
def test_nothing_of_it_runs(evil: str) -> None:
    page = markdown2html(MarkdownCells().shown(evil))
    for sign in ("<script", "<img", "<svg", "<B ", "<br ", 'href="javascript', 'src="'):
        assert sign not in page


@pytest.mark.parametrize("piece", PIECES)
def test_any_long_text_can_be_rendered(piece: str) -> None:
    """`make bounded` measures how long that takes."""
    assert "<script" not in render_both(piece)


def test_what_is_too_long_is_shown_as_it_was_typed_and_cut() -> None:
    told = MarkdownCells().shown("# no heading\n" + "x" * 2 * SHOWN)
    assert told.startswith("```text\n# no heading")
    assert "is in the file that was handed in" in told
    assert len(told) < SHOWN + 200
    assert shown_code("a = 1") == "a = 1"
    assert shown_code("a" * 2 * SHOWN).endswith("handed in.]")
