"""Archives of any bytes: collected, or refused in a sentence; never a traceback, never outside."""

import io
import json
import tempfile
import zipfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from grader.classroom.collect.archives import opened
from grader.classroom.collect.collecting import CollectRequest, collect
from grader.classroom.notebooks.unit_recognition import ReleasedNotebooks
from grader.core.errors import GraderError

ROOT = Path(__file__).resolve().parents[2]
RELEASES = ReleasedNotebooks.of(ROOT)
NOTEBOOK = json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}).encode()
PARTS = st.one_of(
    st.sampled_from(["..", "", ".", "ann", "01_rnn", "rnn.ipynb", "__MACOSX", "Team 12", "C:"]),
    st.sampled_from(["Ann Lee_1_assignsubmission_file_", "lee_LATE_1_2_rnn-3.ipynb", "a.zip"]),
    st.sampled_from(["Lee_Ann_al1_47", "submission_7", "submission_metadata.yml", "x.tar.gz"]),
    st.text(max_size=8),
)
NAMES = st.lists(PARTS, min_size=1, max_size=5).map("/".join)
CONTENTS = st.one_of(st.just(NOTEBOOK), st.binary(max_size=40), st.just(b"submission_7: {}\n"))
SYSTEMS = st.sampled_from(["", "moodle", "canvas", "gradescope", "ilias", "plain"])


def archive(files: dict[str, bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            plain = name.encode("utf-8", "replace").decode().replace("\0", "") or "?"
            made.writestr(plain, content)
    return data.getvalue()


def take(data: bytes, system: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "in", "handed-in.zip")
        path.parent.mkdir()
        path.write_bytes(data)
        classroom = Path(folder, "classroom")
        try:
            with opened(path) as source:
                done = collect(source, path, RELEASES, (), classroom, CollectRequest(system))
            json.dumps([done.unplaced, done.others, done.notes], ensure_ascii=False).encode()
        except GraderError as error:
            str(error).encode()
        assert {each.name for each in Path(folder).iterdir()} <= {"in", "classroom"}
        assert {p.name for p in classroom.glob("*")} <= {"submitted", "earlier"}


@given(st.dictionaries(NAMES, CONTENTS, max_size=6), SYSTEMS)
@settings(max_examples=100)
def test_names_of_any_kind(files: dict[str, bytes], system: str) -> None:
    take(archive(files), system)


@given(st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), max_size=6), SYSTEMS)
@settings(max_examples=100)
def test_bytes_of_any_kind(changes: list[tuple[int, int]], system: str) -> None:
    data = bytearray(archive({"ann/01_rnn/rnn.ipynb": NOTEBOOK, "bob.zip": archive({"a": b"b"})}))
    for place, value in changes:
        data[place % len(data)] = value
    take(bytes(data), system)
