"""The course that the corpus attacks: real questions of the first unit in a small lesson.

Released and graded by the same code as any unit. Only two figures differ from the real questions:
fewer seconds and one draw in place of three, so that a row costs a second or two.
"""

import re
import shutil
from pathlib import Path

from grader.classroom.course_paths import Course
from grader.classroom.grading.pending_runs import CARDS
from grader.classroom.grading.secret_key import class_secret
from grader.classroom.nbgrader.generation import generate
from grader.classroom.nbgrader.registration import register
from grader.classroom.publish.releasing import release
from grader.referee.process import ReferencePaths, ReferenceProcess

ROOT = Path(__file__).resolve().parents[2]
UNIT = "90_arena"
QUESTIONS = ("rnn-step", "rnn-last-state", "rnn-repair")
CHALLENGE = "arena-challenge-1"
SECONDS = {"rnn-step": 5, "rnn-last-state": 5, "rnn-repair": 120}


def build_arena(root: Path, *, train: bool = True) -> Course:
    """Make the course in `root`, released and registered; its class has no submission yet.

    `train`: the repair's reference is trained once, for all copies of the course.
    """
    folder = root / "solutions" / UNIT
    shutil.copytree(Path(__file__).parent / "arena" / "solutions", root / "solutions")
    (folder / "questions").mkdir()
    for name in QUESTIONS:
        text = (ROOT / "solutions/01_rnn/questions" / f"{name}.py").read_text(encoding="utf-8")
        text = re.sub(r"^(SECONDS|DRAWS) = .*\n", "", text, flags=re.MULTILINE)
        own = f"\nSECONDS = {SECONDS[name]}\nDRAWS = 1\n"
        (folder / "questions" / f"{name}.py").write_text(text + own, encoding="utf-8")
    shutil.copytree(ROOT / "data", root / "data", ignore=shutil.ignore_patterns("__pycache__"))
    (root / "nbgrader_config.py").write_text(
        "from grader.classroom.nbgrader import configure\n"
        "configure(get_config(), root=__file__.rpartition('/')[0])\n",
        encoding="utf-8",
    )
    course = Course(root, root / "classroom")
    release(course, UNIT, generate)
    register(course, UNIT)
    if not train:
        return course
    secret = class_secret(course)
    sources = ReferencePaths(course.solutions, course.data, course.classroom / CARDS, secret, "cpu")
    with ReferenceProcess(sources) as references:
        references.prepare(UNIT, "nobody")  # trains the repair's reference: its score is kept
    return course
