"""What is kept of outputs that may be anything at all."""

import base64
import struct
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from grader.classroom.engine.outputs import KIB, Budget, OutputCollector, clean


def _png(width: int, height: int) -> str:
    """A picture's head and no points."""
    head = struct.pack(">8sI4sII", b"\x89PNG\r\n\x1a\n", 13, b"IHDR", width, height)
    return base64.b64encode(head + b"points").decode()


PNG = _png(640, 480)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def tray(kib: int = 64, budget: int = 1024 * KIB) -> OutputCollector:
    return OutputCollector(kib * KIB, Budget(budget))


def test_only_plain_text_and_pictures_of_points_stay() -> None:
    kept = tray()
    data = {
        "text/plain": "<Figure>",
        "image/png": PNG,
        "text/html": "<script>alert(1)</script>",
        "image/svg+xml": "<svg onload='alert(1)'/>",
        "application/javascript": "alert(1)",
        "application/vnd.jupyter.widget-view+json": {"model_id": "x"},
    }
    kept.take("display_data", {"data": data, "metadata": {}})
    kept.take("display_data", {"data": {"text/html": "<b>only</b>"}})
    kept.take("display_data", {"data": {"image/png": base64.b64encode(b"<svg/>").decode()}})
    (output,) = kept.outputs()
    assert output.data == {"text/plain": "<Figure>", "image/png": PNG}


def test_streams_are_joined_and_cleaned() -> None:
    kept = tray()
    for text in ("10%\r", "20%\r", "done\n", "\x1b[31mred\x1b[0m\x00\n"):
        kept.take("stream", {"name": "stdout", "text": text})
    kept.take("stream", {"name": "stderr", "text": "careful\n"})
    assert [(o.name, o.text) for o in kept.outputs()] == [
        ("stdout", "done\nred\n"),
        ("stderr", "careful\n"),
    ]


def test_too_much_is_dropped_with_a_remark_and_the_budget_is_shared() -> None:
    budget = Budget(3 * KIB)
    first, second = OutputCollector(2 * KIB, budget), OutputCollector(2 * KIB, budget)
    for kept in (first, second):
        for _ in range(100):
            kept.take("stream", {"name": "stdout", "text": "x" * 100})
    sizes = [sum(len(output.text) for output in kept.outputs()) for kept in (first, second)]
    assert sizes[0] > sizes[1]
    assert all(size < 3 * KIB for size in sizes)
    assert "a cell may show 2 KiB" in first.outputs()[-1].text
    assert "Print less" in first.outputs()[-1].text


def test_a_display_can_be_updated_and_outputs_cleared() -> None:
    kept = tray()
    show: dict[str, Any] = {"data": {"text/plain": "1"}, "transient": {"display_id": "a"}}
    kept.take("display_data", show)
    kept.take("update_display_data", {**show, "data": {"text/plain": "2"}})
    kept.take(
        "update_display_data", {"data": {"text/plain": "3"}, "transient": {"display_id": "b"}}
    )
    assert [output.data["text/plain"] for output in kept.outputs()] == ["2"]
    kept.take("clear_output", {"wait": True})
    assert len(kept.outputs()) == 1
    kept.take("stream", {"name": "stdout", "text": "new"})
    assert [output.text for output in kept.outputs()] == ["new"]


def test_a_long_traceback_loses_its_middle() -> None:
    kept = tray()
    lines = [f"\x1b[0;31mline {n}\x1b[0m" for n in range(500)]
    kept.take("error", {"ename": "RecursionError", "evalue": "deep", "traceback": lines})
    (output,) = kept.outputs()
    assert len(output.traceback) == 61
    assert output.traceback[0] == "line 0"
    assert output.traceback[-1] == "line 499"


@given(st.text())
def test_clean_text_can_be_written_and_holds_no_controls(text: str) -> None:
    made = clean(text)
    made.encode("utf-8")
    assert not any(ord(character) < 32 and character not in "\n\t" for character in made)


@given(
    st.sampled_from(
        ["stream", "display_data", "execute_result", "update_display_data", "error", "clear_output"]
    ),
    st.dictionaries(
        st.sampled_from(
            ["name", "text", "data", "transient", "ename", "evalue", "traceback", "wait"]
        ),
        JSON,
    ),
)
def test_no_message_is_too_strange(kind: str, content: dict[str, Any]) -> None:
    kept = tray()
    kept.take(kind, content)
    kept.take(kind, content)
    kept.outputs()


def test_a_picture_that_no_browser_could_hold_is_dropped() -> None:
    kept = tray()
    for picture in (_png(100_000, 100_000), _png(2**32 - 1, 1), _png(0, 5), PNG[:20]):
        kept.take("display_data", {"data": {"image/png": picture}, "metadata": {}})
    assert kept.outputs() == []
