"""Whose a file is, by its path alone: one reader for each platform, one for plain folders."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from grader.classroom.collect.folders import FolderPaths, unit_named
from grader.classroom.collect.gradescope import read_metadata
from grader.classroom.collect.platforms import (
    Submitter,
    canvas,
    detected,
    gradescope,
    ilias,
    moodle,
)
from grader.core.errors import UsageError

UNITS = ("01_rnn", "02_gru")
MOODLE = "Ann Lee_12_assignsubmission_file_"


def paths(*names: str) -> list[tuple[str, ...]]:
    return [tuple(name.split("/")) for name in names]


def whose(reader: FolderPaths, path: str) -> tuple[str, tuple[str, ...]]:
    found = reader(tuple(path.split("/")))
    assert found is not None
    return found.name, found.parts


def test_moodle_in_a_folder_and_flat() -> None:
    ann = Submitter("Ann Lee_12", "Ann Lee", ("rnn.ipynb",), "12")
    assert moodle((MOODLE, "rnn.ipynb")) == ann
    assert moodle((f"{MOODLE}rnn.ipynb",)) == ann
    assert moodle(("Ann Lee", "rnn.ipynb")) is None


def test_canvas_tells_late_ones_and_attempts() -> None:
    late = canvas(("roebob_LATE_12_67_rnn-2.ipynb",))
    assert late == Submitter("roebob_12", "roebob", ("rnn.ipynb",), "12", is_late=True, attempt=2)
    text = canvas(("leeann_12_text.html",))
    assert text is not None
    assert (text.name, text.parts, text.attempt) == ("leeann", ("text.html",), 0)
    hidden = canvas(("anon_LATE_x7Kq2_67_rnn.ipynb",))
    assert hidden is not None
    assert (hidden.key, hidden.is_late) == ("anon_x7Kq2", True)


def test_ilias_tells_a_login_and_a_time_that_there_is() -> None:
    folder = "van_der_Lee_Ann_al7_123"
    found = ilias(("Team 4", folder, "20261120093000_rnn.ipynb"))
    assert found is not None
    assert (found.name, found.login, found.parts) == ("Ann van der Lee", "al7", ("rnn.ipynb",))
    assert found.time == datetime(2026, 11, 20, 9, 30).astimezone()
    impossible = ilias((folder, "20261399093000_rnn.ipynb"))
    assert impossible is not None
    assert (impossible.parts, impossible.time) == (("20261399093000_rnn.ipynb",), None)
    team = ilias(("Team 4", "rnn.ipynb"))
    assert team is not None
    assert (team.key, team.parts) == ("Team 4", ("rnn.ipynb",))


def test_gradescope_finds_people_by_the_number_of_the_submission() -> None:
    read = gradescope({"submission_1": Submitter("al7", "Ann", (), login="al7")})
    known = read(("export", "submission_1.zip", "a", "rnn.ipynb"))
    assert known == Submitter("al7", "Ann", ("a", "rnn.ipynb"), login="al7")
    assert read(("submission_2", "rnn.ipynb")) == Submitter(
        "submission_2", "submission_2", ("rnn.ipynb",)
    )
    assert read(("rnn.ipynb",)) is None


@pytest.mark.parametrize(
    ("names", "system"),
    [
        ((f"{MOODLE}/rnn.ipynb", f"{MOODLE}/notes.txt", "b/x.txt", "c/y.txt"), "moodle"),
        (("leeann_12_67_rnn.ipynb", "readme.md"), "canvas"),
        (("Lee_Ann_al7_1/rnn.ipynb",), "ilias"),
        (("leeann_12_67_rnn.ipynb", "submission_metadata.yml"), "gradescope"),
        (("leeann_12_67_rnn.ipynb", "bob/rnn.ipynb"), "plain"),  # half is not most
        ((), "plain"),
    ],
)
def test_the_system_is_that_of_most_notebooks(names: tuple[str, ...], system: str) -> None:
    assert detected(paths(*names)) == system


def test_gradescopes_file_tells_a_team_and_when() -> None:
    found = read_metadata(
        b"submission_7:\n  :submitters:\n  - :name: Ann Lee\n    :sid: '0077'\n"
        b"  - :name: Bob Roe\n    :sid: ~\n    :email: bob@example.org\n"
        b"  :created_at: 2026-11-18 20:54:14.580484000 Z\n"
        b"submission_8:\n  :created_at: yesterday\n"
    )
    ann = found["submission_7"]
    assert (ann.key, ann.login) == ("0077", "0077")  # no number: zeros in front stay
    assert [(bob.key, bob.login) for bob in ann.members] == [("bob@example.org", "")]
    assert ann.time == datetime(2026, 11, 18, 20, 54, 14, 580484, UTC)
    assert found["submission_8"] == Submitter("submission_8", "submission_8", ())


@pytest.mark.parametrize(("zone", "hours"), [("+02:00", 2), ("-07:00", -7), ("UTC", 0)])
def test_gradescopes_times_may_have_any_zone(zone: str, hours: int) -> None:
    found = read_metadata(f"submission_7:\n  created_at: 2026-11-18 20:54:14 {zone}\n".encode())
    there = timezone(timedelta(hours=hours))
    assert found["submission_7"].time == datetime(2026, 11, 18, 20, 54, 14, tzinfo=there)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"a: [", "cannot be read"),
        (b"\xff\xfe\xff", "cannot be read"),
        (b"- a list\n", "holds no submissions"),
        (b"", "holds no submissions"),
    ],
)
def test_gradescopes_file_is_refused_by_name(data: bytes, words: str) -> None:
    with pytest.raises(UsageError, match=rf"submission_metadata\.yml {words}.* Export once more"):
        read_metadata(data)


def test_no_tag_in_gradescopes_file_makes_an_object() -> None:
    found = read_metadata(
        b"submission_7:\n  :submitters:\n  - :name: !!python/object/apply:os.getcwd []\n"
    )
    assert found["submission_7"].name == "submission_7"


@pytest.mark.parametrize("name", ["01_rnn", "1_rnn", "01-RNN", "rnn", "Unit 1", "unit01"])
def test_a_unit_has_many_names(name: str) -> None:
    assert unit_named(name, UNITS) == "01_rnn"


@pytest.mark.parametrize("name", ["", "rnn2", "week 1", "03_rnn"])
def test_and_others_are_no_unit(name: str) -> None:
    assert unit_named(name, UNITS) is None


def test_students_are_the_folders_that_differ() -> None:
    names = ("hw/a/week 1/01_rnn/x.ipynb", "hw/b/week 1/01_rnn/x.ipynb")
    reader = FolderPaths.of(paths(*names), UNITS, (), "hw")
    assert whose(reader, names[0]) == ("a", ("week 1", "01_rnn", "x.ipynb"))
    assert whose(reader, names[1]) == ("b", ("week 1", "01_rnn", "x.ipynb"))


def test_a_folder_of_the_roster_is_a_student_wherever_it_stands() -> None:
    names = ("group 1/Ann/rnn.ipynb", "group 2/Bob/rnn.ipynb")
    reader = FolderPaths.of(paths(*names), UNITS, ("ann",), "x")
    assert whose(reader, names[0]) == ("ann", ("rnn.ipynb",))
    assert whose(reader, names[1]) == ("group 2", ("Bob", "rnn.ipynb"))


def test_a_student_may_be_called_as_a_wrapper_is() -> None:
    reader = FolderPaths.of(paths("submission/rnn.ipynb"), UNITS, ("submission",), "x")
    assert whose(reader, "submission/rnn.ipynb") == ("submission", ("rnn.ipynb",))
    reader = FolderPaths.of(paths("submission/rnn.ipynb"), UNITS, (), "x")
    assert reader(("submission", "rnn.ipynb")) is None


def test_of_one_chain_the_folder_above_the_unit_is_the_student() -> None:
    reader = FolderPaths.of(paths("course/ann.zip/01_rnn/x.ipynb"), UNITS, (), "x")
    assert whose(reader, "course/ann.zip/01_rnn/x.ipynb") == ("ann", ("01_rnn", "x.ipynb"))


@pytest.mark.parametrize(
    ("name", "student"),
    [
        ("01_rnn_ann.ipynb", "ann"),
        ("ann lee-rnn (1).ipynb", "ann lee"),
        ("ann - Copy (2).ipynb", "ann"),
        ("ANN.ipynb.txt", "ann"),
    ],
)
def test_a_file_may_have_its_students_name(name: str, student: str) -> None:
    reader = FolderPaths.of(paths(name), UNITS, ("ann",), "x")
    found = reader((name,))
    assert found is not None
    assert (found.name, found.is_file_named, found.parts) == (student, True, (name,))


@pytest.mark.parametrize("name", ["rnn.ipynb", "01_rnn-Copy1.ipynb", "ann.pdf"])
def test_and_may_be_nobodys(name: str) -> None:
    assert FolderPaths.of(paths(name), UNITS, (), "x")((name,)) is None
