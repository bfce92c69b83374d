"""GitHub Actions' annotations, a line a question that did not earn all, and a job's summary.

A workflow command is a line that begins with two colons; whatever a learner's code wrote into a
message is escaped in ours, and the table around it is printed with commands switched off.
"""

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TextIO

from grader.core.messages import points
from grader.core.names import answer_cell
from grader.core.verdicts import Outcome, Verdict

_KINDS = {Outcome.NOT_ATTEMPTED: "warning", Outcome.MISSING: "warning"}


def annotations(path: str, data: bytes, verdicts: Mapping[str, Verdict]) -> list[str]:
    """The commands for the notebook at `path`, whose bytes are `data`."""
    lines = data.decode("utf-8", "replace").splitlines()
    found = []
    for name, verdict in verdicts.items():
        if verdict.points >= verdict.maximum and verdict.outcome is not Outcome.BROKEN:
            continue
        kind = _KINDS.get(verdict.outcome, "error")
        title = f"{name}: {verdict.outcome}, {verdict.points:g} of {points(verdict.maximum)}"
        found.append(command(kind, path, title, verdict.message, _line(lines, answer_cell(name))))
    return found


def summary(unit: str, verdicts: Mapping[str, Verdict]) -> str:
    """A table of points for the job's page: our words alone, a learner's stay in annotations."""
    score = sum(verdict.points for verdict in verdicts.values())
    maximum = sum(verdict.maximum for verdict in verdicts.values())
    rows = [f"### {unit}: {score:g} of {points(maximum)}", "", "| question | outcome | points |"]
    rows += ["| --- | --- | --- |"]
    for name, verdict in verdicts.items():
        earned = f"{verdict.points:g} of {verdict.maximum:g}"
        rows.append(f"| {name} | {verdict.outcome} | {earned} |")
    return "\n".join(rows) + "\n"


def command(kind: str, path: str, title: str, message: str, line: int | None = None) -> str:
    """One annotation."""
    where = f"file={_property(path)}" + (f",line={line}" if line else "")
    return f"::{kind} {where},title={_property(title)}::{_data(message)}"


@contextmanager
def without_commands(out: TextIO) -> Iterator[None]:
    """Whatever is printed inside is no workflow command, whoever wrote it."""
    word = secrets.token_hex(16)
    print(f"::stop-commands::{word}", file=out)
    try:
        yield
    finally:
        print(f"::{word}::", file=out)


def _line(lines: list[str], cell: str) -> int | None:
    """The line of the file where a cell says its id."""
    wanted = f'"id": "{cell}"'
    return next((number for number, text in enumerate(lines, 1) if wanted in text), None)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
