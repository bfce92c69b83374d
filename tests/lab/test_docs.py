"""`help(lab.fit)` and every other public name: each parameter explained, an example that runs."""

import doctest
import inspect
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from grader import lab

SECTION = re.compile(r"^(Args|Attributes):\n((?:[ ]{4}.*\n|\n)+)", re.MULTILINE)
SHOWN_DEFAULTS = (int, float, str, bool)


def doc_of(thing: Any) -> str:
    """The docstring; of a class with that of its constructor."""
    docs = [inspect.getdoc(thing) or ""]
    if inspect.isclass(thing) and "__init__" in vars(thing):
        docs.append(inspect.getdoc(thing.__init__) or "")
    return "\n".join(docs) + "\n"


def entries(doc: str) -> dict[str, str]:
    """The text of each entry of the sections Args and Attributes."""
    found: dict[str, str] = {}
    for _, body in SECTION.findall(doc):
        for entry in re.split(r"\n(?=    \w)", body.rstrip()):
            name, _, words = entry.strip().partition(":")
            found[name] = " ".join(words.split())
    return found


def parameters(thing: Any) -> list[inspect.Parameter]:
    if inspect.isclass(thing) and issubclass(thing, BaseException):
        return []
    return list(inspect.signature(thing).parameters.values())


@pytest.mark.parametrize("name", lab.__all__)
def test_every_parameter_is_explained_with_its_default(name: str) -> None:
    thing = getattr(lab, name)
    explained = entries(doc_of(thing))
    for parameter in parameters(thing):
        words = explained.get(parameter.name, "")
        assert words, f"lab.{name} does not explain {parameter.name}"
        default = parameter.default
        if isinstance(default, SHOWN_DEFAULTS) and default != "" and default is not False:
            assert f"Default {default}" in words, f"lab.{name}: {parameter.name} is {default!r}"
    unknown = set(explained) - {parameter.name for parameter in parameters(thing)}
    assert not unknown or inspect.isclass(thing), f"lab.{name} explains {unknown}"


@pytest.fixture
def unit_folder(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A learner's first day: the first units, nothing answered yet, the course's data."""
    for unit in ("00_start", "01_rnn"):
        (tmp_path / unit).mkdir()
        shutil.copy(root / "notebooks" / unit / "unit.json", tmp_path / unit)
    monkeypatch.setenv("GRADER_DATA", str(root / "data"))
    monkeypatch.chdir(tmp_path / "01_rnn")


@pytest.mark.parametrize("name", lab.__all__)
@pytest.mark.usefixtures("unit_folder")
def test_every_example_gives_what_it_shows(name: str) -> None:
    tests = doctest.DocTestFinder(recurse=False).find(getattr(lab, name), name, globs={"lab": lab})
    examples = [test for test in tests if test.examples]
    assert examples, f"lab.{name} has no example"
    runner = doctest.DocTestRunner(verbose=False, optionflags=doctest.ELLIPSIS)
    for test in examples:
        assert "Example:" in str(test.docstring)
        said: list[str] = []
        runner.run(test, out=said.append)
        assert not said, "".join(said)
