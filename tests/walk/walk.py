"""One class from release to marks, by one road, with all that happens in a term."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from nbgrader.api import Gradebook

from grader.classroom.nbgrader.inprocess import nbgrader_environment
from grader.core.names import answer_cell, stem
from tests.walk import told
from tests.walk.ground import Ground, make_ground
from tests.walk.people import BROKEN, CLASS, COMMENT, NOTHING, Learner
from tests.walk.roads import ROADS, Road, grader, nbgrader

DUE = datetime(2026, 11, 21, 12, tzinfo=UTC)
Say = Callable[[str], None]


@dataclass(frozen=True)
class Walked:
    """What came of a walk: what was told of everybody, and what of it should have been told."""

    wanted: Mapping[str, float | None]
    told: Mapping[str, told.Marks]
    wrong: Mapping[str, Sequence[str]]


def walk(
    home: Path,
    folder: Path,
    road: str,
    unit: str,
    question: str,
    learners: Sequence[Learner],
    say: Say,
) -> Walked:
    """Go the whole way. `say` is told each step."""
    ended = (1,) if any(each.work == BROKEN for each in learners) else (0,)
    say(f"{road}: a course of {unit}, {len(learners)} learners in the roster")
    ground = make_ground(home, folder, unit, question)
    _enrol(ground, folder, learners)
    first = [each for each in learners if not each.after_release]
    say(f"{road}: {sum(each.work != NOTHING for each in first)} hand in, and are graded")
    _hand_in(ground, folder, ROADS[road], {e: e.work for e in first})
    grader(ground, "grade", unit, expect=ended)
    say(f"{road}: one resubmits, one withdraws, one gets points by hand")
    _hand_in(ground, folder, ROADS[road], {e: e.again for e in first if e.again})
    grader(ground, "grade", unit, expect=ended)
    for each in learners:
        if each.withdrawn:
            grader(ground, "roster", "withdraw", each.student)
        if each.by_hand is not None:
            _by_hand(ground, each)
    say(f"{road}: the question's points change; refused, released, and one is graded")
    ground.revalue(ground.points + 1)
    refused = grader(ground, "grade", unit, expect=(2,))
    assert "points" not in refused
    grader(ground, "release", unit)
    grader(ground, "grade", unit, "--student", learners[0].student)
    for each in learners:
        if each.by_hand is not None:
            _by_hand(ground, each)  # its points were given under another maximum
    grader(ground, "export", "csv", unit, expect=ended)
    anew = told.column(ground.course.report / f"{unit}.csv", "student", "score")
    last = {e: e.work for e in learners if e.after_release}
    if last:
        say(f"{road}: {len(last)} hand in the new release, and all are graded")
        _hand_in(ground, folder, ROADS[road], last)
    grader(ground, "grade", unit, expect=ended)
    before = told.everything(ground, folder, ended)
    say(f"{road}: nbgrader autograde records everybody once more")
    nbgrader(ground.course.root, "autograde", unit)
    after = told.everything(ground, folder, ended)
    said = {**after, **_named("before", before), "csv of one": anew}
    return _compared(ground, learners, said)


def _named(word: str, marks: Mapping[str, told.Marks]) -> dict[str, told.Marks]:
    return {f"{name} {word}": own for name, own in marks.items()}


def _enrol(ground: Ground, folder: Path, learners: Sequence[Learner]) -> None:
    path = folder / "class.csv"
    rows = ["First name,Surname,Username,Email address"]
    rows += [f"{e.first},{e.last},{e.student},{e.student}@example.org" for e in learners]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8-sig")
    grader(ground, "roster", "import", str(path))
    grader(ground, "due", ground.unit, DUE.isoformat())
    for each in learners:
        if each.extra:
            grader(ground, "due", ground.unit, each.extra, "--student", each.student)


def _hand_in(ground: Ground, folder: Path, road: Road, works: Mapping[Learner, str]) -> None:
    handed = {e: ground.work(kind) for e, kind in works.items() if kind != NOTHING}
    if not handed:
        return
    road(ground, folder, handed)
    # The walk has a clock of its own, and collecting once more sets all of the exchange's times.
    for each in CLASS:
        when = DUE + timedelta(hours=each.day)
        path = ground.course.submission(ground.unit, each.student).with_name("timestamp.txt")
        if not path.parent.is_dir():
            continue
        path.unlink(missing_ok=True)
        path.write_text(f"{when:%Y-%m-%d %H:%M:%S.%f} UTC\n")


def _by_hand(ground: Ground, learner: Learner) -> None:
    """As formgrader writes it."""
    where = (stem(ground.unit), ground.unit, learner.student)
    with nbgrader_environment(), Gradebook(f"sqlite:///{ground.course.gradebook}") as gradebook:
        grade = gradebook.find_grade(ground.question, *where)
        grade.manual_score, grade.needs_manual_grade = learner.by_hand, False
        comment = gradebook.find_comment(answer_cell(ground.question), *where)
        comment.manual_comment = COMMENT
        gradebook.db.commit()


def _compared(
    ground: Ground, learners: Sequence[Learner], said: Mapping[str, told.Marks]
) -> Walked:
    wanted = {each.student: each.score(ground.points) for each in learners if not each.withdrawn}
    wrong: dict[str, list[str]] = {each.student: [] for each in learners}
    for source, marks in said.items():
        for each in learners:
            if source == "csv of one" and each.after_release:
                continue
            problem = _problem(source.partition(" ")[0], each, wanted.get(each.student), marks)
            if problem:
                wrong[each.student].append(f"{source}: {problem}")
    _check_words(ground, learners, wrong)
    return Walked(wanted, said, wrong)


def _problem(source: str, learner: Learner, wanted: float | None, marks: told.Marks) -> str:
    """What is wrong with what one source says of one learner; empty where it is right."""
    # nbgrader knows nothing of withdrawals, and has no word for what waits
    is_nbgraders = source in {"gradebook", "nbgrader"}
    if learner.withdrawn:
        return "" if is_nbgraders or learner.student not in marks else "is listed"
    if learner.work == NOTHING and source in {"gradebook", "nbgrader", "gradescope", "page"}:
        return "" if learner.student not in marks else "is listed with a mark"
    if wanted is None and source in {"nbgrader", "page"}:
        return ""
    if learner.student not in marks:
        return "is not listed"
    given = marks[learner.student]
    if wanted is None or given is None:
        return "" if given is wanted else f"{given}, expected {wanted}"
    return "" if abs(given - wanted) < 1e-6 else f"{given:g}, expected {wanted:g}"


def _check_words(
    ground: Ground, learners: Sequence[Learner], wrong: Mapping[str, list[str]]
) -> None:
    """What a person wrote, and who is missing, are told where people read."""
    report = ground.course.report
    texts = {
        "moodle": (report / f"{ground.unit}-moodle.csv").read_text(),
        "page": (report / f"{ground.unit}.html").read_text(),
    }
    for each in learners:
        for name, text in texts.items():
            if each.by_hand is not None and COMMENT not in text:
                wrong[each.student].append(f"{name}: the comment is not there")
            if each.work == NOTHING and each.student not in text:
                wrong[each.student].append(f"{name}: is not named as missing")
