"""Read the beginning of a text file, and say what is wrong where it is none.

Called by the readers of the learner's own files. Bounded: it reads no more than it is allowed to.
"""

import codecs
from pathlib import Path

from grader.core.errors import UsageError

_MARKS = {
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


def read_utf8(path: Path, most: int) -> tuple[str, bool]:
    """The text of the first `most` bytes of a file, and whether that is not all of it.

    A letter that is cut by the end is left out. Raises UsageError where the bytes are no UTF-8.
    """
    try:
        with path.open("rb") as file:
            data = file.read(most)
            is_cut = bool(file.read(1))
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror}. Look whether it is open elsewhere."
        raise UsageError(message) from error
    mark = next((name for mark, name in _MARKS.items() if data.startswith(mark)), "")
    if mark:
        raise UsageError(_another(path, f"begins as a file in {mark} does", mark))
    if b"\0" in data:
        message = (
            f"{path} holds a byte 0 at place {data.index(0):,}: it is no text. Expected: plain "
            "text in UTF-8. From a .docx or .pdf, save as plain text (.txt) first."
        )
        raise UsageError(message)
    try:
        decoder = codecs.getincrementaldecoder("utf-8-sig")()
        return decoder.decode(data, final=not is_cut), is_cut
    except UnicodeDecodeError as error:
        place, byte = error.start, error.object[error.start]
        says = f"is no UTF-8: byte 0x{byte:02x} at place {place:,}"
        raise UsageError(_another(path, says, "cp1252")) from error


def _another(path: Path, says: str, encoding: str) -> str:
    return (
        f"{path} {says}. Text in UTF-8 was expected. If it comes from an older Windows or editor, "
        f'this writes it anew: `from pathlib import Path; file = Path("{path.as_posix()}"); '
        f'file.write_text(file.read_text(encoding="{encoding}"), encoding="utf-8")`.'
    )
