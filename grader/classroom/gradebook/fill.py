"""Run what has no result yet, and keep each result as it comes: a killed run goes on there."""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing

from grader.classroom import engine
from grader.classroom.course import Course
from grader.classroom.gradebook.plan import Work, class_secret
from grader.classroom.gradebook.results import Store, is_final
from grader.classroom.gradebook.settings import Settings
from grader.classroom.gradebook.untouched import Untouched, untouched
from grader.classroom.sandbox import Box, check_sandbox
from grader.core import unit as units
from grader.core.unit import FILE_NAME
from grader.referee.process import ReferenceProcess, Sources

Progress = Callable[[Work, engine.Result], None]
CARDS = "cards"


def missing(course: Course, works: Sequence[Work]) -> list[Work]:
    """The work that has to be run: readable, and without a result that stands."""
    store = Store(course.results)
    found = ((work, store.get(work.key)) for work in works if not work.problem)
    return [work for work, result in found if result is None or not is_final(result)]


def fill(
    course: Course,
    works: Sequence[Work],
    settings: Settings,
    crew: engine.Crew,
    progress: Progress | None = None,
) -> None:
    """Run all of `works` and keep the results.

    Raises SetupError, before anything is run, when the sandbox asked for is not there.
    """
    if not works:
        return
    store = Store(course.results)
    with closing(run(course, works, settings, crew)) as results:
        for work, result in results:
            store.put(work.key, result)
            if progress:
                progress(work, result)


def run(
    course: Course, works: Sequence[Work], settings: Settings, crew: engine.Crew
) -> Generator[tuple[Work, engine.Result], None, None]:
    """Run `works`; each with its result as soon as it is there, in the order in which they end."""
    settings = settings.resolved()
    if settings.sandbox != "none" and not crew.scheduler:
        check_sandbox()
    place = engine.Place.of(settings.sandbox, Box(data=course.data, course=course.root))
    sources = Sources(
        solutions=course.solutions,
        data=course.data,
        cards=course.classroom / CARDS,
        secret=class_secret(course),
        device=settings.device,
    )
    planned: dict[int, Untouched] = {}

    def jobs() -> Iterator[engine.Job]:
        for index, work in enumerate(works):
            job = _job(course, work, references, settings)
            planned[index] = untouched(job, _scaffolds(course, work.unit))
            yield planned[index].rest

    with ReferenceProcess(sources) as references:
        for index, result in engine.run_class(jobs(), place, crew, len(works)):
            yield works[index], planned.pop(index).complete(result)


def _job(
    course: Course, work: Work, references: ReferenceProcess, settings: Settings
) -> engine.Job:
    description = course.notebooks / work.unit / FILE_NAME
    return engine.Job(
        student=work.student,
        unit=work.unit,
        notebook=work.notebook,
        questions=references.prepare(work.unit, work.student),
        files={FILE_NAME: description.read_bytes()},
        everything=settings.everything,
        device=settings.device,
    )


def _scaffolds(course: Course, unit: str) -> dict[str, str]:
    """The fingerprints of a release's untouched answer cells."""
    return units.find(course.notebooks / unit).scaffolds
