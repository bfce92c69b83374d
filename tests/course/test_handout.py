"""Nothing that learners get holds a key, a reference, a hidden case or a hidden label."""

import ast
import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from grader import lab
from grader.classroom.course_paths import Course
from grader.classroom.publish.handout_archive import TOP, make
from grader.core import messages, unit_file
from grader.core.names import CHALLENGE
from grader.core.question import ChoiceQuestion
from grader.core.unit_file import Unit
from grader.lab.progress_file import UnitProgress
from grader.lab.quiz.challenges import Challenge, ChallengePanel
from grader.lab.quiz.record import in_order
from grader.referee.question_bank import UnitBank

ROOT = Path(__file__).resolve().parents[2]
SOLUTION = re.compile(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", re.DOTALL)
# Shorter lines (`h = torch.zeros(…)`, `return x * x`) are everybody's.
TELLING = 30
# Two sentences of few known words may be the same ids ("the <unk> <blank> <unk>").
ALIKE = 0.02

Files = dict[str, bytes]


@pytest.fixture(name="files", scope="module")
def _files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """Every file of the hand-out of all units, by its path."""
    course = Course(ROOT, ROOT / "classroom")
    made = make(course, course.units(), tmp_path_factory.mktemp("handout") / "all.zip")
    with zipfile.ZipFile(made.path) as archive:
        return {name.removeprefix(f"{TOP}/"): archive.read(name) for name in archive.namelist()}


@pytest.fixture(name="text", scope="module")
def _text(files: Files) -> str:
    """All that can be read in it; what stands in JSON as a learner would see it."""
    parts = []
    for name, content in files.items():
        if name.endswith(".npz"):
            continue
        words = content.decode()
        parts.append(words)
        if name.endswith((".json", ".ipynb")):
            parts += _strings(json.loads(words))
    return "\n".join(parts)


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, list):
        # a cell's source is one text, kept as a list of lines
        joined = ["".join(value)] if value and all(isinstance(v, str) for v in value) else []
        return joined + [text for each in value for text in _strings(each)]
    if isinstance(value, dict):
        return [text for each in value.values() for text in _strings(each)]
    return []


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


def test_no_challenge_key_is_in_it(bank: UnitBank, files: Files, text: str) -> None:
    """Neither the letter nor a sentence that tells it; practice keeps its keys, to learn from."""
    released = Unit.from_json(json.loads(files[f"notebooks/{bank.name}/unit.json"]))
    assert set(released.quiz) == set(bank.items)
    for item in bank.items.values():
        given = released.quiz[item.id]
        if item.kind != CHALLENGE:
            assert given == item
            continue
        assert given.answer is None
        assert given.hint == item.hint
        choice = released.questions[item.id]
        assert isinstance(choice, ChoiceQuestion)
        assert choice.right is None
        assert not any(choice.whys.values())
        for told in (item.explanation, *(option.why for option in item.options)):
            assert told not in text, item.id


def test_no_line_of_a_solution_is_in_it(bank: UnitBank, text: str) -> None:
    """Solutions, references, other repairs, mistakes: no telling line of theirs stands here."""
    folder = ROOT / "solutions" / bank.name
    lesson = (folder / "lesson.py").read_text(encoding="utf-8")
    secret = {line for part in SOLUTION.findall(lesson) for line in part.splitlines()}
    for question in bank.questions.values():
        secret |= _code_of_functions(question.path)
    # what a lesson shows or a quiz asks about is no secret, whichever unit's it is
    lessons = [path.read_text("utf-8") for path in (ROOT / "solutions").glob("*/lesson.py")]
    shown = {line.strip() for words in lessons for line in SOLUTION.sub("", words).splitlines()}
    shown |= {line.strip() for item in bank.items.values() for line in item.code.splitlines()}
    telling = {line.strip() for line in secret if len(line.strip()) >= TELLING} - shown
    assert telling or bank.name == "00_start"
    assert sorted(telling & {line.strip() for line in text.splitlines()}) == []


def _code_of_functions(path: Path) -> set[str]:
    """Lines inside of functions and classes; not hints, messages and titles."""
    source = path.read_text(encoding="utf-8")
    lines = source.splitlines()
    found: set[str] = set()
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            for statement in body:
                found |= set(lines[statement.lineno - 1 : statement.end_lineno])
    return found


def test_no_hidden_row_is_in_it(files: Files) -> None:
    """Pools for grading share no recording and no sentence with any array that learners get."""
    public: dict[tuple[int, ...], set[bytes]] = {}
    for name, content in files.items():
        if name.endswith(".npz"):
            arrays = np.load(io.BytesIO(content))
            assert not [key for key in arrays if "hidden" in key]
            for key in arrays:
                if arrays[key].ndim > 1:
                    public.setdefault(arrays[key].shape[1:], set()).update(_rows(arrays[key]))
    pools = sorted((ROOT / "solutions").glob("*/hidden.npz"))
    assert pools
    for path in pools:
        arrays = np.load(path)
        assert path.read_bytes() not in files.values()
        key = "frames" if "frames" in arrays else "x"
        rows = _rows(arrays[key])
        shared = [row for row in rows if row in public[arrays[key].shape[1:]]]
        assert len(shared) <= ALIKE * len(rows), path


def _rows(array: npt.NDArray[Any]) -> list[bytes]:
    flat = np.ascontiguousarray(array).reshape(len(array), -1)
    return [row.tobytes() for row in flat]


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
    assert len(lessons) == 6
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
