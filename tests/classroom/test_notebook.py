"""Submissions are read safely and rebuilt on the release; only a learner's sources stay."""

import base64
import json
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from grader.classroom.notebooks.pasted_images import MOST_PICTURES, pictures
from grader.classroom.notebooks.rebuilding import (
    LARGEST_FILE,
    MISSING_NOTE,
    MOST_CELLS,
    dumps,
    learner_cells,
    loads,
    namesakes,
    packed,
    question_of,
    read_submission,
    rebuild,
    replaced_cells,
    retyped,
)
from grader.core.errors import SubmissionError

LOCKED = {"grade": False, "solution": False, "locked": True}
ANSWER = {"grade": False, "solution": True, "locked": False}
CHECK = {"grade": True, "solution": False, "locked": True, "points": 2}
SCAFFOLD = "def rnn_step(x):\n    h = ...\n    return h"


def _cell(name: str, source: str, kind: dict[str, Any] | None, **metadata: Any) -> Any:
    if kind is not None:
        metadata["nbgrader"] = {"grade_id": name, **kind}
    return new_code_cell(source, id=name, metadata=metadata)


@pytest.fixture
def master() -> Any:
    prose = new_markdown_cell("# RNN", id="markdown-1")
    prose.metadata.nbgrader = {"grade_id": "markdown-1", **LOCKED}
    return new_notebook(
        cells=[
            prose,
            _cell("code-1", "import torch", LOCKED),
            _cell("scratch-1", "# try things", None, tags=["scratch"]),
            _cell("rnn-step-answer", SCAFFOLD, ANSWER),
            _cell("rnn-step", 'lab.check("rnn-step", rnn_step)', CHECK),
            _cell("rnn-practice-1", 'lab.answer("rnn-practice-1", "")', None),
        ]
    )


@pytest.fixture
def submission(master: Any) -> Any:
    """What a learner hands in: a copy that can be changed."""
    return nbformat.from_dict(json.loads(nbformat.writes(master)))


def _read(notebook: Any) -> Any:
    return read_submission(json.dumps(notebook).encode())


def _sources(notebook: Any) -> dict[str, str]:
    return {cell.id: cell.source for cell in notebook.cells}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"print('hello')", "not JSON"),
        (b"", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b'{"n": ' + b"9" * 5000 + b"}", "not JSON"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"[1, 2]", "not a Jupyter notebook"),
        (b'{"cells": []}', "not a Jupyter notebook"),
        (b'{"nbformat": 4}', "no list of cells"),
        (b'{"nbformat": 4, "cells": [3]}', "cell 1"),
        (b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": [1]}]}', "cell 1"),
        (b'{"nbformat": 9, "cells": []}', "format 9"),
        (b'{"nbformat": 3, "worksheets": 5}', "upgraded"),
        (b" " * (LARGEST_FILE + 1), "MB"),
        (b'{"nbformat": 4, "cells": [' + b"1," * MOST_CELLS + b"1]}", "2001 cells"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_sentence(data: bytes, words: str) -> None:
    with pytest.raises(SubmissionError, match=words):
        read_submission(data)


def test_only_type_source_id_and_grade_id_are_read(submission: Any) -> None:
    submission.metadata.kernelspec = {"name": "evil"}
    submission.cells[4].metadata.nbgrader.points = 1000
    submission.cells[4].metadata.tags = ["skip-execution"]
    submission.cells[4].outputs = [nbformat.v4.new_output("stream", text="full marks")]
    read = _read(submission)
    assert read.metadata == {}
    assert read.cells[4].metadata == {"nbgrader": {"grade_id": "rnn-step"}}
    assert read.cells[4].outputs == []


def test_nan_in_an_output_and_a_byte_order_mark_do_no_harm() -> None:
    cell = '{"cell_type": "code", "source": "1", "outputs": [NaN]}'
    data = '\ufeff{"nbformat": 4, "cells": [' + cell + "]}"
    assert read_submission(data.encode()).cells[0].source == "1"


def test_half_a_surrogate_pair_does_not_stop_the_writer() -> None:
    data = b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": "s = \\"\\ud800\\""}]}'
    assert dumps(read_submission(data))


def test_every_cell_gets_an_id_of_its_own(submission: Any) -> None:
    for cell in submission.cells[:3]:
        cell.id = "same"
    del submission.cells[4]["id"]
    submission.cells[5].id = "../../etc"
    ids = [cell.id for cell in _read(submission).cells]
    assert len(set(ids)) == len(ids)
    assert ids[0] == "same"


def test_an_old_notebook_is_upgraded() -> None:
    old = nbformat.v3.new_notebook(
        worksheets=[nbformat.v3.new_worksheet(cells=[nbformat.v3.new_code_cell("x = 1")])]
    )
    read = read_submission(json.dumps({**old, "nbformat": 3, "nbformat_minor": 0}).encode())
    assert [cell.source for cell in read.cells] == ["x = 1"]


def test_the_untouched_release_is_rebuilt_as_it_was(master: Any, submission: Any) -> None:
    assert dumps(rebuild(master, _read(submission))) == dumps(master)


def test_answers_are_taken_and_locked_cells_are_not(master: Any, submission: Any) -> None:
    submission.cells[1].source = "import os"
    submission.cells[3].source = "def rnn_step(x): return x"
    submission.cells[4].source = "pass"
    submission.cells[4].cell_type = "markdown"
    sources = _sources(rebuild(master, _read(submission)))
    assert sources["rnn-step-answer"] == "def rnn_step(x): return x"
    assert sources["code-1"] == "import torch"
    assert sources["rnn-step"] == 'lab.check("rnn-step", rnn_step)'


def test_metadata_tags_and_points_are_the_masters(master: Any, submission: Any) -> None:
    for cell in submission.cells:
        cell.metadata.tags = ["skip-execution"]
    submission.cells[4].metadata.nbgrader.points = 1000
    rebuilt = rebuild(master, _read(submission))
    assert [cell.metadata for cell in rebuilt.cells] == [cell.metadata for cell in master.cells]


def test_a_deleted_check_is_put_back(master: Any, submission: Any) -> None:
    del submission.cells[4]
    assert "rnn-step" in _sources(rebuild(master, _read(submission)))


def test_a_deleted_answer_is_put_back_empty(master: Any, submission: Any) -> None:
    del submission.cells[3]
    assert _sources(rebuild(master, _read(submission)))["rnn-step-answer"] == MISSING_NOTE


def test_free_cells_that_were_deleted_stay_deleted(master: Any, submission: Any) -> None:
    del submission.cells[5], submission.cells[2]
    ids = set(_sources(rebuild(master, _read(submission))))
    assert not ids & {"scratch-1", "rnn-practice-1"}


def test_copies_of_an_answer_run_in_the_order_in_which_they_ran(
    master: Any, submission: Any
) -> None:
    untouched = submission.cells[3].source
    copies = [submission.cells[3].copy() for _ in range(5)]
    for cell, source in zip(
        copies, ["  ", "first = 1", "second = 2", "first = 1", untouched], strict=True
    ):
        cell.source = source
    submission.cells[4:4] = copies
    rebuilt = rebuild(master, _read(submission))
    assert _sources(rebuilt)["rnn-step-answer"] == "first = 1"
    place = [cell.id for cell in rebuilt.cells].index("rnn-step-answer")
    assert rebuilt.cells[place + 1].source == "second = 2"
    assert len(rebuilt.cells) == len(master.cells) + 1


def test_reordered_cells_come_back_in_the_masters_order(master: Any, submission: Any) -> None:
    submission.cells[3].source = "mine = 1"
    submission.cells.reverse()
    rebuilt = rebuild(master, _read(submission))
    assert [cell.id for cell in rebuilt.cells] == [cell.id for cell in master.cells]
    assert _sources(rebuilt)["rnn-step-answer"] == "mine = 1"


def test_own_cells_follow_the_known_cell_before_them(master: Any, submission: Any) -> None:
    submission.cells.insert(0, new_code_cell("first = 0"))
    submission.cells.insert(5, new_code_cell("helper = 1", metadata={"tags": ["x"]}))
    submission.cells.append(_cell("rnn-step-fake", "last = 2", CHECK))
    rebuilt = rebuild(master, _read(submission))
    ids = [cell.id for cell in rebuilt.cells]
    assert ids[0] == "own-1"
    assert ids[4:6] == ["rnn-step-answer", "own-2"]
    assert ids[-1] == "own-3"
    assert all(cell.metadata == {} for cell in rebuilt.cells if cell.id.startswith("own-"))


def test_cells_without_any_metadata_are_known_by_their_text(master: Any, submission: Any) -> None:
    for cell in submission.cells:
        cell.metadata = {}
        cell.id = "x" + cell.id
    rebuilt = rebuild(master, _read(submission))
    assert [cell.id for cell in rebuilt.cells] == [cell.id for cell in master.cells]


def test_learner_cells_are_answers_free_cells_and_own_ones(master: Any) -> None:
    assert [name for name, _, _ in learner_cells(master)] == [
        "scratch-1",
        "rnn-step-answer",
        "rnn-practice-1",
    ]
    assert [question_of(cell) for cell in master.cells].count("rnn-step") == 1


@pytest.mark.parametrize(
    ("data", "named"),
    [
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b"PK\x03\x04", "zip"),
        (b"%PDF-1.7", "a PDF"),
        (b"<!DOCTYPE html>", "a web page"),
        (b'{"nbformat": 4, "cells": [', "cut off"),
        (b'{"nbformat": 9, "cells": []}', "format 9"),
        (b'{"nbformat": 4, "cells": [3]}', "cell 1 is neither"),
    ],
)
def test_a_refusal_names_what_came_and_what_to_do(data: bytes, named: str) -> None:
    """A teacher passes the sentence on as it is."""
    with pytest.raises(SubmissionError) as refused:
        read_submission(data)
    assert named in str(refused.value)
    assert str(refused.value).endswith("again.")


def test_a_changed_copy_of_a_given_cell_is_the_learners_own(master: Any, submission: Any) -> None:
    copy = _cell("copy-of-1", "import torch as t", LOCKED)
    copy.metadata.nbgrader.grade_id = "code-1"
    for place in (2, 5):  # also where an editor kept the id
        submission.cells.insert(place, copy.copy())
    rebuilt = rebuild(master, _read(submission))
    ids = [cell.id for cell in rebuilt.cells]
    assert ids.index("own-1") == ids.index("code-1") + 1
    assert ids.index("own-2") == ids.index("rnn-step-answer") + 1
    assert _sources(rebuilt)["own-1"] == "import torch as t"
    assert not replaced_cells(rebuilt)
    assert namesakes(rebuilt) == ["code-1"]


def test_an_answer_that_became_text_is_code_again_and_named(master: Any, submission: Any) -> None:
    answer = next(cell for cell in submission.cells if cell.id == "rnn-step-answer")
    answer.cell_type, answer.source = "markdown", "def rnn_step(): ..."
    rebuilt = rebuild(master, _read(submission))
    (found,) = (cell for cell in rebuilt.cells if cell.id == "rnn-step-answer")
    assert (found.cell_type, found.source) == ("code", "def rnn_step(): ...")
    assert retyped(rebuilt) == ["rnn-step-answer"]


def test_a_changed_given_cell_is_put_back_and_named(master: Any, submission: Any) -> None:
    submission.cells[1].source = "import numpy as np\nimport torch"
    rebuilt = rebuild(master, _read(submission))
    assert _sources(rebuilt)["code-1"] == "import torch"
    assert replaced_cells(rebuilt) == {"code-1": ["np"]}
    assert loads(packed(rebuilt)).metadata == rebuilt.metadata


@pytest.mark.parametrize("source", ["import  torch # same", "import torch  \r\n", "import torch\n"])
def test_a_given_cell_that_a_program_formatted_is_unchanged(
    master: Any, submission: Any, source: str
) -> None:
    submission.cells[1].source = source
    rebuilt = rebuild(master, _read(submission))
    assert dumps(rebuilt) == dumps(master)


def test_a_cell_of_another_unit_is_the_learners_own(master: Any, submission: Any) -> None:
    """Units give their cells the same names; ours may have been deleted."""
    submission.cells[1].source = "def helper(h_n):\n    return h_n[-1]"
    rebuilt = rebuild(master, _read(submission))
    sources = _sources(rebuilt)
    assert sources["code-1"] == "import torch"
    assert sources["own-1"].startswith("def helper")
    assert not replaced_cells(rebuilt)


@pytest.mark.parametrize("ending", ["\n", "\r\n", "  \n"])
def test_a_stripped_notebook_is_known_by_its_texts(
    master: Any, submission: Any, ending: str
) -> None:
    """No ids, no metadata: an answer is found between the cells that are known."""
    why = new_markdown_cell("*Your words here.*", id="why")
    why.metadata.nbgrader = {"grade_id": "why", **ANSWER}
    master.cells.append(why)
    submission.cells.append(new_markdown_cell("Because."))
    submission.cells[3].source = "helper = 1"
    answer = "def rnn_step(x):\n    return helper"
    submission.cells.insert(4, new_code_cell(answer))
    submission.cells.insert(5, new_code_cell("more = 2"))
    for number, cell in enumerate(submission.cells):
        cell.metadata, cell.id = {}, f"x{number}"
        cell.source = "".join(cell.source).replace("\n", ending)
    rebuilt = rebuild(master, _read(submission))
    ids = [cell.id for cell in rebuilt.cells]
    sources = _sources(rebuilt)
    assert sources["rnn-step-answer"].split() == answer.split()
    assert sources["why"] == "Because."
    place = ids.index("rnn-step-answer")
    assert [sources[name] for name in ids[place - 1 : place + 2 : 2]] == ["helper = 1", "more = 2"]
    assert [name for name in ids if not name.startswith("own")] == [c.id for c in master.cells]


def test_pasted_pictures_are_kept_and_nothing_else(master: Any, submission: Any) -> None:
    png = base64.b64encode(b"\x89PNG\r\n\x1a\n....").decode()
    why = new_markdown_cell("![](attachment:a.png)", id="why")
    why.metadata.nbgrader = {"grade_id": "why", **ANSWER}
    master.cells.append(why.copy())
    why.attachments = {
        "a.png": {"image/png": png},
        "list.png": {"image/png": [png[:8], png[8:]]},
        "b.svg": {"image/svg+xml": "<svg onload='x'/>"},
        "lie.png": {"image/png": base64.b64encode(b"<script>").decode()},
        "page.html": {"text/html": "<b>"},
        "../x.png": {"image/png": png},
        "odd.png": {"image/png": "%%%"},
        "none": 3,
    }
    submission.cells.append(why)
    submission.cells[0].attachments = "nonsense"
    own = new_markdown_cell("own", attachments={"b.png": {"image/png": png}})
    submission.cells.append(own)
    cells = {cell.id: cell for cell in rebuild(master, _read(submission)).cells}
    kept = {"image/png": png}
    assert cells["why"].attachments == {"a.png": kept, "list.png": kept}
    assert cells["own-1"].attachments == {"b.png": kept}
    many = {f"{n}.png": kept for n in range(MOST_PICTURES + 5)}
    assert len(pictures(many)) == MOST_PICTURES
