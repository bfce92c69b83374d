"""Run what has no result yet, and keep each result as it comes: a killed run goes on there."""

import json
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Protocol

from grader.classroom import engine
from grader.classroom.course_paths import Course
from grader.classroom.engine.jobs import report
from grader.classroom.grading.ordinary_assignments import OrdinaryAssignment, packages
from grader.classroom.grading.planning import PlannedRun, Planner
from grader.classroom.grading.results import ResultStore
from grader.classroom.grading.run_order import RunSeconds
from grader.classroom.grading.secret_key import class_secret
from grader.classroom.grading.settings import SEALED, RunSettings
from grader.classroom.grading.unattempted import UnattemptedAnswers, untouched
from grader.classroom.sandbox import SandboxSpec, check_sandbox
from grader.core import unit_file as units
from grader.core.errors import SubmissionError
from grader.core.unit_file import FILE_NAME, Unit
from grader.referee.process import ReferencePaths, ReferenceProcess
from grader.referee.recorded_replies import judge_again, loads


class RunProgress(Protocol):
    """Who is told how far it is."""

    def begin(self, work: PlannedRun) -> None:
        """A submission begins to run."""

    def end(self, work: PlannedRun, result: engine.Result) -> None:
        """Its result is kept."""


CARDS = "cards"


def missing(course: Course, works: Sequence[PlannedRun]) -> list[PlannedRun]:
    """The work that has to be run: readable, and without a result that stands."""
    store = ResultStore(course.results)
    found = ((work, store.get(work.key)) for work in works if not work.problem)
    return [work for work, result in found if result is None or not result.report.is_final]


def fill(
    course: Course,
    works: Sequence[PlannedRun],
    settings: RunSettings,
    pool: engine.PoolOptions,
    progress: RunProgress | None = None,
    *,
    again: bool = False,
    only_kept: bool = False,
) -> list[PlannedRun]:
    """Run all of `works` and keep the results; with `again` also what could be judged anew.

    Gives the works that are others by now: their files changed after the planning, and were run as
    they are, or cannot be read any more; these have a problem.

    With `only_kept` nothing is run: what cannot be judged on kept answers has no result after this.

    Raises SetupError, before anything is run, when the sandbox asked for is not there; and when a
    result cannot be kept.
    """
    if not works:
        return []
    store = ResultStore(course.results)
    store.tidy()
    planned = {(work.unit, work.student): work.key for work in works}
    changed: list[PlannedRun] = []
    made = run(course, works, settings, pool, progress, changed, again=again, only_kept=only_kept)
    seconds = _run_seconds(course)
    with closing(made) as results:
        for work, result in results:
            store.put(work.key, result, work.run_key)
            seconds.note(work, result.seconds)
            if work.key != planned[work.unit, work.student]:
                changed.append(replace(work, notebook=b""))
            if progress:
                progress.end(work, result)
    seconds.keep()
    return changed


def run(
    course: Course,
    works: Sequence[PlannedRun],
    settings: RunSettings,
    pool: engine.PoolOptions,
    progress: RunProgress | None = None,
    lost: list[PlannedRun] | None = None,
    *,
    again: bool = False,
    only_kept: bool = False,
) -> Generator[tuple[PlannedRun, engine.Result], None, None]:
    """Run `works`; each with its result as soon as it is there, in the order in which they end.

    Where kept answers allow, a submission is judged again and not run, but never with `again`; with
    `only_kept` the others are left out. A file that changed after the planning is run as it is now,
    and named so; one that cannot be read any more is left out, and put into `lost` with the
    problem.
    """
    settings = settings.resolved()
    if settings.sandbox in SEALED and not pool.scheduler:
        check_sandbox()
    place = engine.WorkerEnvironment.of(
        settings.sandbox,
        SandboxSpec(
            data=course.data_sets,
            course=course.root,
            packages=packages(course, {work.unit for work in works}),
        ),
    )
    sources = ReferencePaths(
        solutions=course.solutions,
        data=course.data,
        cards=course.classroom / CARDS,
        secret=class_secret(course),
        device=settings.device,
    )
    with ReferenceProcess(sources) as references:
        desk = _Desk(course, settings, references, [] if lost is None else lost)
        left = []
        for work in works:
            judged = None if again else desk.judge_again(work)
            if judged is None:
                left.append(work)
            else:
                yield judged
        if not left or only_kept:
            return

        def begin(number: int) -> None:
            if progress:
                progress.begin(desk.underway[number][0])

        left = _run_seconds(course).longest_first(left)
        for number, result in engine.run_class(desk.jobs(left), place, pool, len(left), begin):
            whole, planned = desk.underway.pop(number)
            yield whole, planned.complete(result)


def _run_seconds(course: Course) -> RunSeconds:
    return RunSeconds.of(course.results, course.classroom / CARDS)


def decided(
    course: Course, planner: Planner, work: PlannedRun, settings: RunSettings
) -> engine.Result | None:
    """The result of a submission that has no answer to be asked, whose code need not run for it.

    Its notebook has no outputs. None where it has to be run.
    """
    settings = settings.resolved()
    if planner.assignment is not None:  # its tests run whatever was answered
        return None
    _, planned = _Unit.of(course, planner).planned(course, work, settings)
    if planned.rest.questions:
        return None
    told = report(planned.rest, settings.sandbox, {}, 0.0)
    return planned.complete(engine.Result(told, planned.rest.notebook, 0.0))


@dataclass(frozen=True)
class _Unit:
    """What all jobs of a unit share."""

    planner: Planner
    beside: Mapping[str, bytes]
    released: Unit

    @classmethod
    def of(cls, course: Course, planner: Planner) -> "_Unit":
        """Read a released unit, once for a class: its `unit.json` has half a megabyte."""
        released = units.find(course.notebooks / planner.unit)
        return cls(planner, _beside(released), released)

    def planned(
        self, course: Course, work: PlannedRun, settings: RunSettings
    ) -> tuple[PlannedRun, UnattemptedAnswers]:
        """A work with its notebook, and what is to be asked of it, with inputs of the release.

        Raises SubmissionError where the notebook cannot be read any more.
        """
        whole = self.planner.complete(course, work)
        job = engine.Job(
            student=whole.student,
            unit=whole.unit,
            notebook=whole.notebook,
            questions=self.released.questions,
            files=self.beside,
            everything=settings.everything,
            device=settings.device,
        )
        return whole, untouched(job, self.released.scaffolds)


@dataclass(frozen=True)
class _Ordinary:
    """What all jobs of an ordinary assignment share."""

    planner: Planner
    own: OrdinaryAssignment

    def planned(
        self,
        course: Course,
        work: PlannedRun,
        settings: RunSettings,  # noqa: ARG002 - no reference runs, and nothing only demonstrates
    ) -> tuple[PlannedRun, UnattemptedAnswers]:
        """A work with its notebook, all of which runs. Raises SubmissionError as a unit's does."""
        whole = self.planner.complete(course, work)
        job = engine.Job(
            student=whole.student,
            unit=whole.unit,
            notebook=whole.notebook,
            questions={},
            files=self.own.files,
            tests=self.own.tests,
            released=self.own.code,
        )
        return whole, UnattemptedAnswers(job, job, {}, tuple(self.own.tests))


@dataclass
class _Desk:
    """Turns planned work into jobs; `underway` holds what each job that runs was made from.

    `lost` gets the works whose files cannot be read any more.
    """

    course: Course
    settings: RunSettings
    references: ReferenceProcess
    lost: list[PlannedRun] = field(default_factory=list)
    underway: dict[int, tuple[PlannedRun, UnattemptedAnswers]] = field(default_factory=dict)
    _units: dict[str, "_Unit | _Ordinary"] = field(default_factory=dict)

    def jobs(self, works: Iterable[PlannedRun]) -> Iterator[engine.Job]:
        """A job for each work that is still there, made when it is asked for."""
        number = 0
        for work in works:
            try:
                self.underway[number] = self._prepared(work)
            except SubmissionError as error:
                self.lost.append(PlannedRun(work.student, work.unit, problem=str(error)))
                continue
            yield self.underway[number][1].rest
            number += 1

    def judge_again(self, work: PlannedRun) -> tuple[PlannedRun, engine.Result] | None:
        """The result of kept answers to the questions as they are now, where that can be told."""
        kept = ResultStore(self.course.results).answered(work.run_key)
        if kept is None:
            return None
        try:
            whole, planned = self._prepared(work)
        except SubmissionError:  # told of when its turn comes
            return None
        result = _judged_again(planned, kept) if whole.run_key == work.run_key else None
        return (whole, result) if result else None

    def _prepared(self, work: PlannedRun) -> tuple[PlannedRun, UnattemptedAnswers]:
        if work.unit not in self._units:
            planner = Planner.of(self.course, work.unit, self.settings)
            own = planner.assignment
            self._units[work.unit] = (
                _Unit.of(self.course, planner) if own is None else _Ordinary(planner, own)
            )
        whole, planned = self._units[work.unit].planned(self.course, work, self.settings)
        asked = planned.rest.questions
        return whole, planned.asking(self.references.prepare(whole.unit, whole.student, asked))


def _beside(released: Unit) -> dict[str, bytes]:
    """The files of a run: whoever got no keys shall not find them there when it is graded.

    Only code reads them: in one line, which json writes in C, as it does no indented text.
    """
    return {FILE_NAME: json.dumps(released.without_keys().to_json()).encode()}


def _judged_again(planned: UnattemptedAnswers, kept: engine.Result) -> engine.Result | None:
    """The result of the same answers to the questions as they are now, where that can be told."""
    try:
        answers = loads(kept.answers)
    except ValueError:
        return None
    job = planned.rest
    verdicts = judge_again(job.questions, answers)
    if verdicts is None:
        return None
    told = report(job, kept.report.sandbox, verdicts, kept.seconds, kept.report.causes)
    return planned.complete(replace(kept, report=told))
