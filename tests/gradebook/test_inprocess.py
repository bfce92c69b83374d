"""nbgrader inside our process: what is exchanged there says what nbgrader itself would say."""

import os
import sys
from pathlib import Path
from typing import Any

import pytest
from nbgrader import api

from grader.classroom.nbgrader.inprocess import nbgrader_environment, schema_version


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
