"""Grade honest solutions written in other styles than the course's, and count who is marked down.

    make styles                                or: python -m benchmarks.styles [NAME ...]

Each file in tests/styles/corpus is one submission: its first cell says the unit, the questions it
answers and the style; the others are answers (`# %% answer="rnn-step"`) and, without a name, the
learner's own cells, which stand before the answer that follows them. It goes the way of any
submission: read, rebuilt on the release, run in the sandbox, judged by the referee on hidden
inputs; the points are the ledger's. It prints a line for each and ends with one JSON object:
{"styles": 48, "marked_down": 0}. Exit code 1 where an honest answer lost points.
"""

import argparse
import ast
import json
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # references are small, and share the machine

import nbformat
from nbformat import NotebookNode

from grader.classroom.course import Course
from grader.classroom.engine import Job, Result, run_one
from grader.classroom.engine.place import launcher
from grader.classroom.notebook import dumps, read_submission, rebuild
from grader.classroom.publish.lesson import ANSWER, LessonCell, read_lesson
from grader.classroom.sandbox import LAUNCHERS, Box
from grader.core.names import answer_cell
from grader.core.question import REPAIR, Prepared
from grader.core.unit import FILE_NAME, find
from grader.referee.bank import Question, UnitBank, load_unit
from grader.referee.prepare import draw_all, prepare, seed_for, with_draws

ROOT = Path(__file__).resolve().parents[1]
CORPUS = ROOT / "tests" / "styles" / "corpus"
COURSE = Course(ROOT, ROOT / "build" / "styles")
SECRET = "the secret of no class"  # noqa: S105 - numbers the draws, so that a run can be repeated


@dataclass(frozen=True)
class Style:
    """One honest submission: `cells` in their order, `questions` what it answers."""

    name: str
    unit: str
    questions: tuple[str, ...]
    style: str
    cells: tuple[LessonCell, ...]

    @property
    def trains(self) -> bool:
        """Whether a repair is among its answers: then grading it takes many seconds."""
        return any(bank(self.unit).questions[name].kind == REPAIR for name in self.questions)


def read_styles(folder: Path = CORPUS) -> list[Style]:
    """Every style of the corpus, by name. Raises CourseError naming the line that is wrong."""
    return [read_style(path) for path in sorted(folder.glob("*.py"))]


def read_style(path: Path) -> Style:
    """One file of the corpus; what its first cell says must be so."""
    head, *cells = read_lesson(path)
    tree = ast.parse(head.source)
    said = {
        line.targets[0].id: ast.literal_eval(line.value)
        for line in tree.body
        if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name)
    }
    if set(said) != {"UNIT", "QUESTIONS"}:
        head.refuse("the first cell says UNIT, QUESTIONS and, in its docstring, the style")
    style = ast.get_docstring(tree) or head.refuse("name the style in the first cell's docstring")
    answered = [cell.name for cell in cells if cell.form == ANSWER]
    if answered != said["QUESTIONS"]:
        head.refuse(f"QUESTIONS is not what is answered below: {answered}")
    unknown = sorted(set(answered) - set(bank(said["UNIT"]).questions))
    if unknown:
        head.refuse(f"{said['UNIT']} has no question {unknown[0]!r}")
    return Style(path.stem, said["UNIT"], tuple(answered), style, tuple(cells))


def submission(style: Style) -> bytes:
    """The notebook as its author saved it: the release, with answers and cells of their own."""
    notebook = nbformat.read(COURSE.released(style.unit), as_version=4)
    answers = {answer_cell(c.name): c.source for c in style.cells if c.form == ANSWER}
    before = dict(_own_cells(style.cells))
    cells = []
    for cell in notebook.cells:
        cells += [_own(source) for source in before.pop(cell.id, [])]
        cell.source = answers.get(cell.id, cell.source)
        cells.append(cell)
    cells += [_own(source) for left in before.values() for source in left]
    notebook.cells = cells
    text: str = nbformat.writes(notebook)
    return text.encode()


def job(style: Style, secret: str = SECRET) -> Job:
    """What the class's path makes of the submission; unanswered questions are not asked."""
    master = nbformat.read(COURSE.released(style.unit), as_version=4)
    return Job(
        student=style.name,
        unit=style.unit,
        notebook=dumps(rebuild(master, read_submission(submission(style)))),
        questions={name: _prepared(style, name, secret) for name in style.questions},
        files={FILE_NAME: _beside(style.unit)},
    )


def grade(style: Style, sandbox: str = "bwrap", secret: str = SECRET, threads: int = 1) -> Result:
    """Grade one style in a sandbox of its own."""
    box = Box(data=COURSE.data, course=ROOT, threads=threads)
    return run_one(job(style, secret), launcher(sandbox), box)


def lost(result: Result) -> list[str]:
    """A sentence for each question without full marks."""
    return [
        f"{name}: {verdict.outcome}, {verdict.points:g} of {verdict.maximum:g}. {verdict.message}"
        for name, verdict in result.verdicts.items()
        if verdict.points < verdict.maximum
    ]


@cache
def bank(unit: str) -> UnitBank:
    """A unit's questions."""
    return load_unit(COURSE.solutions / unit)


def _beside(unit: str) -> bytes:
    return find(COURSE.notebooks / unit).without_keys().dumps().encode()


def _prepared(style: Style, name: str, secret: str) -> Prepared:
    question = bank(style.unit).questions[name]
    if question.kind == REPAIR:
        return _repair(style.unit, name, secret)
    return prepare(question, seed_for(secret, "cases", style.name, name))


@cache
def _repair(unit: str, name: str, secret: str) -> Prepared:
    """The draws of a repair, the same for all styles, as they are for a class."""
    question: Question = bank(unit).questions[name]
    return with_draws(question, draw_all(question, secret, COURSE.data), {})


def _own_cells(cells: Sequence[LessonCell]) -> Iterator[tuple[str, list[str]]]:
    """The learner's own cells by the id of the answer cell that they stand before."""
    waiting: list[str] = []
    for cell in cells:
        if cell.form == ANSWER:
            yield answer_cell(cell.name), waiting
            waiting = []
        else:
            waiting.append(cell.source)
    yield "", waiting


def _own(source: str) -> NotebookNode:
    made: NotebookNode = nbformat.v4.new_code_cell(source)
    return made


def main(words: Sequence[str] | None = None) -> int:
    """Grade the styles named, or all, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="such as rnn-einsum; all, else")
    parser.add_argument("--sandbox", choices=sorted(LAUNCHERS), default="bwrap")
    parser.add_argument("--threads", type=int, default=1, help="of the learner's Python")
    parser.add_argument("--secret", default=SECRET, help="another one draws other hidden inputs")
    chosen = parser.parse_args(words)
    styles = [s for s in read_styles() if not chosen.names or s.name in chosen.names]
    marked_down = 0
    width = max((len(style.name) for style in styles), default=0)
    for style in styles:
        result = grade(style, chosen.sandbox, chosen.secret, chosen.threads)
        complaints = lost(result)
        marked_down += bool(complaints)
        points = f"{result.report['score']:g} of {result.report['max']:g}"
        first = style.style.partition("\n")[0]
        print(f"{style.name:<{width}}  {points:>8}  {result.seconds:5.1f} s  {first}", flush=True)
        for line in complaints:
            print(f"{'':<{width}}  MARKED DOWN {line}", flush=True)
    print(json.dumps({"styles": len(styles), "marked_down": marked_down}))
    return 1 if marked_down else 0


if __name__ == "__main__":
    sys.exit(main())
