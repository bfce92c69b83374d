"""Plain text and plain numbers of what a stranger wrote: for terminals, tables, pages and JSON.

Every pattern is linear: a text of any content costs its length.
"""

from __future__ import annotations

import math
import re
from typing import Any

# What a terminal obeys: colours, titles, positions.
_COMMANDS = re.compile(
    r"\x1b(?:\[[0-?]*+[ -/]*+[@-~]?|[\]PX^_][^\x07\x1b\x9c]*+(?:\x07|\x1b\\|\x9c)?|[ -/]*+[0-~])?"
)
# Control characters but tabulators and line feeds; signs that turn the direction of a line; line
# ends that only some programs take for one; marks that nobody sees.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"
)
_SUSPECT = re.compile(f"{_HIDDEN.pattern[:-1]}\ud800-\udfff]")
CUT = " …"


def plain(text: object, most: int | None = None) -> str:
    """`text` without what a terminal, a page or a table would obey, cut to `most` characters.

    Nothing for what is no text. A line that returned to its start (a progress bar) is what was
    written last.
    """
    if not isinstance(text, str):
        return ""
    if _SUSPECT.search(text):
        text = _COMMANDS.sub("", text.replace("\r\n", "\n"))
        if "\r" in text:
            text = "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n"))
        text = _HIDDEN.sub("", text).encode("utf-8", "replace").decode("utf-8")
    return text if most is None or len(text) <= most else text[:most] + CUT


def one_line(text: object, most: int | None = None) -> str:
    """`plain` on a single line."""
    return " ".join(plain(text).split()) if most is None else plain(one_line(text), most)


def finite(content: Any) -> Any:
    """`content` as JSON can hold it: None stands for numbers that are infinite or none.

    Lists and dictionaries are copied; keys and all else stay.
    """
    if isinstance(content, float):
        return content if math.isfinite(content) else None
    if isinstance(content, dict):
        return {key: finite(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [finite(value) for value in content]
    return content
