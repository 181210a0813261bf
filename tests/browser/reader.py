"""A person at a browser: signs in, goes places, has each page checked and, when asked for, photographed."""

import os
from dataclasses import dataclass, field
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Page, expect

DEMO_PASSWORD = "caseforge-demo"
PHOTOGRAPHS = os.environ.get("CASEFORGE_SCREENSHOTS", "")
"""A folder to put photographs of the pages into; none are made when it is not set."""
SUPERSEDED = ("htmx:sendAbort", "htmx:afterRequest")
"""What htmx logs when a newer request takes the place of one under way, as while somebody types."""


@dataclass
class Person:
    """Someone signed in on one page of the browser."""

    page: Page
    base_url: str
    device: str = "desktop"
    errors: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", self._note)

    def _note(self, line: ConsoleMessage) -> None:
        if line.type == "error" and not line.text.startswith(SUPERSEDED):
            self.errors.append(line.text)

    def sign_in(self, email: str) -> None:
        self.page.goto(f"{self.base_url}/accounts/login/")
        self.look("sign-in")
        self.page.get_by_label("Email").fill(email)
        self.page.locator("input[name=password]").fill(DEMO_PASSWORD)
        self.page.get_by_role("button", name="Sign in").click()
        expect(self.page.get_by_role("navigation", name="Main")).to_be_visible()

    def visit(self, link: str) -> None:
        """Follow a link of the navigation bar, opening the menu where it is folded."""
        menu = self.page.get_by_role("button", name="Menu")
        if menu.is_visible():
            menu.click()
        self.page.get_by_role("navigation", name="Main").get_by_role("link", name=link, exact=True).click()

    def film_is_drawn(self) -> None:
        """Wait until the viewer shows the film."""
        expect(self.page.locator("[data-viewer]")).to_have_attribute("data-state", "ready", timeout=20_000)

    def look(self, name: str) -> None:
        """Hold the page to accessibility rules, to its own width, and to an empty error console."""
        self.page.wait_for_load_state("networkidle")
        assert self.errors == [], f"{name}: {self.errors}"
        violations = Axe().run(self.page).response["violations"]
        assert not violations, f"{name}: " + "; ".join(
            f"{violation['id']}: {violation['nodes'][0]['html'][:200]}" for violation in violations
        )
        too_wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert too_wide <= 0, f"{name} is {too_wide} px wider than the {self.device}"
        if PHOTOGRAPHS:
            Path(PHOTOGRAPHS).mkdir(parents=True, exist_ok=True)
            self.page.evaluate("window.scrollTo({top: 0, behavior: 'instant'})")
            self.page.screenshot(path=f"{PHOTOGRAPHS}/{name}-{self.device}.png")
