"""Judge the attempts of tests/natural: answers as learners write them, right and wrong.

    python -m benchmarks.natural [QUESTION ...]

Each file in tests/natural/corpus belongs to the question of its name and holds attempts at it, one
a cell: `# %% right`, or the name that a wrong one must be told (`# %% batch-as-time`), or
`# %% unnamed` for one that the question knows no name for. They run beside the functions of the
lesson, as in a learner's notebook, in this process. It prints each that is judged otherwise and
ends with one JSON object. Exit code 1 where a right one lost points, a wrong one earned some, or
one was told another name than its own.
"""

import argparse
import ast
import contextlib
import json
import linecache
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")  # references are small, and share the machine

from benchmarks.styles import COURSE, bank
from grader.classroom.publish.lesson_parser import ANSWER, read_lesson
from grader.core.errors import CourseError
from grader.core.judgement import judge
from grader.core.question import FUNCTION, PreparedQuestion
from grader.core.verdicts import Outcome, Verdict
from grader.referee.preparation import VISIBLE_SEED, prepare
from grader.wire.perform import Performer

ROOT = Path(__file__).resolve().parents[1]
CORPUS = ROOT / "tests" / "natural" / "corpus"
RIGHT, UNNAMED = "right", "unnamed"
_HEAD = re.compile(r"^# %% ([a-z0-9-]+)$", re.MULTILINE)


@dataclass(frozen=True)
class Attempt:
    """One answer to one question; `deserves` is right, unnamed, or the name of its mistake."""

    question: str
    line: int
    deserves: str
    source: str

    @property
    def name(self) -> str:
        """`rnn-step:12 two-tanhs`."""
        return f"{self.question}:{self.line} {self.deserves}"


def units() -> Iterator[str]:
    """The units with questions that have a corpus."""
    for folder in sorted(COURSE.solutions.glob("[0-9][0-9]_*")):
        if any(question.kind == FUNCTION for question in bank(folder.name).questions.values()):
            yield folder.name


def read_attempts(question: str, folder: Path = CORPUS) -> list[Attempt]:
    """The attempts at a question, in their order. Raises CourseError where there is no file."""
    path = folder / f"{question}.py"
    if not path.is_file():
        message = f"{path} is missing: write down how learners answer {question}"
        raise CourseError(message)
    text = path.read_text(encoding="utf-8")
    heads = list(_HEAD.finditer(text))
    ends = [head.start() for head in heads[1:]] + [len(text)]
    return [
        Attempt(question, text.count("\n", 0, head.start()) + 1, head[1], text[head.end() : end])
        for head, end in zip(heads, ends, strict=True)
    ]


@cache
def _lesson(unit: str) -> tuple[dict[str, Any], dict[str, str]]:
    """The functions that a solved lesson defines, and the name that each question asks for."""
    held: dict[str, Any] = {}
    asked = {}
    for cell in read_lesson(COURSE.solutions / unit / "lesson.py"):
        try:
            body = ast.parse(cell.source).body
        except SyntaxError:  # markdown, or a magic
            continue
        kinds = ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef
        kept = [node for node in body if isinstance(node, kinds)]
        for node in kept:
            with contextlib.suppress(NameError):  # a default that is made of the lesson's data
                exec(compile(ast.Module([node], []), unit, "exec"), held)  # noqa: S102 - ours
        if cell.form == ANSWER:
            defined = [node.name for node in kept if isinstance(node, ast.FunctionDef)]
            asked[cell.name] = defined[-1] if defined else ""
    return held, asked


def answer(attempt: Attempt, unit: str) -> Callable[..., Any]:
    """The function that an attempt defines."""
    held, asked = _lesson(unit)
    space = dict(held)
    file = f"<{attempt.question}:{attempt.line}>"
    linecache.cache[file] = (0, None, attempt.source.splitlines(keepends=True), file)
    exec(compile(attempt.source, file, "exec"), space)  # noqa: S102 - a corpus of ours
    made: Callable[..., Any] = space[asked[attempt.question]]
    return made


def verdict(attempt: Attempt, unit: str, asked: PreparedQuestion) -> Verdict:
    """Judge one attempt."""
    with contextlib.redirect_stdout(None):
        return judge(asked, Performer(answer(attempt, unit)).perform)


def complaint(attempt: Attempt, found: Verdict) -> str | None:
    """What is wrong with a verdict: a right answer marked down, a wrong one paid or misnamed."""
    if attempt.deserves == RIGHT:
        wrong = found.outcome is not Outcome.PASSED
    else:
        told = found.mistake or UNNAMED
        wrong = found.points > 0 or told != attempt.deserves
    if not wrong:
        return None
    named = found.mistake or UNNAMED
    return f"{attempt.name}: {found.points:g} points, told {named}: {found.message}"


def main(words: Sequence[str] | None = None) -> int:
    """Judge the attempts at the questions named, or at all, on the cases that learners see."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("questions", nargs="*", metavar="QUESTION")
    parser.add_argument("--seed", type=int, default=VISIBLE_SEED)
    chosen = parser.parse_args(words)
    count = wrong = unnamed = complaints = 0
    for unit in units():
        for question in bank(unit).questions.values():
            if question.kind != FUNCTION or (
                chosen.questions and question.id not in chosen.questions
            ):
                continue
            asked = prepare(question, chosen.seed, visible=chosen.seed == VISIBLE_SEED)
            for attempt in read_attempts(question.id):
                found = verdict(attempt, unit, asked)
                count += 1
                wrong += attempt.deserves != RIGHT
                unnamed += attempt.deserves != RIGHT and not found.mistake
                said = complaint(attempt, found)
                if said:
                    complaints += 1
                    print(said, flush=True)
    print(
        json.dumps({"natural": count, "wrong": wrong, "unnamed": unnamed, "complaints": complaints})
    )
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
