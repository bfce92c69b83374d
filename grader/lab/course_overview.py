"""The map of the course: what a learner has done in each unit, read from the units' small records.

It only reads. A unit whose record is missing or damaged counts as not begun; nothing here stops a
lesson.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from grader.core.errors import GraderError
from grader.core.names import is_unit_name, stem
from grader.core.question import ChoiceQuestion
from grader.core.unit_file import FILE_NAME, Unit, load
from grader.lab.cards import say
from grader.lab.progress_file import FILE_NAME as RECORD

BAR = 10


@dataclass(frozen=True)
class UnitStatus:
    """How far one unit has got: points of checks that passed, quiz items right, the badge.

    A class's hand-out has no key of a challenge: its problems count nowhere, `badge` is None.
    """

    unit: str
    title: str
    points: float
    most_points: float
    right: int
    items: int
    badge: bool | None


def course_map() -> None:
    """Show the units beside this one: points of passed checks, quiz items right, badges.

    Read from each unit's `unit.json` and `progress.json`; nothing is written.

    Example:
        >>> lab.course_map()
        | unit | points | | quiz | badge |
        | :--- | ---: | :--- | ---: | :--- |
        ...
    """
    rows = [standing(folder) for folder in _units(Path.cwd().parent)]
    say(table([row for row in rows if row]))


def table(rows: list[UnitStatus]) -> str:
    """The map in Markdown; one row for each unit."""
    head, rule = "| unit | points | | quiz |", "| :--- | ---: | :--- | ---: |"
    badges = any(row.badge is not None for row in rows)
    if badges:
        head, rule = f"{head} badge |", f"{rule} :--- |"
    return "\n".join([head, rule, *(_row(row, badges=badges) for row in rows)])


def standing(folder: Path) -> UnitStatus | None:
    """Read one unit's folder; None where its `unit.json` cannot be read."""
    try:
        unit = load(folder / FILE_NAME)
    except GraderError:
        return None
    record = _record(folder)
    judged = {
        name: question
        for name, question in unit.questions.items()
        if not (isinstance(question, ChoiceQuestion) and question.right is None)
    }
    items = [name for name, item in unit.quiz.items() if item.answer is not None]
    earned = bool(record.get("badge", {}).get(stem(unit.name), {}).get("earned"))
    passed = [
        name
        for name, entry in record.get("check", {}).items()
        if name in judged and entry.get("outcome") == "passed"
    ]
    right = [name for name, entry in record.get("item", {}).items() if _is_right(entry)]
    return UnitStatus(
        unit=unit.name,
        title=_link(folder, unit),
        points=sum(judged[name].points for name in passed),
        most_points=sum(question.points for question in judged.values()),
        right=sum(name in items for name in right),
        items=len(items),
        badge=earned if len(items) == len(unit.quiz) else None,
    )


def _row(row: UnitStatus, *, badges: bool) -> str:
    done = round(BAR * row.points / row.most_points) if row.most_points else 0
    bar = "■" * done + "□" * (BAR - done)
    badge = "★ mastery" if row.badge else ""
    points = f"{row.points:g} of {row.most_points:g}"
    quiz = f"{row.right} of {row.items}"
    if not row.most_points:  # a project: nothing in it is scored by a program
        points, bar = "", "of your own"
    told = f"| {row.title} | {points} | {bar} | {quiz if row.items else ''} |"
    return f"{told} {badge} |" if badges else told


def _link(folder: Path, unit: Unit) -> str:
    return f"[{unit.name}](../{folder.name}/{stem(unit.name)}.ipynb)"


def _units(home: Path) -> list[Path]:
    """The units' folders; a newer release beside the learner's own (`01_rnn@…`) is no unit."""
    return [folder for folder in sorted(home.iterdir()) if is_unit_name(folder.name)]


def _record(folder: Path) -> dict[str, dict[str, dict[str, object]]]:
    try:
        data = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(data, dict):
        return {}
    kept = {kind: entries for kind, entries in data.items() if isinstance(entries, dict)}
    return {
        kind: {name: entry for name, entry in entries.items() if isinstance(entry, dict)}
        for kind, entries in kept.items()
    }


def _is_right(entry: dict[str, object]) -> bool:
    return isinstance(entry.get("right_at"), int)
