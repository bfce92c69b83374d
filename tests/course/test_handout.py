"""Nothing that learners get holds a key, a reference, a hidden case or a hidden label."""

import json
import re
import zipfile
from pathlib import Path

import pytest

from grader import lab
from grader.classroom.authoring.secrecy_checks import secrecy_problems, telling_lines
from grader.classroom.course_paths import Course
from grader.classroom.publish.handout_archive import make
from grader.core import messages, unit_file
from grader.core.names import CHALLENGE
from grader.core.unit_file import Unit
from grader.lab.progress_file import UnitProgress
from grader.lab.quiz.challenges import Challenge, ChallengePanel
from grader.lab.quiz.record import in_order
from grader.referee.question_bank import UnitBank
from tests.course.conftest import OURS

ROOT = Path(__file__).resolve().parents[2]
COURSE = Course(ROOT, ROOT / "classroom")

Files = dict[str, bytes]


@pytest.fixture(name="files", scope="module")
def _files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """Every file of the hand-out of all units, by its path."""
    made = make(COURSE, COURSE.units(), tmp_path_factory.mktemp("handout") / "all.zip")
    with zipfile.ZipFile(made.path) as archive:
        return {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}


def test_only_what_learners_need_is_in_it(files: Files) -> None:
    """Three folders and what installs them; no path leads out of the folder."""
    tops = {name.partition("/")[0] for name in files}
    beside = {"LICENSE", "Makefile", "README.md"}
    install = {"environment.yml", "pyproject.toml", "requirements.txt"}
    assert tops == {"data", "grader", "notebooks"} | beside | install
    for name in files:
        assert not name.startswith("/")
        assert not {"..", "solutions", "sample", "hidden.npz"} & set(name.split("/"))
    assert len([name for name in files if name.startswith("notebooks/")]) == 2 * len(
        list((ROOT / "solutions").glob("*/lesson.py"))
    )


def test_nothing_secret_is_in_it(bank: UnitBank, files: Files) -> None:
    """No key or reply of a challenge, no line of a solution or a question file, no hidden row."""
    assert [str(problem) for problem in secrecy_problems(COURSE, bank, files)] == []
    assert telling_lines(COURSE, bank) or bank.name not in OURS[1:]


def test_practice_keeps_its_keys_and_challenges_their_hints(bank: UnitBank, files: Files) -> None:
    """Practice is there to learn from; a challenge keeps its question, and nothing that tells."""
    released = Unit.from_json(json.loads(files[f"notebooks/{bank.name}/unit.json"]))
    assert set(released.quiz) == set(bank.items)
    for item in bank.items.values():
        given = released.quiz[item.id]
        if item.kind != CHALLENGE:
            assert given == item
            continue
        assert given.answer is None
        assert given.hint == item.hint


def test_pools_of_hidden_rows_are_looked_for() -> None:
    """So that the search above is not one for nothing."""
    assert sorted((ROOT / "solutions").glob("*/hidden.npz"))


def test_a_challenge_without_its_key_is_noted_and_promises_no_badge(
    files: Files,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """In a class the referee marks it; every letter gets the same reply."""
    (tmp_path / "unit.json").write_bytes(files["notebooks/01_rnn/unit.json"])
    monkeypatch.chdir(tmp_path)
    lab.challenge("rnn")
    begun = capsys.readouterr().out
    assert "your teacher's grader marks" in begun
    assert "badge" not in begun
    for letter in "abcd":
        lab.check("rnn-challenge-1", letter)
        assert capsys.readouterr().out.strip() == messages.KEY_WITHHELD
    items = in_order(unit_file.find(tmp_path).quiz.values(), CHALLENGE, "rnn")
    run = Challenge("rnn", items, UnitProgress(tmp_path))
    panel = ChallengePanel(run)
    told = [str(panel.state()["words"])]
    for place in range(len(items)):
        run.look_at(place)
        run.give(place, "a")
        panel.place = place
        told.append(str(panel.state()["item"]["said"]))
    panel.place = None
    told.append(str(panel.state()["words"]))
    for words in told:
        assert "teacher's grader marks" in words
        assert not {"badge", "reason", "✘", "✔"} & set(re.findall(r"[a-z]+|[✘✔]", words))


def test_nothing_it_says_promises_a_badge_or_a_count_of_tries(files: Files) -> None:
    """What lessons and the README say of challenges is true with their keys and without."""
    lessons = [name for name in files if name.endswith(".ipynb")]
    assert len(lessons) == len(COURSE.units())
    for name in lessons:
        cells = json.loads(files[name])["cells"]
        said = " ".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
        assert not re.search(r"badge|mastery|(first|two|counted) (tries|attempts)", said), name
    told = " ".join(files["README.md"].decode().split())
    (sentence,) = [part for part in told.split(". ") if "badge" in part]
    assert sentence.startswith("On your own, ")
    assert sentence.endswith(
        "in a class your answers are noted, and your teacher's grader marks them"
    )


def test_its_readme_leads_from_nothing_to_an_open_notebook(files: Files) -> None:
    """By Python alone, on each system; and what installs it is there."""
    text = files["README.md"].decode()
    for line in (
        "python3 -m grader install",
        "py -m grader install",
        ".venv/bin/python -m grader lab",
    ):
        assert line in text
    assert r".venv\Scripts\python -m grader lab" in text
    assert text.index("-m grader install") < text.index("-m grader lab")
    assert not re.search(r"]\((?!https?:)", text), "a link to a file that is not in the hand-out"
