"""`make author-walk`: an own course by the installed package, an own unit in this repository."""

import json
import sys
import tempfile
import time
from pathlib import Path

from tests.authoring.walk import Walk, own_course, own_unit, packages
from tests.wheels import build_wheel, install


def main() -> int:
    """Walk both ways; print what failed, and one JSON object; exit code 1 where anything did."""
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="author-walk-") as name:
        folder = Path(name)
        (folder / "wheel").mkdir()
        wheel = build_wheel(folder / "wheel")
        walk = Walk(install(wheel, folder / "python", packages()), _say)
        own_course(walk, folder, quick=False)
        walk.python = Path(sys.executable)
        own_unit(walk, folder)
    for failure in walk.failed:
        _say(failure)
    seconds = round(time.monotonic() - start)
    told = {"commands": walk.commands, "seconds": seconds, "failed": len(walk.failed)}
    _say(json.dumps(told))
    return 1 if walk.failed else 0


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
