"""Quiz, challenge, traces and play in a real JupyterLab: what is kept, what never breaks."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import nbformat
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.menus import menu, save
from tests.waiting import HANGS

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[2]
SCREENSHOTS = ROOT / "build" / "screenshots"
SECONDS = HANGS * 1000
expect.set_options(timeout=SECONDS)  # a busy machine is slow, not wrong


class Watched(Protocol):
    """What `conftest.Watch` holds."""

    errors: list[str]
    elsewhere: list[str]


OpenUnit = Callable[[Path], tuple[Page, Watched]]
UnitOf = Callable[[str, Callable[[list[Any]], list[Any]]], Path]


def quiz_cells(cells: list[Any]) -> list[Any]:
    """One practice item and the challenge, without what trains."""
    wanted = re.compile(r"gru-(practice-2|challenge-\d)")
    kept = [c for c in cells if wanted.match(c["id"]) or "lab.challenge(" in c["source"]]
    return [nbformat.v4.new_code_cell("from grader import lab"), *kept]


def trace_cells(cells: list[Any]) -> list[Any]:
    """The model of unit text and its trace, fresh."""
    code = [c for c in cells if c["cell_type"] == "code"]
    model = next(c for c in code if "class NextWord" in c["source"])
    fresh = nbformat.v4.new_code_cell("lab.seed(0)\nfresh, shortest = NextWord(), 0")
    trace = next(c for c in code if "show_text_trace(fresh" in c["source"])
    return [code[0], model, fresh, trace]


def shoot(page: Page, part: Locator, name: str) -> None:
    """Keep a screenshot with this part in sight."""
    part.scroll_into_view_if_needed()
    page.wait_for_timeout(300)  # fonts and theme settle
    page.screenshot(path=SCREENSHOTS / f"{name}.png")


def shoot_in_both_themes(page: Page, part: Locator, name: str) -> None:
    """Keep a screenshot in the light theme and one in the dark."""
    shoot(page, part, f"{name}-light")
    menu(page, "Settings", "Theme", "JupyterLab Dark")
    expect(page.locator("body")).to_have_attribute("data-jp-theme-light", "false")
    shoot(page, part, f"{name}-dark")
    menu(page, "Settings", "Theme", "JupyterLab Light")
    expect(page.locator("body")).to_have_attribute("data-jp-theme-light", "true")


def with_maths(folder: Path, item: str) -> None:
    """Write a formula into the last choice; the others hold code."""
    path = folder / "unit.json"
    unit = json.loads(path.read_text())
    unit["quiz"][item]["options"][-1]["text"] = r"$(1 - z) \odot n + z \odot h$"
    path.write_text(json.dumps(unit))


def key_of(item: str) -> str:
    """The right letter, as the learner's unit.json has it."""
    unit = json.loads((ROOT / "notebooks/02_gru/unit.json").read_text())
    return str(unit["quiz"][item]["answer"])


def unbroken(page: Page, watch: Watched) -> None:
    expect(page.get_by_text("Error displaying widget")).to_have_count(0)
    assert (watch.errors, watch.elsewhere) == ([], [])


def test_a_quiz_item_wrong_then_right_by_keyboard_and_after_a_restart(
    unit_of: UnitOf, open_unit: OpenUnit
) -> None:
    folder = unit_of("02_gru", quiz_cells)
    with_maths(folder, "gru-practice-2")
    page, watch = open_unit(folder)
    menu(page, "Run", "Run All Cells")
    panel = page.get_by_role("region", name="Practice 2")
    panel.wait_for(timeout=SECONDS)
    expect(panel.locator("label mjx-container")).to_have_count(1)
    expect(panel.locator("label code")).to_have_count(3)
    right = key_of("gru-practice-2")
    wrong = next(letter for letter in "abc" if letter != right)
    panel.locator(f"input[value={wrong}]").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(panel.get_by_role("status")).to_have_text("✘ not yet, first attempt")
    expect(panel.locator(".course-record")).to_contain_text(f'"gru-practice-2", "{wrong}"')
    panel.get_by_role("button", name="Hint 1 of 3").press("Enter")
    expect(panel.locator(".course-hint")).to_have_count(1)
    panel.locator("input:checked").focus()
    for _ in range((ord(right) - ord(wrong)) % 4):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(panel.get_by_role("status")).to_have_text("✔ right, 2 attempts")
    reasons = page.locator(".jp-OutputArea").get_by_text("All the choices:")
    expect(reasons).to_have_count(1)
    shoot_in_both_themes(page, panel, "quiz")

    save(page)
    notebook = (folder / "gru.ipynb").read_text()
    cell = next(c for c in json.loads(notebook)["cells"] if c["id"] == "gru-practice-2")
    assert "".join(cell["source"]) == f'lab.answer("gru-practice-2", "{right}")'
    assert "widget" not in notebook
    page.locator("[data-jp-item-name=restart]").click()
    page.get_by_role("button", name="Confirm Kernel Restart").click()
    expect(panel).not_to_be_visible()
    page.reload()
    page.get_by_text("| Idle").wait_for(timeout=SECONDS)
    expect(reasons).to_have_count(1)  # words stay without their kernel
    expect(panel).to_have_count(0)
    menu(page, "Run", "Run All Cells")
    expect(panel.get_by_role("status")).to_have_text("✔ right, 2 attempts", timeout=SECONDS)
    expect(panel.locator(f"input[value={right}]")).to_be_checked()
    unbroken(page, watch)


def test_a_challenge_ends_in_a_badge_that_stays(unit_of: UnitOf, open_unit: OpenUnit) -> None:
    folder = unit_of("02_gru", quiz_cells)
    page, watch = open_unit(folder)
    menu(page, "Run", "Run All Cells")
    panel = page.get_by_role("region", name="GRU challenge")
    panel.wait_for(timeout=SECONDS)
    panel.get_by_role("button", name="Start the clock").press("Enter")
    for number in range(1, 6):
        expect(panel.locator(".course-count")).to_have_text(f"{number} of 5")
        expect(panel.get_by_role("timer")).to_contain_text(re.compile(r"[12]:\d\d"))
        letter = key_of(f"gru-challenge-{number}")
        panel.locator(f"input[value={letter}]").focus()
        page.keyboard.press("Space")
        page.keyboard.press("Enter")
        expect(panel.get_by_role("status")).to_have_text("✔ right, first attempt")
        if number == 1:
            shoot_in_both_themes(page, panel, "challenge")
        panel.locator(".course-next").press("Enter")
    badge = page.get_by_role("img", name=re.compile("Badge: GRU mastery"))
    expect(badge).to_be_visible()
    shoot_in_both_themes(page, badge, "badge")
    save(page)
    saved = json.loads((folder / "gru.ipynb").read_text())
    sources = {c["id"]: "".join(c["source"]) for c in saved["cells"]}
    for number in range(1, 6):
        line = f'gru_challenge_{number} = "{key_of(f"gru-challenge-{number}")}"'
        assert sources[f"gru-challenge-{number}-answer"].startswith(line)
    page.locator("[data-jp-item-name=restart]").click()
    page.get_by_role("button", name="Confirm Kernel Restart").click()
    expect(panel).not_to_be_visible()
    page.reload()
    page.get_by_text("| Idle").wait_for(timeout=SECONDS)
    expect(badge).to_be_visible()
    unbroken(page, watch)


def test_a_trace_is_stepped_through_and_takes_ones_own_sentence(
    unit_of: UnitOf, open_unit: OpenUnit
) -> None:
    page, watch = open_unit(unit_of("05_text", trace_cells))
    menu(page, "Run", "Run All Cells")
    trace = page.get_by_role("region", name=re.compile("NextWord, stage by stage"))
    trace.wait_for(timeout=SECONDS)
    trace.focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    expect(trace.get_by_role("status").last).to_contain_text("State (1000, 10, 64)")
    trace.locator(".course-picture path").nth(5).hover()
    expect(trace.locator(".course-under")).to_contain_text(re.compile(r"<s>, number 6: [+-]\d"))
    shoot_in_both_themes(page, trace, "trace")
    trace.locator(".course-back").focus()
    page.keyboard.press("ArrowLeft")
    expect(trace.get_by_role("status").last).to_contain_text("Embedded (1000, 10, 50)")
    trace.get_by_label("A sentence of your own").fill("the president of zanzibar")
    page.keyboard.press("Enter")
    expect(trace.get_by_role("status").first).to_contain_text("zanzibar")
    expect(trace.get_by_role("status").last).to_contain_text("Embedded (1, 10, 50)")
    trace.get_by_role("button", name="Word").click()
    expect(trace.locator(".course-picture rect")).to_have_count(8)
    unbroken(page, watch)


def test_a_cell_to_play_with_leaves_its_stories(unit_of: UnitOf, open_unit: OpenUnit) -> None:
    """In the lesson: drawn, hovered, reloaded as it was left; saved as pictures and words."""

    def played(cells: list[Any]) -> list[Any]:
        code = [c for c in cells if c["cell_type"] == "code"]
        return [code[0], next(c for c in code if "lab.play(" in c["source"])]

    folder = unit_of("02_gru", played)
    page, watch = open_unit(folder)
    menu(page, "Run", "Run All Cells")
    panel = page.get_by_role("region", name="Play with a GRU")
    panel.wait_for(timeout=SECONDS)
    panel.get_by_role("button", name="Latches").press("Enter")
    panel.get_by_role("button", name="h, step 2:").hover()
    expect(panel.locator(".course-formula")).to_contain_text("(1 − z)·n + z·h")
    shoot_in_both_themes(page, panel, "play")
    panel.get_by_role("button", name="Back").press("Enter")
    save(page)
    notebook = json.loads((folder / "gru.ipynb").read_text())
    [output] = notebook["cells"][1]["outputs"]
    assert "".join(output["data"]["text/html"]).count("<svg") == 4
    assert "widget" not in (folder / "gru.ipynb").read_text()
    page.reload()
    page.get_by_text("| Idle").wait_for(timeout=SECONDS)
    kept = page.locator(".jp-OutputArea").get_by_text("2 Keeps")
    expect(kept).to_be_visible()  # and no heading among the lesson's own
    unbroken(page, watch)


def test_a_walk_runs_the_learners_own_model(unit_of: UnitOf, open_unit: OpenUnit) -> None:
    """The network of unit 3, fresh: a word is exchanged, and states and answer move."""

    def walked(cells: list[Any]) -> list[Any]:
        code = [c for c in cells if c["cell_type"] == "code"]
        model = next(c for c in code if "class BothWays" in c["source"])
        fresh = nbformat.v4.new_code_cell("lab.seed(0)\nafter = BothWays()")
        return [code[0], model, fresh, next(c for c in code if "lab.walk(" in c["source"])]

    folder = unit_of("03_birnn", walked)
    page, watch = open_unit(folder)
    menu(page, "Run", "Run All Cells")
    panel = page.get_by_role("region", name="Walk through your model")
    panel.wait_for(timeout=SECONDS)
    shares = panel.locator(".course-answer .course-figure")
    before = shares.all_text_contents()
    panel.locator(".course-word").first.click()
    panel.get_by_label("word 1").fill("house")
    panel.get_by_label("word 1").press("Enter")
    expect(panel.locator(".course-word").first).to_have_text("house")
    expect(shares.first).not_to_have_text(before[0])
    panel.locator(".course-line[data-first] .course-number").nth(2).hover()
    expect(panel.locator(".course-formula")).to_contain_text("tanh(W_ih·x + b_ih + W_hh·h + b_hh)")
    shoot_in_both_themes(page, panel, "walk-words")
    save(page)
    assert "widget" not in (folder / "birnn.ipynb").read_text()
    unbroken(page, watch)
