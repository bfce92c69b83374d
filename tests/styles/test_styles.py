"""Honest answers in other styles than the course's earn full marks, by the way that a class goes.

`make styles` grades the whole corpus. Trainings take long, so here only those of `TRAINED` run; the
others differ from them in their recipe, not in what the grader sees of it.
"""

import pytest

from benchmarks.styles import Style, grade, lost, read_styles

STYLES = read_styles()
TRAINED = {"rnn-repair-float64", "rnn-repair-lightning", "rnn-repair-step-by-step"}
HERE = [style for style in STYLES if not style.trains or style.name in TRAINED]


@pytest.mark.sandbox
@pytest.mark.parametrize("style", HERE, ids=lambda style: style.name)
def test_an_honest_answer_is_not_marked_down(style: Style) -> None:
    assert lost(grade(style)) == []
