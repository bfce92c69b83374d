"""Read `submission_metadata.yml` of a Gradescope export: who handed in what, and when."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import yaml

from grader.classroom.collect.platforms import Submitter
from grader.core.errors import UsageError

FILE = "submission_metadata.yml"
_LARGEST = 50 * 1024 * 1024


def read_metadata(data: bytes) -> dict[str, Submitter]:
    """Whose each `submission_123` is. Raises UsageError for a file that cannot be read.

    The file is taken apart into nodes and never made into objects: no tag and no alias of it does
    anything.
    """
    if len(data) > _LARGEST:
        message = f"{FILE} is larger than {_LARGEST // 1024**2} MB."
        raise UsageError(message)
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the one in C where there is one
    try:
        node = yaml.compose(data, Loader=loader)
    except (yaml.YAMLError, RecursionError, UnicodeError) as error:
        message = f"{FILE} cannot be read ({str(error).splitlines()[0]}). Export once more."
        raise UsageError(message) from error
    submissions = _fields(node)
    if not submissions:
        message = f"{FILE} holds no submissions. Export once more."
        raise UsageError(message)
    return {name: _whose(name, _fields(told)) for name, told in submissions.items()}


def _fields(node: Any) -> dict[str, Any]:
    """The nodes of a mapping by their keys, without the colon that Ruby writes before each."""
    if not isinstance(node, yaml.MappingNode):
        return {}
    return {
        str(key.value).removeprefix(":"): value
        for key, value in node.value
        if isinstance(key, yaml.ScalarNode)
    }


def _word(node: Any) -> str:
    value = node.value.strip() if isinstance(node, yaml.ScalarNode) else ""
    return "" if value in {"~", "null"} else value


def _whose(name: str, told: Mapping[str, Any]) -> Submitter:
    time = _time(_word(told.get("created_at")))
    listed = told.get("submitters")
    nodes = listed.value if isinstance(listed, yaml.SequenceNode) else []
    people = [_person(name, _fields(node), time) for node in nodes]
    if not people:
        return Submitter(name, name, (), time=time)
    return replace(people[0], members=tuple(people[1:]))


def _person(submission: str, told: Mapping[str, Any], time: datetime | None) -> Submitter:
    name, login, email = (_word(told.get(key)) for key in ("name", "sid", "email"))
    key = login or email or name or submission
    return Submitter(key, name or key, (), login=login, email=email, time=time)


def _time(text: str) -> datetime | None:
    """Such as `2026-11-20 20:54:14.580484000 Z`."""
    words = text.replace("Z", "+00:00").replace(" UTC", "+00:00").replace(" +", "+")
    try:
        time = datetime.fromisoformat(words.replace(" ", "T", 1))
    except ValueError:
        return None
    return time if time.tzinfo else time.replace(tzinfo=UTC)
