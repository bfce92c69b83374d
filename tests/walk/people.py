"""Twelve learners of a class, and the mark that each must end with.

`day` is when the work was handed in, in hours after the due date; `points` what the walk's question
must earn before any penalty, as a share of its points; `late` the share that is taken off then (a
tenth for each day begun). None: no mark at all.
"""

from dataclasses import dataclass

RIGHT, WRONG, UNTOUCHED, BROKEN, NOTHING = "right", "wrong", "untouched", "broken", "nothing"
BY_HAND = 0.5
COMMENT = "A good idea, and half of the way."


@dataclass(frozen=True)
class Learner:
    """One of the class; `again` is what is handed in the second time."""

    student: str
    first: str
    last: str
    story: str
    work: str = RIGHT
    day: float = -20.0
    extra: str = ""
    again: str = ""
    share: float | None = 1.0
    late: float = 0.0
    by_hand: float | None = None
    withdrawn: bool = False
    after_release: bool = False

    def score(self, points: float) -> float | None:
        """The mark, where the question has so many points."""
        if self.by_hand is not None:
            return self.by_hand
        return None if self.share is None else self.share * points * (1.0 - self.late)

    @property
    def state(self) -> str:
        """How the class's tables call it."""
        if self.withdrawn:
            return "withdrawn"
        if self.work == NOTHING:
            return "missing"
        return "not graded" if self.share is None else "graded"


CLASS = (
    Learner("ada", "Ada", "Lind", "right, in time"),
    Learner("ben", "Ben", "Okafor", "wrong, in time", work=WRONG, share=0.0),
    Learner("cem", "Cem", "Yılmaz", "as released", work=UNTOUCHED, share=0.0),
    Learner("dua", "Dua", "Malik", "30 hours late: two days begun", day=30.0, late=0.2),
    Learner("eli", "Eli", "Stern", "30 hours late, two days more", day=30.0, extra="+2d"),
    Learner("fay", "Fay", "Doyle", "30 hours late, a day more", day=30.0, extra="+1d", late=0.1),
    Learner("gil", "Gil", "Rossi", "handed in nothing", work=NOTHING, share=None),
    Learner("hua", "Hua", "Chen", "withdrew after handing in", withdrawn=True, share=None),
    Learner("ivo", "Ivo", "Novak", "wrong, then right", work=WRONG, again=RIGHT),
    Learner("joy", "Joy", "Abara", "a merge conflict, no notebook", work=BROKEN, share=None),
    Learner("kai", "Kai", "Brandt", "wrong, and points by hand", work=WRONG, by_hand=BY_HAND),
    Learner("lea", "Lea", "Petit", "handed in after the new release", after_release=True),
)
