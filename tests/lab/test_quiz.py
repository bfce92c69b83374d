"""Items, door, hints and the clock answer kindly, count fairly and stay silent while graded."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader import lab
from grader.core import quiz_messages

Record = Callable[[], dict[str, dict[str, dict[str, Any]]]]
Out = pytest.CaptureFixture[str]


def test_a_wrong_choice_gets_its_reason_and_the_hint(folder: Path, capsys: Out) -> None:
    lab.answer("toy-practice-1", "a")
    said = capsys.readouterr().out
    assert "Not yet" in said
    assert "why a" in said
    assert "a hint" in said
    assert "whole story" not in said


def test_the_right_choice_gets_the_explanation(folder: Path, capsys: Out) -> None:
    lab.answer("toy-practice-1", " B ")
    said = capsys.readouterr().out
    assert "Right" in said
    assert "the whole story" in said


def test_attempts_are_counted_over_restarts_and_repeats_are_not(
    folder: Path, capsys: Out, record: Record
) -> None:
    for choice in ("a", "a", "c", "b", "b"):
        lab.answer("toy-practice-1", choice)
    assert "3 attempts" in capsys.readouterr().out
    entry = record()["item"]["toy-practice-1"]
    assert entry == {"attempts": 3, "choice": "b", "right_at": 3}
    lab.answer("toy-practice-1", "a")
    assert record()["item"]["toy-practice-1"]["right_at"] == 3


@pytest.mark.parametrize(
    ("item", "choice", "words"),
    [
        ("toy-practice-1", "", "between the quotes"),
        ("toy-practice-1", "e", "'e'"),
        ("toy-practice-9", "a", "toy-practice-9"),
    ],
)
def test_what_is_no_answer_is_no_attempt(
    folder: Path, capsys: Out, item: str, choice: str, words: str
) -> None:
    lab.answer(item, choice)
    assert words in capsys.readouterr().out
    assert not (folder / "progress.json").exists()


def test_the_door_names_the_section_of_each_wrong_answer(folder: Path, capsys: Out) -> None:
    lab.door("toy", "b, - a")
    said = capsys.readouterr().out.splitlines()
    assert said[0] == quiz_messages.door_result(1, 3)
    assert said[2] == "- ✔ 1 (easy)"
    assert said[3] == "- ✘ 2 (easy): Read [One step](#One-step)."
    assert said[4] == "- ✘ 3 (easy): why a Read [One step](#One-step)."


@pytest.mark.parametrize(("letters", "words"), [("", "3 letters"), ("ab", "2 letters for 3")])
def test_a_door_half_filled_is_explained(
    folder: Path, capsys: Out, letters: str, words: str
) -> None:
    lab.door("toy", letters)
    assert words in capsys.readouterr().out


def test_hints_open_with_the_number_in_the_cell(folder: Path, capsys: Out, record: Record) -> None:
    lab.hint("toy-double", 0)
    assert "2 hints wait" in capsys.readouterr().out
    lab.hint("toy-double", 1)
    said = capsys.readouterr().out
    assert "Try +." in said
    assert "Try *." not in said
    lab.hint("toy-double", 99)
    assert "Hint 2 of 2" in capsys.readouterr().out
    assert record()["hint"]["toy-double"] == {"opened": 2}
    lab.hint("toy-triple", 1)
    assert "no hints" in capsys.readouterr().out


def test_the_clock_is_shown_and_the_badge_is_earned(
    folder: Path, capsys: Out, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "time", lambda: 1000.0)
    lab.challenge("toy")
    assert "1 problems, 2 minutes each" in capsys.readouterr().out
    monkeypatch.setattr(time, "time", lambda: 1065.0)
    lab.check("toy-challenge-1", "a")
    said = capsys.readouterr().out
    assert "1:05 on the clock (in time)" in said
    assert "attempt 1 of 2" in said
    monkeypatch.setattr(time, "time", lambda: 1130.0)
    lab.check("toy-challenge-1", "b")
    said = capsys.readouterr().out
    assert "2:10 on the clock (over time" in said
    assert "TOY mastery" in said
    assert record()["badge"]["toy"]["earned"] is True


def test_the_third_attempt_earns_no_badge(folder: Path, capsys: Out, record: Record) -> None:
    for letter in ("a", "c", "b"):
        lab.check("toy-challenge-1", letter)
    assert "mastery" not in capsys.readouterr().out
    assert "badge" not in record()


def test_while_graded_nothing_is_said_or_recorded(
    folder: Path, capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    lab.answer("toy-practice-1", "a")
    lab.door("toy", "abc")
    lab.hint("toy-double", 1)
    lab.challenge("toy")
    assert capsys.readouterr().out == ""
    assert not (folder / "progress.json").exists()


def test_without_unit_json_a_lesson_goes_on(
    tmp_path: Path, capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    lab.answer("toy-practice-1", "a")
    lab.door("toy", "abc")
    lab.hint("toy-double", 1)
    lab.challenge("toy")
    lab.check("toy-double", ...)
    assert capsys.readouterr().out.count("unit.json") >= 5


def test_a_prediction_is_noted_without_a_verdict_and_confronted_after_the_run(
    folder: Path, capsys: Out, record: Record
) -> None:
    lab.answer("toy-predict-1", "a")
    noted = capsys.readouterr().out
    assert quiz_messages.guess_noted("a") in noted
    for told in ("why", "Right", "Not yet", "whole story", "hint"):
        assert told not in noted
    lab.reveal("toy-predict-1")
    said = capsys.readouterr().out
    assert "You guessed a" in said
    assert quiz_messages.happened("b", "text b") in said
    assert "why a" in said
    assert "the whole story" in said
    lab.answer("toy-predict-1", "b")  # known now, so it speaks as any other item
    assert "Right" in capsys.readouterr().out
    lab.reveal("toy-predict-1")
    assert capsys.readouterr().out == said
    assert record()["revealed"]["toy-predict-1"] == {"guess": "a"}


@pytest.mark.parametrize("same_as_happened", [True, False])
def test_a_right_guess_and_none_are_told_so(
    folder: Path,
    capsys: Out,
    same_as_happened: bool,  # noqa: FBT001
) -> None:
    if same_as_happened:
        lab.answer("toy-predict-1", "b")
        capsys.readouterr()
    lab.reveal("toy-predict-1")
    said = capsys.readouterr().out
    assert ("and so it happened" in said) == same_as_happened
    assert (quiz_messages.NO_GUESS in said) == (not same_as_happened)
    assert "the whole story" in said
    assert "✘" not in said


@pytest.mark.parametrize("name", ["toy-practice-1", "toy-predict-9"])
def test_only_predictions_are_revealed(folder: Path, capsys: Out, name: str) -> None:
    lab.reveal(name)
    assert capsys.readouterr().out.strip() == quiz_messages.no_prediction(name)


def test_a_graded_run_reveals_nothing(
    folder: Path, capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grader.lab.frontend.is_graded", lambda: True)
    lab.reveal("toy-predict-1")
    assert capsys.readouterr().out == ""
    assert not (folder / "progress.json").exists()
