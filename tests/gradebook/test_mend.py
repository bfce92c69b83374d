"""What stands for nbgrader's own check of metadata refuses what that one refuses."""

from typing import Any

import nbformat
import pytest
from jsonschema import ValidationError
from nbgrader.preprocessors import CheckCellMetadata

from grader.classroom.nbgrader.sanitizing import CheckMetadata

GOOD = {
    "schema_version": 3,
    "grade_id": "toy-double",
    "grade": True,
    "locked": True,
    "solution": False,
    "task": False,
    "points": 2,
}


def _notebook(**changed: Any) -> Any:
    cell = nbformat.v4.new_code_cell("1", metadata={"nbgrader": GOOD | changed})
    return nbformat.v4.new_notebook(cells=[cell])


def test_good_metadata_passes_as_often_as_it_is_asked() -> None:
    for _ in range(2):
        CheckMetadata().preprocess(_notebook(), {})


@pytest.mark.parametrize("wrong", [{"points": -1}, {"points": "2"}, {"grade": "yes"}])
def test_wrong_metadata_is_refused_each_time_in_nbgraders_words(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as theirs:
        CheckCellMetadata().preprocess(_notebook(**wrong), {})
    for _ in range(2):
        with pytest.raises(ValidationError) as ours:
            CheckMetadata().preprocess(_notebook(**wrong), {})
        assert ours.value.message == theirs.value.message
