"""What is exchanged inside nbgrader says what nbgrader itself would say, and is put back."""

import os
import sys
from pathlib import Path
from typing import Any

import nbformat
import nbgrader
import pytest
from nbconvert.exporters import Exporter
from nbgrader import api
from nbgrader.converters import Autograde

from grader.classroom.nbgrader.inprocess import nbgrader_environment
from grader.classroom.nbgrader.nbgrader_compat import (
    UnsharedNotebook,
    check_internals,
    is_sanitizing,
    schema_version,
)
from grader.core.errors import SetupError


def test_the_schema_version_is_what_nbgrader_asks_alembic_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
    assert schema_version() == api.get_alembic_version()


def test_everything_exchanged_is_put_back() -> None:
    before = _exchanged()
    with nbgrader_environment():
        os.environ["NBGRADER_EXECUTION"] = "autograde"
        os.chdir("/")
        assert api.get_alembic_version is schema_version
    assert _exchanged() == before


def _exchanged() -> tuple[Any, ...]:
    theirs = (api.create_engine, api.get_alembic_version, api.Base.metadata.create_all)
    return (*theirs, Path.cwd(), dict(os.environ))


def test_tables_are_made_in_each_database_and_looked_for_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    real = api.Base.metadata.create_all

    def watched(bind: Any) -> None:
        made.append(str(bind.url))
        real(bind=bind)

    monkeypatch.setattr(api.Base.metadata, "create_all", watched)
    urls = [f"sqlite:///{tmp_path / name}.db" for name in ("one", "two")]
    with nbgrader_environment():
        for url in urls * 2:
            with api.Gradebook(url) as gradebook:
                assert gradebook.assignments == []
    assert made == urls


def test_what_is_gone_is_named_before_anything_is_exchanged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    check_internals()
    create = api.create_engine
    monkeypatch.delattr(api, "get_alembic_version")
    with pytest.raises(SetupError) as told, nbgrader_environment():
        pytest.fail("nbgrader is called without what is asked of it")
    assert f"nbgrader {nbgrader.__version__} has no nbgrader.api.get_alembic" in str(told.value)
    assert api.create_engine is create


def test_autograde_says_that_it_reads_what_was_handed_in_first() -> None:
    assert is_sanitizing(Autograde())
    assert not is_sanitizing(None)


def test_nbconvert_copies_no_unshared_notebook() -> None:
    cells = [nbformat.v4.new_code_cell("1")]
    mine = UnsharedNotebook(nbformat.v4.new_notebook(cells=cells))  # type: ignore[no-untyped-call]
    made, _ = Exporter().from_notebook_node(mine)
    assert made.cells[0] is mine.cells[0]
