"""Learners' Markdown in formgrader: words, maths, code and pasted pictures; nothing that acts."""

import base64
from html.parser import HTMLParser

import pytest
from nbconvert.exporters import HTMLExporter
from nbformat import from_dict
from nbformat.v4 import new_markdown_cell, new_notebook

from grader.classroom.notebooks.safe_markdown import harmless

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n....").decode()


def rendered(source: str, *pictures: str) -> str:
    """The cell as nbconvert shows it, with its tags."""
    cell = new_markdown_cell(harmless(source, pictures))
    cell.attachments = from_dict({name: {"image/png": PNG} for name in pictures})
    page, _ = HTMLExporter(template_name="basic").from_notebook_node(new_notebook(cells=[cell]))
    return str(page)


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("Because $p<0.9$ it works", "$p&lt;0.9$"),
        ("`if h<0: x & y`", "<code>if h&lt;0: x &amp; y</code>"),
        ("    a <= b && c << 2", "a &lt;= b &amp;&amp; c &lt;&lt; 2"),
        ("$$\\begin{pmatrix} a & b \\\\ c & d \\end{pmatrix}$$", "a &amp; b \\\\ c &amp; d"),
        ("\\begin{align}\nh_t &= x \\\\\n y &= h\n\\end{align}", "h_t &amp;= x"),
        ("**bold** and `x[:, -1]`", "<code>x[:, -1]</code>"),
        ("5 < 6 & 7 > 2", "5 &lt; 6 &amp; 7 &gt; 2"),
    ],
)
def test_what_is_written_is_escaped_once(source: str, shown: str) -> None:
    page = rendered(source)
    assert shown in page
    assert "amp;lt" not in page
    assert "amp;amp" not in page


def test_a_pasted_picture_is_shown() -> None:
    assert f'src="data:image/png;base64,{PNG}"' in rendered("![a](attachment:a.png)", "a.png")
    # nbconvert stops at a picture that is not there
    assert "attachment:b.png" in rendered("![b](attachment:b.png)", "a.png")


@pytest.mark.parametrize(
    "source",
    [
        "<script>bad()</script>",
        "<img src=x onerror=bad()>",
        "<<script>bad()</script>",
        "<\u200bscript>",
        "</p><svg/onload=bad()>",
        "<!--><img src=x onerror=bad()>-->",
        "<javascript:bad()>",
        "<https://elsewhere.example>",
        "[x](javascript:bad())",
        "![x](https://elsewhere.example/a.png)",
        "[x]\n\n[x]: javascript:bad()",
        "![x](attachment:a.png)](javascript:bad())",
        "![x](attachment:a.png 'bad')",
        "`<img src=x onerror=bad()>",
        "$<img src=x onerror=bad()>$",
        "```html\n<script>bad()</script>\n```",
    ],
)
def test_nothing_acts(source: str) -> None:
    """Plain tags alone, no address but of pages and of the picture that was pasted."""
    found = _Tags()
    found.feed(rendered(source, "a.png"))
    assert not found.names & {"script", "svg", "iframe", "style", "object", "embed", "form"}
    for name, value in found.given:
        assert not name.startswith("on")
        if name in {"src", "href"}:
            assert value.startswith(("data:image/png;base64,", "https://", "#"))
        assert name != "src" or value.startswith("data:")


class _Tags(HTMLParser):
    """The tags and attributes that a browser would see."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.given: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.given += [(name, value or "") for name, value in attrs]
