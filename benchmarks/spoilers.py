"""Look whether a page gives an answer away before its run shows it.

    make spoilers                              or: python -m benchmarks.spoilers [UNIT ...]

`grader.classroom.authoring.spoilers` says what is searched, and `grader check` searches the same.
It ends with one JSON object, {"items": 40, "given_away": 0}; exit code 1 above 0.
"""

import json
import sys
from collections.abc import Sequence

from benchmarks.minutes import COURSE
from grader.classroom.authoring.solved_notebook import kept_run, printed, released_cells
from grader.classroom.authoring.spoilers import GivenAway, declared, given_away, undeclared
from grader.referee.question_bank import load_unit


def main(units: Sequence[str]) -> int:
    """Search, print, judge."""
    found: list[GivenAway] = []
    secrets = declared(COURSE)
    count = 0
    for unit in COURSE.chosen(units):
        bank = load_unit(COURSE.solutions / unit)
        cells = released_cells(COURSE, bank)
        outputs = printed(COURSE, unit)
        own = [secret for secret in secrets if secret.unit == unit]
        told = [place for secret in own for place in given_away(secret, bank, cells, outputs)]
        run = "and a run" if kept_run(COURSE, unit).is_file() else "no run kept"
        print(f"{unit:<12} {len(own):2} asked, {run}")
        for place in told:
            print(f"  {place.secret.asked[:40]!r} told in {place.place}: …{place.words}…")
        for text in undeclared(secrets, bank, cells):
            print(f"  not declared: …{text}")
            count += 1
        found += told
        count += len(own)
    asked = {(place.secret.unit, place.secret.asked) for place in found}
    print(json.dumps({"items": count, "given_away": len(asked)}))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
