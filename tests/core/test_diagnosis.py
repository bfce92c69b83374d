"""A failed repair is told what was measured, and nothing that was not."""

from dataclasses import replace

import pytest

from grader.core import repair_messages
from grader.core.diagnosis import DrawScore, Symptoms, diagnose, share_of
from grader.core.question import Bars

BARS = Bars()
GOOD = DrawScore(train=90, val=87, hidden=86, learnt_by_heart=5, rightly_labelled=99)


@pytest.mark.parametrize(
    ("change", "found", "mistake", "share"),
    [
        ({}, Symptoms(), None, 0),
        ({}, Symptoms("last", reads_padding=True), None, 0),
        ({"train": 92.6}, Symptoms(), "train-too-high", 0.5),
        ({"train": 99, "val": 70}, Symptoms("last"), "memorises", 0),
        # one way at the blank: no loosening shows it what it cannot see
        ({"train": 68, "val": 64, "hidden": 64}, Symptoms("last"), "unseen-end", 0),
        ({"train": 21, "val": 20, "hidden": 21}, Symptoms("both"), "unseen-ends", 0),
        ({"train": 80, "val": 75, "hidden": 75}, Symptoms(reads_padding=True), "reads-padding", 0),
        # nearly there, and little learnt by heart: neither smaller nor more regularised
        ({"train": 86.2, "val": 83.9}, Symptoms(), "nearly", 0),
        ({"train": 84.5, "val": 83.5, "hidden": 84.5}, Symptoms(), "nearly", 0),
        ({"train": 60, "val": 58, "hidden": 58}, Symptoms(), "underfits", 0),
        ({"train": 91, "val": 78, "hidden": 78}, Symptoms(), "overfits", 0),
        ({"train": 91, "val": 78, "learnt_by_heart": 80}, Symptoms(), "memorises", 0),
        # of two classes half of the wrong labels are guessed
        (
            {"train": 57, "val": 49, "hidden": 52, "learnt_by_heart": 61, "rightly_labelled": 57},
            Symptoms(),
            "underfits",
            0,
        ),
        # validation holds and unseen data does not
        ({"hidden": 83}, Symptoms(), "unseen-just-missed", 0.5),
        ({"hidden": 81}, Symptoms(), "hidden-data", 0),
        ({"val": 95, "hidden": 83}, Symptoms(), "hidden-data", 0),
        ({"val": 84.5, "hidden": 83}, Symptoms(), "hidden-data", 0),
        (
            {"train": 80, "rightly_labelled": 79, "hidden": 89},
            Symptoms(),
            "training-rows-spoiled",
            0.5,
        ),
    ],
)
def test_symptoms_lead_to_a_diagnosis(
    change: dict[str, float], found: Symptoms, mistake: str | None, share: float
) -> None:
    assert diagnose(replace(GOOD, **change), BARS, found) == mistake
    if mistake:
        assert share_of(mistake) == share


def test_nobody_is_told_of_validation_without_a_sign() -> None:
    """Only `lab.fit` can tell what was trained on; scores cannot."""
    for mistake in ("hidden-data", "unseen-just-missed"):
        assert "trained on" not in repair_messages.REPAIR_ADVICE[mistake]


@pytest.mark.parametrize(
    ("scores", "told"),
    [((92.3, 86, 86), True), ((90, 84.5, 86), True), ((90, 86, 83.5), True), ((99, 70, 70), False)],
)
def test_the_bars_that_decide_are_told_where_they_do(
    scores: tuple[float, float, float], *, told: bool
) -> None:
    text = repair_messages.judged(BARS, *scores)
    assert ("92.5%" in text and "84%" in text) is told


def test_one_data_set_has_no_median() -> None:
    assert "median" not in repair_messages.scores(90, 86, 86, 1)
    assert "median" in repair_messages.scores(90, 86, 86, 3)


@pytest.mark.parametrize(
    ("missing", "text"), [(1.04, "1 point"), (0.5, "0.5 points"), (2, "2 points")]
)
def test_points_are_counted_in_words(missing: float, text: str) -> None:
    assert repair_messages.percent_points(missing) == text


def test_every_diagnosis_has_a_sentence() -> None:
    names = ["memorises", "underfits", "nearly", "overfits", "unseen-end", "unseen-ends"]
    names += ["reads-padding", "hidden-data", "unseen-just-missed", "train-too-high"]
    names += ["training-rows-spoiled", "dropout-on-one-layer"]
    values = {"dropout": 0.2, "end": "last", "missing": "1 point", "train": 80.0, "hidden": 80.0}
    for name in names:
        text = repair_messages.REPAIR_ADVICE[name].format(**values, right=80.0, by_heart=20.0)
        assert "{" not in text
