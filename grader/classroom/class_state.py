"""A class as it stands: every student of a unit with the mark that counts, or why there is none.

The one source of tables, class pages, exports and exit codes, so that none of them can differ.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from grader.classroom.course_paths import Course
from grader.classroom.grading.entries import Entry, Mark, State, present
from grader.classroom.grading.planned_entries import entries
from grader.classroom.grading.planning import PlannedRun, plan
from grader.classroom.grading.release_history import COUNT, EXCUSE, decisions, later_questions
from grader.classroom.grading.results import ResultStore
from grader.classroom.grading.settings import RunSettings, last_used
from grader.classroom.nbgrader.gradebook_marks import marks
from grader.classroom.nbgrader.recording import is_recorded, record
from grader.classroom.nbgrader.registration import is_registered
from grader.classroom.nbgrader.student_table import Person, roster
from grader.classroom.submissions.student_names import composed
from grader.core.verdicts import Outcome


def standing(course: Course, unit: str, settings: RunSettings) -> list[Entry]:
    """Everybody in a unit, by name; first records what has a result and stands by older rules.

    Runs nothing and judges nothing.
    """
    settings = last_used(course.classroom, unit, settings)
    works = plan(course, unit, settings)
    failures: Mapping[str, str] = {}
    if works and is_registered(course, unit):
        store = ResultStore(course.results)
        ready = [w for w in works if w.problem or store.get(w.key) is not None]
        known = [w for w in ready if (course.autograded / w.student / unit).is_dir()]
        failures = record(course, unit, known, settings)
    return stand(course, unit, works, entries(course, works, failures), whole=True)


def stand(
    course: Course,
    unit: str,
    works: Sequence[PlannedRun],
    found: Iterable[Entry],
    *,
    whole: bool,
) -> list[Entry]:
    """Entries with their marks; with `whole` also who is missing. By student."""
    people = roster(course)
    known = {mark.student: mark for mark in marks(course, unit)}
    decided = decisions(course, unit)
    planned = {work.student: work for work in works}
    found = list(found)
    folders = {entry.student for entry in found}
    made = {}
    for entry in found:
        student = composed(entry.student)
        if student != entry.student and student in folders:
            made[entry.student] = entry  # a second folder by the same name, which was refused
            continue
        person = people.get(student, Person(student))
        if person.withdrawn:
            made[student] = _absent(person, unit, State.WITHDRAWN)
            continue
        mark = known.get(entry.student)
        stale = _stale(course, planned.get(entry.student), entry, mark)
        own = {q: word[student] for q, word in decided.items() if student in word}
        whole_entry = replace(
            entry,
            name=person.name,
            email=person.email,
            lms_id=person.lms_id,
            problem=stale or entry.problem,
            mark=mark,
            excused=frozenset(q for q, word in own.items() if word == EXCUSE),
        )
        made[student] = replace(whole_entry, later=_later(course, whole_entry, own))
    if whole:
        for person in people.values():
            state = State.WITHDRAWN if person.withdrawn else State.MISSING
            made.setdefault(person.student, _absent(person, unit, state))
    return [made[student] for student in sorted(made)]


def counted(found: Sequence[Entry]) -> list[Entry]:
    """Who belongs to the class: all but those who have withdrawn."""
    return [entry for entry in found if entry.absent is not State.WITHDRAWN]


def all_graded(found: Sequence[Entry]) -> bool:
    """Whether everybody who handed something in has a mark: exit code 0, else 1."""
    return all(entry.graded for entry in present(found))


def _absent(person: Person, unit: str, state: State) -> Entry:
    return Entry(
        person.student,
        unit,
        absent=state,
        name=person.name,
        email=person.email,
        lms_id=person.lms_id,
    )


def _stale(course: Course, work: PlannedRun | None, entry: Entry, mark: Mark | None) -> str:
    """Why the gradebook has no mark for what was handed in; empty where it has."""
    if work is None or entry.problem or not entry.graded:
        return ""
    if mark is None:
        return f"Not recorded yet: run `grader grade {work.unit}`."
    if is_recorded(course, work):
        return ""
    return (
        f"Its mark in the gradebook is of before: run `grader grade {work.unit}` to record what "
        "is there now."
    )


def _later(course: Course, entry: Entry, own: Mapping[str, str]) -> dict[str, str]:
    """Questions that a student's release did not have, and about which nobody has decided."""
    missing = [name for name, v in entry.verdicts.items() if v.outcome is Outcome.MISSING]
    by_hand = entry.mark.by_hand if entry.mark else ()
    open_ = [n for n in missing if n not in by_hand and own.get(n) not in {COUNT, EXCUSE}]
    if not open_:
        return {}
    later = later_questions(course, entry.unit, entry.student, open_)
    # an older release holds most of the rest; a few pasted cells of a unit are no release of it
    rest = [name for name in entry.verdicts if name not in later]
    if 2 * len(set(rest) - set(missing)) <= len(rest):
        return {}
    what, each = ("it", later[0]) if len(later) == 1 else ("them", "QUESTION")
    why = (
        f"the release that this student holds does not have {what}; "
        f"`grader excuse {entry.unit} {each}` excuses all such, --count gives 0"
    )
    return dict.fromkeys(later, why)


def works_of(
    course: Course, unit: str, settings: RunSettings, student: str = "*"
) -> list[PlannedRun]:
    """What there is to grade: who has withdrawn is left out, unless asked for by name."""
    found = plan(course, unit, settings, student)
    people = roster(course)
    return [
        work
        for work in found
        if student != "*" or not people.get(composed(work.student), Person(work.student)).withdrawn
    ]
