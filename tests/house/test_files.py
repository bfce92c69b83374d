"""House rules for files: their size, their names, and what must never stand in one."""

import re
import subprocess
from pathlib import Path

import pytest

MOST_LINES = 400
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "manager"}
# Put together from parts, for these must not stand in a tracked file, this one included.
HOSTS = [
    ".".join(parts)
    for parts in (
        ("py" + "pi", "org"),
        ("python" + "hosted", "org"),
        ("ana" + "conda", "org"),
        ("download", "py" + "torch", "org"),
        ("npm" + "js", "org"),
        ("proxy", "go" + "lang", "org"),
    )
]
# The Littlest JupyterHub lies at the same place everywhere.
MACHINE_PATH = re.compile(
    r"(?<![\w.~}*-])/(?:(?:work|opt(?!/tljh/)|root)(?=/[\w.])|home/(?!learner\b)\w|Users/\w)|\b[A-Z]:\\\\?Users"
)
TEXT = {
    *(".py", ".md", ".toml", ".txt", ".yml", ".json", ".ipynb", ".cfg", ".html", ".css", ".js"),
    "",
}


@pytest.fixture(scope="module")
def tracked(root: Path) -> list[Path]:
    """Every file that git knows, as long as it is there."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=root, capture_output=True, text=True, check=False
    )
    if listed.returncode != 0:
        pytest.skip("not a git checkout: nothing is tracked here")
    return [path for name in listed.stdout.split("\0") if name and (path := root / name).is_file()]


def test_no_code_file_is_longer_than_its_reader_can_hold(root: Path) -> None:
    """At most 400 lines; lessons are prose and may be longer."""
    files = [
        path for top in ("grader", "tests", "benchmarks") for path in (root / top).rglob("*.py")
    ]
    lengths = {str(p.relative_to(root)): len(p.read_text("utf-8").splitlines()) for p in files}
    assert {name: n for name, n in lengths.items() if n > MOST_LINES} == {}


def test_a_module_is_named_after_what_it_holds_or_does(root: Path) -> None:
    """`utils` says neither."""
    found = [
        str(path.relative_to(root))
        for top in ("grader", "tests", "benchmarks", "data", "solutions")
        for path in (root / top).rglob("*")
        if path.stem in FORBIDDEN_NAMES
    ]
    assert found == []


def test_every_package_says_what_it_is_for(root: Path) -> None:
    """A module opens with its docstring; ruff checks the rest, this the `__init__.py` files."""
    packages = {path.parent for path in (root / "grader").rglob("*.py")}
    assert [str(p) for p in sorted(packages) if not (p / "__init__.py").is_file()] == []


@pytest.mark.parametrize(
    "parts", [("root", "x"), ("home", "ada"), ("work", "main"), ("Users", "a")]
)
def test_a_path_of_one_machine_is_recognised(parts: tuple[str, str]) -> None:
    """In prose and in code; the sandbox's own home is no machine's."""
    path = "/" + "/".join(parts)
    assert MACHINE_PATH.search(f'open("{path}")')
    assert not MACHINE_PATH.search(f"see docs{path} and /home/learner")


def test_no_tracked_file_names_a_machine_or_a_registry(tracked: list[Path]) -> None:
    """What is committed works on any machine, with any mirror."""
    found = []
    for path in tracked:
        if path.suffix not in TEXT:
            continue
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if any(host in line for host in HOSTS) or MACHINE_PATH.search(line):
                found.append(f"{path}:{number}: {line.strip()[:100]}")
    assert found == []


def test_nothing_generated_for_one_machine_is_tracked(tracked: list[Path], root: Path) -> None:
    """build/, my-work/ and a class are the owner's; caches are nobody's."""
    tops = {path.relative_to(root).parts[0] for path in tracked}
    assert tops.isdisjoint({"build", "my-work", "classroom", ".venv"})
    assert not [path for path in tracked if path.suffix in {".pyc", ".db"}]
