"""`from grader import lab` is quick, complete and unambiguous."""

import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

from grader import lab


@pytest.mark.parametrize("name", lab.__all__)
def test_every_public_name_can_be_had(name: str) -> None:
    assert getattr(lab, name).__name__ == name


def test_no_module_hides_a_public_name() -> None:
    modules = {module.name for module in pkgutil.iter_modules(lab.__path__)}
    assert not modules & set(lab.__all__)


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(AttributeError, match=r"'fitt'.*fit,"):
        lab.fitt  # noqa: B018


def test_the_import_loads_nothing_heavy(root: Path) -> None:
    heavy = {"torch", "matplotlib", "ipywidgets", "IPython", "nbgrader", "dask", "numpy"}
    code = f"import sys; from grader import lab; print(*({heavy!r} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == ""
