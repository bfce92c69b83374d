"""Run cases through the way of every class: plan, sandbox, referee, ledger, gradebook, pages."""

import json
import shutil
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import nbformat

from grader.classroom.course_paths import Course
from grader.classroom.engine import Result
from grader.classroom.engine.kernel_driver import START_SECONDS
from grader.classroom.engine.runner import run_safely
from grader.classroom.grading import pending_runs
from grader.classroom.grading.planning import PlannedRun, plan
from grader.classroom.grading.results import ResultStore
from grader.classroom.grading.secret_key import class_secret
from grader.classroom.grading.settings import RunSettings
from grader.classroom.sandbox import LAUNCHERS, Limits, SandboxSpec
from grader.classroom.sandbox.processes import KILL_SECONDS
from grader.classroom.submissions.student_names import shown
from grader.referee.judge_proxy import ANSWER_SECONDS
from grader.referee.process import ReferencePaths, ReferenceProcess
from tests.redteam.arena import UNIT
from tests.redteam.book import book_effects
from tests.redteam.case import HELD, Case
from tests.redteam.ground import Ground, watched
from tests.redteam.submission import hand_in

HONEST = Case("zzz-honest", "none", HELD, "full points", base="right", deserved=5.0)
NEXT = "-next"
# Tighter than a class's, so that a row which runs into one costs seconds; still wide enough for a
# machine on which importing torch takes ten.
LIMITS = Limits(
    notebook_seconds=180.0, cell_seconds=25.0, grace_seconds=5.0, memory_mib=1024, disk_mib=64
)
# What a submission may hold up its worker for: its own time, and on a starved machine a kernel's
# start, its end, and the judge's last words for the question at hand and for the whole.
MOST_SECONDS = (
    LIMITS.notebook_seconds
    + LIMITS.grace_seconds
    + START_SECONDS
    + 2 * KILL_SECONDS
    + 2 * ANSWER_SECONDS
)


@dataclass
class Row:
    """What became of one case."""

    case: Case
    points: float = 0.0
    outcomes: dict[str, str] = field(default_factory=dict)
    problem: str = ""
    effects: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def unearned(self) -> float:
        """Points beyond what the answers are worth."""
        return max(0.0, round(self.points - self.case.deserved, 6))

    @property
    def is_late(self) -> bool:
        """Whether it took longer than its limits allow; only a quiet machine can tell."""
        return self.seconds > MOST_SECONDS

    @property
    def faults(self) -> list[str]:
        """What is not as the case says; empty where it is."""
        case, found = self.case, list(self.effects)
        if case.outcome == HELD and self.unearned:
            found.append(f"{self.unearned:g} unearned points")
        for question, outcome in case.names.items():
            if self.outcomes.get(question) != outcome:
                found.append(f"{question} is {self.outcomes.get(question)}, not {outcome}")
        if case.refused != bool(self.problem):
            found.append(f"said to be refused: {case.refused}; told: {self.problem or 'nothing'}")
        return found


def run_rows(cases: Sequence[Case], arena: Path, folder: Path, sandbox: str) -> list[Row]:
    """Run `cases` one after another on a ground of their own, copied from `arena`."""
    shutil.copytree(arena, folder / "course")
    course = Course(folder / "course", folder / "course" / "classroom")
    hand_in(HONEST, _release(course), {}, course.submission(UNIT, HONEST.name))
    ground = Ground(course, folder)
    try:
        return list(_run(cases, ground, sandbox))
    finally:
        ground.close()


def _run(cases: Sequence[Case], ground: Ground, sandbox: str) -> Iterator[Row]:
    course, rows = ground.course, {shown(case.who): Row(case) for case in cases}
    release, followed = _release(course), {case.name for case in cases if case.follow}
    for case in cases:
        hand_in(case, release, ground.names, course.submission(UNIT, case.who))
    for name in followed:
        hand_in(HONEST, release, {}, course.submission(UNIT, name + NEXT))
    ground.effects()
    settings = RunSettings(device="cpu", sandbox=sandbox)
    known = [*rows, *(name + NEXT for name in followed)]
    works = {work.student: work for work in plan(course, UNIT, settings) if work.student in known}
    for name, row in rows.items():
        row.problem = works[name].problem
    for work, result in _results([w for w in works.values() if not w.problem], ground, settings):
        row = rows[work.student.removesuffix(NEXT)]
        sys.stderr.write(f"{work.student} {result.report.score:g} {result.seconds:.1f} s\n")
        row.effects += _effects(ground, result)
        if work.student.endswith(NEXT):
            row.effects += _harm_to_the_next(result)
        else:
            _note(row, result)
    booked = [row for row in rows.values() if row.case.book]
    if booked:
        honest = plan(course, UNIT, settings, HONEST.name)
        list(_results(honest, ground, settings))
        told = {name: works[name] for name, row in rows.items() if row.case.book}
        effects = book_effects(course, settings, list(told.values()), honest)
        for name in told:
            rows[name].effects += effects[name]
    yield from rows.values()


def _results(
    works: Sequence[PlannedRun], ground: Ground, settings: RunSettings
) -> Iterator[tuple[PlannedRun, Result]]:
    """The results, kept in the class's store: `fill.run` without its workers, kernels watched."""
    course = ground.course
    launcher = watched(LAUNCHERS[settings.sandbox], ground)()
    box = SandboxSpec(data=course.data, course=course.root, limits=LIMITS)
    cards = course.classroom / pending_runs.CARDS
    sources = ReferencePaths(
        course.solutions, course.data, cards, class_secret(course), settings.device
    )
    with closing(launcher), ReferenceProcess(sources) as references:
        desk = pending_runs._Desk(course, settings, references)
        for planned_work in works:
            work, planned = desk._prepared(planned_work)
            result = planned.complete(run_safely(planned.rest, launcher, box))
            ResultStore(course.results).put(work.key, result)
            yield work, result


def _note(row: Row, result: Result) -> None:
    row.points, row.seconds = result.report.score, result.seconds
    row.outcomes = {name: str(verdict.outcome) for name, verdict in result.verdicts.items()}
    row.effects += [
        f"the grader failed in {name}: {verdict.message}"
        for name, verdict in result.verdicts.items()
        if str(verdict.outcome) == "broken"
    ]
    row.effects += [f"{word} was told" for word in row.case.never if word in _told(result)]
    remarks = json.dumps(result.report.remarks)
    if row.case.look and row.case.look not in remarks:
        row.effects.append(f"the report's remarks do not tell of {row.case.look!r}")


def _effects(ground: Ground, result: Result) -> list[str]:
    told = result.notebook.decode() + json.dumps(result.report.to_json())
    return [*ground.effects(), *ground.grew(), *ground.shown(told)]


def _told(result: Result) -> str:
    """What the cells printed and showed."""
    notebook = nbformat.reads(result.notebook.decode(), as_version=4)
    return json.dumps([cell.get("outputs", []) for cell in notebook.cells])


def _harm_to_the_next(result: Result) -> list[str]:
    harm = [] if result.report.score == HONEST.deserved else ["the next submission lost points"]
    if "planted" in result.notebook.decode():
        harm.append("the next submission ran what this one planted")
    return harm


def _release(course: Course) -> dict[str, object]:
    text = course.released(UNIT).read_text(encoding="utf-8")
    return dict(nbformat.from_dict(json.loads(text)))


def run_part(
    cases: Sequence[Case], arena: Path, folder: Path, sandbox: str
) -> tuple[list[Row], str]:
    """`run_rows` for a process pool: a failure comes back as text."""
    try:
        return run_rows(cases, arena, folder, sandbox), ""
    except BaseException:  # noqa: BLE001 - whatever it is, the other rows must be told of
        return [], traceback.format_exc()
