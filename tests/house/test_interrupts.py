"""Code for interrupts lies in one module a side, as docs/processes.md says."""

import ast
from pathlib import Path

# The grader's, the worker's, the notebook's; the name that crosses the wire; what an interrupt
# leaves switched off; and the command, whose exit code says that it was interrupted.
HANDLED = {
    "classroom/cli/command_line.py",
    "core/interrupts.py",
    "core/requests.py",
    "lab/interrupts.py",
    "wire/perform.py",
    "worker/interrupts.py",
}


def test_interrupts_are_handled_in_one_module_a_side(root: Path) -> None:
    package = root / "grader"
    found = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if (isinstance(node, ast.Name) and node.id == "KeyboardInterrupt")
        or (isinstance(node, ast.Attribute) and node.attr == "SIGINT")
    }
    assert found == HANDLED
