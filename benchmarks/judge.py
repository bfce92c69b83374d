"""Judge the whole question bank: wrong answers that pass, and right ones that do not.

    make judge-evidence [QUICK=1]             or: python -m benchmarks.judge [--quick] [UNIT ...]

On `SEEDS` seeds of hidden inputs, for every question that is no repair: each named mistake must
earn nothing and be named (else it is a false accept), and the reference must earn full marks on one
and on two threads. The attempts of tests/natural, as learners make them, are judged on the same
seeds: right ones must pass, wrong ones earn nothing. `unnamed` is the share of the wrong ones that
were told no mistake by name on some seed; it may be 0.1 at most.

Then every submission of tests/styles/corpus is graded in the sandbox, on as many secrets, on one
and on two threads; one that loses points is a false reject. `--quick` leaves out those that train,
which take minutes each; a run cut short goes on where it stopped, and takes what
`make styles SEEDS=5` has found. Named mistakes and references of repairs are trained twenty times
by `make evidence`; nothing of that is done again here.

It writes docs/judge.md and ends with one JSON object, in which `false_accepts` and `false_rejects`
shall be 0: then the exit code is 0, and 1 otherwise.
"""

import argparse
import json
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # references are small, and share the machine

import torch

from benchmarks.evidence import machine
from benchmarks.natural import RIGHT, Attempt, read_attempts
from benchmarks.natural import verdict as verdict_on
from benchmarks.styles import THREADS, Style, bank, lost_on, read_styles
from grader.core.judgement import judge
from grader.core.question import FUNCTION, REPAIR
from grader.core.verdicts import Outcome
from grader.referee.preparation import prepare, seed_for
from grader.referee.question_bank import Question
from grader.wire.perform import Performer

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "judge.md"
SEEDS = 5
MOST_UNNAMED = 0.1
SECRET = "the judge's evidence"  # noqa: S105 - numbers the draws, so that a run can be repeated


@dataclass
class Count:
    """What has been judged in one unit, and what came out wrong, in words."""

    questions: int = 0
    mistakes: int = 0
    styles: int = 0
    natural: int = 0
    wrong: int = 0
    unnamed: int = 0
    accepts: list[str] = field(default_factory=list)
    rejects: list[str] = field(default_factory=list)
    judged: int = 0


def judge_question(question: Question, count: Count) -> None:
    """The reference and every named mistake, on every seed."""
    count.questions += 1
    count.mistakes += len(question.mistakes)
    for number in range(SEEDS):
        asked = prepare(question, seed_for(SECRET, "cases", number, question.id))
        for threads in THREADS:
            torch.set_num_threads(threads)
            verdict = judge(asked, Performer(question.reference).perform)
            count.judged += 1
            if verdict.points < verdict.maximum:
                where = f"{question.id}, seed {number}, {threads} threads"
                count.rejects.append(f"the reference of {where}: {verdict.message}")
        torch.set_num_threads(1)
        for mistake in question.mistakes:
            for function in mistake.functions:
                verdict = judge(asked, Performer(function).perform)
                count.judged += 1
                if verdict.points or verdict.mistake != mistake.name:
                    told = f"{verdict.points:g} points, told {verdict.mistake}"
                    count.accepts.append(f"{question.id}, {mistake.name}, seed {number}: {told}")


def judge_attempts(question: Question, unit: str, count: Count) -> None:
    """Every natural attempt at the question, on every seed."""
    attempts = read_attempts(question.id)
    count.natural += len(attempts)
    count.wrong += sum(attempt.deserves != RIGHT for attempt in attempts)
    unnamed: set[Attempt] = set()
    for number in range(SEEDS):
        asked = prepare(question, seed_for(SECRET, "cases", number, question.id))
        for attempt in attempts:
            verdict = verdict_on(attempt, unit, asked)
            count.judged += 1
            where = f"{attempt.name}, seed {number}: {verdict.points:g} points, {verdict.message}"
            if attempt.deserves == RIGHT:
                if verdict.outcome is not Outcome.PASSED:
                    count.rejects.append(where)
            elif verdict.points:
                count.accepts.append(where)
            elif not verdict.mistake:
                unnamed.add(attempt)
    count.unnamed += len(unnamed)


def judge_style(style: Style, count: Count) -> None:
    """One honest submission on every secret and number of threads."""
    count.styles += 1
    for number in range(SEEDS):
        for threads in THREADS:
            count.judged += 1
            where = f"{style.name}, secret {number}, {threads} threads"
            count.rejects += [f"{where}: {text}" for text in lost_on(style, number, threads)]


def page(counts: dict[str, Count], *, quick: bool) -> str:
    """docs/judge.md."""
    lines = [
        "# What the judge lets through and what it refuses",
        "",
        f"`make judge-evidence{' QUICK=1' if quick else ''}` on {machine()}: {SEEDS} seeds of "
        "hidden inputs. A false accept is a named mistake that earned points or was not named; a "
        "false reject is a reference (in this process) or an honest submission in another "
        "style (in the sandbox) that lost points, on one thread or on two.",
        "",
        "Natural attempts are answers as learners write them, right and wrong "
        "(`tests/natural/corpus`); unnamed are wrong ones that were told no mistake by name.",
        "",
        "Repairs are judged on trained models: their named mistakes and references are in "
        "[evidence.md](evidence.md), twenty draws each.",
        "",
        "| unit | questions | mistakes | natural | wrong | unnamed | styles | judgements "
        "| false accepts | false rejects |",
        "| --- |" + " ---: |" * 9,
    ]
    lines += [
        f"| {unit} | {c.questions} | {c.mistakes} | {c.natural} | {c.wrong} | {c.unnamed} "
        f"| {c.styles} | {c.judged} | {len(c.accepts)} | {len(c.rejects)} |"
        for unit, c in counts.items()
    ]
    if quick:
        lines += ["", "Styles that train a repair were left out of this run."]
    return "\n".join(lines) + "\n"


def main(words: Sequence[str] | None = None) -> int:
    """Judge, print, write the page; 1 where anything came out wrong."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("units", nargs="*", metavar="UNIT", help="such as 01_rnn; default: all")
    parser.add_argument("--quick", action="store_true", help="leave out styles that train")
    asked = parser.parse_args(words)
    units = asked.units or sorted(p.name for p in (ROOT / "solutions").glob("[0-9][0-9]_*"))
    counts = {unit: Count() for unit in units}
    for unit, count in counts.items():
        for question in bank(unit).questions.values():
            if question.kind != REPAIR:
                judge_question(question, count)
            if question.kind == FUNCTION:
                judge_attempts(question, unit, count)
        print(
            f"{unit}: {count.questions} questions, {count.mistakes} mistakes, {count.natural} "
            f"natural attempts, {count.unnamed} of {count.wrong} wrong ones without a name",
            flush=True,
        )
    for style in _chosen(units, quick=asked.quick):
        count = counts[style.unit]
        before = len(count.rejects)
        judge_style(style, count)
        print(f"{style.name}: {'; '.join(count.rejects[before:]) or 'full marks'}", flush=True)
    for text in (text for c in counts.values() for text in (*c.accepts, *c.rejects)):
        print(f"WRONG  {text}")
    if not asked.units:
        PAGE.write_text(page(counts, quick=asked.quick), encoding="utf-8")
    told = {
        "questions": sum(c.questions for c in counts.values()),
        "mistakes": sum(c.mistakes for c in counts.values()),
        "styles": sum(c.styles for c in counts.values()),
        "seeds": SEEDS,
        "judgements": sum(c.judged for c in counts.values()),
        "trainings": not asked.quick,
        "false_accepts": sum(len(c.accepts) for c in counts.values()),
        "false_rejects": sum(len(c.rejects) for c in counts.values()),
        "natural": sum(c.natural for c in counts.values()),
        "unnamed": round(
            sum(c.unnamed for c in counts.values()) / max(1, sum(c.wrong for c in counts.values())),
            3,
        ),
    }
    print(json.dumps(told))
    wrong = told["false_accepts"] or told["false_rejects"] or told["unnamed"] > MOST_UNNAMED
    return 1 if wrong else 0


def _chosen(units: Sequence[str], *, quick: bool) -> Iterator[Style]:
    for style in read_styles():
        if style.unit in units and not (quick and style.trains):
            yield style


if __name__ == "__main__":
    sys.exit(main())
