"""One name everywhere: how a question's id appears in notebooks, files and folders."""

import re

ANSWER_SUFFIX = "-answer"
_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)+")
_UNIT = re.compile(r"\d{2}_[a-z][a-z0-9_]*")
_NUMBER = re.compile(r"-(\d+)$")
CHALLENGE, DOOR = "challenge", "door"


def is_question_id(text: str) -> bool:
    """True for ids such as `rnn-step`: lower case words and numbers joined by hyphens."""
    return _ID.fullmatch(text) is not None


def is_unit_name(text: str) -> bool:
    """True for unit folders such as `01_rnn`: two digits that sort, a word that names."""
    return _UNIT.fullmatch(text) is not None


def answer_cell(question_id: str) -> str:
    """The cell in which the learner answers: `rnn-step-answer`."""
    return question_id + ANSWER_SUFFIX


def stem(unit: str) -> str:
    """The unit's word without its number: `01_rnn` gives `rnn`, the notebook's file stem."""
    return unit.partition("_")[2]


def word(unit: str) -> str:
    """What the ids of a unit's own questions begin with: `02_two_words` gives `two-words`."""
    return "-".join(filter(None, stem(unit).split("_")))


def series_id(prefix: str, kind: str) -> str:
    """What the ids of a unit's challenge or door begin with: `rnn-challenge`."""
    return f"{prefix}-{kind}"


def series(item_id: str) -> str:
    """An item's id without the number that ends it: `rnn-door-10` gives `rnn-door`."""
    return _NUMBER.sub("", item_id)


def number(item_id: str) -> int:
    """The number that ends an item's id; 0 where there is none."""
    found = _NUMBER.search(item_id)
    return int(found[1]) if found else 0


def is_challenge(question_id: str) -> bool:
    """True for the id of a challenge's problem, such as `rnn-challenge-2`."""
    return number(question_id) > 0 and series(question_id).endswith(f"-{CHALLENGE}")
