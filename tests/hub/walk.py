"""A class on a hub, by mouse: from release to the feedback page of two learners."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from playwright.sync_api import Browser, Error, Page

from tests.browser.test_exchange import STEP, press
from tests.exchange.conftest import CLASS, UNIT
from tests.exchange.test_road import RIGHT, WRONG
from tests.hub.ground import LEARNERS, PASSWORD, TEACHER, Hub

ANSWERS = dict(zip(LEARNERS, (RIGHT, WRONG), strict=True))


@dataclass
class Walk:
    """Who does what, in order; a step that fails ends the walk with a picture."""

    hub: Hub
    browser: Browser
    pictures: Path
    say: Callable[[str], None]
    steps: int = 0
    failed: list[str] = field(default_factory=list)

    def go(self) -> None:
        """All of it, each person in a browser of their own."""
        desk = self.browser.new_context().new_page()
        pages = {name: self.browser.new_context().new_page() for name in LEARNERS}
        try:
            self._teach(desk)
            for name, page in pages.items():
                self._learn(name, page)
            self._give_back(desk)
            for name, page in pages.items():
                self._read(name, page)
        except (Error, AssertionError) as error:
            self.failed.append(str(error))
            self.pictures.mkdir(parents=True, exist_ok=True)
            for name, page in {TEACHER: desk, **pages}.items():
                page.screenshot(path=self.pictures / f"hub-{name}.png")

    def _step(self, words: str) -> None:
        self.steps += 1
        self.say(words)

    def _teach(self, page: Page) -> None:
        self._step(f"{TEACHER} logs in")
        self._log_in(page, TEACHER)
        for verb, words in (("assign", "generates"), ("release", "releases")):
            self._step(f"{TEACHER} {words} {UNIT} in formgrader")
            self._press(page, "manage_assignments", UNIT, verb)
        given = self.hub.exchange / CLASS / "outbound" / UNIT
        assert {p.name for p in given.iterdir()} == {"toy.ipynb", "unit.json", "data"}

    def _learn(self, name: str, page: Page) -> None:
        self._step(f"{name} logs in and is given a server")
        self._log_in(page, name)
        page.goto(f"{self.hub.address}/user/{name}/lab", timeout=STEP)
        self._step(f"{name} opens the Assignment List and fetches {UNIT}")
        self._assignments(page)
        page.get_by_role("button", name="Fetch", exact=True).click(timeout=STEP)
        page.get_by_role("button", name="Submit", exact=True).wait_for(timeout=STEP)
        self._step(f"{name} answers, and runs the notebook with its checks")
        self._answer(name)
        page.goto(f"{self.hub.address}/user/{name}/lab/tree/{UNIT}/toy.ipynb", timeout=STEP)
        page.get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=STEP)
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_text("Run All Cells", exact=True).click()
        told = "You squared x; twice x is x + x." if ANSWERS[name] == WRONG else "2 of 2"
        page.locator(".jp-OutputArea", has_text=told).first.wait_for(timeout=STEP)
        assert page.get_by_text("Error displaying widget").count() == 0
        assert page.get_by_role("menuitem", name="Formgrader").count() == 0
        self._step(f"{name} submits")
        self._assignments(page)
        page.get_by_role("button", name="Submit", exact=True).click(timeout=STEP)
        page.locator("#submitted_assignments_list", has_text=UNIT).wait_for(timeout=STEP)

    def _give_back(self, page: Page) -> None:
        self._step(f"{TEACHER} collects")
        self._press(page, "manage_assignments", UNIT, "collect")
        for name in LEARNERS:
            self._step(f"{TEACHER} autogrades {name}")
            self._press(page, f"manage_submissions/{UNIT}", name, "autograde")
        for verb in ("generate-feedback", "release-feedback"):
            self._step(f"{TEACHER} presses {verb}")
            self._press(page, "manage_assignments", UNIT, verb)

    def _read(self, name: str, page: Page) -> None:
        self._step(f"{name} fetches and reads the feedback")
        self._assignments(page)
        page.locator("#refresh_assignments_list").click()
        page.get_by_text("(feedback available to fetch)").wait_for(timeout=STEP)
        page.get_by_role("button", name="Fetch Feedback").click()
        page.get_by_text("(view feedback)").wait_for(timeout=STEP)
        (told,) = (self.hub.homes[name] / UNIT / "feedback").glob("*/toy.html")
        right = ANSWERS[name] == RIGHT
        assert ("2 of 2" if right else "0 of 2") in told.read_text(encoding="utf-8")
        assert told.owner() == name

    def _log_in(self, page: Page, name: str) -> None:
        page.goto(f"{self.hub.address}/hub/login", timeout=STEP)
        page.locator("#username_input").fill(name)
        page.locator("#password_input").fill(PASSWORD)
        page.locator("#login_submit").click()
        page.wait_for_url(lambda address: "/hub/login" not in address, timeout=STEP)

    def _press(self, page: Page, where: str, line: str, verb: str) -> None:
        press(page, f"{self.hub.address}/services/{CLASS}/formgrader/{where}", line, verb)

    def _assignments(self, page: Page) -> None:
        page.get_by_role("menuitem", name="Nbgrader").click(timeout=STEP)
        page.get_by_text("Assignment List", exact=True).first.click()

    def _answer(self, name: str) -> None:
        path = self.hub.homes[name] / UNIT / "toy.ipynb"
        notebook = nbformat.read(path, as_version=4)
        cell = next(cell for cell in notebook.cells if cell.id == "toy-double-answer")
        cell.source = ANSWERS[name]
        path.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")
