"""JupyterLab's menus, as a person uses them."""

from playwright.sync_api import Page

from tests.waiting import HANGS


def menu(page: Page, *names: str) -> None:
    """Click through a menu."""
    page.get_by_role("menuitem", name=names[0], exact=True).click()
    for name in names[1:-1]:
        page.get_by_text(name, exact=True).hover()
    page.get_by_text(names[-1], exact=True).click()


def save(page: Page) -> None:
    """Save the notebook; when this returns, its file is written."""
    with page.expect_response(lambda reply: reply.request.method == "PUT" and "ipynb" in reply.url):
        page.locator("[data-jp-item-name=save]").click()


CAN_BE_CLICKED = """() => {
    const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel
    const comms = [...kernel._comms.values()]
    return comms.length > 0 && comms.every(comm => comm.subshellId)
}"""


def wait_for_subshells(page: Page) -> None:
    """Wait until clicks reach a kernel that is busy.

    JupyterLab asks the kernel for a subshell for each widget that it is told of, and sends what is
    clicked before the answer to the main shell, where it waits for the cell's end. A person cannot
    be that quick; a test on a busy machine can.
    """
    page.wait_for_function(CAN_BE_CLICKED, timeout=HANGS * 1000)
