"""What runs elsewhere is looked at here: workflows, the dev container, commit messages, scripts."""

import json
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.house.commits import faults


@pytest.fixture(scope="module")
def workflows(root: Path) -> dict[str, Any]:
    """Every workflow by its file's name."""
    folder = root / ".github" / "workflows"
    return {path.name: yaml.safe_load(path.read_text("utf-8")) for path in folder.glob("*.yml")}


def steps(workflows: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every step, with its workflow and job."""
    for file, workflow in workflows.items():
        for name, job in workflow["jobs"].items():
            for step in job["steps"]:
                yield f"{file} {name}", step


def scripts(root: Path, workflows: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Every piece of shell that runs elsewhere."""
    yield from ((where, step["run"]) for where, step in steps(workflows) if "run" in step)
    yield ".ci/run", (root / ".ci" / "run").read_text("utf-8")
    container = json.loads((root / ".devcontainer" / "devcontainer.json").read_text("utf-8"))
    yield "devcontainer", container["onCreateCommand"]
    yield "devcontainer", container["postCreateCommand"]


def test_its_shell_can_be_read(root: Path, workflows: dict[str, Any]) -> None:
    """By bash, with expressions of the workflow replaced by a word."""
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("NOT TESTED: bash is missing")
    for where, script in scripts(root, workflows):
        plain = re.sub(r"\$\{\{.*?\}\}", "x", script)
        ran = subprocess.run([bash, "-n"], input=plain, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, f"{where}: {ran.stderr}"


def test_what_it_calls_is_there(root: Path, workflows: dict[str, Any]) -> None:
    """Targets of the Makefile, folders of tests, modules that are run by name."""
    targets = set(re.findall(r"^([\w./-]+):", (root / "Makefile").read_text(), re.MULTILINE))
    targets |= {".venv/.ready", ".venv/.grade", ".venv/.learn"}  # written with variables there
    for where, script in scripts(root, workflows):
        commands = [part for line in script.splitlines() for part in re.split(r"&&|;|\|", line)]
        made = [part.split()[1] for part in commands if re.match(r"\s*make \S", part)]
        assert set(made) <= targets, where
        for path in re.findall(r"\btests/[\w/.]+", script):
            assert (root / path).exists(), f"{where}: {path}"
        for module in re.findall(r"-m (tests\.[\w.]+)", script):
            assert (root / f"{module.replace('.', '/')}.py").exists(), f"{where}: {module}"


def test_no_workflow_writes_what_a_stranger_says_into_its_shell(workflows: dict[str, Any]) -> None:
    """Names of branches and titles reach a script as variables of its environment only."""
    for where, step in steps(workflows):
        assert not re.search(r"\$\{\{\s*github\.(event|head_ref|base_ref)", step.get("run", "")), (
            where
        )


def test_every_job_has_an_end_and_every_workflow_few_rights(workflows: dict[str, Any]) -> None:
    for file, workflow in workflows.items():
        assert workflow["permissions"] == {"contents": "read"}, file
        assert all("timeout-minutes" in job for job in workflow["jobs"].values()), file


def test_every_python_that_is_promised_is_tested(root: Path, workflows: dict[str, Any]) -> None:
    table = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    promised = re.findall(r"Python :: (3\.\d+)", " ".join(table["classifiers"]))
    matrix = workflows["checks.yml"]["jobs"]["test"]["strategy"]["matrix"]
    assert matrix["python"] == promised


@pytest.mark.parametrize(
    ("message", "wrong"),
    [
        ("Say why\n\nBecause nobody knew.\n", ""),
        ("Say why\n\nBecause.\n# Please enter the commit message\n", ""),
        ("Merge branch 'a'\n", ""),
        ("Say why\n", "no body"),
        ("Say why\n\n# only git's remarks\n", "no body"),
        ("Say why\nBecause.\n", "no empty line"),
        ("Say why.\n\nBecause.\n", "full stop"),
        (f"{'x' * 73}\n\nBecause.\n", "73 letters"),
        ("\n", "empty"),
    ],
)
def test_a_commit_message_has_a_short_subject_and_a_reason(message: str, wrong: str) -> None:
    told = " ".join(faults(message))
    assert wrong in told
    assert bool(wrong) == bool(told)
