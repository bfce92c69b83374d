"""Signs for the teacher: what is worth a look, and what honest code never is."""

from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from grader.classroom.engine.teacher_remarks import remarks
from grader.core.verdicts import Outcome, Verdict

HONEST = """\
class Gentle(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.RNN(8, 24, batch_first=True)
        self.head = nn.Linear(24, 2)

%timeit torch.tanh(torch.ones(3))
torch.manual_seed(0); x = F.dropout(torch.ones(3), p=0.5); same = torch.ones(3) == 1
"""


def notebook(source: str) -> bytes:
    text: str = nbformat.writes(new_notebook(cells=[new_code_cell(source, id="own-1")]))
    return text.encode()


def passed(**details: Any) -> dict[str, Verdict]:
    middle = {"train": 88.0, "val": 87.0, "hidden": 87.0, "learnt_by_heart": 12.0}
    seconds = details.pop("seconds", 9.0)
    told = {"median": {**middle, **details}, "trained_seconds": seconds}
    made = Verdict("rnn-repair", Outcome.PASSED, 10.0, 10.0, "Right.", details=told)
    return {"rnn-repair": made}


@pytest.mark.parametrize(
    "source",
    [
        "from grader.wire import channels as channel",
        "from grader import worker",
        "torch.allclose = lambda *a: True",
        "lab.check = print",
        "get_ipython().ast_transformers.append(x)",
        "import ctypes",
        "open('/proc/1/environ')",
        "class RNN(nn.RNN):\n    pass",
        "frame = sys._getframe(1)",
        "both = torch.cat([train.x, val.x])",
    ],
)
def test_code_that_no_honest_answer_needs_is_told(source: str) -> None:
    assert len(remarks(notebook(source), {})) == 1


def test_honest_code_and_numbers_are_not() -> None:
    assert remarks(notebook(HONEST), passed()) == []


def test_numbers_that_do_not_fit_together_are_told() -> None:
    told = remarks(notebook(""), passed(seconds=0.01))
    assert "rnn-repair was trained in 0.01 s" in told[0]
    told = remarks(notebook(""), passed(train=80.0))
    assert "training rows worse than unseen ones (80.0% and 87.0%)" in told[0]
    told = remarks(notebook(""), passed(val=95.0))
    assert "answers validation rows better than unseen ones" in told[0]
    told = remarks(notebook(""), passed(learnt_by_heart=95.0))
    assert "95% of the wrong labels by heart" in told[0]


def test_where_medians_are_bounds_a_sign_holds_for_all_between_them() -> None:
    def told(hidden: list[float]) -> list[str]:
        between = {"train": [80.0, 82.0], "val": [87.0, 88.0], "learnt_by_heart": [5.0, 9.0]}
        details = {"between": between | {"hidden": hidden}, "trained_seconds": 9.0}
        made = Verdict("rnn-repair", Outcome.PASSED, 10.0, 10.0, "Right.", details=details)
        return remarks(notebook(""), {"rnn-repair": made})

    assert "worse than unseen ones (80.0 to 82.0% and 87.0 to 88.0%)" in told([87.0, 88.0])[0]
    assert told([84.0, 88.0]) == []
