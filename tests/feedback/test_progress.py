"""Progress says what was run and what was judged again: not the one for the other."""

from grader.classroom.cli.grade import _counts
from grader.classroom.engine import Result
from grader.classroom.engine.jobs import Report
from grader.classroom.grading.entries import Entry, Mark, State
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


def test_who_cannot_be_run_is_counted_beside_the_others() -> None:
    board = RunCounts(1, refused=2)
    _end(board, "ann", is_run=True)
    assert "1 of 1 done" in board.summary
    assert "0 failed; besides these 2 cannot be run; slowest" in board.summary
    assert "2 more cannot be run" in board.state


def test_what_was_run_is_counted_and_the_slowest_named() -> None:
    board = RunCounts(2)
    assert _end(board, "ann", is_run=True).endswith("2 of 3 points, 8.3 s")
    _end(board, "bob", is_run=False)
    assert "1 run, 1 judged again" in board.summary
    assert board.summary.endswith("slowest: ann 01_toy, 8.3 s")


def test_the_counts_below_a_table_add_up() -> None:
    mark = Mark("cyd", 0.0, 3.0, 0.0, True, waiting=("toy-double",))
    entries = [
        Entry("ann", "01_toy", REPORT),
        Entry("bob", "01_toy", problem="The file is empty."),
        Entry("cyd", "01_toy", REPORT, mark=mark),
        Entry("dee", "01_toy", absent=State.MISSING),
    ]
    told = "01_toy: 3 handed in: 1 graded, 1 waits for a person, 1 not graded; 1 missing."
    assert _counts("01_toy", entries) == told
