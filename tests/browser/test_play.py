"""The cell to play with: its numbers are torch's, by hover, by key, in both themes."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from playwright.sync_api import Browser, Page, expect
from torch import nn

from benchmarks.panel_page import SCREENSHOTS, open_panel
from grader.lab.playground.cell_panel import asked_of
from grader.lab.playground.cell_run import LAYERS, run
from grader.lab.playground.presets import PRESETS, Preset
from tests.browser.accessibility import violations

pytestmark = [pytest.mark.browser, pytest.mark.slow]

KINDS = ["rnn", "gru", "lstm"]
SHAPES = [(1, 1), (2, 1), (1, 2), (2, 2)]  # (channels, hidden)
_RUN = """([kind, weights, x]) => {
  const steps = runCell(kind, weights, x);
  const last = x.length - 1;
  const gradient = gradientByStep(kind, weights, steps, last);
  return { steps, moves: jacobian(kind, weights, steps, last), gradient };
}"""


@pytest.fixture
def arithmetic(browser: Browser) -> Iterator[Page]:
    """A page that holds what computes, and draws nothing."""
    page = browser.new_page()
    folder = Path(__file__).parents[2] / "grader/lab/page"
    page.add_script_tag(content=(folder / "cell_math.js").read_text(encoding="utf-8"))
    yield page
    page.close()


def weights_of(layer: nn.RNNBase) -> dict[str, Any]:
    names = {
        "w_ih": "weight_ih_l0",
        "w_hh": "weight_hh_l0",
        "b_ih": "bias_ih_l0",
        "b_hh": "bias_hh_l0",
    }
    return {short: getattr(layer, name).tolist() for short, name in names.items()}


def last_state(layer: nn.RNNBase, x: torch.Tensor) -> torch.Tensor:
    state: torch.Tensor = layer(x)[0][-1]
    return state


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("channels", "hidden"), SHAPES)
def test_states_and_gradients_are_torchs(
    arithmetic: Page, kind: str, channels: int, hidden: int
) -> None:
    """Forty layers with weights as large as the sliders go, sixteen steps each."""
    torch.manual_seed(channels + 2 * hidden)
    for attempt in range(40):
        layer = LAYERS[kind](channels, hidden).double()
        for weights in layer.parameters():
            nn.init.uniform_(weights, -1.0 - attempt % 4, 1.0 + attempt % 4)
        x = torch.rand(16, channels, dtype=torch.float64) * 2 - 1
        with torch.no_grad():
            output, state = layer(x)
        found = arithmetic.evaluate(_RUN, [kind, weights_of(layer), x.tolist()])
        seen = torch.tensor([step["h"] for step in found["steps"]], dtype=torch.float64)
        torch.testing.assert_close(seen, output, rtol=1e-9, atol=1e-12)
        if kind == "lstm":
            memory = torch.tensor(found["steps"][-1]["c"], dtype=torch.float64)
            torch.testing.assert_close(memory, state[1][0], rtol=1e-9, atol=1e-12)
        moves = torch.autograd.functional.jacobian(lambda read, of=layer: last_state(of, read), x)
        theirs = torch.tensor(found["moves"], dtype=torch.float64)
        torch.testing.assert_close(theirs, moves, rtol=1e-9, atol=1e-12)
        by_step = torch.tensor(found["gradient"], dtype=torch.float64)
        norms = moves.permute(1, 0, 2).flatten(1).norm(dim=1)
        torch.testing.assert_close(by_step, norms, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("kind", ["rnn", "gru"])
def test_the_way_back_is_a_product(arithmetic: Page, kind: str) -> None:
    """One factor for each step, as torch has it: the slope of a state by the one before."""
    torch.manual_seed(0)
    layer = LAYERS[kind](1, 1).double()
    x = torch.randn(8, 1, dtype=torch.float64)
    chain = arithmetic.evaluate(
        """([kind, weights, x]) => {
          const steps = runCell(kind, weights, x);
          return chainOf(kind, weights, steps, 2, 7);
        }""",
        [kind, weights_of(layer), x.tolist()],
    )
    moves = torch.autograd.functional.jacobian(lambda read: last_state(layer, read), x)
    assert torch.tensor(chain).prod().item() == pytest.approx(float(moves[0, 2, 0]), rel=1e-6)
    states = layer(x)[0].detach()
    for place, step in enumerate(range(3, 8), start=1):

        def after(h: torch.Tensor, at: int = step) -> torch.Tensor:
            state: torch.Tensor = layer(x[at : at + 1], h)[0][0]
            return state

        slope = torch.autograd.functional.jacobian(after, states[step - 1 : step])
        assert chain[place] == pytest.approx(float(slope.squeeze()), rel=1e-9)


def opened(browser: Browser, kind: str, **options: Any) -> Page:
    return open_panel(browser, "play.js", asked_of(kind, "Play"), {"preset": 0}, **options)


def shown_value(page: Page, label: str) -> float:
    """What stands below the formula while the pointer is on a number."""
    page.get_by_role("button", name=label, exact=False).first.hover()
    words = page.locator(".course-value").text_content() or ""
    return float(words.replace("\u2212", "-"))


@pytest.mark.parametrize("kind", KINDS)
def test_each_number_under_the_pointer_is_torchs(browser: Browser, kind: str) -> None:
    """All stories, all rows, at a step of each: formula and value to six digits."""
    dice = random.Random(0)
    page = opened(browser, kind)
    for preset in PRESETS[kind]:
        page.get_by_role("button", name=preset.name, exact=True).click()
        found = run(preset)
        for name, values in found.rows.items():
            for k in range(values.shape[1]):
                step = dice.randrange(len(preset.x))
                symbol = f"{name}[{k}]" if values.shape[1] > 1 else name
                seen = shown_value(page, f"{symbol}, step {step + 1}:")
                assert seen == pytest.approx(float(values[step, k]), rel=5e-6), (preset.name, name)
                expect(page.locator(".course-formula")).to_contain_text("=")
        step = dice.randrange(len(preset.x))
        seen = shown_value(page, f"gradient by the reading of step {step + 1}:")
        assert seen == pytest.approx(float(found.gradient[step]), rel=5e-6), preset.name
    page.close()


def test_what_a_number_depends_on_lights_up(browser: Browser) -> None:
    """PyTorch's candidate: the bias of the state stands inside the reset gate's product."""
    page = opened(browser, "gru")
    page.get_by_role("button", name="n, step 5").hover()
    formula = page.locator(".course-formula")
    expect(formula).to_contain_text("tanh(W_in·x + b_in + r·(W_hn·h + b_hn))")
    lit = page.locator(".course-number[data-lit]")
    labels = [node.get_attribute("aria-label") or "" for node in lit.all()]
    assert [label.partition(":")[0] for label in labels] == ["x, step 5", "r, step 5", "h, step 4"]
    names = page.locator(".course-weight[data-lit] .course-code").all_text_contents()
    assert names == ["W_in", "W_hn", "b_in", "b_hn"]
    page.get_by_role("button", name="n, step 5").click()
    page.get_by_role("button", name="h, step 1:").hover()
    expect(formula).to_contain_text("(1 − z)·n + z·h")
    page.mouse.move(2, 2)
    expect(formula).to_contain_text("n, the candidate after step 5")
    page.close()


def test_it_is_played_by_keyboard_and_kept(browser: Browser) -> None:
    page = opened(browser, "rnn")
    start = page.get_by_role("slider", name="x, step 1", exact=True)
    start.focus()
    page.keyboard.press("ArrowRight")
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    second = page.get_by_role("slider", name="x, step 2", exact=True)
    expect(second).to_be_focused()
    expect(second).to_have_attribute("aria-valuenow", "-0.3")
    weight = page.get_by_role("slider", name="W_hh")
    weight.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".course-weight", has_text="W_hh").locator("output")).to_have_text("0.55")
    page.get_by_role("button", name="Back").press("Enter")
    expect(page.locator(".course-status")).to_have_text("step 11 of 12")
    expect(page.get_by_role("button", name="h, step 12: not read yet")).to_have_count(1)
    x = [[1.0], [-0.3], *[[0.0]] * 10]
    preset = Preset("rnn", "mine", "", tuple((x_t[0],) for x_t in x[:11]), PRESETS["rnn"][0].blocks)
    layer = nn.RNN(1, 1).double()
    for name, value in zip(("weight_ih_l0", "weight_hh_l0"), (1.0, 0.55), strict=True):
        nn.init.constant_(getattr(layer, name), value)
    for name in ("bias_ih_l0", "bias_hh_l0"):
        nn.init.zeros_(getattr(layer, name))
    state = float(layer(torch.tensor(preset.x, dtype=torch.float64))[0][-1].detach())
    assert shown_value(page, "h, step 11:") == pytest.approx(state, rel=5e-6)
    kept = page.evaluate("window.saved.at(-1)")
    assert kept["x"] == x
    assert kept["weights"]["w_hh"] == [[0.55]]
    page.close()


def test_readings_are_drawn_and_steps_play(browser: Browser) -> None:
    page = opened(browser, "gru", reduced_motion=True)
    boxes = [
        page.get_by_role("slider", name=f"x, step {n}", exact=True).bounding_box() for n in (3, 6)
    ]
    assert all(boxes)
    (first, last) = [box for box in boxes if box]
    page.mouse.move(first["x"] + 20, first["y"] + 2)
    page.mouse.down()
    page.mouse.move(last["x"] + 20, last["y"] + 2, steps=12)
    page.mouse.up()
    drawn = [page.get_by_role("slider", name=f"x, step {n}", exact=True) for n in (3, 4, 5, 6)]
    for reading in drawn:
        assert float(reading.get_attribute("aria-valuenow") or 0) >= 0.9
    page.get_by_role("button", name="Play").click()
    status = page.locator(".course-status")
    expect(status).to_have_text("step 1 of 12")
    expect(status).to_have_text("step 3 of 12")
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("button", name="2 numbers in the state").click()
    expect(page.locator(".course-weight")).to_have_count(6 + 12 + 6 + 6)
    moving = "getComputedStyle(document.querySelector('.course-lines path')).animationName"
    assert page.evaluate(moving) == "none"
    page.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("kind", KINDS)
def test_it_can_be_seen_and_used_by_all(browser: Browser, kind: str, theme: str) -> None:
    """No violation that axe knows, in either theme; a picture for people."""
    page = opened(browser, kind, theme=theme)
    page.get_by_role("button", name=PRESETS[kind][2].name, exact=True).click()
    page.get_by_role("button", name="h, step 8:").hover()
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"play-{kind}-{theme}.png", full_page=True)
    assert violations(page) == []
    page.close()
