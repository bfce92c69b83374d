"""Which submissions of a class are alike beyond what the course gave them: a place to look.

Code is compared as written, never run. Of each submission what the course hands out is taken away
(the released notebook, the lesson's own solution, imports, `settings`), own names become one name,
numbers one number, comments nothing; the lines that are left are sorted, so that names and order
hide no copy. rapidfuzz measures how much of the text two such submissions share.
"""

import builtins
import keyword
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from rapidfuzz import fuzz

# Honest answers to the same questions share up to 60 percent of such a text, a copy with other
# names and another order more than 90 (tests/gradebook/test_similar.py has both).
LEAST = 80.0
# Characters left of a submission, below which a likeness says nothing: half a dozen lines.
TOO_SHORT = 240
# What more than this share of a class of CROWD or more has written is taught, not copied.
COMMON = 1 / 3
CROWD = 6

_OWN, _NUMBER, _TEXT = "v", "0", "s"
_LIBRARIES = ("torch", "nn", "F", "np", "numpy", "math", "lab", "self")
_KEPT = frozenset([*dir(builtins), *keyword.kwlist, *_LIBRARIES])
_SETTINGS = re.compile(r"settings\b")
# Python's words, as far as a likeness needs them. A stranger's text is read, of any content: each
# alternative takes all that it looked at, so nothing is looked at twice.
_TOKEN = re.compile(
    r"""
    (?P<comment> \#[^\n]*+ )
  | (?P<text> [rRbBuUfFtT]{0,2}+(?:
        \'\'\'(?:[^\\\']|\\[\s\S]|\'(?!\'\'))*+(?:\'\'\'|\Z|(?=.))
      | \"\"\"(?:[^\\"]|\\[\s\S]|"(?!""))*+(?:\"\"\"|\Z|(?=.))
      | \'(?:[^\\\'\n]|\\[\s\S])*+\'?
      | "(?:[^\\"\n]|\\[\s\S])*+"? ) )
  | (?P<number> \d(?:[eE][+-]|[\w.])*+ | \.\d[\w.]*+ )
  | (?P<name> [^\W\d]\w*+ )
  | (?P<end> \n )
  | (?P<blank> [^\S\n]++ | \\\n )
  | (?P<sign> \*\*=? | //=? | <<=? | >>=? | -> | := | [-+*/%@&|^=!<>]= | [\s\S] )
    """,
    re.VERBOSE,
)
# Characters left of a submission that nobody wrote by hand; comparing costs their square.
TOO_LONG = 200_000
Tokens = list[tuple[str, str]]


@dataclass(frozen=True)
class Pair:
    """Two students of a unit, how much their code shares (percent), and in which cells."""

    unit: str
    students: tuple[str, str]
    alike: float
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Likeness:
    """A unit's pairs, the most alike first, and whose code was too short or long to compare."""

    unit: str
    pairs: tuple[Pair, ...]
    too_short: tuple[str, ...]
    too_long: tuple[str, ...] = ()


def likeness(
    unit: str, cells: Mapping[str, Mapping[str, str]], given: Iterable[str], least: float = LEAST
) -> Likeness:
    """Compare the code cells (by student, then by cell id) of one unit.

    `given` are the sources that the course itself hands out or keeps as its solution.
    """
    known = Counter(line for source in given for line in lines(source))
    written = {
        student: {name: _own(lines(source), known) for name, source in own.items()}
        for student, own in cells.items()
    }
    taught = _taught([set().union(*own.values()) for own in written.values()])
    texts = {
        student: {name: [n for n in own if n not in taught] for name, own in parts.items()}
        for student, parts in written.items()
    }
    whole = {student: _joined(parts.values()) for student, parts in texts.items()}
    long = sorted(who for who, text in whole.items() if TOO_SHORT <= len(text) <= TOO_LONG)
    pairs = []
    for one, other in combinations(long, 2):
        alike = fuzz.ratio(whole[one], whole[other], score_cutoff=least)
        if alike:
            shared = _shared(texts[one], texts[other], least)
            pairs.append(Pair(unit, (one, other), round(alike, 1), shared))
    pairs.sort(key=lambda pair: (-pair.alike, pair.students))
    short = sorted(student for student, text in whole.items() if len(text) < TOO_SHORT)
    huge = sorted(student for student, text in whole.items() if len(text) > TOO_LONG)
    return Likeness(unit, tuple(pairs), tuple(short), tuple(huge))


def lines(source: str) -> list[str]:
    """The code of a cell, one text for each statement, without what tells authors apart.

    Own names, numbers and texts are alike; comments, docstrings, imports and `settings` are gone.
    Any text is read, also one that is no Python.
    """
    return [text for tokens in _statements(source) if (text := _normal(tokens))]


def _statements(source: str) -> Iterator[Tokens]:
    """The tokens of each statement; one in brackets may go over several lines."""
    depth = 0
    statement: Tokens = []
    for match in _TOKEN.finditer(source):
        kind, text = match.lastgroup or "", match.group()
        if kind in {"comment", "blank"}:
            continue
        if kind == "end":
            if depth <= 0:
                yield statement
                statement, depth = [], 0
            continue
        if kind == "sign":
            depth += (text in "([{") - (text in ")]}")
        statement.append((kind, text))
    yield statement


def _normal(statement: Tokens) -> str:
    if not statement or statement[0][1] in {"import", "from"}:
        return ""
    if _SETTINGS.fullmatch(statement[0][1]) and statement[1:2] and statement[1][1] == "=":
        return ""
    if all(kind == "text" for kind, _ in statement):  # a docstring
        return ""
    words: list[str] = []
    before = ""
    for kind, text in statement:
        if kind == "text":
            word = _TEXT if words[-1:] != [_TEXT] else ""
        elif kind == "number":
            word = _NUMBER
        elif kind != "name" or text in _KEPT:
            word = text
        else:  # an attribute of a library says what is done, one of `self` is the author's own
            word = text if before == "." and words[-2:-1] != ["self"] else _OWN
        if word:
            words.append(word)
        before = text
    return " ".join(words)


def _own(found: Sequence[str], known: Mapping[str, int]) -> list[str]:
    return [line for line in found if line not in known]


def _taught(classes: Sequence[set[str]]) -> set[str]:
    """Statements that too many have written for two of them to say anything."""
    if len(classes) < CROWD:
        return set()
    counts = Counter(line for own in classes for line in own)
    return {line for line, count in counts.items() if count > COMMON * len(classes)}


def _joined(parts: Iterable[Sequence[str]]) -> str:
    return "\n".join(sorted(line for part in parts for line in part))


def _shared(
    one: Mapping[str, list[str]], other: Mapping[str, list[str]], least: float
) -> tuple[str, ...]:
    """The cells of both that are alike by themselves; cells of their own have no common name."""
    both = [name for name in one if one[name] and other.get(name)]
    return tuple(n for n in both if fuzz.ratio(_joined([one[n]]), _joined([other[n]])) >= least)
