"""nbgrader inside our process: what is exchanged there says what nbgrader itself would say."""

import os
import sys
from pathlib import Path

import pytest
from nbgrader import api

from grader.classroom.gradebook.inprocess import nbgrader_environment, schema_version


def test_the_schema_version_is_what_nbgrader_asks_alembic_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
    assert schema_version() == api.get_alembic_version()


def test_everything_exchanged_is_put_back() -> None:
    before = (api.create_engine, api.get_alembic_version, Path.cwd(), dict(os.environ))
    with nbgrader_environment():
        os.environ["NBGRADER_EXECUTION"] = "autograde"
        os.chdir("/")
        assert api.get_alembic_version is schema_version
    assert (api.create_engine, api.get_alembic_version, Path.cwd(), dict(os.environ)) == before
