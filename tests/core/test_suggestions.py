"""A word that is not known is answered with the one that is nearest."""

import pytest

from grader.core.suggestions import did_you_mean, nearest

UNITS = ["00_start", "01_rnn", "02_gru", "free work"]


@pytest.mark.parametrize(
    "word", ["01_rn", "1", "01", "rnn", "RNN", "1_rnn", "01-rnn", "unit 1", "unit1", "01_RNN"]
)
def test_a_unit_is_known_by_its_number_and_by_its_name(word: str) -> None:
    assert nearest(word, UNITS) == "01_rnn"


def test_students_and_other_words_are_known_by_their_letters() -> None:
    assert did_you_mean("annn", ["bob", "ann"]) == " Did you mean 'ann'?"
    assert did_you_mean("ANN", ["bob", "ann"]) == " Did you mean 'ann'?"
    assert did_you_mean("free works", UNITS) == " Did you mean 'free work'?"


@pytest.mark.parametrize("word", ["", "9", "zzz", "__", "unit"])
def test_nothing_is_said_where_nothing_is_near(word: str) -> None:
    assert did_you_mean(word, UNITS) == ""
