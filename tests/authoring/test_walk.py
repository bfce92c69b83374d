"""The walk of `make author-walk` through an own course, by the installed package; one class."""

from pathlib import Path

import pytest

from tests.authoring.walk import Walk, own_course, packages
from tests.wheels import build_wheel, install


@pytest.mark.long
@pytest.mark.sandbox
def test_an_own_course_from_an_empty_folder_to_marks(tmp_path: Path) -> None:
    (tmp_path / "wheel").mkdir()
    python = install(build_wheel(tmp_path / "wheel"), tmp_path / "python", packages())
    walk = Walk(python, lambda _line: None)
    own_course(walk, tmp_path, quick=True)
    assert walk.failed == []
    assert walk.commands == 12
