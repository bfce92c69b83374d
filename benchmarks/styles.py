"""Grade honest solutions written in other styles than the course's, and count who is marked down.

    make styles [SEEDS=5]                      or: python -m benchmarks.styles [NAME ...]

Each file in tests/styles/corpus is one submission: its first cell says the unit, the questions it
answers and the style; the others are answers (`# %% answer="rnn-step"`) and, without a name, the
learner's own cells, which stand before the answer that follows them. It goes the way of any
submission: read, rebuilt on the release, run in the sandbox, judged by the referee on hidden
inputs; the points are the ledger's.

With SEEDS each is graded on so many secrets, which draw other hidden inputs, and on one and two
threads of the learner's Python. Full marks are kept in build/judge by the style's content, its
questions' and the grader's, so a run cut short goes on where it stopped, and `make judge-evidence`
finds them there. It prints a line for each style and ends with one JSON object: {"styles": 44,
"marked_down": 0, "seeds": [...], "threads": [...], ...}. Exit code 1 where an honest answer lost
points.
"""

import argparse
import ast
import hashlib
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

from grader.classroom.course_paths import Course
from grader.classroom.engine import Job, Result, run_one
from grader.classroom.engine.environment import launcher, program
from grader.classroom.notebooks.rebuilding import dumps, read_submission, rebuild
from grader.classroom.publish.lesson_parser import ANSWER, LessonCell, read_lesson
from grader.classroom.sandbox import LAUNCHERS, SandboxSpec
from grader.core.names import answer_cell
from grader.core.question import REPAIR, PreparedQuestion
from grader.core.unit_file import FILE_NAME, find
from grader.referee.preparation import draw_all, prepare, seed_for, with_draws
from grader.referee.question_bank import Question, UnitBank, load_unit

ROOT = Path(__file__).resolve().parents[1]
CORPUS = ROOT / "tests" / "styles" / "corpus"
COURSE = Course(ROOT, ROOT / "build" / "styles")
SECRET = "the secret of no class"  # noqa: S105 - numbers the draws, so that a run can be repeated
KEPT = ROOT / "build" / "judge"
THREADS = (1, 2)


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


def grade(style: Style, sandbox: str = "warm", secret: str = SECRET, threads: int = 1) -> Result:
    """Grade one style in a sandbox of its own."""
    box = SandboxSpec(data=COURSE.data, course=ROOT, threads=threads)
    return run_one(job(style, secret), launcher(sandbox), box)


def lost_on(style: Style, seed: int, threads: int) -> list[str]:
    """What the style loses on one seed, from a run that was kept or a new one."""
    path = KEPT / _key(style, seed, threads)
    if path.is_file():
        return []
    found = lost(grade(style, secret=f"{SECRET} {seed}", threads=threads))
    if not found:  # what lost points is looked at again by the next run
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return found


def _key(style: Style, seed: int, threads: int) -> str:
    files = [
        CORPUS / f"{style.name}.py",
        *(bank(style.unit).questions[q].path for q in style.questions),
    ]
    parts = [path.read_bytes() for path in files]
    parts += [program().encode(), f"{SECRET} {seed} {threads}".encode()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:32]


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


def _prepared(style: Style, name: str, secret: str) -> PreparedQuestion:
    question = bank(style.unit).questions[name]
    if question.kind == REPAIR:
        return _repair(style.unit, name, secret)
    return prepare(question, seed_for(secret, "cases", style.name, name))


@cache
def _repair(unit: str, name: str, secret: str) -> PreparedQuestion:
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
    parser.add_argument("--sandbox", choices=sorted(LAUNCHERS), default="warm")
    parser.add_argument("--threads", type=int, default=1, help="of the learner's Python")
    parser.add_argument("--secret", default=SECRET, help="another one draws other hidden inputs")
    parser.add_argument("--seeds", type=int, default=0, help="so many, on one and two threads")
    chosen = parser.parse_args(words)
    styles = [s for s in read_styles() if not chosen.names or s.name in chosen.names]
    if chosen.seeds:
        return _on_seeds(styles, range(chosen.seeds))
    marked_down = 0
    width = max((len(style.name) for style in styles), default=0)
    for style in styles:
        result = grade(style, chosen.sandbox, chosen.secret, chosen.threads)
        complaints = lost(result)
        marked_down += bool(complaints)
        points = f"{result.report.score:g} of {result.report.maximum:g}"
        first = style.style.partition("\n")[0]
        print(f"{style.name:<{width}}  {points:>8}  {result.seconds:5.1f} s  {first}", flush=True)
        for line in complaints:
            print(f"{'':<{width}}  MARKED DOWN {line}", flush=True)
    told = {"styles": len(styles), "marked_down": marked_down}
    print(json.dumps({**told, "seeds": [chosen.secret], "threads": [chosen.threads]}))
    return 1 if marked_down else 0


def _on_seeds(styles: Sequence[Style], seeds: range) -> int:
    """Every style on every seed and number of threads; 1 where one lost points."""
    down: dict[str, list[str]] = {}
    for style in styles:
        complaints = [
            f"seed {seed}, {threads} threads: {text}"
            for seed in seeds
            for threads in THREADS
            for text in lost_on(style, seed, threads)
        ]
        print(f"{style.name}: {'; '.join(complaints) or 'full marks'}", flush=True)
        if complaints:
            down[style.name] = complaints
    told = {"styles": len(styles), "marked_down": len(down), "seeds": list(seeds)}
    runs = len(styles) * len(seeds) * len(THREADS)
    lost_runs = sum(len({text.partition(":")[0] for text in each}) for each in down.values())
    print(
        json.dumps({**told, "threads": list(THREADS), "runs": runs, "runs_marked_down": lost_runs})
    )
    return 1 if down else 0


if __name__ == "__main__":
    sys.exit(main())
