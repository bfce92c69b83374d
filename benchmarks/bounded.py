"""`make bounded`: what strangers write costs the grader no more time than its length.

Texts that are bad for patterns, texts that are bad for Markdown, and every file of the red team's
corpus. Processor seconds of each; the last line counts those above LIMIT.
"""

import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from grader.classroom.course_paths import Course
from grader.classroom.grading.planning import plan
from grader.classroom.grading.settings import RunSettings
from grader.core.plain_text import plain
from tests.core.test_plain import LONG
from tests.core.test_plain import PIECES as PLAIN
from tests.gradebook.test_words import PIECES as MARKDOWN
from tests.gradebook.test_words import render_both
from tests.redteam.arena import UNIT, build_arena
from tests.redteam.case import all_cases
from tests.redteam.rows import HONEST
from tests.redteam.submission import hand_in

LIMIT = 10.0


def spent(do: Callable[[], object]) -> float:
    """Processor seconds of this process for one call."""
    began = time.process_time()
    do()
    return time.process_time() - began


def reading(folder: Path) -> dict[str, float]:
    """Seconds to plan a submission for each file of the corpus that is no ordinary notebook."""
    build_arena(folder / "arena")
    shutil.copytree(folder / "arena", folder / "course")
    course = Course(folder / "course", folder / "course" / "classroom")
    release = json.loads(course.released(UNIT).read_text(encoding="utf-8"))
    hand_in(HONEST, release, {}, course.submission(UNIT, HONEST.name))  # links lead to it
    found = {}
    for case in [case for case in all_cases() if case.file]:
        hand_in(case, release, {}, course.submission(UNIT, case.who))
        found[case.name] = spent(lambda who=case.who: plan(course, UNIT, RunSettings(), who))  # type: ignore[misc]
    return found


def main() -> int:
    """Print every figure; 1 where one is above the limit."""
    rows = {f"plain {p!r}": spent(lambda p=p: plain(p * (LONG // len(p)))) for p in PLAIN}  # type: ignore[misc]
    rows |= {f"markdown {p!r}": spent(lambda p=p: render_both(p)) for p in MARKDOWN}  # type: ignore[misc]
    with tempfile.TemporaryDirectory() as folder:
        rows |= reading(Path(folder))
    for name, seconds in rows.items():
        print(f"{seconds:8.3f}  {name}")
    slow = sum(seconds > LIMIT for seconds in rows.values())
    print(json.dumps({"texts": len(rows), "slow": slow, "slowest": round(max(rows.values()), 3)}))
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
