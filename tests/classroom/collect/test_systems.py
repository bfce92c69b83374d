"""What Moodle, Canvas, Gradescope and ILIAS hand out finds its place, with its time."""

from pathlib import Path
from typing import Any

import pytest

from grader.classroom.collect.student_matching import RosterStudent, read_names
from grader.core.errors import UsageError
from tests.classroom.collect.conftest import notebook, submission

LATER = (2026, 11, 21, 10, 0, 0)
GRADESCOPE = """\
submission_11:
  :submitters:
  - :name: Ann Lee
    :sid: '77'
    :email: ann@example.org
  :created_at: 2026-11-18 20:54:14.580484000 Z
submission_12:
  :submitters:
  - :name: Bob Roe
    :sid:
    :email: bob@example.org
  - :name: Cy Doe
    :email: cy@example.org
  :created_at: 2026-11-19 20:54:14 Z
"""


def students(classroom: Path) -> set[str]:
    return {path.name for path in (classroom / "submitted").iterdir()}


@pytest.mark.parametrize("where", ["assignsubmission_file_/rnn", "assignsubmission_file_rnn"])
def test_moodle(take: Any, classroom: Path, where: str) -> None:
    files = {
        f"Ann Lee_123_{where}.ipynb": notebook("x = 1"),
        f"Jose\u0301 Pen\u0303a_124_{where}.ipynb": (notebook("x = 2"), LATER),
    }
    done = take(files)
    assert (done.system, done.unplaced) == ("moodle", [])
    assert students(classroom) == {"Ann Lee", "Jos\xe9 Pe\xf1a"}
    assert submission(classroom, "Ann Lee").read_bytes() == files[f"Ann Lee_123_{where}.ipynb"]
    time = submission(classroom, "Jos\xe9 Pe\xf1a").with_name("timestamp.txt").read_text()
    assert time.startswith(("2026-11-20", "2026-11-21", "2026-11-22"))  # local time of the archive
    assert time.endswith(" UTC\n")


def test_canvas_names_late_ones_and_takes_the_last_attempt(take: Any, classroom: Path) -> None:
    first, last = notebook("x = 1"), notebook("x = 2")
    done = take(
        {
            "leeann_12345_67890_rnn.ipynb": first,
            "leeann_12345_67891_rnn-1.ipynb": last,
            "roebob_LATE_12346_67892_rnn-2.ipynb": notebook("x = 3"),
        }
    )
    assert (done.system, students(classroom)) == ("canvas", {"leeann", "roebob"})
    assert submission(classroom, "leeann").read_bytes() == last
    kept = list((classroom / "earlier/leeann/01_rnn").iterdir())
    assert [path.read_bytes() for path in kept] == [first]
    told = {each.student: " ".join(each.remarks) for each in done.placed}
    assert "67890_rnn.ipynb" in told["leeann"]
    assert "late" in told["roebob"]


def test_canvas_people_are_found_in_the_roster(take: Any, classroom: Path) -> None:
    roster = (
        RosterStudent("al", "Zoë", "O'Lee"),
        RosterStudent("bob", number="12346"),
    )
    files = {"oleezoe_1_2_rnn.ipynb": notebook("x = 1"), "x_12346_3_rnn.ipynb": notebook("x = 3")}
    take(files, roster=roster)
    assert students(classroom) == {"al", "bob"}


def test_canvas_without_names(take: Any, classroom: Path) -> None:
    names = ("anon_a1b2c_3_rnn.ipynb", "anon_LATE_d4e5f_4_rnn.ipynb")
    done = take({name: notebook(f"x = {len(name)}") for name in names})
    assert done.system == "canvas"
    assert students(classroom) == {"anon (a1b2c)", "anon (d4e5f)"}


def test_moodle_s_groups_stand_before_the_names(take: Any, classroom: Path) -> None:
    roster = (RosterStudent("ann", "Ann", "Lee"),)
    take({"Group A-Ann Lee_7_assignsubmission_file_/x.ipynb": notebook("x = 1")}, roster=roster)
    assert students(classroom) == {"ann"}


def test_gradescope_knows_who_and_when_and_gives_a_team_one_each(
    take: Any, classroom: Path
) -> None:
    team = notebook("x = 2")
    done = take(
        {
            "assignment_1_export/submission_metadata.yml": GRADESCOPE.encode(),
            "assignment_1_export/submission_11/rnn.ipynb": notebook("x = 1"),
            "assignment_1_export/submission_12/deep/rnn.ipynb": team,
        }
    )
    assert (done.system, students(classroom)) == ("gradescope", {"77", "Bob Roe", "Cy Doe"})
    for name in ("Bob Roe", "Cy Doe"):
        assert submission(classroom, name).read_bytes() == team
    time = submission(classroom, "77").with_name("timestamp.txt").read_text()
    assert time == "2026-11-18 20:54:14.580484 UTC\n"


@pytest.mark.parametrize(
    "text", ["[1, 2", "a: &a [1]\nb: !!python/object/apply:os.system ['false']", "just words", ""]
)
def test_a_gradescope_file_that_tells_nothing_is_named(take: Any, text: str) -> None:
    files = {"submission_metadata.yml": text.encode(), "submission_1/rnn.ipynb": notebook("x = 1")}
    if "&a" in text:
        assert take(files).unplaced == []  # its names are nobody's, and nothing of it is run
        return
    with pytest.raises(UsageError, match=r"submission_metadata\.yml"):
        take(files)


def test_ilias_with_teams(take: Any, classroom: Path) -> None:
    done = take(
        {
            "Sheet/Abgaben/Lee_Ann_al12_4711/20261119103000_rnn.ipynb": notebook("x = 1"),
            "Sheet/Abgaben/Team 12/Roe_Bob_br1_4712/rnn.ipynb": notebook("x = 2"),
            "Sheet/Abgaben/Team 12/Doe_Cy_cd1_4713/rnn.ipynb": notebook("x = 2"),
            "Sheet/status.xlsx": b"PK",
        }
    )
    assert (done.system, students(classroom)) == ("ilias", {"al12", "br1", "cd1"})
    assert [path for path, _ in done.others] == ["Sheet/status.xlsx"]
    assert submission(classroom, "al12").with_name("timestamp.txt").is_file()


def test_the_wrong_system_is_refused_with_the_right_one(take: Any) -> None:
    with pytest.raises(UsageError, match="--from canvas"):
        take({"leeann_12345_67890_rnn.ipynb": notebook("x = 1")}, system="moodle")


def test_times_of_the_archive_s_making_are_nobody_s(take: Any, classroom: Path) -> None:
    """Three people within two minutes: the platform wrote when it made the archive."""
    names = ("Ann Lee_1", "Bob Roe_2", "Cy Doe_3")
    done = take({f"{n}_assignsubmission_file_/rnn.ipynb": notebook("x = 1") for n in names})
    assert any("who was late" in note for note in done.notes)
    assert not list((classroom / "submitted").glob("*/*/timestamp.txt"))


def test_two_people_by_one_name_are_kept_apart(take: Any, classroom: Path) -> None:
    files = {f"Ann Lee_{n}_assignsubmission_file_/rnn.ipynb": notebook(f"x = {n}") for n in (1, 2)}
    done = take(files)
    assert students(classroom) == {"Ann Lee (1)", "Ann Lee (2)"}
    assert any("several people are called Ann Lee" in note for note in done.notes)


def test_a_roster_with_two_of_a_name_needs_the_map(take: Any, classroom: Path) -> None:
    roster = (RosterStudent("ann1", "Ann", "Lee"), RosterStudent("ann2", "Ann", "Lee"))
    files = {"Ann Lee_7_assignsubmission_file_/rnn.ipynb": notebook("x = 1")}
    done = take(files, roster=roster)
    assert not done.placed
    assert "ann1, ann2" in done.unplaced[0][1]
    assert "--names" in done.unplaced[0][1]
    take(files, roster=roster, names={"ann lee_7": ["ann2"]})
    assert students(classroom) == {"ann2"}


def test_two_people_of_one_name_are_not_one_student_of_the_roster(
    take: Any, classroom: Path
) -> None:
    files = {"leeann_1_5_rnn.ipynb": notebook("x = 1"), "leeann_2_6_rnn.ipynb": notebook("x = 2")}
    done = take(files, roster=(RosterStudent("al", "Ann", "Lee"),))
    assert done.placed == []
    assert all("several people are called leeann" in why for _, why in done.unplaced)
    done = take(files, roster=(RosterStudent("al", "Ann", "Lee", number="2"),))
    assert [(each.student, each.source) for each in done.placed] == [("al", "leeann_2_6_rnn.ipynb")]
    assert len(done.unplaced) == 1


def test_one_student_by_two_names_has_one_submission(take: Any, classroom: Path) -> None:
    files = {"al/rnn.ipynb": notebook("x = 1"), "AL/rnn.ipynb": notebook()}
    done = take(files, roster=(RosterStudent("al"),))
    assert [each.student for each in done.placed] == ["al"]
    assert submission(classroom, "al").read_bytes() == files["al/rnn.ipynb"]
    assert "as released" in " ".join(done.placed[0].remarks)


def test_names_are_tidied(take: Any, classroom: Path) -> None:
    take(
        {
            "hw/Ann\xa0 Lee /rnn.ipynb": notebook("x = 1"),
            "hw/\u200fBob/rnn.ipynb": notebook("x = 2"),
        }
    )
    assert students(classroom) == {"Ann Lee", "Bob"}


def test_a_checkpoint_is_taken_where_nothing_else_came(take: Any, classroom: Path) -> None:
    inner = ".ipynb_checkpoints/rnn-checkpoint.ipynb"
    done = take(
        {
            f"hw/ann/{inner}": notebook("x = 1"),
            f"hw/bob/{inner}": notebook("x = 2"),
            "hw/bob/rnn.ipynb": notebook("x = 3"),
        }
    )
    assert students(classroom) == {"ann", "bob"}
    assert submission(classroom, "bob").read_bytes() == notebook("x = 3")
    told = {each.student: " ".join(each.remarks) for each in done.placed}
    assert "rnn-checkpoint.ipynb" in told["ann"]
    assert "checkpoint" not in told["bob"]
    assert "1 files that systems and editors leave behind were left" in done.notes


def test_gradescopes_submission_without_files_is_named(take: Any) -> None:
    done = take(
        {
            "submission_metadata.yml": GRADESCOPE.encode(),
            "submission_11/rnn.ipynb": notebook("x = 1"),
        }
    )
    assert [path for path, _ in done.unplaced] == ["submission_12"]
    assert "handed in by Bob Roe" in done.unplaced[0][1]


def test_a_map_may_have_semicolons(tmp_path: Path) -> None:
    (tmp_path / "names.csv").write_text("Ann Lee;ann\nBob;bob\n", encoding="utf-8")
    assert read_names(tmp_path / "names.csv") == {"ann lee": ["ann"], "bob": ["bob"]}
