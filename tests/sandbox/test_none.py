"""Without a sandbox the same seam holds: a clean environment, a folder, a tree that ends."""

from typing import Any

import psutil

from tests.waiting import wait_until


def test_code_runs_in_a_folder_of_its_own_with_a_clean_environment(loose: Any) -> None:
    said = loose(
        "import os; print(os.path.basename(os.getcwd()), os.listdir(), 'SHELL' in os.environ)"
    )
    assert said == "home ['unit.json'] False"


def test_a_process_that_left_its_family_is_found_by_its_mark(loose: Any) -> None:
    loose(
        "import os\n"
        "if not os.fork():\n"
        "    os.setsid()\n"
        "    if os.fork(): os._exit(0)\n"
        "    os.execvp('sleep', ['sleep', '3422'])\n"
    )
    wait_until(_sleepers)
    loose.kernel.kill()
    wait_until(lambda: not _sleepers())


def _sleepers() -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        try:
            if process.cmdline() == ["sleep", "3422"]:
                found.append(process)
        except psutil.Error:
            continue
    return found
