"""Errors that come of where code runs are known by type and text."""

import pytest

from grader.core.error_messages import (
    advice,
    bound_otherwise,
    first_line,
    has_conflict,
    names_in,
)


@pytest.mark.parametrize(
    ("kind", "text", "words"),
    [
        ("ModuleNotFoundError", "No module named 'pandas.io'", "The package pandas is not"),
        ("ModuleNotFoundError", "No module named 'ipympl'", "%matplotlib widget"),
        ("SystemExit", "", "exit(), quit()"),
        ("StdinNotImplementedError", "raw_input was called, but", "nobody is there to type"),
        ("EOFError", "EOF when reading a line", "nobody is there to type"),
        ("AssertionError", "Torch not compiled with CUDA enabled", "no such GPU"),
        ("RuntimeError", "Found no NVIDIA driver on your system.", "no such GPU"),
        ("RuntimeError", "Attempting to deserialize object on a CUDA device but", "no such GPU"),
        ("FileNotFoundError", "[Errno 2] No such file or directory: 'a/b.csv'", "'a/b.csv' is not"),
        ("FileNotFoundError", "b.csv not found.", "This file is not there"),
        ("URLError", "<urlopen error [Errno -3] Temporary failure in name resolution>", "internet"),
        ("UsageError", "Line magic function `%foo` not found.", "The magic %foo"),
        ("UsageError", "Line magic function `%%time` not found.", "%%time has to be the first"),
        ("SyntaxError", "(unicode error) 'unicodeescape' codec can't decode", "an r before"),
        ("UsageError", "Cell magic `%%sql` not found.", "The magic %sql"),
    ],
)
def test_what_helps_is_told(kind: str, text: str, words: str) -> None:
    assert words in advice(kind, text)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("NameError", "name 'x' is not defined"),
        ("ValueError", "not enough values to unpack (expected 3, got 2)"),
        ("RuntimeError", "mat1 and mat2 shapes cannot be multiplied (3x5 and 4x4)"),
        ("ImportError", "cannot import name 'lab2' from 'grader'"),
    ],
)
def test_other_errors_speak_for_themselves(kind: str, text: str) -> None:
    assert advice(kind, text) == ""


def test_cells_are_read_where_they_do_not_parse() -> None:
    broken = (
        "# mine\n<<<<<<< HEAD\nfactor = 1\n=======\nimport numpy\n>>>>>>> b\ndef f(:\n    x = 1"
    )
    assert has_conflict(broken)
    assert names_in(broken) == ["f", "factor", "numpy"]
    assert first_line("\n# comment\n  x = 1\ny") == "x = 1"


@pytest.mark.parametrize(
    ("source", "bound", "words"),
    [
        ("# def f(x):\n\n#     return x", [], "comments alone"),
        ("%%timeit\ndef f(x): ...", ["f"], "%%timeit keeps nothing"),
        ("def my_f(x): ...", ["my_f"], "binds `my_f`; what is checked is called `f`"),
        ("", [], ""),
        ("f(", [], ""),
    ],
)
def test_an_answer_that_leaves_its_name_unbound_is_told_why(
    source: str, bound: list[str], words: str
) -> None:
    said = bound_otherwise("f", source, bound)
    assert words in said if words else said == ""
