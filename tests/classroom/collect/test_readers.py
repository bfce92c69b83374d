"""Whose a file is, by its path alone: one reader for each platform, one for plain folders."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from grader.classroom.collect.folders import FolderPaths, unit_named
from grader.classroom.collect.gradescope import read_metadata
from grader.classroom.collect.platforms import (
    Submitter,
    blackboard,
    brightspace,
    canvas,
    detected,
    gradescope,
    ilias,
    moodle,
    sakai,
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


def test_blackboard_tells_login_and_time_of_each_attempt() -> None:
    name = "gradebook_CS101_HW1_alee_attempt_2026-11-20-09-30-00"
    found = blackboard((f"{name}_my rnn.ipynb",))
    assert found is not None
    assert (found.key, found.login, found.parts) == ("alee", "alee", ("my rnn.ipynb",))
    assert found.time == datetime(2026, 11, 20, 9, 30).astimezone()
    beside = blackboard((f"{name}.txt",))
    assert beside is not None
    assert (beside.key, beside.parts) == ("alee", ("attempt.text",))
    assert blackboard(("alee_rnn.ipynb",)) is None


@pytest.mark.parametrize(
    ("said", "hour"),
    [("Nov 20, 2026 930 AM", 9), ("Nov 20, 2026 1:30 PM", 13), ("Nov 31, 2026 930 AM", None)],
)
def test_brightspace_has_a_folder_for_each_time(said: str, hour: int | None) -> None:
    found = brightspace((f"123-456 - Ann Lee - {said}", "rnn.ipynb"))
    assert found is not None
    assert (found.name, found.number, found.parts) == ("Ann Lee", "123", ("rnn.ipynb",))
    assert found.time == (hour and datetime(2026, 11, 20, hour, 30).astimezone())
    assert brightspace(("123 Ann Lee", "rnn.ipynb")) is None


def test_sakai_tells_a_login_beside_the_name() -> None:
    parts = ("HW1", "Lee, Ann(alee)", "Submission attachment(s)", "rnn.ipynb")
    found = sakai(parts)
    assert found is not None
    assert (found.name, found.login, found.parts) == ("Ann Lee", "alee", ("rnn.ipynb",))
    assert detected([parts]) == "sakai"
    assert detected([("HW1", "Lee, Ann(alee)", "rnn.ipynb")]) == "plain"


FORM = ("HW (File responses)/rnn - Ann Lee.ipynb", "HW (File responses)/rnn (1) - Bob.ipynb")


def test_one_folder_of_files_called_after_people_is_nobodys() -> None:
    reader = FolderPaths.of(paths(*FORM), UNITS, (), "x")
    assert whose(reader, FORM[0])[0] == "Ann Lee"
    assert whose(reader, FORM[1])[0] == "Bob"


@pytest.mark.parametrize(
    "names",
    [("ann/rnn.ipynb", "ann/gru.ipynb"), ("ann/hw.ipynb", "ann/hw (1).ipynb"), ("ann/x.ipynb",)],
)
def test_and_one_folder_of_one_persons_files_is_the_persons(names: tuple[str, ...]) -> None:
    reader = FolderPaths.of(paths(*names), UNITS, (), "x")
    assert {whose(reader, name)[0] for name in names} == {"ann"}


def test_folders_that_carry_the_units_name_are_called_by_the_rest() -> None:
    names = ("all/rnn-ann-lee/rnn.ipynb", "all/rnn-bob/rnn.ipynb")
    reader = FolderPaths.of(paths(*names), UNITS, (), "x")
    assert [whose(reader, name)[0] for name in names] == ["ann-lee", "bob"]


def test_the_roster_knows_folders_behind_a_prefix_and_by_a_number() -> None:
    names = ("hw1-ann/x.ipynb", "hw1-zed/x.ipynb")
    reader = FolderPaths.of(paths(*names), UNITS, ("ann",), "x")
    assert [whose(reader, name)[0] for name in names] == ["ann", "hw1-zed"]
    names = ("1234567 Ann Lee/x.ipynb", "Roe_Bob_1234568/x.ipynb")
    reader = FolderPaths.of(paths(*names), UNITS, ("1234567", "1234568", "Lee"), "x")
    assert [whose(reader, name)[0] for name in names] == ["1234567", "1234568"]
