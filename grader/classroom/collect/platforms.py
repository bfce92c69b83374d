"""Whose each file is, by the names that learning platforms give to files and folders.

Each reader takes a file's path and tells who handed it in and what is left of the path, or None
where the path is not of its form. `detected` says which form a source has.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

_MOODLE = re.compile(
    r"(?P<name>.+?)_(?P<number>\d+)_assignsubmission_(?P<kind>[a-z]+)_?(?P<rest>.*)", re.DOTALL
)
_CANVAS = re.compile(
    r"(?P<name>[^/]+?)_(?P<late>LATE_)?(?P<number>\d+)_(?P<submission>\d+)_(?P<rest>.+)", re.DOTALL
)
_CANVAS_ANONYMOUS = re.compile(
    r"(?P<name>anon(?:ymous)?)_(?P<late>LATE_)?(?P<number>\w{4,12})_(?P<submission>\d+)_(?P<rest>.+)"
)
_CANVAS_TEXT = re.compile(r"(?P<name>[^/]+?)_(?P<late>LATE_)?(?P<number>\d+)_text\.html")
_CANVAS_AGAIN = re.compile(r"(?P<stem>.+)-(?P<attempt>\d{1,3})(?P<suffix>\.[^./]+(?:\.zip)?)")
_ILIAS = re.compile(
    r"(?P<last>[^_]+(?:_[^_]+)*?)_(?P<first>[^_]+)_(?P<login>[^_]+)_(?P<number>\d+)"
)
_ILIAS_TEAM = re.compile(r"team[ _-]?(?P<number>\d+)", re.IGNORECASE)
_ILIAS_TIME = re.compile(r"(?P<time>20\d{12})_(?P<rest>.+)", re.DOTALL)
_BLACKBOARD = re.compile(
    r"(?P<item>.+)_(?P<login>[^_]+)_attempt_(?P<time>\d{4}(?:-\d\d){5})(?:_(?P<rest>.+)|\.txt)",
    re.DOTALL,
)
_BRIGHTSPACE = re.compile(
    r"(?P<number>\d+)-\d+ ?- ?(?P<name>.+?) ?- ?"
    r"(?P<time>[A-Z][a-z]{2} \d{1,2}, \d{4} \d{1,2}:?\d\d [AP]M)"
)
_SAKAI = re.compile(r"(?P<last>[^()]+), (?P<first>[^()]+)\((?P<login>[^()]+)\)")
_SAKAI_FILES = "Submission attachment(s)"
SYSTEMS = (
    *("moodle", "canvas", "gradescope", "ilias", "blackboard", "brightspace", "sakai", "plain"),
)


@dataclass(frozen=True)
class Submitter:
    """Who handed a file in, as the source says, and what else it says.

    `key` tells people of one source apart; `name`, `number`, `login` and `email` are what a roster
    may know them by. `parts` is the rest of the path, the file's own name last; `attempt` counts
    from 0; `is_file_named`: the file's own name is the person's; `members`: the rest of a team.
    """

    key: str
    name: str
    parts: tuple[str, ...]
    number: str = ""
    login: str = ""
    email: str = ""
    is_late: bool = False
    attempt: int = 0
    time: datetime | None = None
    is_file_named: bool = False
    members: tuple["Submitter", ...] = field(default=())


Reader = Callable[[tuple[str, ...]], Submitter | None]


def moodle(parts: tuple[str, ...]) -> Submitter | None:
    """`Name_12345_assignsubmission_file_/x.ipynb`, or flat, all in one file's name."""
    for index, part in enumerate(parts):
        match = _MOODLE.fullmatch(part)
        if match is None:
            continue
        rest = (match["rest"].lstrip("_"),) if match["rest"].strip("_") else ()
        key = f"{match['name']}_{match['number']}"
        return Submitter(key, match["name"].strip(), (*rest, *parts[index + 1 :]), match["number"])
    return None


def canvas(parts: tuple[str, ...]) -> Submitter | None:
    """`lastfirst_LATE_12345_67890_rnn-1.ipynb`: LATE and the number of a resubmission may lack."""
    for index, part in enumerate(parts):
        forms = (_CANVAS, _CANVAS_TEXT, _CANVAS_ANONYMOUS)
        match = next(filter(None, (form.fullmatch(part) for form in forms)), None)
        if match is None:
            continue
        rest = match.groupdict().get("rest") or "text.html"
        again = _CANVAS_AGAIN.fullmatch(rest)
        attempt = 0
        if again is not None:
            rest, attempt = again["stem"] + again["suffix"], int(again["attempt"])
        return Submitter(
            f"{match['name']}_{match['number']}",
            match["name"],
            (rest, *parts[index + 1 :]),
            match["number"],
            is_late=bool(match["late"]),
            attempt=attempt,
        )
    return None


def ilias(parts: tuple[str, ...]) -> Submitter | None:
    """`…/Last_First_login_123/20261120093000_rnn.ipynb`, also in folders of teams."""
    team = ""
    for index, part in enumerate(parts[:-1]):
        if _ILIAS_TEAM.fullmatch(part):
            team = part
        match = _ILIAS.fullmatch(part)
        if match is None:
            continue
        names = f"{match['first'].replace('_', ' ')} {match['last'].replace('_', ' ')}"
        rest, time = _ilias_time(parts[index + 1 :])
        return Submitter(part, names, rest, match["number"], match["login"], time=time)
    if team:
        rest, time = _ilias_time(parts[parts.index(team) + 1 :])
        return Submitter(team, team, rest, time=time)
    return None


def _ilias_time(parts: tuple[str, ...]) -> tuple[tuple[str, ...], datetime | None]:
    """The rest of a path without the time before the file's name, and that time."""
    match = _ILIAS_TIME.fullmatch(parts[-1])
    if match is None:
        return parts, None
    time = _told(match["time"], "%Y%m%d%H%M%S")
    if time is None:
        return parts, None
    return (*parts[:-1], match["rest"]), time


def blackboard(parts: tuple[str, ...]) -> Submitter | None:
    """`Course_Homework_login_attempt_2026-11-20-09-30-00_rnn.ipynb`, with a text beside it."""
    match = _BLACKBOARD.fullmatch(parts[-1])
    if match is None:
        return None
    rest = match["rest"] or "attempt.text"
    time = _told(match["time"], "%Y-%m-%d-%H-%M-%S")
    return Submitter(match["login"], match["login"], (rest,), login=match["login"], time=time)


def brightspace(parts: tuple[str, ...]) -> Submitter | None:
    """`123-456 - Ann Lee - Nov 20, 2026 930 AM/rnn.ipynb`: a folder for each time."""
    for index, part in enumerate(parts[:-1]):
        match = _BRIGHTSPACE.fullmatch(part)
        if match is not None:
            name, number = match["name"], match["number"]
            time = _told(
                re.sub(r"(\d\d) ([AP]M)$", r":\1 \2", match["time"]).replace("::", ":"),
                "%b %d, %Y %I:%M %p",
            )
            return Submitter(f"{name}_{number}", name, parts[index + 1 :], number, time=time)
    return None


def sakai(parts: tuple[str, ...]) -> Submitter | None:
    """`Homework/Lee, Ann(alee)/Submission attachment(s)/rnn.ipynb`."""
    for index, part in enumerate(parts[:-1]):
        match = _SAKAI.fullmatch(part)
        if match is not None:
            rest = tuple(each for each in parts[index + 1 :] if each != _SAKAI_FILES)
            name = f"{match['first']} {match['last']}"
            return Submitter(part, name, rest, login=match["login"].strip())
    return None


def _told(text: str, form: str) -> datetime | None:
    """A time of the platform's, which names no zone; None for one that there is not."""
    try:
        return datetime.strptime(text, form).astimezone()
    except ValueError:
        return None


READERS: Mapping[str, Reader] = {
    "moodle": moodle,
    "canvas": canvas,
    "ilias": ilias,
    "blackboard": blackboard,
    "brightspace": brightspace,
    "sakai": sakai,
}


def gradescope(submissions: Mapping[str, Submitter]) -> Reader:
    """`submission_123/…`; who that is stands in the export's `submission_metadata.yml`."""

    def read(parts: tuple[str, ...]) -> Submitter | None:
        for index, part in enumerate(parts[:-1]):
            name = part.removesuffix(".zip")
            if name in submissions:
                return replace(submissions[name], parts=parts[index + 1 :])
            if re.fullmatch(r"submission_\d+", name):
                return Submitter(name, name, parts[index + 1 :])
        return None

    return read


def detected(paths: Sequence[tuple[str, ...]]) -> str:
    """The system whose form most of the notebooks' paths have; "plain" where no other fits."""
    if any(parts[-1] == "submission_metadata.yml" for parts in paths):
        return "gradescope"
    files = [parts for parts in paths if ".ipynb" in parts[-1].lower()] or list(paths)
    counts = {
        name: sum(reader(parts) is not None for parts in files) for name, reader in READERS.items()
    }
    if not any(_SAKAI_FILES in parts for parts in files):
        counts["sakai"] = 0  # a folder may be called so for other reasons
    best = max(counts, key=lambda name: counts[name])
    return best if 2 * counts[best] > len(files) else "plain"
