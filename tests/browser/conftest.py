"""Chromium for the tests, one per module, and pages that fail a test when the browser complained."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserType, Page, expect, sync_playwright

from tests.requirements import program_path

DESKTOP = {"viewport": {"width": 1280, "height": 800}}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
PATIENCE_MS = 120_000
"""A busy machine is slow, not wrong."""
expect.set_options(timeout=PATIENCE_MS / 4)


def launch_chromium(kind: BrowserType, *flags: str) -> Browser:
    path = program_path("chromium", "the browser tests", "apt install chromium")
    return kind.launch(executable_path=path, args=["--no-sandbox", *flags])


@pytest.fixture(scope="module")
def chromium(django_db_setup: None) -> Iterator[Browser]:
    """A headless Chromium."""
    # Playwright keeps an event loop in this thread, in which Django would refuse to talk to the database.
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as driver:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = launch_chromium(driver.chromium)
        yield browser
        browser.close()


@pytest.fixture
def page_errors() -> Iterator[list[str]]:
    """What the browser complained of. A test that expects a complaint empties the list."""
    errors: list[str] = []
    yield errors
    assert errors == []


@pytest.fixture
def browser_page(chromium: Browser, page_errors: list[str]) -> Iterator[Callable[..., Page]]:
    """``browser_page(DESKTOP | PHONE | {...})`` opens a page in a context of its own."""
    contexts = []

    def open_page(options: dict[str, Any] = DESKTOP, browser: Browser = chromium) -> Page:
        context = browser.new_context(**options)
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: page_errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: page_errors.append(str(error)))
        return page

    yield open_page
    for context in contexts:
        context.close()
