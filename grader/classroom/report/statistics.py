"""A class in numbers: mean, median, distribution, and per question pass rate and mistakes.

Pure arithmetic on entries; the class page shows it whole, `grader grade --summary` in a few lines.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, median, pstdev

from grader.classroom.grading.entries import Entry, columns, present
from grader.core.verdicts import Outcome, Verdict

BANDS = 10
"""The distribution counts scores in tenths of the maximum."""


@dataclass(frozen=True)
class QuestionStatistics:
    """One question over a class.

    `mean` is in points of `maximum`; the shares are of those that were judged: `passed` got full
    marks, `attempted` handed in an answer. `mistakes` are (name, students), the commonest first.
    """

    question: str
    maximum: float
    judged: int
    mean: float
    passed: float
    attempted: float
    mistakes: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class ClassStatistics:
    """One unit over a class; scores are in percent of each submission's maximum.

    `bands` counts the scores from 0 up to BANDS tenths; a full score is in the last one.
    """

    submissions: int
    graded: int
    mean: float
    median: float
    spread: float
    full: int
    bands: tuple[int, ...]
    questions: tuple[QuestionStatistics, ...]


def class_statistics(entries: Sequence[Entry]) -> ClassStatistics:
    """The numbers of a unit's entries: the marks that count, late penalties taken off.

    Entries without a mark count as submissions only; who is missing or has withdrawn not at all.
    """
    entries = present(entries)
    marked = [(e, e.score, e.maximum) for e in entries if e.score is not None and e.maximum]
    graded = [entry for entry, _, _ in marked]
    shares = [100.0 * score / maximum for _, score, maximum in marked if maximum]
    bands = [0] * BANDS
    for share in shares:
        bands[min(BANDS - 1, max(0, int(share * BANDS / 100.0)))] += 1
    return ClassStatistics(
        submissions=len(entries),
        graded=len(graded),
        mean=fmean(shares) if shares else 0.0,
        median=median(shares) if shares else 0.0,
        spread=pstdev(shares) if shares else 0.0,
        full=sum(share >= 100.0 for share in shares),
        bands=tuple(bands),
        questions=tuple(_question(name, graded) for name in columns(graded)),
    )


def _question(name: str, graded: Sequence[Entry]) -> QuestionStatistics:
    given = [
        (points, entry.verdicts[name])
        for entry in graded
        if name in entry.verdicts and (points := entry.points(name)) is not None
    ]
    judged = [verdict for _, verdict in given]
    mistakes = Counter(verdict.mistake for verdict in judged if verdict.mistake)
    passed = sum(points >= verdict.maximum for points, verdict in given)
    return QuestionStatistics(
        question=name,
        maximum=max((verdict.maximum for verdict in judged), default=0.0),
        judged=len(judged),
        mean=fmean(points for points, _ in given) if given else 0.0,
        passed=passed / len(given) if given else 0.0,
        attempted=sum(map(_is_attempted, judged)) / len(judged) if judged else 0.0,
        mistakes=tuple(sorted(mistakes.items(), key=lambda item: (-item[1], item[0]))),
    )


def _is_attempted(verdict: Verdict) -> bool:
    return verdict.outcome not in (Outcome.NOT_ATTEMPTED, Outcome.MISSING)
