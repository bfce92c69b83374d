"""What is said of a data set that is missing, damaged, or of another release."""

from grader.core import data_messages


def test_a_missing_data_set_names_what_is_there_and_two_ways_to_bring_it() -> None:
    said = data_messages.missing("rumbel", "/course/data", ["rumble", "voices"], "01_rnn")
    assert said.startswith("There is no data set 'rumbel' in /course/data. ")
    assert "There are: rumble, voices." in said
    assert "fetch_assignment 01_rnn --course" in said
    assert "GRADER_DATA" in said


def test_without_a_unit_no_command_with_a_hole_is_offered() -> None:
    """In a script there is no unit.json that names one."""
    said = data_messages.missing("rumble", "/course", [], "")
    assert "No data sets were found there." in said
    assert "fetch_assignment" not in said
    assert "  " not in said
    damaged = data_messages.unreadable("rumble", "/d/rows.npz", "BadZipFile", "")
    assert damaged.endswith("where you have the course.")


def test_files_of_another_release_are_counted_in_the_verb() -> None:
    one = data_messages.another_release("voices", "/d", ["a.npz"], "02_gru", "0123")
    two = data_messages.another_release("voices", "/d", ["a.npz", "b.txt"], "02_gru", "0123")
    assert "(a.npz differs)" in one
    assert "(a.npz, b.txt differ)" in two
    assert "release 0123 of 02_gru" in two
