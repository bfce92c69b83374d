"""Nothing that `solutions/` keeps reaches a learner, or code of theirs while it is graded.

Secret is what helps to answer and is told nowhere: the code of references, of named mistakes and of
measured repairs, the lessons' solutions, sequences kept back, the keys of challenges. Searched are
all bytes that are handed out, and a graded run from the inside: files, environment, memory.
"""

import ast
import hashlib
import io
import json
import re
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.classroom.course_paths import Course
from grader.classroom.grading import pending_runs
from grader.classroom.publish.handout_archive import make
from grader.core import unit_file as units

COURSE = Path(__file__).resolve().parents[2]
SOLUTION = re.compile(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", re.DOTALL)
UNITS = sorted(path.parent.name for path in COURSE.glob("solutions/*/lesson.py"))
# Shorter lines, such as `return output[:, -1]`, are anybody's.
LONG = 45


def hash_of(part: bytes) -> str:
    """Enough of a digest to know a line again by."""
    return hashlib.sha256(part).hexdigest()[:16]


def statements(path: Path) -> set[str]:
    """The long code lines of the functions of a question file."""
    source = path.read_text("utf-8").splitlines()
    bodies = [n for n in ast.walk(ast.parse("\n".join(source))) if isinstance(n, ast.FunctionDef)]
    inner = {
        number
        for body in bodies
        for number in range(body.body[0].lineno, (body.end_lineno or 0) + 1)
        if not isinstance(body.body[0], ast.Expr) or number > (body.body[0].end_lineno or 0)
    }
    return {source[number - 1].strip() for number in inner}


@cache
def secrets() -> frozenset[str]:
    """Every line of code under `solutions/` that no lesson, quiz item, hint or message shows."""
    lessons = [p.read_text("utf-8") for p in sorted(COURSE.glob("solutions/*/lesson.py"))]
    told = [SOLUTION.sub("", text) for text in lessons]
    told += [p.read_text("utf-8") for p in sorted(COURSE.glob("solutions/*/quiz.toml"))]
    found = {
        line.strip()
        for text in lessons
        for part in SOLUTION.findall(text)
        for line in part.splitlines()
    }
    for path in sorted(COURSE.glob("solutions/*/questions/*.py")):
        found |= statements(path)
        tree = ast.parse(path.read_text("utf-8"))
        values = [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant)]
        told += [value for value in values if isinstance(value, str)]
    shown = "\n".join(told)
    return frozenset(line for line in found if len(line) >= LONG and line not in shown)


@pytest.fixture(scope="module")
def handed_out(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Every file of the learners' zip, unpacked."""
    made = make(Course(COURSE, COURSE), UNITS, tmp_path_factory.mktemp("zip") / "course.zip")
    with zipfile.ZipFile(made.path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_there_are_secrets() -> None:
    """A search for nothing would always be happy."""
    assert len(secrets()) > 150


def test_no_line_of_a_solution_is_handed_out(handed_out: dict[str, bytes]) -> None:
    for name, data in handed_out.items():
        text = data.decode("utf-8", "replace")
        texts = text + text.replace('\\"', '"')  # as code stands in JSON
        assert not {line for line in secrets() if line in texts}, name


def test_no_key_of_a_challenge_is_handed_out(handed_out: dict[str, bytes]) -> None:
    for unit in UNITS:
        told = json.loads(
            handed_out[next(n for n in handed_out if n.endswith(f"{unit}/unit.json"))]
        )
        choices = [q["choice"] for q in told["questions"].values() if q["choice"]]
        assert all(choice["right"] is None for choice in choices)
        assert all(not why for choice in choices for why in choice["whys"].values())
        items = [item for item in told["quiz"].values() if item["kind"] == "challenge"]
        assert all(item["answer"] is None and not item["explanation"] for item in items)


def rows(data: bytes) -> set[bytes]:
    """Each sequence of an archive of arrays, as bytes."""
    with np.load(io.BytesIO(data)) as archive:
        return {
            row.tobytes()
            for name in archive.files
            if archive[name].ndim >= 2 and archive[name].dtype.kind in "fiu"
            for row in archive[name]
            if np.count_nonzero(row) > 5
        }


def test_no_sequence_kept_back_is_handed_out(handed_out: dict[str, bytes]) -> None:
    """By content. A few short sentences were said twice in the world: not one in a hundred."""
    public = {row for n, data in handed_out.items() if n.endswith(".npz") for row in rows(data)}
    for path in COURSE.glob("solutions/*/hidden.npz"):
        hidden = rows(path.read_bytes())
        assert len(hidden) > 500
        assert len(hidden & public) < len(hidden) / 100, path


def test_beside_a_graded_notebook_lie_no_keys() -> None:
    """What `unit.json` says at home, it must not say to code whose points count."""
    for unit in UNITS:
        released = units.find(COURSE / "notebooks" / unit)
        beside = json.loads(pending_runs._beside(released)[units.FILE_NAME])
        assert all(
            not q["choice"] or q["choice"]["right"] is None for q in beside["questions"].values()
        )
        items = [item for item in beside["quiz"].values() if item["kind"] == "challenge"]
        assert all(item["answer"] is None and not item["explanation"] for item in items)


@pytest.mark.sandbox
def test_no_solution_lies_in_the_files_and_the_environment_of_a_run(inside: Any) -> None:
    """Walked from within: the package, the folders it may write, beside its notebook."""
    known = sorted({hash_of(line.encode()) for line in secrets()})
    found = inside(
        "import hashlib, os, sys\n"
        f"known, hits, read = set({known!r}), [], 0\n"
        "def look(name, data):\n"
        "    for line in data.splitlines():\n"
        "        if hashlib.sha256(line.strip()).hexdigest()[:16] in known: hits.append(name)\n"
        "for top in ('/course/library', '/home/learner', '/tmp', '/dev/shm'):\n"
        "    for folder, _, names in os.walk(top):\n"
        "        if folder.startswith(sys.prefix): continue\n"  # the Python may lie in /tmp
        "        for name in names:\n"
        "            if name.endswith('.pyc'): continue\n"
        "            try: look(name, open(os.path.join(folder, name), 'rb').read())\n"
        "            except OSError: continue\n"
        "            read += 1\n"
        "for name, value in os.environ.items(): look(name, value.encode())\n"
        "print(hits, read > 50)"
    )
    assert found == "[] True"


@pytest.mark.sandbox
def test_no_solution_lies_in_the_memory_of_a_run(fresh: Any) -> None:
    """The longest secrets, in every page that the process may write, fresh from its start."""
    looked_for = sorted(secrets(), key=lambda line: (-len(line), line))[:4]
    # a pattern whose text is not what it finds: the search would find itself
    patterns = [f"[{line[0]}]{re.escape(line[1:])}" for line in looked_for]
    found = fresh(
        "import re\n"
        f"texts = {[*patterns, '[n]umber of the beast 0666']!r}\n"
        "patterns = [re.compile(text.encode()) for text in texts]\n"
        "planted = bytes(reversed(b'6660 tsaeb eht fo rebmun'))\n"
        "hits = [0] * len(patterns)\n"
        "with open('/proc/self/maps') as maps, open('/proc/self/mem', 'rb', 0) as memory:\n"
        "    for line in maps.read().splitlines():\n"
        "        span, rights = line.split()[:2]\n"
        "        low, high = (int(part, 16) for part in span.split('-'))\n"
        "        if 'rw' not in rights or high - low > 1 << 27: continue\n"
        "        try:\n"
        "            memory.seek(low)\n"
        "            block = memory.read(high - low)\n"
        "        except (OSError, ValueError, OverflowError): continue\n"
        "        hits = [n + bool(p.search(block)) for n, p in zip(hits, patterns)]\n"
        "print(hits[:-1], hits[-1] > 0)"
    )
    assert found == "[0, 0, 0, 0] True"
