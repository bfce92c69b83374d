"""A text of one's own: cut into pieces, bounded, and told in clear words where it does not fit."""

from pathlib import Path

import pytest

from grader import lab
from grader.core.errors import UsageError
from grader.lab import own_text

LINE = "It's a line, the same as ever: number {}.\n"


def book(path: Path, lines: int = 200, between: str = "") -> Path:
    """A text of so many lines."""
    path.write_text(between.join(LINE.format(n) for n in range(lines)), encoding="utf-8")
    return path


def said(path: Path | str, **asked: object) -> str:
    with pytest.raises(UsageError) as caught:
        lab.read_text(path, **asked)  # type: ignore[arg-type]
    return str(caught.value)


def test_a_line_is_a_piece_and_the_last_tenth_is_kept(tmp_path: Path) -> None:
    text = lab.read_text(book(tmp_path / "a.txt"))
    words = ("it's", "a", "line", ",", "the", "same", "as", "ever", ":", "number", "0", ".")
    assert text.train[0] == words
    assert (len(text.train), len(text.val), text.notes) == (180, 20, ())
    assert text.val[0][-2] == "180"


def test_paragraphs_are_pieces_where_there_are_any(tmp_path: Path) -> None:
    """Lines that a narrow column broke belong together; Windows' line ends change nothing."""
    path = tmp_path / "a.txt"
    path.write_bytes(b"\r\n \r\n".join(b"one two\r\nthree  four" for _ in range(300)))
    text = lab.read_text(path)
    assert set(text.train) == {("one", "two", "three", "four")}
    assert len(text.train) + len(text.val) == 300


def test_long_pieces_are_cut_and_letters_stay_as_they_are(tmp_path: Path) -> None:
    path = book(tmp_path / "a.txt")
    assert max(map(len, lab.read_text(path, longest=5).train)) == 5
    letters = lab.read_text(path, by="letters", longest=1000)
    assert "".join(letters.train[0]) == LINE.format(0).strip()


def test_a_large_file_is_read_in_part_and_it_says_which(tmp_path: Path) -> None:
    path = book(tmp_path / "a.txt", 300_000)
    size = path.stat().st_size
    assert size > 10_000_000
    text = lab.read_text(path)
    taken = sum(map(len, text.train + text.val))
    assert 99_000 < taken <= 100_000
    (note,) = text.notes
    assert f"the first {taken:,} words of a file of {size:,} bytes" in note
    assert "an epoch takes as much longer" in note
    assert f"\n{note}" in repr(text)
    assert sum(map(len, lab.read_text(path, tokens=2000).train)) <= 1800


def test_a_half_word_at_the_end_is_no_word(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(("x" * 30 + " y\n") * 2000, encoding="utf-8")
    text = lab.read_text(path, tokens=2100)
    assert {token for piece in text.train + text.val for token in piece} == {"x" * 30, "y"}
    assert len(text.notes) == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", ["has 0 words", "At least 1,000", "longer text", 'by="letters"']),
        (b"too short\n" * 30, ["has 60 words in 30 pieces"]),
        ("Stra\xdfe ".encode("cp1252") * 2000, ["byte 0xdf at place 4", "cp1252"]),
        (("so it goes\n" * 900).encode("utf-16"), ["in utf-16", 'encoding="utf-16"']),
        (b"%PDF\0\1" * 900, ["holds a byte 0 at place 4", "it is no text"]),
    ],
)
def test_what_does_not_fit_is_told(tmp_path: Path, content: bytes, words: list[str]) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(content)
    told = said(path)
    for word in [*words, "xpected"]:
        assert word in told


def test_the_line_that_mends_an_encoding_mends_it(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("Die Straße, das Café.\n".encode("cp1252") * 400)
    told = said(path)
    exec(told.split("`")[1], {})  # noqa: S102  the line that a learner is told to run
    assert lab.read_text(path).train[0][1] == "straße"


def test_files_and_arguments_that_are_none(tmp_path: Path) -> None:
    assert "There is no file 'nowhere.txt'" in said("nowhere.txt")
    assert "is a folder" in said(tmp_path)
    path = book(tmp_path / "a.txt")
    assert "by='lines'" in said(path, by="lines")
    assert "longest=1" in said(path, longest=1)
    assert "tokens=10" in said(path, tokens=10)
    assert str(own_text.FEWEST_TAKEN) in said(path, tokens=10)
