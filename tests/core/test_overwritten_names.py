"""Names that a cell took from Python or a package are known again in the errors that come of it."""

import pytest

from grader.core.overwritten_names import misused, overwritten

GIVEN = ["import torch\nfrom grader import lab", "class Classifier: ..."]


def test_names_of_python_and_of_packages_are_found_and_others_are_not() -> None:
    own = [
        "sum = 0",
        "lab = 'lab 1'",
        "_ = 3",
        "total = 1",
        "import math as torch",
        "Classifier = 1",
    ]
    found = overwritten(own, GIVEN)
    assert sorted(found) == ["lab", "sum"]
    assert "`sum` is a name that Python or a package brings" in found["sum"]
    assert "begins `sum = 0`" in found["sum"]


@pytest.mark.parametrize(
    ("message", "name"),
    [
        ("'int' object is not callable. It happened in line 2: return sum([x, y])", "sum"),
        (
            "'str' object has no attribute 'zeros'. It happened in line 7: h = torch.zeros(3)",
            "torch",
        ),
        ("'str' object has no attribute 'check'.", "lab"),
        ("'int' object is not callable. It happened in line 2: return my.sum(x)", ""),
        ("division by zero. It happened in line 2: return sum(x)", ""),
    ],
)
def test_an_error_tells_which_name_it_is_about(message: str, name: str) -> None:
    assert misused(f"Your code raised an error: {message}", {"sum", "torch", "lab"}) == name
