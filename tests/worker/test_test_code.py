"""A test cell as Python code, and libraries as they were: each in a process of its own.

What is tried here cannot be taken back in a process: hooks, and changed libraries.
"""

import json
import subprocess
import sys
from typing import Any

import pytest

from grader.worker import pristine
from grader.worker.test_code import CellCode, shown_result

_TRY = """
import json, sys
from grader.worker.pristine import PristineLibraries
from grader.worker.test_code import CellCode, shown_result
names = {"__name__": "__main__"}
kept = PristineLibraries(["numpy"])
given, learner, code = json.load(sys.stdin)
exec(given, names)
exec(compile(learner, "<cell>", "exec"), names)
kept.put_back()
try:
    value = shown_result(CellCode(**code).run(names, kept.builtins))
    told = ["ended", value]
except BaseException as error:
    told = [type(error).__name__, str(error)]
print(json.dumps(told))
"""


def tried(learner: str, source: str, **code: Any) -> list[Any]:
    """How a test ends after a learner's code."""
    given = "import math\nimport numpy as np"
    done = subprocess.run(
        [sys.executable, "-c", _TRY],
        input=json.dumps([given, learner, {"source": source, **code}]),
        capture_output=True,
        text=True,
        check=True,
    )
    told: list[Any] = json.loads(done.stdout)
    return told


def test_the_last_expression_is_the_result() -> None:
    assert tried("x = 2", "y = x + 1\ny / 2") == ["ended", "1.5"]
    assert tried("x = 2", "x;") == ["ended", None]
    assert tried("x = 2", "assert x == 2") == ["ended", None]


def test_a_covered_builtin_is_the_builtin() -> None:
    assert tried("len = lambda *a: 2", "assert len([1]) == 1")[0] == "ended"


def test_a_builtin_that_the_course_binds_is_the_courses() -> None:
    assert tried("def sum(x): return 7", "sum([1])", own=["sum"]) == ["ended", "7"]


def test_a_test_may_bind_a_builtins_name_itself() -> None:
    assert tried("id = 3", "def f(id):\n    return id\nf(5)") == ["ended", "5"]


@pytest.mark.parametrize(
    "learner",
    [
        "import builtins\nbuiltins.len = lambda *a: 2",
        "math.isclose = lambda *a, **k: True",
        "np.allclose = lambda *a, **k: True",
        "np.testing.assert_allclose = lambda *a, **k: None",
        "import sys\nsys.modules['math'] = type('m', (), {'isclose': lambda *a: True})",
        "import sys\nsys.settrace(lambda *a: None)",
    ],
)
def test_libraries_are_what_they_were(learner: str) -> None:
    test = (
        "import math, sys\n"
        "assert len([1]) == 1 and not math.isclose(1, 2) and not np.allclose(1, 2)\n"
        "assert sys.gettrace() is None\n"
        "np.testing.assert_allclose(1, 2)"
    )
    assert tried(learner, test)[0] == "AssertionError"
    assert "Not equal" in tried(learner, test)[1]


def test_what_was_added_to_a_library_stays() -> None:
    assert tried("np.mine = 3", "np.mine") == ["ended", "3"]


@pytest.mark.parametrize(
    "look",
    [
        "sys._getframe(1).f_globals",
        "inspect.currentframe().f_back.f_globals",
        "caught().tb_frame.f_back.f_globals",
        "gc.get_objects()",
    ],
)
def test_code_that_is_tested_does_not_see_its_test(look: str) -> None:
    learner = (
        "import gc, inspect, sys\n"
        "def caught():\n"
        "    try:\n        1 / 0\n"
        "    except ZeroDivisionError as error:\n        return error.__traceback__\n"
        f"def answer():\n    return {look}"
    )
    assert tried(learner, "secret = 4\nanswer()\n0")[0] == "RuntimeError"


def test_libraries_may_look_at_frames() -> None:
    learner = (
        "from collections import namedtuple\n"
        "def answer():\n    return namedtuple('P', 'x y')(1, 2).x"
    )
    assert tried(learner, "answer()") == ["ended", "1"]


def test_names_of_a_test_are_its_own_unless_shared() -> None:
    learner = "def answer():\n    return globals().get('secret', 0)"
    assert tried(learner, "secret = 4\nanswer()") == ["ended", "0"]
    assert tried(learner, "secret = 4\nanswer()", shared=True) == ["ended", "4"]


def test_earlier_tests_give_their_names_whatever_they_raise() -> None:
    earlier = ["one = 1\nassert False\ntwo = 2", "three = 3"]
    assert tried("", "one + three", earlier=earlier) == ["ended", "4"]
    assert tried("", "two", earlier=earlier)[0] == "NameError"


def test_an_object_of_the_notebook_is_no_result() -> None:
    learner = "class Two(float):\n    def __repr__(self): return '2.0'"
    assert tried(learner, "Two()")[0] == "TypeError"


def test_a_coroutine_is_awaited() -> None:
    assert tried("async def answer():\n    return 3", "await answer()") == ["ended", "3"]


def test_a_result_is_shown_as_nbgrader_reads_it() -> None:
    assert shown_result(None) is None
    assert shown_result(1.5) == "1.5"
    assert CellCode("1").earlier == ()
    assert pristine.PristineLibraries().builtins["len"] is len
