"""A question tests itself: its reference passes, each mistake is caught and told by its name."""

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from grader.classroom.authoring.problems import Problem
from grader.core.judgement import judge
from grader.core.question import VALUE, PreparedQuestion
from grader.core.verdicts import Outcome, Verdict
from grader.referee.preparation import (
    VISIBLE_SEED,
    as_answer,
    draw_all,
    prepare,
    seed_for,
    with_draws,
)
from grader.referee.question_bank import Mistake, Question
from grader.referee.source_lines import line_of, line_of_entry
from grader.wire.perform import Performer

_SECRET = "what an author checks with"  # noqa: S105 - nobody is graded on these draws
# The cases that learners get, and five as a class might have them.
SEEDS = (VISIBLE_SEED, *(seed_for(_SECRET, n) for n in range(5)))
_ENDS = '.?!`)…"'


def question_problems(question: Question) -> Iterator[Problem]:
    """Whatever is wrong with a question that is no repair, on six draws of its cases."""
    yield from wording_problems(question)
    drawn = [prepare(question, seed, visible=seed == VISIBLE_SEED) for seed in SEEDS]
    for asked in drawn:
        verdict = judged(asked, as_answer(question, question.reference))
        if verdict.outcome is not Outcome.PASSED:
            told = f"the reference does not earn full marks: {verdict.message}"
            yield Problem(told, question.path, line_of(question.path, "reference"))
            return
    for place, mistake in enumerate(question.mistakes):
        told = next(filter(None, (_not_told(question, asked, mistake) for asked in drawn)), "")
        if told:
            yield Problem(told, question.path, line_of_entry(question.path, "MISTAKES", place))
    dots = [...] if question.kind == VALUE else [..., lambda *_inputs: ...]
    if any(judged(drawn[0], answer).outcome is not Outcome.NOT_ATTEMPTED for answer in dots):
        told = "dots in the place of an answer do not count as not attempted"
        yield Problem(told, question.path)
    for name, answer in _ODD.items():
        points = judged(drawn[1], answer).points
        if points:
            yield Problem(f"{name} earns {points:g} points", question.path)


def repair_problems(repair: Question, data: Path) -> Iterator[Problem]:
    """Whatever is wrong with a repair, on one set of draws from the data sets in `data`; trains."""
    yield from wording_problems(repair)
    with _one_thread():
        yield from _trained_problems(repair, data)


def _trained_problems(repair: Question, data: Path) -> Iterator[Problem]:
    asked = with_draws(repair, draw_all(repair, _SECRET, data), {})
    verdict = judged(asked, repair.reference)
    if verdict.outcome is not Outcome.PASSED:
        told = f"the reference does not pass: {verdict.message}"
        yield Problem(told, repair.path, line_of(repair.path, "reference"))
    verdict = judged(asked, repair.module.baseline)
    if verdict.points or not verdict.mistake:
        earned = f"the recipe that learners start from earns {verdict.points:g} points, told:"
        told = f"{earned} {verdict.message}"
        yield Problem(told, repair.path, line_of(repair.path, "baseline"))
    verdict = judged(asked, lambda _train, _val: None)
    if verdict.points or verdict.mistake != "no-model":
        yield Problem("a recipe that returns nothing is not told so", repair.path)


def wording_problems(question: Question) -> Iterator[Problem]:
    """A question explains itself: a docstring, a title, hints and messages that are sentences."""
    path = question.path
    if not inspect.getdoc(question.module):
        yield Problem("it has no docstring that says in a sentence what is asked", path, 1)
    if not question.title.strip():
        yield Problem("TITLE is empty", path, line_of(path, "TITLE"))
    if not question.hints:
        yield Problem("HINTS is empty: who is stuck gets nothing", path, line_of(path, "HINTS"))
    if not question.mistakes:
        told = "MISTAKES is empty: a check that only says *wrong* teaches nothing"
        yield Problem(told, path, line_of(path, "MISTAKES"))
    texts = [("HINTS", place, hint) for place, hint in enumerate(question.hints)]
    texts += [("MISTAKES", n, mistake.message) for n, mistake in enumerate(question.mistakes)]
    for name, place, text in texts:
        if text.strip()[-1:] not in _ENDS:
            told = f"{text.strip()[-40:]!r} is no whole sentence; end it with a full stop"
            yield Problem(told, path, line_of_entry(path, name, place))


def judged(asked: PreparedQuestion, answer: object) -> Verdict:
    """What the judge says of an answer, carried out here: for code of the course alone."""
    return judge(asked, Performer(answer).perform)


def _not_told(question: Question, asked: PreparedQuestion, mistake: Mistake) -> str:
    """Why a mistake is not told as itself on these cases; empty where it is."""
    for number, function in enumerate(mistake.functions, 1):
        verdict = judged(asked, as_answer(question, function))
        way = f" (its {number}. way)" if len(mistake.functions) > 1 else ""
        name = f"mistake {mistake.name!r}{way}"
        if verdict.points:
            return (
                f"{name} earns {verdict.points:g} points: on some draws it gives what the "
                "reference gives; let `inputs` show the difference"
            )
        if verdict.mistake and verdict.mistake != mistake.name:
            return (
                f"{name} is told as {verdict.mistake!r}: on some draws both give the same; let "
                "`inputs` show the difference, or make them one mistake"
            )
        if verdict.mistake != mistake.name or verdict.message != mistake.message:
            return f"{name} is not told by its sentence, but: {verdict.message}"
    return ""


@contextmanager
def _one_thread() -> Iterator[None]:
    """Networks this small gain nothing from a second thread, and lose much on a busy machine."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _fail(*_inputs: object) -> None:
    message = "odd"
    raise RuntimeError(message)


_ODD: dict[str, Callable[..., Any]] = {
    "an answer that returns nothing": lambda *_: None,
    "an answer that raises": _fail,
    "an answer that returns a text": lambda *_: "text",
    "an answer that returns zeros": lambda *inputs: inputs[0] * 0 if inputs else 0,
}
