"""One situation of the corpus: a TOML file in `cases/` that says what came and what must follow.

story     one sentence: what somebody did
report    where it was reported, as owner/repository#number; empty for our own walks
quick     true for those that `make test` runs, too
base      "solved" (every answer but the repair; the default) or "untouched"
change    what is done to the notebook, in order; see `overlay.CHANGES`
file      what is done to the file's bytes, in order; see `overlay.FILES`
come      how it comes: "class" (into submitted/, the default), "zip", "tar" or "folder"
hand      what comes: {path, what, text, time}; `what` is "this" (the changed notebook, the
default), "solved", "untouched", "other" (the other unit, solved), or "text"
options   of `grader collect`, such as ["--unit", "01_rnn"]
student   who it is, in `{student}`; the case's own name where it is left out
marks     points of the student, or {student: points}; "refused" where it must not be graded
names     outcomes of questions, such as rnn-step = "passed"
words     what must be told: in the table, the reports, the remarks, or by `grader collect`
never     what must not be told
"""

import tomllib
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

CASES = Path(__file__).parent / "cases"
BASES = ("solved", "untouched")
WAYS = ("class", "zip", "tar", "folder")
REFUSED = "refused"

Marks = float | str


@dataclass(frozen=True)
class Hand:
    """One file that comes."""

    path: str
    what: str = "this"
    text: str = ""
    time: str = ""


@dataclass(frozen=True)
class Case:
    """See the module; `name` is the file's stem."""

    name: str
    story: str
    report: str = ""
    quick: bool = False
    base: str = "solved"
    change: list[dict[str, Any]] = field(default_factory=list)
    file: list[str] = field(default_factory=list)
    come: str = "class"
    hand: list[Hand] = field(default_factory=list)
    options: list[str] = field(default_factory=list)
    student: str = ""
    marks: Marks | dict[str, Marks] = 14.0
    names: dict[str, str] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)
    never: list[str] = field(default_factory=list)

    @property
    def who(self) -> str:
        """Whose submission it is."""
        return self.student or self.name

    @property
    def expected(self) -> dict[str, Marks]:
        """Marks by student."""
        return self.marks if isinstance(self.marks, dict) else {self.who: self.marks}


def read_case(path: Path) -> Case:
    """Read one file. Raises ValueError for a key or a word that means nothing."""
    given = tomllib.loads(path.read_text(encoding="utf-8"))
    unknown = set(given) - {each.name for each in fields(Case)}
    if unknown:
        message = f"{path}: {min(unknown)!r} means nothing here"
        raise ValueError(message)
    hands = [Hand(**each) for each in given.pop("hand", [])]
    case = Case(name=path.stem, hand=hands or [Hand("{student}/01_rnn/rnn.ipynb")], **given)
    if case.base not in BASES or case.come not in WAYS or not case.story:
        message = f"{path}: base is {case.base!r}, come is {case.come!r}, story {case.story!r}"
        raise ValueError(message)
    return case


def all_cases() -> list[Case]:
    """The whole corpus, by name."""
    return [read_case(path) for path in sorted(CASES.glob("*.toml"))]
