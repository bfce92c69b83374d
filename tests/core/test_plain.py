"""Whatever a stranger wrote comes out as words and numbers, and costs no more than its length."""

import json
import math

import pytest

from grader.core.plain_text import finite, one_line, plain
from grader.core.verdicts import MOST_TEXT, Outcome, Verdict

EVIL = "\x1b]0;owned\x07\x1b[2J\x1b[1;1Hpassed\x1b[8m \u202eback\u2066 \x9b31m \x07\x00 \u2028end"
# A quadratic pattern takes minutes for so much, a linear one a fraction of a second.
LONG = 400_000
PIECES = [
    "a",
    "\r",
    "a\r",
    "\x1b",
    "\x1b[",
    "\x1b]",
    "\x1b[0;0;",
    "\x1b]a\x1b[",
    "\u202e",
    "\n",
    "\x9b",
    "\x1bP",
]


def test_commands_to_a_terminal_and_hidden_signs_go_and_words_stay() -> None:
    told = plain(EVIL)
    assert told == "passed back 31m  end"
    assert told.isprintable()
    for text in ("Ünïcode, 日本語, עברית", "a\tb\nc", "x < y & z", "👩‍👩‍👧 e\u0301", "क्षि"):
        assert plain(text) == text


def test_a_progress_bar_is_what_was_written_last() -> None:
    assert plain("10%\r50%\r100%\ndone\r\nnext\r") == "100%\ndone\nnext"


@pytest.mark.parametrize("half", ["\ud800", "a\udfffb"])
def test_half_a_character_can_be_written_to_a_file(half: str) -> None:
    assert "?" in plain(half)
    plain(half).encode()


def test_what_is_no_text_is_nothing_and_long_text_is_cut() -> None:
    assert plain(None) == plain(b"x") == plain(7) == ""
    assert plain("x" * 50, 10) == "x" * 10 + " …"
    assert one_line("a\n\x1b[2Jb\t c") == "a b c"


@pytest.mark.parametrize("piece", PIECES)
def test_a_long_text_of_any_piece_comes_out_printable(piece: str) -> None:
    """Quickly, too: `make bounded` measures that its length is all that it costs."""
    for end in ("", "\x1b", "\x07", "\r"):
        assert "\x1b" not in plain(piece * (LONG // len(piece)) + end)


def test_numbers_that_are_none_become_nothing_in_json() -> None:
    content = {"a": [math.inf, -math.inf, math.nan, 1.5, (2, "x")], "b": {"c": math.nan}, "d": True}
    told = finite(content)
    assert told == {"a": [None, None, None, 1.5, [2, "x"]], "b": {"c": None}, "d": True}
    json.dumps(told, allow_nan=False)


def test_a_verdict_holds_plain_words_and_finite_numbers() -> None:
    verdict = Verdict("q", Outcome.WRONG, 0.0, 2.0, EVIL * 500, details={"median": {"x": math.inf}})
    assert len(verdict.message) <= MOST_TEXT + 2
    assert verdict.message.isprintable()
    json.dumps(verdict.to_json(), allow_nan=False)
    assert Verdict.from_json("q", {**verdict.to_json(), "message": EVIL}).message == plain(EVIL)
