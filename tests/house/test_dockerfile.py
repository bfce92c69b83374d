"""The Dockerfile is read, not built: its stages, what they copy, who runs in them."""

import json
import re
import subprocess
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from grader.classroom.cli.command_line import verbs

TARGETS = ("learner", "hub", "worker")


@dataclass
class Stage:
    """One `FROM`: its base, and its instructions in their order."""

    base: str
    name: str
    steps: list[tuple[str, str]] = field(default_factory=list)

    def told(self, instruction: str) -> list[str]:
        """What follows each instruction of a kind."""
        return [words for kind, words in self.steps if kind == instruction]


@pytest.fixture(scope="module")
def stages(root: Path) -> dict[str, Stage]:
    """Every stage by its name, in order; a line that is no instruction is refused."""
    text = re.sub(r"^#.*\n", "", (root / "Dockerfile").read_text("utf-8"), flags=re.MULTILINE)
    found: dict[str, Stage] = {}
    for line in re.sub(r"\\\n\s*", "", text).splitlines():
        if not line.strip():
            continue
        read = re.fullmatch(r"(ARG|CMD|COPY|ENV|EXPOSE|FROM|RUN|USER|WORKDIR) (.+)", line)
        assert read is not None, line
        if read[1] == "FROM":
            base, name = read[2].split(" AS ")
            assert name not in found
            found[name] = Stage(base, name)
        else:
            found[list(found)[-1]].steps.append((read[1], read[2]))
    return found


def chain(stages: dict[str, Stage], name: str) -> list[Stage]:
    """A stage and what it stands on, the lowest first."""
    stage = stages[name]
    return [*(chain(stages, stage.base) if stage.base in stages else []), stage]


def sources(copied: str) -> list[str]:
    """What a COPY takes out of the context; nothing where it takes from a stage."""
    words = copied.split()
    return [] if "--from" in copied else [w for w in words[:-1] if not w.startswith("--")]


def test_every_stage_stands_on_an_earlier_one_or_on_a_python_that_is_promised(
    root: Path, stages: dict[str, Stage]
) -> None:
    classifiers = tomllib.loads((root / "pyproject.toml").read_text())["project"]["classifiers"]
    promised = re.findall(r"Python :: (3\.\d+)", " ".join(classifiers))
    names = list(stages)
    for place, (name, stage) in enumerate(stages.items()):
        python = re.fullmatch(r"python:(3\.\d+)-slim-bookworm", stage.base)
        assert stage.base in names[:place] or (python and python[1] in promised), name
        for given in re.findall(r"--from=(\w+)", " ".join(stage.told("COPY"))):
            assert given in names[:place], name
    assert set(TARGETS) <= set(names)
    assert names[-1] == "learner"  # what a build without a target makes


def test_what_is_copied_is_there_and_not_ignored(root: Path, stages: dict[str, Stage]) -> None:
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=root, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    ignored = (root / ".dockerignore").read_text("utf-8").splitlines()
    for stage in stages.values():
        for source in [s for copied in stage.told("COPY") for s in sources(copied) if s != "."]:
            assert [name for name in tracked if name.startswith(source)], f"{stage.name}: {source}"
            assert source.strip("/") not in [name.strip("/") for name in ignored], source
    assert {".git", ".venv", "build", "/classroom"} <= set(ignored)


@pytest.mark.parametrize("target", TARGETS)
def test_an_image_runs_as_nobody_special_and_holds_no_solutions(
    stages: dict[str, Stage], target: str
) -> None:
    built = chain(stages, target)
    steps = [step for stage in built for step in stage.steps]
    assert [words for kind, words in steps if kind == "USER"][-1] == "learner"
    copied = [each for kind, words in steps if kind == "COPY" for each in sources(words)]
    assert not [
        name for name in copied if name == "." or name.startswith(("solutions", "notebook"))
    ]
    command = json.loads(stages[target].told("CMD")[-1])
    if command[:3] == ["python", "-m", "grader"]:
        assert command[3] in verbs()


def test_what_is_installed_is_what_is_pinned(stages: dict[str, Stage]) -> None:
    """By the requirements files, which are copied before; and nothing is fetched by address."""
    for stage in stages.values():
        before: list[str] = [s for up in chain(stages, stage.name)[:-1] for s in up.told("COPY")]
        for kind, words in stage.steps:
            before += [words] if kind == "COPY" else []
            for name in re.findall(r"(?:-r|--constraint) (\S+)", words if kind == "RUN" else ""):
                assert any(name in each.split() for each in before), f"{stage.name}: {name}"
            if kind == "RUN" and "pip install" in words and "--no-deps" not in words:
                assert re.search(r"(-r|--constraint) requirements", words), words
            assert "://" not in words
            if kind == "RUN" and "apt-get" in words:
                assert words.endswith("rm -rf /var/lib/apt/lists/*")
