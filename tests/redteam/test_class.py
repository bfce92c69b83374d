"""Class-level attacks: what learners wrote reaches no file and no terminal as more than words."""

import csv
import io
import json
import re
import shutil
from pathlib import Path

import pytest

from grader.classroom.cli.command_line import main
from grader.classroom.course_paths import Course
from tests.conftest import MakeOnce
from tests.redteam.arena import UNIT, build_arena
from tests.redteam.case import CASES, read_case
from tests.redteam.rows import HONEST
from tests.redteam.submission import hand_in

EVIL = (
    "text-terminal-commands",
    "text-csv-formulas",
    "text-source-of-one-word",
    "json-infinite-answers",
)
# What a terminal obeys, and signs that turn a line round. Tables are drawn with colours of ours
# only where they are shown on a terminal, which no test is.
_OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@pytest.mark.sandbox
def test_what_learners_wrote_is_plain_wherever_a_class_is_told(
    make_once: MakeOnce,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    arena = shutil.copytree(make_once("redteam-arena", build_arena), tmp_path / "arena")
    course = Course(arena, arena / "classroom")
    release = json.loads(course.released(UNIT).read_text(encoding="utf-8"))
    for case in (HONEST, *(read_case(CASES / f"{name}.toml") for name in EVIL)):
        hand_in(case, release, {}, course.submission(UNIT, case.who))
    beside = course.submission(UNIT, "named-file").parent
    beside.mkdir(parents=True)
    (beside / "\x1b[2J\u202e=1+1.txt").touch()
    monkeypatch.chdir(arena)
    told = tmp_path / "told.json"
    words = ["--device", "cpu", "--workers", "1", "--json", str(told)]
    assert main(["grade", UNIT, *words]) == 1, "one submission has no notebook"
    for more in (["report", UNIT], ["feedback", UNIT], ["similar", UNIT]):
        main(more)
    for name in ("csv", "canvas", "moodle", "gradescope"):
        main(["export", name, UNIT])
    said = capsys.readouterr()
    assert _OBEYED.findall(said.out + said.err) == []
    json.loads(told.read_text(encoding="utf-8"), parse_constant=pytest.fail)
    written = [p for p in (*course.report.rglob("*"), *course.feedback.rglob("*")) if p.is_file()]
    assert len(written) > len(EVIL)
    for path in (told, *written):
        text = path.read_text(encoding="utf-8")
        assert _OBEYED.findall(text) == [], path.name
        if path.suffix == ".csv":
            cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
            formulas = [
                c for c in cells if c[:1] in set("=+-@") and not re.fullmatch(r"[+-]?[\d.]+", c)
            ]
            assert formulas == [], path.name
