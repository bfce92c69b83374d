"""One submission after another, for real: outcomes, limits, and that the class always goes on."""

from typing import Any

import nbformat
import psutil
import pytest

from grader.classroom.engine import Job, Result, run
from grader.classroom.sandbox import ColdSandbox, Limits, SandboxSpec
from grader.core.errors import SetupError

from .conftest import COURSE, IMPORTS, RIGHT, answered, notebook, question

pytestmark = pytest.mark.sandbox


def outcomes(result: Result) -> dict[str, str]:
    return {name: str(verdict.outcome) for name, verdict in result.verdicts.items()}


def printed(result: Result) -> str:
    made = nbformat.reads(result.notebook.decode(), as_version=4)
    outputs = [output for cell in made.cells for output in cell.get("outputs", [])]
    return "".join(str(output.get("text", "")) for output in outputs)


def test_right_wrong_and_a_named_mistake(grade: Any) -> None:
    result = grade(
        [
            *answered("t-one", RIGHT),
            *answered("t-two", "def double(x):\n    return x * x"),
            *answered("t-three", "def double(x):\n    return ..."),
        ]
    )
    assert outcomes(result) == {"t-one": "passed", "t-two": "wrong", "t-three": "not attempted"}
    assert (result.report.score, result.report.maximum) == (2.0, 6.0)
    assert result.report.sandbox == "warm"
    assert result.verdicts["t-two"].mistake == "squared"
    assert "Twice, not squared." in result.verdicts["t-two"].message
    assert "Twice" not in printed(result), "no verdict reaches the sandbox"


def test_without_a_sandbox_the_verdicts_are_the_same_and_the_report_says_so(grade: Any) -> None:
    result = grade(answered("t-one", RIGHT), sandbox="none")
    assert outcomes(result) == {"t-one": "passed"}
    assert result.report.sandbox == "none"


def test_an_error_in_an_answer_is_told_and_the_rest_goes_on(grade: Any) -> None:
    result = grade(
        [*answered("t-one", "def double(x):\n    return spam"), *answered("t-two", "1 / 0")]
    )
    assert outcomes(result) == {"t-one": "raised", "t-two": "raised"}
    assert "spam" in result.verdicts["t-one"].message
    # `double` is still the one of the first question; what the check saw counts.
    assert "NameError" in result.verdicts["t-two"].message


def test_an_answer_that_defines_nothing_names_its_own_error(grade: Any) -> None:
    result = grade(answered("t-one", "1 / 0"))
    assert outcomes(result) == {"t-one": "raised"}
    assert "ZeroDivisionError" in result.verdicts["t-one"].message


def test_an_endless_loop_is_interrupted_and_later_questions_are_graded(grade: Any) -> None:
    result = grade(
        [
            *answered("t-one", "def double(x):\n    while True: pass"),
            *answered("t-two", "while True: pass"),
            *answered("t-three", RIGHT),
        ]
    )
    assert outcomes(result) == {"t-one": "too slow", "t-two": "too slow", "t-three": "passed"}
    assert "more than 2 s" in result.verdicts["t-one"].message


def test_an_interrupt_inside_no_grad_leaves_gradients_to_the_later_questions(grade: Any) -> None:
    left_off = "import torch\ntorch.set_grad_enabled(False)\nwhile True: pass"
    trains = "import torch\ndef double(x):\n    return 2 * x if torch.is_grad_enabled() else None"
    inside = "def double(x):\n    torch.set_grad_enabled(False)\n    while True: pass"
    result = grade(
        [*answered("t-one", left_off), *answered("t-two", inside), *answered("t-three", trains)]
    )
    assert outcomes(result) == {"t-one": "too slow", "t-two": "too slow", "t-three": "passed"}


def test_a_slow_check_whose_answer_swallows_the_interrupt_is_too_slow(grade: Any) -> None:
    slow = (
        "import time\n"
        "def double(x):\n"
        "    try: time.sleep(60)\n"
        "    except KeyboardInterrupt: return 2 * x"
    )
    result = grade([*answered("t-one", slow), *answered("t-two", RIGHT)])
    assert outcomes(result) == {"t-one": "too slow", "t-two": "passed"}


def test_code_that_catches_one_interrupt_is_asked_again(grade: Any) -> None:
    twice = (
        "import time\ndef double(x):\n    try: time.sleep(60)\n    except: pass\n    time.sleep(60)"
    )
    result = grade([*answered("t-one", twice), *answered("t-two", RIGHT)])
    assert outcomes(result) == {"t-one": "too slow", "t-two": "passed"}


@pytest.mark.parametrize(
    "deaf",
    [
        "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\n    while True: pass",
        "import re; re.match('(a+)+$', 'a' * 60 + 'b')",
    ],
    ids=["ignores SIGINT", "holds the interpreter"],
)
def test_a_loop_that_ignores_interrupts_is_ended_by_force(grade: Any, deaf: str) -> None:
    result = grade(
        [
            *answered("t-one", RIGHT),
            *answered("t-two", f"def double(x):\n    {deaf}"),
            *answered("t-three", RIGHT),
        ]
    )
    assert outcomes(result) == {"t-one": "passed", "t-two": "too slow", "t-three": "missing"}
    assert "ended early, in cell t-two" in result.verdicts["t-three"].message


@pytest.mark.parametrize(
    "end",
    [
        "import os; os._exit(0)",
        "import os; os.kill(os.getpid(), 9)",
        "import ctypes; ctypes.string_at(1)",
        "import os; os.abort()",
    ],
)
def test_code_that_ends_python_costs_its_own_question_and_the_rest(grade: Any, end: str) -> None:
    result = grade(
        [
            *answered("t-one", RIGHT),
            *answered("t-two", f"def double(x):\n    {end}"),
            *answered("t-three", RIGHT),
        ]
    )
    assert outcomes(result) == {"t-one": "passed", "t-two": "raised", "t-three": "missing"}
    assert "ended the Python process" in result.verdicts["t-two"].message


def test_exit_is_an_error_like_any_other(grade: Any) -> None:
    result = grade(
        [*answered("t-one", "def double(x):\n    raise SystemExit"), *answered("t-two", RIGHT)]
    )
    assert outcomes(result) == {"t-one": "raised", "t-two": "passed"}


def test_greed_in_one_process_is_a_clean_error_and_later_cells_run(grade: Any) -> None:
    result = grade(
        [
            *answered("t-one", "def double(x):\n    return len(bytearray(2 ** 31))"),
            *answered("t-two", RIGHT),
        ]
    )
    assert outcomes(result) == {"t-one": "raised", "t-two": "passed"}
    assert "MemoryError" in result.verdicts["t-one"].message


def test_greed_spread_over_processes_is_ended(grade: Any) -> None:
    spread = (
        "def double(x):\n"
        "    import os, time\n"
        "    for _ in range(4):\n"
        "        if not os.fork():\n"
        "            kept = b'x' * (120 * 2**20); time.sleep(60); os._exit(0)\n"
        "    time.sleep(60)"
    )
    result = grade([*answered("t-one", spread), *answered("t-two", RIGHT)], seconds=20.0)
    assert outcomes(result) == {"t-one": "raised", "t-two": "missing"}
    assert "more than 512 MiB of memory" in result.verdicts["t-one"].message


def test_files_in_memory_count_as_memory_and_by_number(grade: Any) -> None:
    limits = Limits(memory_mib=512, files=500, grace_seconds=2.0)
    many = "import pathlib, time\nfor n in range(2000): pathlib.Path(str(n)).touch()\ntime.sleep(9)"
    result = grade([*answered("t-one", many)], limits)
    assert outcomes(result) == {"t-one": "raised"}
    assert "more than 500 files" in result.verdicts["t-one"].message


def test_two_hundred_processes_are_stopped_and_gone(grade: Any) -> None:
    crowd = (
        "import subprocess, time\n"
        "def double(x):\n"
        "    for _ in range(200): subprocess.Popen(['sleep', '3423'])\n"
        "    time.sleep(5)\n"
        "    return 2 * x"
    )
    result = grade(answered("t-one", crowd), seconds=20.0)
    # An ordinary user's limit refuses a fork; where the grader is root the watcher ends it all.
    assert outcomes(result) == {"t-one": "raised"}
    assert not [p for p in psutil.process_iter() if _command(p) == ["sleep", "3423"]]


def test_the_whole_notebook_has_a_limit(grade: Any) -> None:
    limits = Limits(memory_mib=512, notebook_seconds=3.0, cell_seconds=30.0)
    result = grade(["import time; time.sleep(20)", *answered("t-one", RIGHT)], limits)
    assert outcomes(result) == {"t-one": "missing"}
    assert "The notebook as a whole took more than 3 s" in result.verdicts["t-one"].message


def test_a_flood_of_output_is_cut_and_costs_nobody_points(grade: Any) -> None:
    limits = Limits(memory_mib=512, cell_output_kib=64)
    flood = f"for _ in range(300): print('x' * 100_000)\n{RIGHT}"
    result = grade([*answered("t-one", flood), *answered("t-two", RIGHT)], limits)
    assert outcomes(result) == {"t-one": "passed", "t-two": "passed"}
    assert len(result.notebook) < 2**20
    assert "a cell may show 64 KiB" in printed(result)


def test_a_message_larger_than_the_limit_is_cut_off_and_the_run_goes_on(grade: Any) -> None:
    limits = Limits(memory_mib=768, message_mib=1)
    huge = (
        "from IPython.display import display\n"
        f"display({{'text/plain': 'x' * 5_000_000}}, raw=True)\n{RIGHT}"
    )
    result = grade([*answered("t-one", huge), "print('heard')", *answered("t-two", RIGHT)], limits)
    assert outcomes(result) == {"t-one": "passed", "t-two": "passed"}
    assert "heard" in printed(result)


def test_text_that_is_no_utf_8_is_heard(grade: Any) -> None:
    """A file's name read as bytes looks so, and stands in what open() raises."""
    result = grade(
        ["print('\\udc80 heard')", *answered("t-one", "raise ValueError('\\udcff odd')")]
    )
    assert "heard" in printed(result)
    assert outcomes(result) == {"t-one": "raised"}
    assert "odd" in result.verdicts["t-one"].message


def test_demonstrations_are_left_out_unless_everything_is_wanted(grade: Any) -> None:
    made = nbformat.reads(notebook([IMPORTS, "print('shown')"]).decode(), as_version=4)
    made.cells[1].metadata["tags"] = ["demonstration"]
    for everything, expected in ((False, ""), (True, "shown\n")):
        job = Job("ada", "99_test", nbformat.writes(made).encode(), {}, everything=everything)
        (result,) = run([job], ColdSandbox(), SandboxSpec(course=COURSE))
        assert printed(result) == expected


def test_a_demonstration_runs_where_code_of_the_learner_needs_it(grade: Any) -> None:
    """At home it ran: what works there works here."""
    cells: list[str | tuple[str, str]] = [IMPORTS, "BASE = dict(lr=1)", "print(1)"]
    cells.append("print(BASE | dict(n=2))")
    made = nbformat.reads(notebook(cells).decode(), as_version=4)
    for shows in made.cells[1:3]:
        shows.metadata["tags"] = ["demonstration"]
    job = Job("ada", "99_test", nbformat.writes(made).encode(), {})
    (result,) = run([job], ColdSandbox(), SandboxSpec(course=COURSE))
    assert printed(result) == "{'lr': 1, 'n': 2}\n"


@pytest.mark.parametrize(
    "trick",
    [
        "get_ipython().displayhook('ok')",
        "lab.check = lambda *_: print('full marks')",
        "from grader.wire import channels as channel; channel.install(None)",
        "import os, socket\nfor n in range(3, 40):\n    try: os.close(n)\n    except OSError: pass",
    ],
)
def test_what_code_forges_in_its_own_process_earns_nothing(grade: Any, trick: str) -> None:
    wrong = "def double(x):\n    return 0"
    result = grade([trick, *answered("t-one", wrong)])
    assert result.report.score == 0.0


def test_a_check_that_never_arrives_says_so(grade: Any) -> None:
    result = grade(["lab.check = lambda *_: None", *answered("t-one", RIGHT)])
    assert outcomes(result) == {"t-one": "missing"}
    assert "replaced `lab.check`" in result.verdicts["t-one"].message


def test_a_question_is_judged_only_in_its_own_check_cell_and_once(grade: Any) -> None:
    result = grade(
        [
            RIGHT,
            "lab.check('t-one', double)",
            *answered("t-one", "def double(x):\n    return 0"),
            "def double(x): return 2 * x\nlab.check('t-one', double)",
        ]
    )
    assert outcomes(result) == {"t-one": "wrong"}


def test_a_grader_that_fails_breaks_one_job_and_not_the_class(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    good = Job("ada", "99_test", notebook([IMPORTS, *answered("t-one", RIGHT)]), _one())
    bad = Job("bob", "99_test", b"no notebook", _one())
    first, second = run([bad, good], ColdSandbox(), SandboxSpec(course=COURSE))
    assert outcomes(first) == {"t-one": "broken"}
    assert outcomes(second) == {"t-one": "passed"}


def test_without_bubblewrap_nothing_is_graded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    job = Job("ada", "99_test", notebook([IMPORTS]), _one())
    with pytest.raises(SetupError, match="bubblewrap"):
        list(run([job], ColdSandbox(), SandboxSpec()))


def _one() -> dict[str, Any]:
    return {"t-one": question("t-one")}


def _command(process: psutil.Process) -> list[str]:
    try:
        return list(process.cmdline())
    except psutil.Error:
        return []
