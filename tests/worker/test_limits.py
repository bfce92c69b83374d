"""Limits are hard, and never above those that the process has already."""

import json
import subprocess
import sys

from grader.classroom.sandbox import Limits
from grader.worker.limits import MIB, set_limits

PROGRAM = """
import json, resource, sys
from grader.worker.limits import set_limits
set_limits(json.load(sys.stdin))
names = ("DATA", "FSIZE", "NOFILE", "CORE")
print(json.dumps({name: resource.getrlimit(getattr(resource, f"RLIMIT_{name}")) for name in names}))
"""


def test_limits_are_soft_and_hard_ones() -> None:
    assert set_limits.__module__ in PROGRAM
    limits = {**Limits(memory_mib=900, file_mib=3, open_files=60).to_json()}
    del limits["processes"]
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        input=json.dumps(limits),
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout) == {
        "DATA": [900 * MIB, 900 * MIB],
        "FSIZE": [3 * MIB, 3 * MIB],
        "NOFILE": [60, 60],
        "CORE": [0, 0],
    }
