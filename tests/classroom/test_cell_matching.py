"""Which submitted cell is which released one, and how cells are read before that."""

import gzip
import json
from typing import Any

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell

from grader.classroom.notebooks.cell_kinds import is_answer, is_fixed, question_of
from grader.classroom.notebooks.cell_matching import match
from grader.classroom.notebooks.parsing import read_submission
from grader.core.errors import SubmissionError

LOCKED = {"grade": False, "solution": False, "locked": True}
ANSWER = {"grade": False, "solution": True, "locked": False}
CHECK = {"grade": True, "solution": False, "locked": True, "points": 2}


def code(name: str, source: str, kind: dict[str, Any] | None = None) -> Any:
    metadata = {"nbgrader": {"grade_id": name, **kind}} if kind else {}
    return new_code_cell(source, id=name or "nameless", metadata=metadata)


MASTER = [
    code("given", "import torch\nfrom grader import lab", LOCKED),
    code("scratch", "# try things"),
    code("step-answer", "def step(x):\n    return ...", ANSWER),
    code("step", 'lab.check("step", step)', CHECK),
    code("why-answer", "reason = ...", ANSWER),
]


def stripped(*cells: Any) -> list[Any]:
    """The cells as an editor leaves them that knows neither ids nor metadata."""
    return [new_code_cell(cell.source, id=f"new-{n}") for n, cell in enumerate(cells)]


def test_kinds_are_read_from_nbgraders_metadata() -> None:
    kinds = [(is_answer(cell), is_fixed(cell), question_of(cell)) for cell in MASTER[:4]]
    assert kinds == [
        (False, True, None),
        (False, False, None),
        (True, False, None),
        (False, True, "step"),
    ]
    by_hand = code("why", "...", {"grade": True, "solution": True, "points": 1})
    assert (is_answer(by_hand), is_fixed(by_hand), question_of(by_hand)) == (True, False, None)


def test_the_release_is_itself() -> None:
    found = match(MASTER, MASTER)
    assert (found.places, found.edited, found.namesakes) == ([0, 1, 2, 3, 4], {}, set())


def test_cells_without_names_are_known_by_text_and_answers_by_what_they_define() -> None:
    answer = code("", "def step(x):\n    return x + 1")
    own = code("", "print(1)")
    cells = stripped(MASTER[0], own, answer, MASTER[3], own)
    assert match(MASTER, cells).places == [0, None, 2, 3, None]


def test_an_answer_beyond_its_neighbours_is_not_guessed() -> None:
    """The scaffold's own check stands between: what comes behind it is another cell."""
    answer = code("", "def step(x):\n    return x + 1")
    assert match(MASTER, stripped(MASTER[0], MASTER[3], answer)).places == [0, 3, None]


def test_a_changed_given_cell_is_told_and_a_comment_is_no_change() -> None:
    changed = code("given", "import torch\nfrom grader import lab\ntorch = None", LOCKED)
    found = match(MASTER, [MASTER[2], changed])
    assert (found.places, found.edited) == ([2, 0], {0: 1})
    same = code("given", "import torch  # mine\nfrom grader import lab", LOCKED)
    assert match(MASTER, [same]).edited == {}


def test_a_copy_beside_the_given_cell_is_the_learners_own() -> None:
    copy = code("given", "import torch\nprint(torch.__version__)", LOCKED)
    found = match(MASTER, [MASTER[0], copy])
    assert (found.places, found.edited, found.namesakes) == ([0, None], {}, {0})


def test_a_cell_with_a_name_alone_is_another_units() -> None:
    found = match(MASTER, [code("given", "x = 1", LOCKED)])
    assert (found.places, found.namesakes) == ([None], {0})


def test_a_check_is_one_by_its_name_alone() -> None:
    """However it was changed, it asks the question: the released check stands in its place."""
    found = match(MASTER, [code("step", "pass", CHECK)])
    assert (found.places, found.edited) == ([3], {3: 0})


def test_of_two_changed_cells_the_one_most_like_the_given_cell_is_it() -> None:
    far = code("given", "import torch", LOCKED)
    near = code("given", "import torch\nfrom grader import lab, x", LOCKED)
    assert match(MASTER, [far, near]).places == [None, 0]


def test_one_answers_text_in_another_answers_cell_stays_there() -> None:
    wrong = code("why-answer", MASTER[2].source, ANSWER)
    assert match(MASTER, [wrong]).places == [4]


def test_a_text_is_never_a_code_cell() -> None:
    prose = new_markdown_cell(MASTER[0].source, id="other")
    assert match(MASTER, [prose]).places == [None]


def read(**content: Any) -> Any:
    whole = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [], **content}
    return read_submission(json.dumps(whole).encode())


def test_every_id_is_there_once_and_a_made_one_is_nobodys() -> None:
    names = ["unnamed-2", "", "a b", "unnamed-2", "x" * 65, None, "unnamed-3"]
    found = read(cells=[{"cell_type": "code", "source": "", "id": name} for name in names])
    ids = [cell.id for cell in found.cells]
    assert ids[0] == "unnamed-2"
    assert ids[2] == "unnamed-3"
    assert len(set(ids)) == len(names)


def test_a_source_may_come_in_lines() -> None:
    found = read(cells=[{"cell_type": "raw", "source": ["a\n", "b"]}])
    assert found.cells[0].source == "a\nb"


@pytest.mark.parametrize(
    ("cell", "kind", "source"),
    [
        ({"cell_type": "code", "source": None}, "code", ""),
        ({"cell_type": "markdown"}, "markdown", ""),
        ({"cell_type": "heading", "level": 2, "source": "Notes"}, "markdown", "Notes"),
        ({"cell_type": "sql", "source": "select 1"}, "raw", "select 1"),
        ({"cell_type": ["code"], "source": "x"}, "raw", "x"),
    ],
)
def test_what_tools_leave_out_or_add_is_read(cell: Any, kind: str, source: str) -> None:
    (found,) = read(cells=[cell]).cells
    assert (found.cell_type, found.source) == (kind, source)


@pytest.mark.parametrize("said", [4.0, None])
def test_a_format_may_be_written_in_odd_ways(said: Any) -> None:
    cell = {"cell_type": "raw", "source": "x"}
    assert read(nbformat=said, cells=[cell]).cells[0].source == "x"


@pytest.mark.parametrize("said", ["4", "four", [4]])
def test_a_format_that_is_no_number_is_refused(said: Any) -> None:
    with pytest.raises(SubmissionError, match="not a Jupyter notebook"):
        read(nbformat=said, cells=[{"cell_type": "raw", "source": "x"}])


def test_an_old_format_is_upgraded() -> None:
    cell = {"cell_type": "code", "input": "x = 1", "language": "python", "outputs": []}
    found = read(nbformat=3, nbformat_minor=0, worksheets=[{"cells": [cell]}])
    assert (found.nbformat, found.cells[0].source) == (4, "x = 1")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"nbformat": 5}, "notebook format 5; this course reads up to 4"),
        ({"nbformat": 3, "worksheets": 7}, "old notebook format 3 and could not be upgraded"),
        ({"cells": {}}, "no list of cells"),
        ({"cells": [{"cell_type": "code", "source": ["a", 1]}]}, "text of cell 1"),
        ({"cells": ["x"]}, "cell 1 is neither code nor text"),
    ],
)
def test_what_is_no_notebook_is_said(content: dict[str, Any], words: str) -> None:
    with pytest.raises(SubmissionError, match=words) as refused:
        read(**content)
    assert str(refused.value).startswith("The submitted notebook ")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b" \n", "is empty"),
        (gzip.compress(b"{}", mtime=0), r"is an archive \(gzip\)"),
        (b"\x89PNG\r\n", "is a picture"),
        (b'{\n<<<<<<< HEAD\n"a": 1', "marks of a merge conflict"),
        (b"[" * 100_000, "is not JSON"),
        (b"\xff{}", "see byte 0"),
        (b'{"nbformat": "new"}', "is JSON but not a Jupyter notebook"),
        (b'{"nbformat": 4.5, "cells": []}', "is JSON but not a Jupyter notebook"),
        (b'{"nbformat": 4}\n}\n', "ends there, and more follows"),
        (b'{"nbformat": 4,\n>>>>>>> main\n"cells": []}', "lines of a merge conflict"),
        (b'{"nbformat": 4,, "cells": []}', "edited by hand"),
    ],
)
def test_other_files_are_named(data: bytes, words: str) -> None:
    with pytest.raises(SubmissionError, match=words):
        read_submission(data)


def test_a_merge_conflict_told_in_a_cell_is_text() -> None:
    cell = {"cell_type": "markdown", "source": "<<<<<<< HEAD\nmine\n=======\n"}
    assert read(cells=[cell]).cells[0].source == cell["source"]
