"""Keep of a cell's outputs what is safe to show and small enough to keep.

Plain text, PNG pictures, the numbers of training curves, streams and errors stay; HTML, JavaScript,
SVG and widgets go: feedback pages and formgrader would run them with a teacher's rights. Used by
`engine.kernel_driver` while a cell runs, so a flood is dropped as it comes.
"""

import base64
import binascii
import struct
from dataclasses import dataclass, field
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output

from grader.core.plain_text import plain
from grader.lab import recorded_runs

_PNG = b"\x89PNG\r\n\x1a\n"
# A picture's head: its width and height follow the signature and the first piece's length and name.
_HEAD = struct.Struct(">8sI4sII")
# Points that a picture may claim to have: whoever shows it takes four bytes for each.
MOST_POINTS, LONGEST_SIDE = 50_000_000, 20_000
KIB = 1024
# A traceback of deep recursion repeats itself.
MAX_TRACEBACK = 60


def clean(text: object) -> str:
    """Plain text: no escape sequences, no hidden signs, no halves of surrogate pairs."""
    return plain(text)


@dataclass
class Budget:
    """Bytes that all outputs of a notebook may still take."""

    left: int


@dataclass
class OutputCollector:
    """Collects one cell's outputs; `limit` is in bytes, `budget` is shared by the notebook."""

    limit: int
    budget: Budget
    _outputs: list[NotebookNode] = field(default_factory=list)
    _by_display: dict[str, int] = field(default_factory=dict)
    _taken: int = 0
    _dropped: bool = False
    _clear_next: bool = False

    def take(self, kind: str, content: dict[str, Any]) -> None:
        """Take in one message of the kernel; kinds that are no outputs are ignored."""
        if kind == "clear_output":
            self._clear_next = True
            if content.get("wait") is not True:
                self._clear()
            return
        output = _converted(kind, content)
        if output is None or not self._pay(output):
            return
        if self._clear_next:
            self._clear()
        transient = content.get("transient")
        display = transient.get("display_id") if isinstance(transient, dict) else None
        place = self._by_display.get(display) if isinstance(display, str) else None
        if place is not None:
            self._outputs[place].data = output.data
        elif kind != "update_display_data":
            self._append(output)
            if isinstance(display, str):
                self._by_display[display] = len(self._outputs) - 1

    def outputs(self) -> list[NotebookNode]:
        """What is kept, streams joined, with a remark where something was dropped."""
        kept = [_joined(output) for output in self._outputs]
        if self._dropped:
            remark = (
                f"[The rest of this cell's output was dropped: a cell may show {self.limit // KIB} "
                "KiB, and all cells together a few MiB. What the cell computed counts all the "
                "same. Print less: a line an epoch, not one a row.]\n"
            )
            kept.append(new_output("stream", name="stderr", text=remark))
        return kept

    def _append(self, output: NotebookNode) -> None:
        last = self._outputs[-1] if self._outputs else None
        streams = output.output_type == "stream"
        if streams and last is not None and last.get("name") == output.name:
            last.text.extend(output.text)
        else:
            self._outputs.append(output)

    def _pay(self, output: NotebookNode) -> bool:
        size = len(str(output))
        if self._taken + size > self.limit or size > self.budget.left:
            self._dropped = True
            return False
        self._taken += size
        self.budget.left -= size
        return True

    def _clear(self) -> None:
        self._outputs.clear()
        self._by_display.clear()
        self._clear_next = False


def _converted(kind: str, content: dict[str, Any]) -> Any:
    """The output for a message, or None where it is none or shows nothing that is kept."""
    if kind == "stream":
        name = "stderr" if content.get("name") == "stderr" else "stdout"
        # Pieces stay in a list until the end: joining them one by one costs their square.
        return new_output("stream", name=name, text=[str(content.get("text", ""))])
    if kind in ("display_data", "execute_result", "update_display_data"):
        data = _safe_data(content.get("data"))
        if not data:
            return None
        if kind == "execute_result":
            return new_output("execute_result", data=data, execution_count=None)
        return new_output("display_data", data=data)
    if kind == "error":
        trace = content.get("traceback")
        lines = trace if isinstance(trace, list) else []
        if len(lines) > MAX_TRACEBACK:
            half = MAX_TRACEBACK // 2
            lines = [*lines[:half], "…", *lines[-half:]]
        return new_output(
            "error",
            ename=clean(content.get("ename")),
            evalue=clean(content.get("evalue")),
            traceback=[clean(line) for line in lines],
        )
    return None


def _safe_data(data: object) -> dict[str, Any]:
    """The parts of a display that are plain text, a picture made of points, or curves' numbers."""
    if not isinstance(data, dict):
        return {}
    safe: dict[str, Any] = {}
    if recorded_runs.from_json(data.get(recorded_runs.CURVES)) is not None:
        curves = data[recorded_runs.CURVES]
        safe[recorded_runs.CURVES] = {name: curves[name] for name in ("measure", "best", "records")}
    if isinstance(data.get("text/plain"), str):
        safe["text/plain"] = clean(data["text/plain"])
    if _is_png(data.get("image/png")):
        safe["image/png"] = data["image/png"]
    return safe


def _is_png(data: object) -> bool:
    """Whether it is a picture of a size that can be shown; its points are not looked at."""
    if not isinstance(data, str):
        return False
    try:
        content = base64.b64decode(data.replace("\n", ""), validate=True)
        mark, _, name, width, height = _HEAD.unpack_from(content)
    except (binascii.Error, ValueError, struct.error):
        return False
    fits = 0 < width <= LONGEST_SIDE and 0 < height <= LONGEST_SIDE
    return bool(mark == _PNG and name == b"IHDR" and fits and width * height <= MOST_POINTS)


def _joined(output: NotebookNode) -> NotebookNode:
    if output.output_type == "stream":
        output.text = clean("".join(output.text))
    return output
