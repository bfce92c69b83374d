"""Nothing that learners get holds a solution, a reference, a key or a hidden row."""

import ast
import io
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import numpy.typing as npt

from grader.classroom.authoring.problems import Problem, line_with
from grader.classroom.course_paths import Course
from grader.classroom.publish.notebook_builder import BEGIN, END
from grader.core.names import CHALLENGE
from grader.core.question import ChoiceQuestion
from grader.core.unit_file import FILE_NAME, Unit
from grader.referee.question_bank import UnitBank

SOLUTION = re.compile(f"{BEGIN}\n(.*?){END}", re.DOTALL)
# Shorter lines (`h = torch.zeros(…)`, `return x * x`) are everybody's.
TELLING = 30
# Two sentences of few known words may be the same ids ("the <unk> <blank> <unk>").
ALIKE = 0.02

Files = Mapping[str, bytes]


def secrecy_problems(course: Course, bank: UnitBank, files: Files) -> Iterator[Problem]:
    """Whatever a unit gives away in `files`, which are all that learners get, by their paths."""
    text = readable(files)
    yield from cell_problems(course, bank)
    yield from _keys(course, bank, files, text)
    folder = course.solutions / bank.name
    for line in told_lines(course, bank, text):
        told = f"a line of a solution or of a question file is in what learners get: {line!r}"
        yield Problem(told, folder / "lesson.py", line_with(folder / "lesson.py", line))
    yield from _hidden_rows(folder / "hidden.npz", files)


def cell_problems(course: Course, bank: UnitBank) -> Iterator[Problem]:
    """Lines of a unit's solutions that stand in a code cell of its release."""
    path = course.solutions / bank.name / "lesson.py"
    lesson = path.read_text(encoding="utf-8")
    shown = SOLUTION.sub("", lesson)
    wanted = {line.strip() for part in SOLUTION.findall(lesson) for line in part.splitlines()}
    secret = {line for line in wanted if line and line not in shown}
    if bank.questions and not secret:
        told = "no line of a solution differs from what learners see: what is left to do?"
        yield Problem(told, path)
    released: Any = nbformat.read(course.released(bank.name), as_version=4)
    code = "\n".join(cell.source for cell in released.cells if cell.cell_type == "code")
    for line in sorted(secret & {line.strip() for line in code.splitlines()}):
        yield Problem(f"a cell shows a line of a solution: {line!r}", path, line_with(path, line))


def readable(files: Files) -> str:
    """All that can be read in the files; what stands in JSON as a learner would see it."""
    parts = []
    for name, content in files.items():
        if name.endswith(".npz"):
            continue
        words = content.decode(errors="replace")
        parts.append(words)
        if name.endswith((".json", ".ipynb")):
            parts += _strings(json.loads(words))
    return "\n".join(parts)


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, list):
        # a cell's source is one text, kept as a list of lines
        joined = ["".join(value)] if value and all(isinstance(v, str) for v in value) else []
        return joined + [text for each in value for text in _strings(each)]
    if isinstance(value, dict):
        return [text for each in value.values() for text in _strings(each)]
    return []


def _keys(course: Course, bank: UnitBank, files: Files, text: str) -> Iterator[Problem]:
    """Neither the letter nor a sentence that tells it; practice keeps its keys, to learn from."""
    released = Unit.from_json(json.loads(files[f"notebooks/{bank.name}/{FILE_NAME}"]))
    path = course.solutions / bank.name / "quiz.toml"
    for item in bank.items.values():
        if item.kind != CHALLENGE:
            continue
        choice = released.questions[item.id]
        assert isinstance(choice, ChoiceQuestion)  # noqa: S101 - for the type checker
        if released.quiz[item.id].answer is not None or choice.right is not None:
            yield Problem(f"the key of {item.id} is in what learners get", path)
        whys = [option.why for option in item.options]
        for told in (item.explanation, *whys):
            if told in text or any(choice.whys.values()):
                says = f"what learners get holds a reply of {item.id}: {told[:60]!r}"
                yield Problem(says, path, line_with(path, told.partition("\n")[0]))
                break


def told_lines(course: Course, bank: UnitBank, text: str) -> list[str]:
    """Telling lines of solutions, references, repairs and mistakes that stand in `text`."""
    lines = {line.strip() for line in text.splitlines()}
    return sorted(telling_lines(course, bank) & lines)


def telling_lines(course: Course, bank: UnitBank) -> set[str]:
    """The lines of a unit's solutions and question files that nobody writes by chance.

    What a lesson shows or a quiz asks about is no secret, whichever unit's it is.
    """
    lesson = (course.solutions / bank.name / "lesson.py").read_text(encoding="utf-8")
    secret = {line for part in SOLUTION.findall(lesson) for line in part.splitlines()}
    for question in bank.questions.values():
        secret |= _code_of_functions(question.path)
    lessons = [path.read_text("utf-8") for path in course.solutions.glob("*/lesson.py")]
    shown = {line.strip() for words in lessons for line in SOLUTION.sub("", words).splitlines()}
    shown |= {line.strip() for item in bank.items.values() for line in item.code.splitlines()}
    return {line.strip() for line in secret if len(line.strip()) >= TELLING} - shown


def _code_of_functions(path: Path) -> set[str]:
    """Lines inside of functions and classes; not hints, messages and titles."""
    source = path.read_text(encoding="utf-8")
    lines = source.splitlines()
    found: set[str] = set()
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            for statement in body:
                found |= set(lines[statement.lineno - 1 : statement.end_lineno])
    return found


def _hidden_rows(pool: Path, files: Files) -> Iterator[Problem]:
    """A pool for grading shares no recording and no sentence with any array that learners get."""
    if not pool.is_file():
        return
    if pool.read_bytes() in files.values():
        yield Problem("learners get this file of hidden rows", pool)
    arrays = np.load(pool)
    key = "frames" if "frames" in arrays else "x"
    public: set[bytes] = set()
    for name, content in files.items():
        if name.endswith(".npz"):
            given = np.load(io.BytesIO(content))
            for each in given:
                if given[each].ndim > 1 and given[each].shape[1:] == arrays[key].shape[1:]:
                    public.update(_rows(given[each]))
    rows = _rows(arrays[key])
    shared = sum(row in public for row in rows)
    if shared > ALIKE * len(rows):
        yield Problem(f"{shared} of its {len(rows)} hidden rows are in what learners get", pool)


def _rows(array: npt.NDArray[Any]) -> list[bytes]:
    flat = np.ascontiguousarray(array).reshape(len(array), -1)
    return [row.tobytes() for row in flat]
