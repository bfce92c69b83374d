"""Every sentence that a learner reads about an answer.

Each has up to three parts: what happened, with the learner's own values; what was expected; what to
look at next. Sentences about hidden cases name shapes and categories, never an expected value.
"""

from __future__ import annotations

import re

from grader.core.compare import Difference
from grader.core.error_messages import advice, joined
from grader.core.requests import Raised
from grader.core.values import Tensor, Value
from grader.core.verdicts import Verdict

PASSED = "Correct."
NOT_ATTEMPTED = (
    "Not attempted yet: the answer cell is still as you got it. "
    "Answer there, run it, then run this cell."
)
# A class's pages have no cell to answer in.
AS_RELEASED = "the answer cell is as it was released."
MISSING = "This question was never checked: the run did not reach its check cell."
PROTOCOL = (
    "The code spoke to the grader out of turn, so this question earns nothing. "
    "An answer needs no contact with the grader: define it and leave the check cell alone."
)
TOO_LARGE = (
    "What your answer gave back is too large for the grader to read and compare. Look at the "
    "shapes of your results: an answer of this course takes a few kilobytes."
)
BROKEN = "The grader itself failed here. This is not your fault; your teacher has been told."

TESTS_PASSED = "All tests passed."
TESTED_THERE = "(Tests in the learner's process.)"
TESTS_UNHEARD = (
    "Your code ended the Python process while this cell's tests ran, or spoke in their place: a "
    "call of os._exit, a crash in compiled code, or a kill."
)


def test_failed(kind: str, words: str, line: str) -> str:
    """A test cell raised; `line` is the line of it that learners have, empty for a hidden test."""
    where = f"The test `{line}` failed" if line else "A hidden test failed"
    said = f"{kind}: {words}" if words else kind
    return f"{where}." if said == "AssertionError" else f"{where}: {said}"


def tested(verdict: Verdict) -> str:
    """What stands below a cell with tests."""
    head = f"{verdict.points:g} of {points(verdict.maximum)}."
    return f"{head} {verdict.message}\n{TESTED_THERE}"


def test_too_slow(seconds: float) -> str:
    """A test cell took too long."""
    return (
        f"The tests took more than {seconds:g} s and were stopped. Look for a loop that never ends "
        "in what they call."
    )


def counted(number: float, maximum: float) -> str:
    """The tests counted a part of the points."""
    return f"The tests gave {number:g} of {points(maximum)}."


def no_points(result: str, maximum: float) -> str:
    """The tests gave a number that cannot be points."""
    return (
        f"The tests gave {result[:60]}, which is no number of points from 0 to {maximum:g}: it "
        "counts as none. Look for results that are infinite or no number at all."
    )


def judge_lost(question_id: str) -> str:
    """The process that judged this question died; the rest of the submission was judged."""
    return (
        f"The process that judged {question_id} was lost while it did, perhaps for want of memory. "
        "A person has to look at this answer: close other programs and grade it again; where that "
        "does not help, look at what the answer gives back."
    )


def points(value: float) -> str:
    """`2 points`, `1 point`, `0.5 points`."""
    return amount(value, "point")


def amount(value: float, thing: str) -> str:
    """`2 units`, `1 unit`."""
    return f"{value:g} {thing}" + ("" if value == 1 else "s")


def shapes(inputs: dict[str, Value]) -> str:
    """Name a case by the shapes of its inputs: `x (3, 7, 5), batch [((5, 2), 1), ((7, 2), 0)]`."""
    return ", ".join(
        f"{name}={_shape(value)}" if isinstance(value, int | float | str) else f"{name} {shown}"
        for name, value in inputs.items()
        if (shown := _shape(value))
    )


def _shape(value: Value) -> str:
    if isinstance(value, Tensor):
        return str(value.shape)
    if isinstance(value, list):
        return f"[{', '.join(map(_shape, value))}]"
    if isinstance(value, tuple):
        return f"({', '.join(map(_shape, value))})"
    return repr(value)


def wrong(found: Difference, inputs: dict[str, Value], *, hidden: bool) -> str:
    """Say how a result differs from the expected one; hidden cases keep their numbers secret."""
    where = f"For inputs {shapes(inputs)}: " if inputs else ""
    part = f"part {found.path} of " if found.path else ""
    if found.kind == "type":
        help_ = ""
        if found.got == "None":
            help_ = " Is a `return` missing?"
        elif " numpy array " in found.got:
            help_ = " `torch.from_numpy(…)` makes a tensor of it."
        return f"{where}{part}your result is {found.got}, expected {found.expected}.{help_}"
    if found.kind == "shape":
        return f"{where}{part}your result is {found.got}, expected {found.expected}."
    if found.kind == "length":
        return f"{where}{part}your result has {found.got} parts, expected {found.expected}."
    if found.kind == "key":
        return f"{where}{part}your result has the keys {found.got}, expected {found.expected}."
    if found.kind == "dtype":
        return (
            f"{where}{part}your result is {found.got}, expected {found.expected}: check the dtype."
        )
    if found.kind == "not finite":
        return f"{where}{part}your result holds NaN or infinity where numbers were expected."
    place = f" at {list(found.index)}" if found.index else ""
    if hidden:
        return f"{where}{part}your result has the right form, but its values are wrong."
    return f"{where}{part}your result{place} is {found.got}, expected {found.expected}."


# Where Python says that a cell's own text breaks off: in a file that nobody has.
_SLIP = re.compile(r" \((?:<tokenize>|<ipython-input[^>]*>|<cell[^>]*>|\d+\.py), line (\d+)\)")


def raised(reply: Raised, inputs: dict[str, Value] | None = None, question: str = "") -> str:
    """Say that code raised, what, where, and in a helper of which question's answer."""
    given = f" for inputs {shapes(inputs)}" if inputs else ""
    said = _SLIP.sub(r", in line \1 of the cell", reply.message)
    said = said if said.endswith((".", "!", "?")) else said + "."
    place = f" It happened in {reply.where}" if reply.where else ""
    if reply.helper:
        answer = f"your answer to {question}, " if question else ""
        place = joined(f" It happened in {answer}{reply.where}", f"There {reply.helper}")
    help_ = advice(reply.kind, reply.message)
    told = f"Your code raised {reply.kind}{given}: {said}{place}"
    return joined(told, help_) if help_ else told


def too_slow(question: str, seconds: float) -> str:
    """Say that a question ran out of time."""
    return (
        f"Question {question} took more than {seconds:g} s and was stopped. "
        "Look for a loop that never ends, or for far more epochs than the task needs."
    )


def unusable(what: str) -> str:
    """Say that a result cannot be judged because of its type."""
    return f"Your result is {what}; expected a torch tensor or plain Python values."


def choice_form(got: str, keys: list[str]) -> str:
    """Say that an answer is none of the options."""
    return f"Your answer is {got}; expected one of {', '.join(repr(key) for key in keys)}."


# ── What `grader.lab` says around a verdict, a quiz item and a hint ──────────────────────────────

RECORDED = "recorded"
STOPPED_CHECK = "You stopped this check, so nothing was judged. Run the cell again when you like."
KEY_WITHHELD = "Noted: your teacher's grader marks this one. Its feedback tells you the result."


def unknown_question(question_id: str, unit: str, known: list[str]) -> str:
    """Say that the checks beside the notebook do not know this question."""
    return (
        f"The checks of unit {unit} hold no question {question_id!r}. They hold: "
        f"{', '.join(known)}. If you did not rename it, this notebook and the unit.json beside it "
        "come from different releases: copy the unit's folder again, your answers stay in your "
        "notebook."
    )


def other_release(notebook: str, checks: str) -> str:
    """Say that notebook and unit.json do not belong together."""
    return (
        f"This notebook is of release {notebook}, but the unit.json beside it is of release "
        f"{checks}. A check may ask for something your notebook does not show: copy both from the "
        "same release."
    )


def check_failed_itself(kind: str, text: str) -> str:
    """Say that the check, not the answer, is broken."""
    return (
        f"The check itself failed ({kind}: {text}). Your answer was not judged and this is not "
        "your fault. Restart the kernel and run all cells; if it stays, tell your teacher."
    )


def repair_begins(draws: int) -> str:
    """Announce what the check of a repair does and how long it takes.

    Two lines: JupyterLab breaks a longer printed one in the middle of a word.
    """
    if draws == 1:
        return (
            "Training your recipe on a data set that nobody has seen.\n"
            "That takes as long as one run of your own; ■ stops it."
        )
    return (
        f"Training your recipe on up to {draws} data sets that nobody has seen.\n"
        f"That takes at most {draws} times as long as one run of your own; ■ stops it."
    )


def repair_draw(number: int, draws: int, seconds: float) -> str:
    """One line after each training run of a repair's check."""
    left = (draws - number) * seconds
    return f"  data set {number} of {draws}: trained in {seconds:.1f} s" + (
        f", up to about {left:.0f} s to go" if number < draws else ""
    )


def repair_runs(number: int, draws: int, epoch: int = 0, epochs: int = 0) -> str:
    """Where a repair's check is while it trains."""
    where = f", epoch {epoch} of {epochs}" if epoch else ""
    return f"data set {number} of {draws}{where}"


def progress_not_saved(path: str, reason: str) -> str:
    """Say that progress is not kept."""
    return f"(Your progress cannot be saved in {path}: {reason}. Everything else works.)"


def progress_unreadable(kept_as: str) -> str:
    """Say that a damaged record was set aside."""
    return f"(Your progress file could not be read. It is kept as {kept_as}, and a new one begins.)"


# ── The repair lab ───────────────────────────────────────────────────────────────────────────────
REPAIR_LAB_NEEDS_CLICKS = (
    "The repair lab has buttons in JupyterLab as `make lab` starts it. Here the same is done by "
    "hand: change `build_model` and `settings` in the answer cell below, and run it."
)
REPAIR_LAB_STOPPED_EARLY = "Stopped before there was anything to measure."


def no_repair_lab(question: str) -> str:
    """There is no lab of this name in the unit."""
    return f"This unit has no repair lab {question!r}. Its name is that of the repair question."


def repair_lab_needs_name(name: str) -> str:
    """The recipe uses something that no cell has defined yet."""
    return (
        f"The recipe uses `{name}`, which is not defined yet. Run the cells above the lab (menu "
        "Run, Run All Above Selected Cell), run the lab's cell again, then Train."
    )


def repair_lab_failed(kind: str, said: str) -> str:
    """A run ended with an error."""
    return f"The run ended with {kind}: {said}"


def repair_lab_run(number: int, marks: str, *, good: bool) -> str:
    """What a finished run reached, and what to do next."""
    if good:
        return (
            f"Run {number}: {marks} on this page's data. Take it over as code, run the cells "
            "below, and see whether it holds on data drawn anew."
        )
    return f"Run {number}: {marks}."


def repair_lab_code(question: str) -> str:
    """Heading of the code of the chosen recipe."""
    return f"The chosen recipe as code, for the answer cell of {question}"
