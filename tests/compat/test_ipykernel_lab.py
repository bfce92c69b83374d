"""A click on Stop reaches a run that keeps its cell busy, in a kernel with subshells."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

from grader.lab.ipykernel_compat import answer_where_asked
from tests.lab.test_kernel import FIT, SETUP, WIDGET
from tests.waiting import HANGS


@contextmanager
def kernel_with_a_person() -> Iterator[BlockingKernelClient]:
    """A kernel whose client, as JupyterLab does, lets cells ask for input."""
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel()
    client: BlockingKernelClient = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=HANGS)
        client.execute_interactive(SETUP, allow_stdin=True, timeout=HANGS)
        yield client
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def outputs_until_idle(client: BlockingKernelClient, request: str, click: str | None) -> list[Any]:
    """Collect what one cell publishes; click its Stop button on subshell `click` if given."""
    messages: list[Any] = []
    button, clicked = "", False
    while True:
        message = client.get_iopub_msg(timeout=HANGS)
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
    reply = client.get_control_msg(timeout=HANGS)
    return str(reply["content"]["subshell_id"])


def test_a_click_on_stop_ends_a_run_that_keeps_its_cell_busy() -> None:
    with kernel_with_a_person() as client:
        subshell = new_subshell(client)
        request = client.execute(FIT.format(epochs=1_000_000), allow_stdin=True)
        messages = outputs_until_idle(client, request, click=subshell)
        updates = [m["content"] for m in messages if m["msg_type"] == "update_display_data"]
        texts = [update["data"].get("text/plain", "") for update in updates]
        assert any("stopped by hand; best weights" in text for text in texts)
        shown = [m["content"] for m in messages if m["msg_type"] == "display_data"]
        row = next(content for content in shown if WIDGET in content["data"])
        last = [u for u in updates if u["transient"] == row["transient"]][-1]
        assert last["data"] == {"text/html": "", "text/plain": ""}


def test_replies_of_a_widget_and_of_those_in_it_stay_where_they_were_asked() -> None:
    """ipykernel 7.4.0's method, and a comm without it, as other versions have."""

    def widget(comm: SimpleNamespace, *children: Any) -> Any:
        return SimpleNamespace(comm=comm, children=children)

    routed, plain = SimpleNamespace(_reply_subshell_for=lambda *_: "main"), SimpleNamespace()
    answer_where_asked(widget(plain, widget(routed)))
    assert routed._reply_subshell_for({}, "asked") == "asked"
    assert vars(plain) == {}
