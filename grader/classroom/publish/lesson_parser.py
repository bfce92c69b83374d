"""Read `solutions/<unit>/lesson.py`: jupytext's py:percent text, split into cells with their lines.

Knows the short forms of a cell's first line (`# %% answer="rnn-step"`), not what they become; that
is `expand`. Called by `publish.releasing`.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from grader.core.errors import CourseError

ANSWER, CHECK, EXPLAIN = "answer", "check", "explain"
QUIZ, CHALLENGE, DOOR = "quiz", "challenge", "door"
FORMS = (ANSWER, CHECK, EXPLAIN, QUIZ, CHALLENGE, DOOR)
# What else may stand in a cell's first line.
PLAIN_OPTIONS = ("tags", "jupyter")
TAGS = ("demonstration", "scratch")
# jupytext's own notes about the text, and a cell's title, which is for the author alone.
_DROPPED = ("lines_to_next_cell", "lines_to_end_of_cell_marker", "title", "cell_depth")
_MARKER = "# %%"


@dataclass(frozen=True)
class LessonCell:
    """One cell: `form` and `name` from the short form ("answer", "rnn-step"), or both empty.

    `title` is for the author alone: mistakes.toml knows a cell by it.
    """

    path: Path
    line: int
    kind: str
    source: str
    form: str = ""
    name: str = ""
    title: str = ""
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def tags(self) -> list[str]:
        """The cell's tags."""
        return list(self.options.get("tags", []))

    def refuse(self, what: str, below: int = 0) -> NoReturn:
        """Raise the CourseError that names this cell's file and line, or one `below` it."""
        message = f"{self.path}, line {self.line + below}: {what}"
        raise CourseError(message)


def read_lesson(path: Path) -> list[LessonCell]:
    """The cells of a lesson. Raises CourseError naming file and line for whatever is wrong."""
    import jupytext

    if not path.is_file():
        message = f"{path} is missing: every unit has a lesson.py"
        raise CourseError(message)
    text = path.read_text(encoding="utf-8")
    lines = [n for n, line in enumerate(text.splitlines(), 1) if line.startswith(_MARKER)]
    cells = jupytext.reads(text, fmt="py:percent").cells
    if len(cells) != len(lines):
        message = (
            f"{path}: {len(lines)} lines begin with `{_MARKER}`, but {len(cells)} cells were read; "
            f"begin the lesson with a `{_MARKER}` line and keep that mark out of strings"
        )
        raise CourseError(message)
    return [_cell(path, line, cell) for line, cell in zip(lines, cells, strict=True)]


def _cell(path: Path, line: int, cell: Any) -> LessonCell:
    given = {k: v for k, v in cell.metadata.items() if k not in _DROPPED}
    forms = [form for form in FORMS if form in given]
    read = LessonCell(
        path=path,
        line=line,
        kind=cell.cell_type,
        source=cell.source,
        form=forms[0] if forms else "",
        name=str(given[forms[0]]) if forms else "",
        title=cell.metadata.get("title", ""),
        options={k: v for k, v in given.items() if k not in FORMS},
    )
    unknown = [k for k in read.options if k not in PLAIN_OPTIONS]
    if unknown:
        allowed = ", ".join((*FORMS, *PLAIN_OPTIONS))
        read.refuse(f"a cell cannot have {unknown[0]!r}; it may have {allowed}")
    if len(forms) > 1:
        read.refuse(f"a cell is one thing, not {' and '.join(forms)}; split it")
    strange = [tag for tag in read.tags if tag not in TAGS]
    if strange:
        read.refuse(f"the tag {strange[0]!r} means nothing here; use {' or '.join(TAGS)}")
    if read.kind not in {"code", "markdown"}:
        read.refuse(f"a lesson has code and [markdown] cells, not [{read.kind}]")
    return read
