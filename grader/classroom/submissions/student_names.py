"""Names of students: one rule for every command, for people of any script.

A name is a folder's name, and it stands in nbgrader's database, in its pages and file patterns, and
in a teacher's terminal. Letters come with their marks (Devanagari vowels, an accent that is a
character of its own), so marks count as letters do. Uses the standard library only.
"""

import unicodedata

RULE = (
    "letters and digits of any script, blanks and . _ @ + , ( ) ' - only, at most 100, beginning "
    "with a letter, a digit or an apostrophe"
)
_LONGEST = 100
_MOST_BYTES = 255  # what file systems take for one name
_SHOWN = 40
# Apostrophes do no harm in nbgrader's pages, which have names in text and between double quotes
# only. Joiners shape Persian and Indic names; the others stand between parts of Catalan, Hebrew,
# Tibetan and Japanese ones.
_APOSTROPHES = "'\u2018\u2019"
_WITHIN = " ._@+,()-" + _APOSTROPHES + "\u200c\u200d\u2010\u2011\u00b7\u05f3\u05f4\u0f0b\u30fb"

# Pages and forms bring them along with a name: directions of writing, a byte order mark, a blank
# without width, a soft hyphen. Nobody sees them, and no name is another one by them.
_UNSEEN = (
    "\u00ad\u061c\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
    "\u2060\u2066\u2067\u2068\u2069\ufeff"
)


def is_student_name(text: str) -> bool:
    """Whether a student can be called so."""
    if not 0 < len(text) <= _LONGEST or len(text.encode("utf-8", "replace")) > _MOST_BYTES:
        return False
    if text != text.rstrip() or text == "'":
        return False
    first, rest = text[0], text[1:]
    begins = _is_letter(first) or (first in _APOSTROPHES and any(map(_is_letter, rest)))
    return begins and all(_is_letter(c) or _is_mark(c) or c in _WITHIN for c in rest)


def composed(text: str) -> str:
    """The same text in Unicode's composed form: "é" is one character, whoever typed it."""
    return unicodedata.normalize("NFC", text)


def tidy(text: str) -> str:
    """A name as it is meant: composed, single blanks, no marks of direction or without width."""
    plain = "".join(letter for letter in composed(text) if letter not in _UNSEEN)
    return " ".join(plain.split())


def same(one: str, other: str) -> bool:
    """Whether two names are the same text, however their accents are stored."""
    return composed(one) == composed(other)


def shown(name: str) -> str:
    """A name as it is told: itself, or where no student can have it what can be shown of it."""
    if is_student_name(name):
        return name
    plain = "".join(letter if letter.isprintable() else "?" for letter in name)
    return plain if len(plain) <= _SHOWN else plain[:_SHOWN] + "…"


def _is_letter(character: str) -> bool:
    return unicodedata.category(character)[0] in "LN"


def _is_mark(character: str) -> bool:
    return unicodedata.category(character)[0] == "M"
