"""Which earlier questions an answer leans on: those whose answers its code uses by name.

An answer that calls one which has not passed may be right and judged wrong. Its points do not
change for that (docs/design.md says why); it is told where to look first.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

_CHECK = re.compile(r'lab\.check\(\s*"([\w-]+)"\s*,\s*(\w+)\s*\)')


def answer_names(checks: Iterable[str]) -> dict[str, str]:
    """The name that each question's check is given, by question id, in the order of the checks."""
    return {found[1]: found[2] for source in checks for found in _CHECK.finditer(source)}


def leans_on(question: str, used: Collection[str], names: Mapping[str, str]) -> list[str]:
    """The earlier questions whose answers are among the names `used` by this one's code."""
    ids = list(names)
    earlier = ids[: ids.index(question)] if question in ids else []
    return [each for each in earlier if names[each] in used and names[each] != names[question]]


def sentence(earlier: str, name: str) -> str:
    """Say that an earlier answer which this one uses has not passed."""
    return (
        f"Your code uses `{name}`, and {earlier} has not passed: what is wrong there is wrong "
        f"here, and may be all that is. Mend {earlier} first, or write its work here."
    )
