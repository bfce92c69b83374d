"""What comes back from a test is read as a stranger's word."""

import json
from typing import Any

import pytest

from grader.classroom.engine.cell_tests import TestEnd, read_end

TOLD: dict[str, Any] = {
    "token": "t",
    "ok": True,
    "result": "2.0",
    "kind": "",
    "words": "",
    "places": [["<test cell>", 3, "<module>"]],
    "out": "said\x1b[31m",
    "err": "",
}


def read(**changes: Any) -> TestEnd:
    return read_end({"body": json.dumps({**TOLD, **changes}).encode()}, "t", 0.5)


def test_a_report_with_its_word_counts() -> None:
    end = read()
    assert (end.heard, end.ok, end.result, end.out) == (True, True, "2.0", "said")
    assert end.places == (("<test cell>", 3, "<module>"),)


@pytest.mark.parametrize(
    "changes",
    [
        {"token": "guessed"},
        {"token": None},
        {"places": [["a"]]},
        {"places": 3},
        {"ok": "yes", "token": "t", "places": [[1, "no number", 3]]},
    ],
)
def test_what_is_out_of_form_is_no_word(changes: dict[str, Any]) -> None:
    assert not read(**changes).heard


@pytest.mark.parametrize("body", [b"", b"[]", b"3", b"{", b'"x"', 5, None])
def test_any_bytes_are_read(body: object) -> None:
    assert not read_end({"body": body}, "t", 0.5).heard
    assert not read_end(None, "t", 0.5).heard


def test_only_true_is_true() -> None:
    assert not read(ok=1).ok
