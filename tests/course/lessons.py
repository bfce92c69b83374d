"""The lessons as tests meet them: their prose as one text, and the functions that they define."""

import ast
from pathlib import Path
from typing import Any

from grader.classroom.publish.lesson_parser import read_lesson
from grader.classroom.publish.notebook_builder import BEGIN, END

SOLUTIONS = Path(__file__).resolve().parents[2] / "solutions"


def prose(unit: str) -> str:
    """What a learner reads in a unit, lesson and quiz, without line breaks."""
    cells = read_lesson(SOLUTIONS / unit / "lesson.py")
    words = "\n".join(cell.source for cell in cells if cell.kind == "markdown")
    quiz = SOLUTIONS / unit / "quiz.toml"
    asked = quiz.read_text(encoding="utf-8") if quiz.is_file() else ""
    return " ".join((words + asked).split())


def names(unit: str, *wanted: str) -> dict[str, Any]:
    """The lesson's first code cell and its (solved) definitions of `wanted`, run; all their names.

    A later definition of the same name takes the place of an earlier one, as in the notebook.
    """
    first, *rest = _code(unit)
    found: dict[str, Any] = {}
    exec(first, found)  # noqa: S102  the course's own lesson
    seen = set()
    for source in rest:
        for node in ast.parse(source).body:
            if _name(node) in wanted:
                seen.add(_name(node))
                exec(compile(ast.Module([node], []), unit, "exec"), found)  # noqa: S102
    assert seen == set(wanted), f"{unit} does not define {set(wanted) - seen}"
    return found


def _code(unit: str) -> list[str]:
    cells = read_lesson(SOLUTIONS / unit / "lesson.py")
    return [
        "\n".join(line for line in cell.source.splitlines() if line.strip() not in {BEGIN, END})
        for cell in cells
        if cell.kind == "code" and cell.source.strip()
    ]


def _name(node: ast.stmt) -> str:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return node.name
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id
    return ""
