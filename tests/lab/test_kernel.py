"""In a real kernel: the picture stays, no widget does, and Stop is heard while training."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager
from nbclient import NotebookClient
from nbconvert import HTMLExporter

ROOT = Path(__file__).resolve().parents[2]
WIDGET = "application/vnd.jupyter.widget-view+json"

SETUP = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
import torch
from torch import nn
from grader import lab

torch.set_num_threads(1)
split = lab.Split(torch.randn(64, 4, 3), torch.arange(64) % 2)
model = nn.Sequential(nn.Flatten(), nn.Linear(12, 2))
"""
FIT = "history = lab.fit(model, split, split, epochs={epochs}, patience={epochs}, title='Shown')"


def test_the_picture_and_its_line_stay_in_a_notebook_run_by_nobody() -> None:
    cells = [nbformat.v4.new_code_cell(SETUP), nbformat.v4.new_code_cell(FIT.format(epochs=30))]
    notebook = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    outputs = notebook.cells[1].outputs
    assert [output.output_type for output in outputs] == ["display_data"]
    assert outputs[0].data["text/plain"].startswith("30 epochs in ")
    assert "widgets" not in notebook.metadata
    page, _ = HTMLExporter().from_notebook_node(notebook)
    assert "<title>Shown: loss and accuracy by epoch, 30 epochs." in page
    assert "30 epochs in " in page
    assert WIDGET not in page


def test_a_kernel_remembers_the_cell_that_defined_an_answer() -> None:
    answer = "def train_model(train, val):\n    return given(train, val)"
    look = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from grader.core.unit_file import digest
from grader.lab.checks import _untouched
scaffolds = digest({answer!r}), digest("x")
print(*[bool(_untouched(train_model, scaffold)) for scaffold in scaffolds])
"""
    cells = [nbformat.v4.new_code_cell(source) for source in (answer, look)]
    notebook = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    assert notebook.cells[1].outputs[0].text == "True False\n"


@contextmanager
def kernel_with_a_person() -> Iterator[BlockingKernelClient]:
    """A kernel whose client, as JupyterLab does, lets cells ask for input."""
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel()
    client: BlockingKernelClient = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        client.execute_interactive(SETUP, allow_stdin=True, timeout=120)
        yield client
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def outputs_until_idle(client: BlockingKernelClient, request: str, click: str | None) -> list[Any]:
    """Collect what one cell publishes; click its Stop button on subshell `click` if given."""
    messages: list[Any] = []
    button, clicked = "", False
    while True:
        message = client.get_iopub_msg(timeout=60)
        if message["parent_header"].get("msg_id") != request:
            continue
        messages.append(message)
        content = message["content"]
        if message["msg_type"] == "status" and content["execution_state"] == "idle":
            return messages
        if message["msg_type"] == "comm_open":
            if content["data"].get("state", {}).get("description") == "Stop":
                button = content["comm_id"]
        elif click is not None and not clicked and WIDGET in content.get("data", {}):
            clicked = True
            time.sleep(0.5)
            send_click(client, button, click)


def send_click(client: BlockingKernelClient, model_id: str, subshell: str) -> None:
    """Send what JupyterLab sends when a button is clicked."""
    data = {"method": "custom", "content": {"event": "click"}}
    message = client.session.msg("comm_msg", {"comm_id": model_id, "data": data})
    message["header"]["subshell_id"] = subshell
    client.shell_channel.send(message)


def new_subshell(client: BlockingKernelClient) -> str:
    request = client.session.msg("create_subshell_request", {})
    client.control_channel.send(request)
    reply = client.get_control_msg(timeout=30)
    return str(reply["content"]["subshell_id"])


def test_a_click_on_stop_ends_a_run_that_keeps_its_cell_busy() -> None:
    with kernel_with_a_person() as client:
        subshell = new_subshell(client)
        started = time.monotonic()
        request = client.execute(FIT.format(epochs=1_000_000), allow_stdin=True)
        messages = outputs_until_idle(client, request, click=subshell)
        assert time.monotonic() - started < 30
        updates = [m["content"] for m in messages if m["msg_type"] == "update_display_data"]
        texts = [update["data"].get("text/plain", "") for update in updates]
        assert any("stopped by hand; best weights" in text for text in texts)
        shown = [m["content"] for m in messages if m["msg_type"] == "display_data"]
        row = next(content for content in shown if WIDGET in content["data"])
        last = [u for u in updates if u["transient"] == row["transient"]][-1]
        assert last["data"] == {"text/html": "", "text/plain": ""}
