"""`make house`: what is left to do for the house rules; the last line is one JSON object.

Reads files and runs deptry; imports and runs nothing of the package. A count of violations that is
not zero makes the exit code 1.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

from tests.house import survey
from tests.house.hooks import Hook, hooks

ROOT = Path()


def undeclared(root: Path) -> Iterator[str]:
    """Imports that pyproject.toml does not declare, and declared ones that nothing imports."""
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "deptry.json"
        command = [sys.executable, "-m", "deptry", ".", "--json-output", str(told)]
        ran = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
        if not told.is_file():
            yield f"deptry did not run: {ran.stderr.strip().splitlines()[-1:]}"
            return
        for issue in json.loads(told.read_text()):
            where = issue["location"]
            yield f"{where['file']}:{where['line']}: {issue['error']['code']} {issue['module']}"


def show(title: str, rows: Iterable[str]) -> int:
    """Print one part; the number of its rows."""
    told = list(rows)
    print(f"\n{title}: {len(told)}")
    for row in told:
        print(f"  {row}")
    return len(told)


def show_hooks(found: list[Hook]) -> int:
    """Print how many hooks each library has, and those without a check; their number."""
    print(f"\nPrivate hooks, with an assertion of {len(found)}:")
    for library, group in groupby(found, key=lambda hook: hook.library):
        own = list(group)
        checked = [hook.name for hook in own if hook.is_checked]
        print(f"  {library}: {len(checked)} of {len(own)}  {' '.join(checked)}")
    return show(
        "Hooks outside of a compat module, or without an assertion that names them",
        (str(hook) for hook in found if not hook.is_checked),
    )


def main() -> int:
    """Print all parts; 1 where something is left to do."""
    found = survey.modules(ROOT)
    tests = survey.modules(ROOT, "tests")
    terms = survey.glossary(ROOT / "docs" / "glossary.md")
    hooked = hooks(found)
    count = sum(
        [
            show("Modules that share a name with a member", survey.named_as_member(found)),
            show("Classes of one name in two modules", survey.classes_twice(found)),
            show("Names that the glossary replaces", survey.forbidden_words(found, terms)),
            show(f"Files over {survey.MOST_LINES} lines", survey.too_long(ROOT)),
            show("Modules that no test imports", survey.untested(found, tests)),
            show("Imports not declared as pyproject.toml should", undeclared(ROOT)),
            show_hooks(hooked),
        ]
    )
    print(f"\nLines of grader/: {survey.lines(found)}")
    told = {"violations": count, "lines": survey.lines(found), "hooks": len(hooked)}
    print(json.dumps(told))
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
