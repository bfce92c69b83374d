"""What somebody may have meant by a word that is none of the known ones."""

import difflib
import re
from collections.abc import Sequence

from grader.core.names import is_unit_name, stem


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """` Did you mean 'ann'?`, to stand after a sentence; empty where nothing is near."""
    near = nearest(word, known)
    return f" Did you mean {near!r}?" if near else ""


def nearest(word: str, known: Sequence[str]) -> str | None:
    """The known word that is most like `word`, whatever its case; a unit by its number, too."""
    folded = {name.casefold(): name for name in reversed(known)}
    units = {key: name for name in known if is_unit_name(name) for key in _short_forms(name)}
    bare = re.sub(r"[\W_]+", "", word.casefold()).removeprefix("unit")
    if word and bare in units:
        return units[bare]
    found = difflib.get_close_matches(word.casefold(), list(folded), n=1)
    return folded[found[0]] if found else None


def _short_forms(unit: str) -> tuple[str, ...]:
    """`1`, `01`, `rnn`, `1rnn` and `01rnn` of `01_rnn`."""
    number, name = unit.partition("_")[0], stem(unit).replace("_", "")
    bare = str(int(number))
    return bare, number, name, bare + name, number + name
