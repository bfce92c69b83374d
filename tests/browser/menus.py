"""JupyterLab's menus, as a person uses them."""

from playwright.sync_api import Page


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
