"""One row of the red team's corpus: a TOML file in `cases/` that says the trick and what follows.

    trick     one sentence: what the submission does
    outcome   "held" (not one unearned point, nothing happens outside) or "remaining"
    expected  one sentence: what the grader makes of it
    deserved  points that the answers are worth by themselves (0 unless said)
    base      "wrong" (every answer wrong, the default), "right" or "untouched"
    names     questions whose outcome must be the one given, such as rnn-step = "too slow"
    cold      true for the rows that always also run in a fresh bubblewrap
    book      true for the rows that also go into the gradebook, formgrader and the pages
    follow    true where an honest submission runs next and must lose nothing
    never     words that must not stand in the outputs
    refused   true where the file cannot be read: the class's table must name it
    look      words that the report's remarks to the teacher must hold
    answers   sources by question; they replace the base's
    own       cells of the learner's own: {after = "<cell id>", source = "…"}
    change    what is done to the notebook's JSON, in order; see `submission.CHANGES`
    student   the name of the student's folder, where the row's own will not do
    file      what is done to the file's bytes; see `submission.FILES`

In sources, @NAME@ stands for a place on the grader's machine (`ground.Ground.names`).
"""

import tomllib
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

CASES = Path(__file__).parent / "cases"
HELD, REMAINING = "held", "remaining"
BASES = ("wrong", "right", "untouched")


@dataclass(frozen=True)
class Case:
    """See the module; `name` is the file's stem."""

    name: str
    trick: str
    outcome: str
    expected: str
    deserved: float = 0.0
    base: str = "wrong"
    names: dict[str, str] = field(default_factory=dict)
    cold: bool = False
    book: bool = False
    follow: bool = False
    refused: bool = False
    look: str = ""
    never: list[str] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    own: list[dict[str, str]] = field(default_factory=list)
    change: list[dict[str, Any]] = field(default_factory=list)
    file: str = ""
    student: str = ""

    @property
    def who(self) -> str:
        """The name of the student's folder: the row's, or what `student` spells, escapes read."""
        return self.student.encode().decode("unicode_escape") if self.student else self.name


def read_case(path: Path) -> Case:
    """Read one file. Raises ValueError for a key or a word that means nothing."""
    given = tomllib.loads(path.read_text(encoding="utf-8"))
    unknown = set(given) - {each.name for each in fields(Case)}
    if unknown:
        message = f"{path}: {min(unknown)!r} means nothing here"
        raise ValueError(message)
    case = Case(name=path.stem, **given)
    if case.outcome not in {HELD, REMAINING} or case.base not in BASES:
        message = f"{path}: outcome is {case.outcome!r}, base is {case.base!r}"
        raise ValueError(message)
    return case


def all_cases() -> list[Case]:
    """The whole corpus, by name."""
    return [read_case(path) for path in sorted(CASES.glob("*.toml"))]
