"""`make hub`: two learners and a teacher on a real JupyterHub; the last line is a JSON object."""

import json
import shutil
import sys

from playwright.sync_api import sync_playwright

from tests.browser.conftest import CHROMIUM_WORDS
from tests.conftest import _chromium as find_chromium
from tests.environments import open_folder
from tests.exchange.conftest import ROOT
from tests.hub.ground import LEARNERS, hub, lacking
from tests.hub.walk import Walk


def main() -> int:
    """Walk; exit code 1 where a step failed, 2 where the machine lacks something."""
    problem = lacking()
    if problem:
        print(f"make hub: {problem}", file=sys.stderr)
        return 2
    with (
        open_folder() as folder,
        hub(folder) as started,
        sync_playwright() as driver,
    ):
        browser = driver.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_WORDS)
        walk = Walk(started, browser, ROOT / "build" / "screenshots", print)
        walk.go()
        shutil.copy(started.log, ROOT / "build" / "hub.log")
    for line in walk.failed:
        print(line)
    print(json.dumps({"users": 1 + len(LEARNERS), "steps": walk.steps, "failed": len(walk.failed)}))
    return 1 if walk.failed else 0


if __name__ == "__main__":
    sys.exit(main())
