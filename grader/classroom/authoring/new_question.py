"""Add a question to a unit: its file, its cells at the end of the lesson, a repair's data set."""

import re
from pathlib import Path

from grader.classroom.authoring.example_files import append, example_table, filled, write_new
from grader.classroom.course_paths import Course
from grader.classroom.publish.lesson_parser import CHALLENGE, DOOR, QUIZ
from grader.core import quiz
from grader.core.data_recipe import load
from grader.core.errors import UsageError
from grader.core.names import is_question_id, number, series, word
from grader.core.question import CHOICE, FUNCTION, REPAIR, VALUE
from grader.referee.question_bank import load_unit

KINDS = (FUNCTION, VALUE, CHOICE, REPAIR)
# What the last word of a choice's id says, and the form of the cell that shows it.
CHOICES = {quiz.PRACTICE: QUIZ, quiz.PREDICT: QUIZ, "challenge": CHALLENGE, "door": DOOR}


def make_question(course: Course, unit: str, name: str, kind: str) -> list[Path]:
    """Add an example of a question to a unit; the files that were written or added to.

    Raises UsageError where `name` is no id or is taken, CourseError where the unit is not sound.
    """
    if not is_question_id(name):
        message = (
            f"{name!r} cannot be a question's id: expected lower-case words joined by hyphens, "
            "such as waves-slope. It names the file, the cells and the points."
        )
        raise UsageError(message)
    bank = load_unit(course.solutions / unit)
    if name in bank.questions or name in bank.items:
        message = f"{unit} has {name} already. Choose another id."
        raise UsageError(message)
    if kind == CHOICE:
        return _choice(course, unit, name, len(bank.items))
    return [*_question(course, unit, name, kind)]


def _question(course: Course, unit: str, name: str, kind: str) -> list[Path]:
    folder = course.solutions / unit
    words = {"id": name, "name": name.replace("-", "_"), "heading": _heading(unit, name)}
    words["data"] = words["name"]
    made = [write_new(folder / "questions" / f"{name}.py", filled(kind, **words))]
    if kind == REPAIR:
        made += _data_set(course, words["data"])
    return [*made, append(folder / "lesson.py", filled(f"{kind}_cells", **words))]


def _data_set(course: Course, name: str) -> list[Path]:
    """A simulated data set with its recipe, which writes the rows that the lesson loads."""
    folder = course.data / name
    written = [
        write_new(folder / "recipe.py", filled("recipe", data=name)),
        write_new(folder / "README.md", filled("data_readme", data=name)),
    ]
    for file, content in load(folder).committed().items():
        (folder / file).write_bytes(content)
        written.append(folder / file)
    return written


def _choice(course: Course, unit: str, name: str, known: int) -> list[Path]:
    folder = course.solutions / unit
    kind = series(name).rpartition("-")[2]
    if number(name) < 1 or kind not in CHOICES:
        first = name.partition("-")[0]
        message = (
            f"{name!r} does not say what kind of choice it is: expected {first}-challenge-1 (earns "
            f"a point), {first}-practice-1, {first}-predict-1 or {first}-door-1."
        )
        raise UsageError(message)
    quiz_file = folder / "quiz.toml"
    gap = "\n" if quiz_file.is_file() else ""
    example = _example(kind, place=known)
    item = filled("item", id=name, kind=kind, section=_section(folder), **example)
    written = [append(quiz_file, gap + item)]
    shown_as = name if kind != DOOR else series(name).removesuffix(f"-{DOOR}")
    cell = f'{CHOICES[kind]}="{shown_as}"'
    lesson = folder / "lesson.py"
    if f"# %% {cell}" in lesson.read_text(encoding="utf-8"):  # one cell shows a whole door
        return written
    words = {"id": shown_as, "form": CHOICES[kind], "heading": _heading(unit, name)}
    cells = "predict_cells" if kind == quiz.PREDICT else "choice_cells"
    return [*written, append(lesson, filled(cells, **words))]


def _example(kind: str, place: int) -> dict[str, str]:
    """The words of an example, with the right option at another letter at each place."""
    example = example_table("choices")[kind]
    right, *options = example.pop("options")
    letter = "bca"[place % 3]
    options.insert("abc".index(letter), right)
    for key, (text, why) in zip("abc", options, strict=True):
        example |= {key: text, f"why_{key}": why}
    return {**example, "answer": letter}


def _section(folder: Path) -> str:
    """A link to the lesson's first section: JupyterLab's anchors are headings with hyphens."""
    text = (folder / "lesson.py").read_text(encoding="utf-8")
    found = re.search(r"^# ## (.+)$", text, re.MULTILINE)
    return found[1].strip().replace(" ", "-") if found else ""


def _heading(unit: str, name: str) -> str:
    """What an id says after its unit's word: `waves-row-means` in 02_waves is "Row means"."""
    return name.removeprefix(f"{word(unit)}-").replace("-", " ").capitalize()
