"""Ids of questions and items, and the parts that they are made of."""

import pytest

from grader.core.names import is_challenge, number, series, series_id


@pytest.mark.parametrize(
    ("item", "of", "place", "challenge"),
    [
        ("rnn-challenge-2", "rnn-challenge", 2, True),
        ("rnn-challenge-10", "rnn-challenge", 10, True),
        ("rnn-door-3", "rnn-door", 3, False),
        ("rnn-challenge", "rnn-challenge", 0, False),
        ("rnn-challenge-1-why", "rnn-challenge-1-why", 0, False),
        ("rnn-step", "rnn-step", 0, False),
    ],
)
def test_an_id_is_taken_apart_by_one_rule(item: str, of: str, place: int, challenge: bool) -> None:  # noqa: FBT001
    assert (series(item), number(item), is_challenge(item)) == (of, place, challenge)


def test_a_series_is_named_as_its_items_begin() -> None:
    assert series("rnn-door-7") == series_id("rnn", "door")
