"""Which change of the package runs submissions again, which judges them again, which neither."""

import shutil
from pathlib import Path

import grimp
import pytest

from grader.classroom.grading.package_code import JUDGES, PACKAGE, CodeDigests, code_digests


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A copy of the package's code, to be changed."""
    copy = tmp_path / "grader"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__", "*.js", "*.css"))
    return copy


def changed(package: Path, name: str, before: str, after: str) -> CodeDigests:
    """The digests after a change of one file."""
    path = package / name
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    return code_digests(package=package)


def test_words_about_the_code_change_nothing(package: Path) -> None:
    """A docstring of a module, of a function, and a comment, where each counts most."""
    before = code_digests(package=package)
    for name, place in (("wire/perform.py", "class "), ("core/judgement.py", "def ")):
        assert changed(package, name, '"""', '"""Other words. ') == before
        assert changed(package, name, f"\n{place}", f"\n# a reason\n{place}") == before
    performer = '"""Performs requests on one answer'
    assert changed(package, "wire/perform.py", performer, '"""Asks one answer') == before
    assert changed(package, "classroom/cli/grade.py", "import ", "import os\nimport ") == before


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("core/messages.py", '"Correct."', '"Right."'),
        ("core/repair_messages.py", "Nearly: ", "Almost: "),
        ("core/judgement.py", "Outcome.PASSED", "Outcome.WRONG"),
        ("referee/preparation.py", "SLOPES = 2", "SLOPES = 3"),
        ("classroom/engine/teacher_remarks.py", "changes a library", "patches a library"),
    ],
)
def test_what_only_a_judge_reads_runs_nothing(package: Path, name: str, old: str, new: str) -> None:
    """A changed sentence has kept replies judged again, and no code run."""
    before, after = code_digests(package=package), changed(package, name, old, new)
    assert after.run == before.run
    assert after.all != before.all


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("wire/perform.py", "SEED = 0", "SEED = 1"),
        ("worker/channel.py", "import socket", "import socket as socket_"),
        ("lab/seeding.py", "(number", "(seed"),
        ("core/requests.py", '"Ellipsis"', '"..."'),
        ("classroom/sandbox/spec.py", "memory_mib: int = ", "memory_mib: int = 9"),
        ("classroom/engine/kernel_driver.py", "MAX_TEXT = 600", "MAX_TEXT = 500"),
    ],
)
def test_what_runs_beside_learner_code_runs_it_again(
    package: Path, name: str, old: str, new: str
) -> None:
    before, after = code_digests(package=package), changed(package, name, old, new)
    assert after.run != before.run
    assert after.all != before.all


def test_what_carries_requests_out_needs_none_of_the_judges_modules() -> None:
    """Else a change of one could change a reply, and the run's hash would not tell."""
    graph = grimp.build_graph("grader", cache_dir=None)
    judges = {f"grader.{name.replace('/', '.')}" for name in JUDGES}
    assert judges <= graph.modules
    for root in ("grader.worker", "grader.wire"):
        for module in {root, *graph.find_descendants(root)}:
            assert not judges & graph.find_upstream_modules(module), module


def test_the_digests_are_kept_by_the_bytes_of_the_code(package: Path, tmp_path: Path) -> None:
    """Parsing is paid once; other bytes have another file."""
    kept = tmp_path / "results"
    first = code_digests(kept, package)
    assert code_digests(kept, package) == first
    assert len(list(kept.glob("*.code"))) == 1
    (package / "core" / "messages.py").open("a").write("\nMORE = 1\n")
    assert code_digests(kept, package).all != first.all
    assert len(list(kept.glob("*.code"))) == 2
