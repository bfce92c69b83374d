"""A learner's feedback page: every question by its name, the answer, what was said, the curves.

Built from the graded notebook and the gradebook's scores (`nbgrader.feedback_export` hands both
over), as one HTML file that fetches nothing and prints on a few pages. The lesson's text is left
out: learners have it. Whatever a learner wrote or printed is text here, never markup.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup
from nbformat import NotebookNode
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from grader.classroom.grading.comments import as_html
from grader.classroom.templates import template
from grader.core import messages
from grader.core.names import ANSWER_SUFFIX, is_challenge, number
from grader.lab import curves, recorded_runs

MOST_LETTERS = 20_000
_PICTURES = 3
# In a cell's metadata.nbgrader: what a question earned that its learner is excused from.
EXCUSED = "excused"
# What nbgrader comments on a written answer that is as it was released.
NO_RESPONSE = "No response."
# A question's written explanation, for a person to read.
_WHY = "-why"
_PASTED = ("image/png", "image/jpeg")
_BASE64 = re.compile(r"[A-Za-z0-9+/\n]+={0,2}\n?")


@dataclass(frozen=True)
class ShownCell:
    """One cell as it is shown: code or text, and what it printed and drew."""

    source: Markup
    is_code: bool
    outputs: tuple[Markup, ...] = ()


@dataclass(frozen=True)
class FeedbackQuestion:
    """One graded cell: `points` is None where a person has not scored it yet."""

    id: str
    title: str
    points: float | None
    maximum: float
    pieces: tuple[ShownCell, ...]
    comments: tuple[Markup, ...]
    drawing: Markup
    excused: bool = False

    @property
    def state(self) -> str:
        """A word for the page's colours: full, part, none, open or unscored."""
        if self.excused:
            return "unscored"
        if self.points is None:
            return "open"
        if not self.maximum:
            return "unscored"
        if self.points >= self.maximum:
            return "full"
        return "part" if self.points > 0 else "none"


@dataclass(frozen=True)
class Grades:
    """What the gradebook says of a submission; `penalty` is already taken from `score`.

    `score` and `maximum` are without what the learner is excused from. `open` is how many of its
    questions have no points yet, `given` how many have.
    """

    student: str
    unit: str
    score: float
    maximum: float
    penalty: float
    open: int = 0
    given: int = 0


def learner_page(
    notebook: NotebookNode,
    grades: Grades,
    titles: Mapping[str, str],
    *,
    problem: str = "",
    stub: str = "",
) -> str:
    """The whole page.

    Cells of `notebook` carry `metadata.nbgrader` with `score`, `points` and `comments` (a list of
    plain texts) where they are graded. `titles` names questions by their id; the id stands where
    there is no title. `problem` is why nothing could be read; `stub` is what a written answer
    holds before anybody writes.
    """
    questions = list(_questions(notebook, titles, stub))
    page: str = template("learner.html").render(
        heading=_heading(notebook) or grades.unit,
        grades=grades,
        problem=Markup(as_html(problem)),  # noqa: S704 - as_html escapes
        questions=[q for q in questions if not is_challenge(q.id)],
        challenges=[q for q in questions if is_challenge(q.id)],
        own=list(_own_cells(notebook)),
        code_style=Markup(HtmlFormatter().get_style_defs(".code")),  # noqa: S704 - pygments' own
    )
    return page


def _questions(
    notebook: NotebookNode, titles: Mapping[str, str], stub: str
) -> Iterator[FeedbackQuestion]:
    by_grade_id = {c.metadata.get("nbgrader", {}).get("grade_id"): c for c in notebook.cells}
    for cell in notebook.cells:
        graded = cell.metadata.get("nbgrader", {})
        if not (graded.get("grade") or graded.get("task")):
            continue
        name = str(graded["grade_id"])
        if cell.cell_type == "markdown" and not graded.get("points") and _is_empty(cell, stub):
            continue
        answer = by_grade_id.get(name + ANSWER_SUFFIX)
        cells = [cell] if answer is None else [answer, cell]
        said = [text for c in cells for text in c.metadata.nbgrader.get("comments", ())]
        score = graded.get("score")
        yield FeedbackQuestion(
            id=name,
            title=_title(name, titles),
            points=None if score is None else float(score),
            maximum=float(graded.get("points") or 0.0),
            pieces=tuple(_pieces(cells, graded)),
            comments=tuple(Markup(as_html(text)) for text in said),  # noqa: S704 - escaped
            drawing=_drawing(cell),
            excused=EXCUSED in graded,
        )


def _is_empty(cell: NotebookNode, stub: str) -> bool:
    """True for a written answer that nobody has written or commented."""
    said = cell.metadata.nbgrader.get("comments", ())
    return cell.source.strip() in ("", stub) and set(said) <= {NO_RESPONSE}


def _title(name: str, titles: Mapping[str, str]) -> str:
    if is_challenge(name):
        return f"Challenge {number(name)}"
    if name.endswith(_WHY) and name.removesuffix(_WHY) in titles:
        return f"{titles[name.removesuffix(_WHY)]}: in your own words"
    return titles.get(name) or name


def _pieces(cells: Sequence[NotebookNode], graded: Any) -> Iterator[ShownCell]:
    for cell in cells:
        is_check = cell.metadata.nbgrader is graded and not graded.get("solution")
        shown = _piece(cell)
        if not is_check or graded.get("task"):
            yield shown
        elif shown.outputs:  # the check's own call says nothing; what the answer printed does
            yield ShownCell(Markup(""), is_code=False, outputs=shown.outputs)


def _own_cells(notebook: NotebookNode) -> Iterator[ShownCell]:
    """The learner's own cells, and given ones that failed."""
    for cell in notebook.cells:
        given = cell.metadata.get("nbgrader", {})
        in_question = given.get("grade") or given.get("solution") or given.get("task")
        if cell.id.startswith("own-") or (_failed(cell) and not in_question):
            yield _piece(cell)


def _failed(cell: NotebookNode) -> bool:
    return any(output.output_type == "error" for output in cell.get("outputs", ()))


def _piece(cell: NotebookNode) -> ShownCell:
    text = _cut(cell.source)
    if cell.cell_type == "code":
        lit = Markup(highlight(text, PythonLexer(), HtmlFormatter(cssclass="code")))  # noqa: S704
        return ShownCell(lit, is_code=True, outputs=tuple(_outputs(cell)))
    written = Markup("<p class=words>{}</p>").format(text)
    return ShownCell(written, is_code=False, outputs=tuple(_attachments(cell)))


def _attachments(cell: NotebookNode) -> Iterator[Markup]:
    """Pictures that were pasted into a written answer."""
    for name, data in cell.get("attachments", {}).items():
        for kind in _PASTED:
            if isinstance(data.get(kind), str) and _BASE64.fullmatch(data[kind]):
                source = f"data:{kind};base64,{data[kind]}"
                yield Markup('<img alt="{}" src="{}">').format(name, source)


def _outputs(cell: NotebookNode) -> Iterator[Markup]:
    for output in cell.get("outputs", ()):
        if output.output_type == "stream":
            printed = output.text.replace(f"{messages.RECORDED}\n", "").strip("\n")
            if printed:
                yield Markup("<pre>{}</pre>").format(_cut(printed))
        elif output.output_type == "error":
            said = f"{output.ename}: {output.evalue}"
            yield Markup("<pre class=error>{}</pre>").format(_cut(said))
        elif "image/png" in output.data:
            words = _cut(str(output.data.get("text/plain", "a picture")))
            source = f"data:image/png;base64,{output.data['image/png']}"
            yield Markup('<img alt="{}" src="{}">').format(words, source.replace("\n", ""))
        elif recorded_runs.CURVES not in output.data and output.data.get("text/plain"):
            yield Markup("<pre>{}</pre>").format(_cut(str(output.data["text/plain"])))


def _drawing(cell: NotebookNode) -> Markup:
    """The curves of the graded trainings in one picture: the last in front, those before thin."""
    data = [o.data for o in cell.get("outputs", ()) if o.output_type == "display_data"]
    found = [recorded_runs.from_json(each.get(recorded_runs.CURVES)) for each in data]
    runs = [run for run in found if run is not None][-_PICTURES:]
    if not runs:
        return Markup("")
    measure, records, best = runs[-1]
    svg = curves.picture(
        records,
        last_epoch=max(len(run[1]) for run in runs),
        title="Your recipe, trained for the grade",
        best=records[best - 1],
        measure=measure,
        earlier=[run[1] for run in runs[:-1] if run[0] is measure],
    )
    return Markup(svg)  # noqa: S704 - drawn here, of numbers


def _heading(notebook: NotebookNode) -> str:
    """The lesson's title: the first line of its first text."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and cell.source.startswith("# "):
            return str(cell.source).partition("\n")[0].removeprefix("# ").strip()
    return ""


def _cut(text: str) -> str:
    if len(text) <= MOST_LETTERS:
        return text
    left = len(text) - MOST_LETTERS
    return f"{text[:MOST_LETTERS]}\n… ({left:,} more characters are in the notebook)"
