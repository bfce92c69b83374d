"""Cells that only demonstrate hold nothing that others need, so that grading leaves them out."""

from collections.abc import Iterator

from grader.classroom.authoring.problems import Problem, line_with
from grader.classroom.authoring.solved_notebook import solved_cells
from grader.classroom.course_paths import Course
from grader.core.demonstrations import TAG, needed
from grader.referee.question_bank import UnitBank


def demonstration_problems(course: Course, bank: UnitBank) -> Iterator[Problem]:
    """Each demonstration that binds or changes what a cell without that tag reads."""
    path = course.solutions / bank.name / "lesson.py"
    code = [cell for cell in solved_cells(course, bank) if cell.cell_type == "code"]
    shows = [TAG in cell.metadata.get("tags", []) for cell in code]
    for place in sorted(needed([(c.source, s) for c, s in zip(code, shows, strict=True)])):
        first = code[place].source.partition("\n")[0]
        told = (
            "a demonstration binds or changes what other cells need, so every graded run has to "
            f"run it; put that into a cell without the tag: {first}"
        )
        yield Problem(told, path, line_with(path, first))
