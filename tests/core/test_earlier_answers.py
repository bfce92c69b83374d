"""An answer leans on an earlier one by the name that the earlier one's check is given."""

import pytest

from grader.core.earlier_answers import answer_names, leans_on, sentence

CHECKS = [
    'lab.check("rnn-step", rnn_step)',
    "x = 1",
    'lab.check(\n    "rnn-sequence", rnn_sequence\n)',
    'lab.check("rnn-last-state", last_state)',
]


def test_names_come_in_the_order_of_the_checks() -> None:
    assert list(answer_names(CHECKS).items()) == [
        ("rnn-step", "rnn_step"),
        ("rnn-sequence", "rnn_sequence"),
        ("rnn-last-state", "last_state"),
    ]


@pytest.mark.parametrize(
    ("question", "used", "found"),
    [
        ("rnn-sequence", {"rnn_step", "torch"}, ["rnn-step"]),
        ("rnn-sequence", {"last_state"}, []),  # it comes later
        ("rnn-sequence", {"rnn_sequence"}, []),  # it calls itself
        ("rnn-last-state", {"rnn_sequence", "rnn_step"}, ["rnn-step", "rnn-sequence"]),
        ("rnn-step", {"rnn_sequence"}, []),
        ("rnn-unknown", {"rnn_step"}, []),
    ],
)
def test_only_earlier_answers_count(question: str, used: set[str], found: list[str]) -> None:
    assert leans_on(question, used, answer_names(CHECKS)) == found


def test_the_sentence_says_what_to_mend() -> None:
    assert "Mend rnn-step first" in sentence("rnn-step", "rnn_step")
