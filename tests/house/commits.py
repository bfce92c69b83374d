"""A commit message as CONTRIBUTING.md asks for it: a short subject, then a body that says why.

`python -m tests.house.commits --file FILE` reads one message, as git's hook `commit-msg` hands it
over; `python -m tests.house.commits RANGE` reads those of a range, such as `main..HEAD`. Both print
what is wrong, and the exit code is 1 where something is.
"""

import argparse
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

LONGEST = 72
# git writes these itself, and an amended one is joined to its commit before it is seen.
_FREE = ("Merge ", "Revert ", "fixup! ", "squash! ", "amend! ")


def faults(message: str) -> Iterator[str]:
    """What is wrong with one message; lines that begin with `#` are git's own remarks."""
    lines = [line for line in message.splitlines() if not line.startswith("#")]
    subject, *rest = lines or [""]
    if subject.startswith(_FREE):
        return
    if not subject.strip():
        yield "the first line is empty: say what changes"
    if len(subject) > LONGEST:
        yield f"the subject has {len(subject)} letters, {LONGEST} at most: {subject}"
    if subject.endswith("."):
        yield f"the subject ends with a full stop: {subject}"
    if rest and rest[0].strip():
        yield f"no empty line below the subject: {subject}"
    if not any(line.strip() for line in rest):
        yield f"no body: say below an empty line why it changes: {subject}"


def messages(commits: str) -> list[str]:
    """The messages of a range of commits, without those of merges."""
    command = ["git", "log", "--no-merges", "--format=%B%x00", commits]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [message.strip() for message in told.split("\0") if message.strip()]


def main() -> int:
    """Read the messages that the command line names."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("commits", nargs="?", default="HEAD^!")
    parser.add_argument("--file", type=Path)
    words = parser.parse_args()
    found = [words.file.read_text("utf-8")] if words.file else messages(words.commits)
    wrong = [fault for message in found for fault in faults(message)]
    for fault in wrong:
        sys.stderr.write(f"{fault}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
