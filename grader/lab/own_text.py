"""A text of the learner's own: a .txt read, checked, bounded, and cut into pieces.

`lab.read_text` is called by the closing notebook and by nobody who grades. It reads one file and
writes nothing; what cannot be used is told with what would mend it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.core.errors import UsageError
from grader.lab.plain_files import read_utf8

TOKENS_AT_LEAST, FEWEST_TAKEN, MOST_TAKEN, BYTES_A_TOKEN = 1000, 2000, 2_000_000, 20
LONGEST, PIECES_AT_LEAST = 1000, 20
BY = ("words", "letters")
_WORD = re.compile(r"\w+(?:['\N{RIGHT SINGLE QUOTATION MARK}]\w+)*|[^\w\s]")
_VALIDATION_SHARE = 10


@dataclass(frozen=True)
class Text:
    """A text cut into pieces of tokens (words or letters), as `read_text` gives it.

    Attributes:
        train: tuple of pieces, each a tuple of str.
        val: tuple of pieces, the last tenth of the text.
        notes: tuple of str, what was taken of the file, and why.

    Example:
        >>> text = lab.Text((("so", "it", "goes"), ("it", "goes")), (("so", "it"),), ())
        >>> text
        training 2 pieces, 5 tokens; validation 1 piece, 2 tokens; 2 to 3 tokens a piece
    """

    train: tuple[tuple[str, ...], ...]
    val: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]

    def __repr__(self) -> str:
        """Sizes and notes instead of the text."""
        spans = [len(piece) for piece in self.train + self.val]
        told = f"training {_size(self.train)}; validation {_size(self.val)}"
        return "\n".join([f"{told}; {min(spans)} to {max(spans)} tokens a piece", *self.notes])


def read_text(
    file: str | Path, by: str = "words", longest: int = 30, tokens: int = 100_000
) -> Text:
    """Read a plain text (.txt, UTF-8) as pieces to learn a language model from.

    A piece is a paragraph where the text has empty lines, else a line; one of more than `longest`
    tokens is cut. Words are in small letters, and each mark (a comma, a bracket) is a word of its
    own; letters stay as they are. Of a large file the beginning is taken, as many tokens as asked
    for and at most 20 bytes for each, and `notes` says how much. The last tenth of the pieces is
    for validation: neighbours in a text are alike, and pieces chosen by chance would have been half
    read before.

    Args:
        file: str or Path, from the notebook's folder on.
        by: str, "words" or "letters". Default words.
        longest: int, 2 to 1000, the most tokens of a piece. Default 30.
        tokens: int, 2000 to 2,000,000, how many are taken at most. Default 100000.

    Returns:
        Text: pieces of tokens for training and validation.

    Raises:
        UsageError: there is no such file, it is no text in UTF-8, or has fewer than 1000 tokens or
            20 pieces. The message says what mends it.

    Example:
        >>> folder = lab.write_example("sentences")
        >>> lab.read_text(folder / "sentences.txt")
        training 5400 pieces, ... tokens; validation 600 pieces, ... tokens; 4 to 9 tokens a piece
        >>> lab.read_text(folder)
        Traceback (most recent call last):
        grader.core.errors.UsageError: '...sentences' is a folder. ...
    """
    try:
        return _read(Path(file).expanduser(), by, longest, tokens)
    except UsageError as error:
        raise error.with_traceback(None) from None  # its words, and no lines of ours above them


def _read(path: Path, by: str, longest: int, tokens: int) -> Text:
    _check(path, by, longest, tokens)
    text, is_cut = read_utf8(path, tokens * BYTES_A_TOKEN)
    if is_cut:
        text = text.rsplit(maxsplit=1)[0]  # the last word may be a half
    pieces, taken, notes = [], 0, []
    for piece in _pieces(text, by, longest):
        if taken + len(piece) > tokens:
            is_cut = True
            break
        taken += len(piece)
        pieces.append(piece)
    if is_cut:
        notes.append(
            f"Taken are the first {taken:,} {by} of a file of {path.stat().st_size:,} bytes: an "
            "epoch takes as much longer as there are more. `tokens=` takes more."
        )
    if taken < TOKENS_AT_LEAST or len(pieces) < PIECES_AT_LEAST:
        message = (
            f"{path} has {taken:,} {by} in {len(pieces)} pieces of at most {longest}. At least "
            f"{TOKENS_AT_LEAST:,} in {PIECES_AT_LEAST} pieces were expected: from fewer a model "
            "learns nothing but the text itself. Take a longer text"
            + (', letters in the place of words (by="letters")' if by == "words" else "")
            + ", or shorter pieces (longest=10)."
        )
        raise UsageError(message)
    kept = -(-len(pieces) // _VALIDATION_SHARE)
    return Text(tuple(pieces[:-kept]), tuple(pieces[-kept:]), tuple(notes))


def _check(path: Path, by: str, longest: int, tokens: int) -> None:
    if by not in BY:
        message = f"You passed by={by!r}. Expected: {' or '.join(map(repr, BY))}."
        raise UsageError(message)
    if not 2 <= longest <= LONGEST:
        message = f"You passed longest={longest!r}. Expected: a whole number from 2 to {LONGEST}."
        raise UsageError(message)
    if not FEWEST_TAKEN <= tokens <= MOST_TAKEN:
        message = (
            f"You passed tokens={tokens!r}. Expected: a whole number from {FEWEST_TAKEN} to "
            f"{MOST_TAKEN}."
        )
        raise UsageError(message)
    if not path.exists():
        message = (
            f"There is no file {str(path)!r} (looked for as {path.resolve()}). Expected: a plain "
            "text beside this notebook, or a path to one. Drag it into the file browser on the "
            "left, or write the path as it is on your machine."
        )
        raise UsageError(message)
    if path.is_dir():
        message = (
            f"{str(path)!r} is a folder. Expected: one plain text, such as "
            f"{str(path / 'book.txt')!r}. A folder of sequences is read by `lab.read_sequences`."
        )
        raise UsageError(message)


def _pieces(text: str, by: str, longest: int) -> Iterator[tuple[str, ...]]:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    blocks = (
        re.split(r"\n[^\S\n]*\n", text) if re.search(r"\n[^\S\n]*\n", text) else text.split("\n")
    )
    for block in blocks:
        plain = " ".join(block.split())
        tokens = _WORD.findall(plain.lower()) if by == "words" else list(plain)
        for start in range(0, len(tokens), longest):
            piece = tuple(tokens[start : start + longest])
            if len(piece) > 1:
                yield piece


def _size(pieces: tuple[tuple[str, ...], ...]) -> str:
    tokens = [len(piece) for piece in pieces]
    word = "piece" if len(pieces) == 1 else "pieces"
    return f"{len(pieces)} {word}, {sum(tokens)} tokens"
