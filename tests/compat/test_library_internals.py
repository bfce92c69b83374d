"""A library without what is leaned on is named with its version, before anything goes wrong."""

from importlib.metadata import version

import pytest
from ipykernel import kernelapp

from grader.core.errors import SetupError
from grader.core.library_internals import require


def test_what_is_there_is_not_spoken_of() -> None:
    require("ipykernel", "7.4.0", kernelapp.IPKernelApp, "initialize", "start")


def test_what_is_missing_is_named_with_the_versions() -> None:
    with pytest.raises(SetupError) as told:
        require("ipykernel", "7.4.0", kernelapp.IPKernelApp, "start", "gone_tomorrow")
    assert f"ipykernel {version('ipykernel')} has no IPKernelApp.gone_tomorrow" in str(told.value)
    assert "written for ipykernel 7.4.0" in str(told.value)
