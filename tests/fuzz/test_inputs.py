"""Whatever a file, a frame or a command line holds: it is read, or refused by a message of ours."""

import contextlib
import copy
import json
import socket
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.classroom.cli import main
from grader.classroom.notebooks.rebuilding import (
    dumps,
    names_of,
    question_cells,
    read_submission,
    rebuild,
)
from grader.core import unit_file
from grader.core.compare import agree, difference
from grader.core.errors import CourseError, SetupError, SubmissionError, WireError
from grader.core.quiz import parse
from grader.core.requests import Returned, Unusable
from grader.core.values import Tensor, tensor
from grader.wire import frames
from grader.wire.values import from_object, to_object

ROOT = Path(__file__).resolve().parents[2]
RELEASED = json.loads((ROOT / "notebooks/00_start/start.ipynb").read_text("utf-8"))
UNIT = json.loads((ROOT / "notebooks/00_start/unit.json").read_text("utf-8"))
MASTER = nbformat.read(ROOT / "notebooks/00_start/start.ipynb", as_version=4)
# each example reads files or makes tensors, which a busy machine does slowly
steady = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])

odd = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12)
nested = st.recursive(
    odd,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)


@st.composite
def damaged(draw: Any, whole: Any) -> Any:
    """`whole` with some of its parts put out, doubled or replaced by anything."""
    made = copy.deepcopy(whole)
    for _ in range(draw(st.integers(1, 3))):
        holder, parts = None, made
        for _ in range(draw(st.integers(1, 6))):
            if not isinstance(parts, dict | list) or not parts:
                break
            key = draw(
                st.sampled_from(sorted(parts) if isinstance(parts, dict) else range(len(parts)))
            )
            holder, parts = (parts, key), parts[key]
        if holder is None:
            return draw(nested)
        where, key = holder
        what = draw(st.sampled_from(["replace", "remove", "double"]))
        if what == "replace":
            where[key] = draw(nested)
        elif what == "remove":
            del where[key]
        elif isinstance(where, list):
            where.insert(key, copy.deepcopy(where[key]))
    return made


# ── Submitted notebooks ──────────────────────────────────────────────────────────────────────────
def read_and_rebuilt(data: bytes) -> None:
    try:
        read = read_submission(data)
    except SubmissionError as error:
        assert str(error).startswith("The submitted notebook ")  # noqa: PT017
        return
    again = dumps(rebuild(MASTER, read))
    assert question_cells(MASTER) <= names_of(read_submission(again))


@given(st.binary(max_size=200))
@steady
def test_any_bytes_are_a_notebook_or_refused(data: bytes) -> None:
    read_and_rebuilt(data)


@given(damaged(RELEASED))
@steady
def test_a_damaged_notebook_is_read_or_refused(content: Any) -> None:
    read_and_rebuilt(json.dumps(content).encode())


@given(st.integers(-3, 9), nested, nested)
@steady
def test_notebooks_of_any_format_are_read_or_refused(version: int, cells: Any, rest: Any) -> None:
    """The converters of old formats raise whatever they meet."""
    sheet = {
        "nbformat": version,
        "cells": cells,
        "worksheets": [{"cells": cells}],
        "metadata": rest,
    }
    read_and_rebuilt(json.dumps(sheet).encode())


# ── unit.json and quiz.toml ──────────────────────────────────────────────────────────────────────
@given(damaged(UNIT))
@steady
def test_a_damaged_unit_file_is_read_or_refused(content: Any) -> None:
    path = Path(unit_file.__file__)  # only a name here: what is read is given below

    class Held(type(path)):  # type: ignore[misc]
        def read_text(self, *_: Any, **__: Any) -> str:
            return json.dumps(content)

    try:
        found = unit_file.load(Held("unit.json"))
    except SetupError as error:
        assert "unit.json" in str(error)  # noqa: PT017
        return
    assert isinstance(found.questions, dict)


def toml(value: Any) -> str:
    """A value as TOML, as far as it has a form there."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)} = {toml(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(value if value is not None else "none")


ITEM = {
    "id": "toy-challenge-1",
    "kind": "challenge",
    "level": "advanced",
    "text": "What?",
    "answer": "a",
    "hint": "Look.",
    "explanation": "So it is.",
    "option": [{"key": k, "text": f"It is {k}.", "why": f"Because of {k}."} for k in "abcd"],
}


@given(damaged({"item": [ITEM, ITEM | {"id": "toy-challenge-2"}]}) | nested)
@steady
def test_a_damaged_quiz_is_read_or_refused(content: Any) -> None:
    text = (
        "\n".join(f"{json.dumps(k)} = {toml(v)}" for k, v in content.items())
        if isinstance(content, dict)
        else toml(content)
    )
    try:
        parse(text, "quiz.toml")
    except CourseError as error:
        assert str(error).startswith("quiz.toml")  # noqa: PT017


@given(st.text(max_size=200))
@steady
def test_any_text_is_a_quiz_or_refused(text: str) -> None:
    try:
        parse(text, "quiz.toml")
    except CourseError as error:
        assert str(error).startswith("quiz.toml")  # noqa: PT017


# ── What was found once ──────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        '{"schema": 1, "unit": "u", "release": "r", "quiz": {}, "questions": {"q": '
        + json.dumps(UNIT["questions"]["start-double"]).replace("float32", "int64")
        + "}}".replace("0.", "99999999999999999999999999."),
        json.dumps(UNIT).replace('"points": 1.0', '"points": 1' + "0" * 400),
    ],
    ids=["brackets", "fractions in whole numbers", "a number of 400 digits"],
)
def test_sizes_that_nobody_wrote_in_a_unit_file(text: str, tmp_path: Path) -> None:
    (path := tmp_path / "unit.json").write_text(text)
    with contextlib.suppress(SetupError):
        assert unit_file.load(path).questions


@pytest.mark.parametrize(
    "text",
    ["item = 3", "item = [3]", "item = [[]]", "[[item]]\nid = 3", "a = " + "[" * 9999]
    + [f"[[item]]\nid = 'toy-1'\noption = {what}" for what in ("3", "[3]", "[{key = 1}]")],
)
def test_a_quiz_of_other_shapes_is_refused(text: str) -> None:
    with pytest.raises(CourseError, match=r"^quiz\.toml"):
        parse(text, "quiz.toml")


@pytest.mark.parametrize(
    "thing",
    [10**400, -(2**63) - 1, torch.ones(2).to(torch.float8_e5m2), 1j, torch.ones(2).to_sparse()],
)
def test_numbers_that_numpy_lacks_are_named(thing: object) -> None:
    """A learner reads what the result was, and not what went wrong inside of the grader."""
    made = from_object([thing])
    assert isinstance(made, Unusable)


# ── Values, frames ───────────────────────────────────────────────────────────────────────────────
arrays = st.builds(
    lambda shape, kind, fill: np.full(shape, fill).astype(kind),
    st.lists(st.integers(0, 3), max_size=4),
    st.sampled_from(
        ["f2", "f4", "f8", "i1", "i8", "u1", "u8", "?", "c8", "O", "U3", "M8[s]", "f16"]
    ),
    st.integers(0, 3),
)
tensors = st.builds(
    lambda shape, kind: torch.ones(shape).to(kind),
    st.lists(st.integers(0, 3), max_size=4),
    st.sampled_from(
        [
            torch.float16,
            torch.bfloat16,
            torch.float32,
            torch.float64,
            torch.int8,
            torch.uint16,
            torch.bool,
            torch.complex64,
            torch.float8_e5m2,
        ]
    ),
)
views = tensors.map(lambda t: t.T if t.dim() == 2 else t.unsqueeze(0).expand(2, *t.shape))
objects = st.recursive(
    odd
    | arrays
    | tensors
    | views
    | st.sampled_from(
        [
            ...,
            object(),
            print,
            torch.nn.Linear(1, 1),
            {1},
            b"x",
            10**400,
            -(2**63) - 1,
            1j,
            range(3),
            int,
            torch.float32,
        ]
    )
    | st.binary(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text(max_size=3) | st.integers(), inner, max_size=3)
    ),
    max_leaves=8,
)
RIGHT = [
    tensor(np.zeros((2, 3))),
    Tensor(np.array(2), "int64"),
    Tensor(np.array(2.0), "float64"),
    2,
    2.0,
    True,
    "b",
    None,
    (tensor(np.zeros(2)), 1),
    [1, 2],
    {"h": 1},
]


@given(objects, st.sampled_from(RIGHT))
@steady
def test_any_object_is_a_value_or_named_and_a_value_can_be_compared(thing: Any, right: Any) -> None:
    made = from_object(thing)
    if isinstance(made, Unusable):
        assert made.what
        return
    found = difference(made, right)
    assert found is None or (found.got and found.expected)
    assert agree(made, made) or made != made  # noqa: PLR0124 - a NaN is not itself
    to_object(made)


@given(objects)
@steady
def test_what_can_be_a_value_can_be_sent_or_is_refused(thing: Any) -> None:
    made = from_object(thing)
    if isinstance(made, Unusable):
        return
    ours, theirs = socket.socketpair()
    with ours, theirs:
        try:
            frames.send(ours, {"reply": frames.reply_to_wire(Returned(made))})
            got = frames.receive(theirs)
        except WireError:
            return
        assert got is not None
        frames.reply_from_wire(got["reply"])


@given(
    nested
    | st.dictionaries(
        st.sampled_from(
            ["op", "value", "what", "kind", "message", "where", "train", "val", "inputs", "x"]
        ),
        nested
        | st.sampled_from(["call", "train", "predict", "read", "returned", "raised", "unusable"]),
    )
)
@steady
def test_any_message_is_a_request_or_a_reply_or_refused(message: Any) -> None:
    for read in (frames.reply_from_wire, frames.request_from_wire):
        with contextlib.suppress(WireError):
            assert read(message)


# ── The command line ─────────────────────────────────────────────────────────────────────────────
WORDS = [
    "release",
    "grade",
    "one",
    "feedback",
    "report",
    "export",
    "questions",
    "similar",
    "submit",
    "--json",
    "-",
    "--least",
    "--student",
    "--again",
    "--sample",
    "--device",
    "cpu",
    "csv",
    "00_start",
    "..",
    "/",
    "*",
    "--help",
    "--version",
]
argv = st.lists(
    st.sampled_from(WORDS) | st.text(st.characters(exclude_characters="\0"), max_size=8), max_size=5
)


@given(words=argv)
@steady
def test_any_command_line_outside_of_a_course_is_answered(
    words: list[str], tmp_path_factory: Any
) -> None:
    """Exit codes and sentences, never a traceback."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.getbasetemp())
        if words[:1] and words[0] in ("lab", "doctor"):
            return  # they are there to start something
        try:
            code = main(words)
        except SystemExit as end:  # argparse has spoken
            code = int(end.code or 0)
        assert code in (0, 1, 2)


def _of_another_course(content: Any) -> bytes:
    """A notebook with other names and other words: each alone would tell what it is of."""
    other = json.loads(json.dumps(content).replace("start-", "other-"))
    cells = other.get("cells") if isinstance(other, dict) else None
    for number, cell in enumerate(cells if isinstance(cells, list) else ()):
        if isinstance(cell, dict) and "source" in cell:
            cell["source"] = f"words of another course, {number}"
    return json.dumps(other).encode()


@given(data=st.binary(max_size=100) | damaged(RELEASED).map(_of_another_course))
@settings(steady, max_examples=25)
def test_one_refuses_what_is_no_notebook_of_the_course(data: bytes, tmp_path_factory: Any) -> None:
    path = tmp_path_factory.getbasetemp() / "handed-in.ipynb"
    path.write_bytes(data)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        assert main(["one", str(path)]) == 1
