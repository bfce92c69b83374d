"""What a CI service is told of one notebook: exit code, annotations, summary, JUnit's report.

Shared by `grader one`, whose points count, and `grader self-check`, whose points do not.
"""

import argparse
import math
import os
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from grader.classroom.export import github, junit
from grader.core.errors import UsageError
from grader.core.verdicts import Verdict

GITHUB = "github"


def add_ci(verb: argparse.ArgumentParser) -> None:
    """`--fail-under`, `--annotations`, `--junit`."""
    verb.add_argument(
        "--fail-under", metavar="N", help="exit code 1 with fewer points, such as 12 or 50%%"
    )
    verb.add_argument(
        "--annotations",
        choices=(GITHUB, "none"),
        help="a line a question for GitHub Actions; by itself where GITHUB_ACTIONS is set",
    )
    verb.add_argument(
        "--junit", metavar="FILE", help="write a JUnit report there, which GitLab shows"
    )


@dataclass(frozen=True)
class CiOutput:
    """What was asked for; `least` is in percent of all points where `is_percent`."""

    least: float
    is_percent: bool
    is_annotated: bool
    junit: str | None
    summary: str | None

    @classmethod
    def of(cls, arguments: argparse.Namespace) -> "CiOutput":
        """Read what `add_ci` was told. Raises UsageError for points that cannot be."""
        said: str | None = arguments.fail_under
        by_itself = GITHUB if os.environ.get("GITHUB_ACTIONS") == "true" else "none"
        is_annotated = (arguments.annotations or by_itself) == GITHUB
        return cls(
            least=_number(said),
            is_percent=bool(said and said.endswith("%")),
            is_annotated=is_annotated,
            junit=arguments.junit,
            summary=os.environ.get("GITHUB_STEP_SUMMARY") if is_annotated else None,
        )

    def without_commands(self, out: TextIO) -> AbstractContextManager[None]:
        """Whatever is printed inside is taken for no command of the service."""
        return github.without_commands(out) if self.is_annotated else nullcontext()

    def annotate(
        self, name: str, data: bytes, verdicts: Mapping[str, Verdict], out: TextIO
    ) -> None:
        """A line for each question that did not earn all, where that was asked for."""
        if self.is_annotated:
            for line in github.annotations(name, data, verdicts):
                print(line, file=out)

    def write(self, unit: str, verdicts: Mapping[str, Verdict]) -> None:
        """Write the report and the summary. Raises UsageError where that cannot be."""
        try:
            if self.junit:
                Path(self.junit).write_text(junit.document(unit, verdicts), encoding="utf-8")
            if self.summary:
                with Path(self.summary).open("a", encoding="utf-8") as file:
                    file.write(github.summary(unit, verdicts))
        except OSError as error:
            message = f"{error.filename} cannot be written: {error.strerror}."
            raise UsageError(message) from error

    def missed(self, unit: str, score: float, maximum: float) -> str:
        """What to say where there are fewer points than `--fail-under`; nothing where not."""
        wanted = self.least * (maximum / 100 if self.is_percent else 1.0)
        return f"{unit}: {score:g} points are fewer than {wanted:g}" if score < wanted else ""


def checked_points(said: str) -> str:
    """What `--fail-under` may be, as it was said. Raises UsageError for anything else."""
    _number(said)
    return said.strip()


def _number(said: str | None) -> float:
    if said is None:
        return 0.0
    try:
        number = float(said.removesuffix("%"))
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or number < 0 or (said.endswith("%") and number > 100):
        message = f"--fail-under is {said!r}; expected points or a percentage, such as 12 or 50%."
        raise UsageError(message)
    return number
