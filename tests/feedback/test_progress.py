"""Progress says what was run and what was judged again: not the one for the other."""

from grader.classroom.engine import Result
from grader.classroom.engine.jobs import Report
from grader.classroom.grading.planning import PlannedRun
from grader.classroom.report.progress_bar import RunCounts
from grader.core.verdicts import Outcome, Verdict

VERDICT = Verdict("toy-double", Outcome.PASSED, 2.0, 3.0, "Why.")
REPORT = Report("ann", "01_toy", "cpu", "warm", 8.3, {"toy-double": VERDICT})


def _end(board: RunCounts, student: str, *, is_run: bool) -> str:
    work = PlannedRun(student, "01_toy")
    if is_run:
        board.begin(work)
    return board.end(work, Result(REPORT, b"", 8.3))


def test_what_was_judged_again_is_not_called_run() -> None:
    board = RunCounts(2)
    assert "judged again, not run" in _end(board, "ann", is_run=False)
    _end(board, "bob", is_run=False)
    assert "0 run, 2 judged again on kept answers, 0 failed" in board.summary
    assert "8.3" not in board.summary.partition(":")[2]
    assert board.slowest == (0.0, "")


def test_what_was_run_is_counted_and_the_slowest_named() -> None:
    board = RunCounts(2)
    assert _end(board, "ann", is_run=True).endswith("2 of 3 points, 8.3 s")
    _end(board, "bob", is_run=False)
    assert "1 run, 1 judged again" in board.summary
    assert board.summary.endswith("slowest: ann 01_toy, 8.3 s")
