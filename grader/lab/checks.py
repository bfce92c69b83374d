"""`check`: judge an answer in the notebook, or hand it to the referee where one is listening.

The same judge and the same performer decide in both places. In a learner's own notebook `check`
says its verdict and never raises, so that Run All runs through. While nbgrader runs a notebook with
no referee at hand it raises, or Validate would call a wrong answer right.
"""

import json
import linecache
import textwrap
import time
from dataclasses import dataclass, replace
from pathlib import Path

from grader.core import data_recipe, messages, unit_file
from grader.core.earlier_answers import answer_names, leans_on, sentence
from grader.core.error_messages import joined
from grader.core.errors import GraderError
from grader.core.interrupts import until_interrupted
from grader.core.judgement import Ask, judge
from grader.core.names import stem
from grader.core.question import ChoiceQuestion, PreparedQuestion, RepairQuestion
from grader.core.requests import Raised, Reply, Request, Train
from grader.core.unit_file import Unit
from grader.core.verdict_rules import rule
from grader.core.verdicts import Outcome, Verdict
from grader.lab import frontend, interrupts, notebook_context
from grader.lab.cards import show_verdict
from grader.lab.check_progress import CheckBar
from grader.lab.data import data_folder
from grader.lab.progress_file import UnitProgress
from grader.lab.quiz import challenges
from grader.wire import channels
from grader.wire.perform import Performer

FIRST_PUBLIC_SEED = 7_300_001
"""Draws of a learner's own check; a graded run draws from a secret seed."""

# Characters of a line that nbgrader's validation shows, less the error's name and its indent.
_WIDTH = 70


class CheckFailed(AssertionError):  # noqa: N818  it is a verdict that stops a run, not an error of ours
    """An answer did not pass while nbgrader validated the notebook; its text says why.

    In a learner's own notebook `check` says its verdict and never raises.

    Example:
        >>> raise lab.CheckFailed("Expected shape (2, 3), got (3, 2).")
        Traceback (most recent call last):
        grader.lab.checks.CheckFailed: Expected shape (2, 3), got (3, 2).
    """


def check(question_id: str, answer: object) -> None:
    """Judge `answer` and say the verdict; in a graded run let the referee judge instead.

    Args:
        question_id: str, such as "rnn-step"; one of the questions in the `unit.json` beside the
            notebook.
        answer: what the question asks for: a function, a value, a `train_model` or a letter.

    Raises:
        CheckFailed: only while nbgrader validates the notebook, where the answer does not pass.

    Example:
        >>> lab.check("rnn-last-state", lambda *given: None)
        ✘ rnn-last-state: wrong (0 of 2 points)
        Your function gives back nothing: ...
    """
    referee = channels.current()
    if referee is not None:
        referee.check(question_id, answer)
        print(messages.RECORDED)
        return
    said = None
    with until_interrupted() as interruption:
        said = _check(question_id, answer)
    if interruption.came:
        print(messages.STOPPED_CHECK)
    if said and frontend.is_graded():
        raise CheckFailed(_in_lines(said))


def _in_lines(said: str) -> str:
    """A message in lines that `nbgrader validate` shows whole: it cuts each at 90 characters."""
    return "\n".join(textwrap.fill(line, _WIDTH) for line in said.splitlines())


def _check(question_id: str, answer: object) -> str | None:
    """Judge and show; the message of an answer that did not pass, None for one that did."""
    here = Path.cwd()
    try:
        checks = unit_file.find(here)
        question = checks.questions.get(question_id)
        if question is None:
            said = messages.unknown_question(question_id, checks.name, sorted(checks.questions))
            print(said)
            return said
        if isinstance(question, ChoiceQuestion) and question.right is None:
            print(messages.KEY_WITHHELD)
            return None
        with frontend.quiet():
            verdict = _verdict(question, checks, answer)
        why = notebook_context.explained(verdict, checks)
        if why:
            verdict = replace(verdict, message=joined(verdict.message, why))
        show_verdict(verdict, _notes(verdict, checks, answer, here))
    except GraderError as error:
        print(error)
        return str(error)
    except Exception as error:  # noqa: BLE001  our fault, and no reason to stop a lesson
        said = messages.check_failed_itself(type(error).__name__, str(error))
        print(said)
        return said
    return None if verdict.outcome is Outcome.PASSED else verdict.message


def _verdict(question: PreparedQuestion, checks: Unit, answer: object) -> Verdict:
    scaffold = _untouched(answer, checks.scaffolds.get(question.id, ""))
    if not scaffold:
        return _judged(question, answer)
    not_attempted = rule(question, Outcome.NOT_ATTEMPTED, messages.NOT_ATTEMPTED)
    if isinstance(question, RepairQuestion) and not notebook_context.is_remade(scaffold, checks):
        return not_attempted  # it would train for minutes
    verdict = _judged(question, answer)
    return verdict if verdict.points else not_attempted


def _judged(question: PreparedQuestion, answer: object) -> Verdict:
    performer = Performer(answer)
    if not isinstance(question, RepairQuestion) or answer is Ellipsis:
        return _timed(question, _interruptible(performer.perform))
    # nbgrader gives a cell of a validation thirty seconds
    count = 1 if frontend.is_validated() else question.repair.count
    seeds = range(FIRST_PUBLIC_SEED, FIRST_PUBLIC_SEED + count)
    draws = data_recipe.draws(data_folder(question.repair.data), seeds)
    question = replace(question, repair=replace(question.repair, draws=draws))
    print(messages.repair_begins(count))
    with interrupts.noticed() as pressed, CheckBar(count) as bar:
        telling = _Telling(performer.perform, bar)
        return _timed(question, _interruptible(telling, pressed))


def _timed(question: PreparedQuestion, ask: Ask) -> Verdict:
    started = time.perf_counter()
    verdict = judge(question, ask)
    return replace(verdict, seconds=time.perf_counter() - started)


@dataclass
class _Telling:
    """Asks, and lets the bar say a line after each training run."""

    ask: Ask
    bar: CheckBar

    def __call__(self, request: Request) -> Reply:
        started = time.perf_counter()
        reply = self.ask(request)
        if isinstance(request, Train) and not isinstance(reply, Raised):
            self.bar.trained(time.perf_counter() - started)
        return reply


def _interruptible(ask: Ask, pressed: list[bool] | None = None) -> Ask:
    """Ask, and let the learner's ■ end the whole check.

    In a graded run an interrupt is a time limit and becomes part of the verdict; here it is a wish.
    `lab.fit` turns ■ into a run that ends early, so `pressed` remembers that there was one.
    """

    def asked(request: Request) -> Reply:
        reply = ask(request)
        stopped = isinstance(reply, Raised) and reply.interrupted
        if (stopped or pressed) and not frontend.is_graded():
            interrupts.stop()
        return reply

    return asked


def _untouched(answer: object, scaffold: str) -> str:
    """The source of the cell that defined the answer where that is the scaffold, else nothing."""
    code = getattr(answer, "__code__", None)
    if code is None or not scaffold:
        return ""
    source = "".join(linecache.getlines(code.co_filename))
    return source if source and unit_file.digest(source) == scaffold else ""


def _notes(verdict: Verdict, checks: Unit, answer: object, here: Path) -> list[str]:
    """What to add to a verdict; keeps the record of tries on the way."""
    notes = []
    progress = UnitProgress(here)
    if not frontend.is_graded() and verdict.outcome is not Outcome.NOT_ATTEMPTED:
        entry = {"outcome": str(verdict.outcome), "points": verdict.points, "max": verdict.maximum}
        progress.put("check", verdict.question, entry)
        item = checks.quiz.get(verdict.question)
        asked = checks.questions[verdict.question]
        if isinstance(asked, ChoiceQuestion) and item and isinstance(answer, str):
            notes += challenges.notes(item, answer.strip().lower(), checks, progress)
    notes += _about_earlier(verdict, checks, answer, progress)
    notes += notebook_context.changed_cells(here, checks, f"{stem(checks.name)}.ipynb")
    release = _notebook_release(here / f"{stem(checks.name)}.ipynb")
    if release and release != checks.release:
        notes.append(messages.other_release(release, checks.release))
    return notes


def _about_earlier(
    verdict: Verdict, checks: Unit, answer: object, progress: UnitProgress
) -> list[str]:
    """A sentence where the answer's code uses an earlier one that did not pass its last check."""
    question = checks.questions[verdict.question]
    used = getattr(getattr(answer, "__code__", None), "co_names", ())
    if verdict.outcome not in {Outcome.WRONG, Outcome.RAISED} or not isinstance(used, tuple):
        return []
    if verdict.mistake in question.messages:
        return []
    names = answer_names(checks.given.values())
    for earlier in leans_on(verdict.question, used, names):
        last = progress.get("check", earlier).get("outcome")
        if last not in {None, str(Outcome.PASSED)}:
            return [sentence(earlier, names[earlier])]
    return []


def _notebook_release(notebook: Path) -> str | None:
    """The release a notebook says it is of; None where there is none to read."""
    try:
        metadata = json.loads(notebook.read_text(encoding="utf-8"))["metadata"]
        return str(metadata["grader"]["release"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
