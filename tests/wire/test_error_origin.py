"""An error is traced to the learner's own line, and to the function of theirs that it calls."""

import linecache
import textwrap
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn

from grader.wire import error_origin


@pytest.fixture
def traced(request: pytest.FixtureRequest) -> Callable[..., tuple[str, str]]:
    """Runs a cell's `answer` on arguments that make it raise."""

    def run(source: str, *args: Any, file: str = "<cell 1>") -> tuple[str, str]:
        text = textwrap.dedent(source).strip() + "\n"
        linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
        request.addfinalizer(lambda: linecache.cache.pop(file, None))
        names: dict[str, Any] = {"torch": torch}
        exec(compile(text, file, "exec"), names)  # noqa: S102 - as a notebook does
        # this file is below no folder of ours or of Python's, and no learner's either
        with pytest.raises(Exception) as told:  # noqa: PT011
            names["answer"](*args)
        error = told.value
        assert error.__traceback__ is not None
        return error_origin.places(error.with_traceback(error.__traceback__.tb_next))

    return run


def test_the_answers_own_line_stands_alone(traced: Callable[..., tuple[str, str]]) -> None:
    place, helper = traced("def answer(x):\n    return x @ x", torch.ones(2, 3))
    assert (place, helper) == ("line 2: return x @ x", "")


def test_frames_of_libraries_are_passed_over(traced: Callable[..., tuple[str, str]]) -> None:
    place, helper = traced("def answer(layer, x):\n    return layer(x)", nn.Linear(3, 2), "words")
    assert (place, helper) == ("line 2: return layer(x)", "")


def test_a_function_that_the_answer_calls_is_told_with_what_it_got(
    traced: Callable[..., tuple[str, str]],
) -> None:
    source = """
        def step(x, h, sizes, count, name, is_last):
            return x @ h

        def answer(x):
            return step(x, [1, 2], {}, 3, "a", True)
    """
    place, helper = traced(source, torch.ones(2, 3))
    assert place == 'line 5: return step(x, [1, 2], {}, 3, "a", True)'
    assert helper == (
        "step got x (2, 3), h (a list of 2), sizes (a dict of 0), count 3, name (a str), "
        "is_last True and failed in its line 2: return x @ h"
    )


def test_a_helper_without_arguments_got_nothing(traced: Callable[..., tuple[str, str]]) -> None:
    source = "def broken():\n    return 1 / 0\n\ndef answer():\n    return broken()"
    assert traced(source)[1] == "broken failed in its line 2: return 1 / 0"


def test_a_comprehension_is_no_function(traced: Callable[..., tuple[str, str]]) -> None:
    place, helper = traced("def answer(x):\n    return [1 / n for n in x]", [0])
    assert (place, helper) == ("line 2: return [1 / n for n in x]", "")


def test_a_call_of_itself_is_no_other_function(traced: Callable[..., tuple[str, str]]) -> None:
    source = "def answer(n):\n    return answer(n - 1) if n else 1 / n"
    assert traced(source, 2) == ("line 2: return answer(n - 1) if n else 1 / n", "")


def test_what_has_no_shape_yet_is_named_by_its_type(
    traced: Callable[..., tuple[str, str]],
) -> None:
    """Of a lazy layer's weights torch raises when they are asked for their shape."""
    source = "def step(w):\n    return w + 1 / 0\n\ndef answer(w):\n    return step(w)"
    assert "step got w (a UninitializedParameter)" in traced(source, nn.LazyLinear(2).weight)[1]


def test_a_file_of_the_learners_beside_the_package_is_theirs(
    traced: Callable[..., tuple[str, str]],
) -> None:
    ours = error_origin.__file__.removesuffix("/wire/error_origin.py")
    source = "def answer(x):\n    return 1 / x"
    assert traced(source, 0, file=f"{ours}-notes/helpers.py")[0] == "line 2: return 1 / x"
    assert traced(source, 0, file=f"{ours}/lab/checks.py") == ("", "")


def test_a_long_line_is_cut(traced: Callable[..., tuple[str, str]]) -> None:
    place, _ = traced(f"def answer():\n    return 1 / 0 + {'1 + ' * 100}1")
    assert len(place) == len("line 2: ") + 120
