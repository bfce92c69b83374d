"""`make services`: three services' own steps on three submissions; the last line is JSON."""

import json
import sys
import tempfile
from pathlib import Path

from tests.authoring.walk import packages
from tests.services.walk import Walk
from tests.wheels import build_wheel, install


def main() -> int:
    """Walk; exit code 1 where a service did anything that it should not."""
    with tempfile.TemporaryDirectory(prefix="services-") as name:
        folder = Path(name)
        (folder / "wheel").mkdir()
        python = install(build_wheel(folder / "wheel"), folder / "python", packages())
        walk = Walk(python, folder, _say)
        walk.go()
    failed = sum(bool(problems) for problems in walk.failed.values())
    _say(json.dumps({"services": len(walk.failed), "failed": failed}))
    return 1 if failed else 0


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
