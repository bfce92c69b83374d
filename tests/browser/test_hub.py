"""A class on a real JupyterHub, by mouse."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.environments import open_folder
from tests.hub.ground import hub, lacking
from tests.hub.walk import Walk

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.browser
@pytest.mark.sandbox
@pytest.mark.slow
def test_a_class_walks_a_hub_from_release_to_feedback(
    browser: Browser,
) -> None:
    problem = lacking()
    if problem:
        pytest.skip(f"NOT TESTED: {problem}")
    with open_folder() as folder, hub(folder) as started:
        walk = Walk(started, browser, ROOT / "build" / "screenshots", lambda _words: None)
        walk.go()
    assert walk.failed == []
    assert walk.steps > len(("release", "fetch", "submit", "grade", "feedback"))
