"""A real Chromium against the live server, and the small shop that every journey walks through."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.test import Client
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    expect,
    sync_playwright,
)

from liuke.accounts.models import Unit, User
from tests.journeys.shop import Shop, fill, open_shop

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
WIDE, PHONE = 1440, 390
HEIGHTS = {WIDE: 900, PHONE: 844}

Visit = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every journey is a browser test with a server thread, so its data must be committed."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.django_db(transaction=True))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        missing = f"no browser: none of {', '.join(NAMES)} is on PATH"
        if os.environ.get("LIUKE_REQUIRE_BROWSER"):
            pytest.fail(missing)
        pytest.skip(missing)
    # Playwright's loop runs in this thread, and Django would take every query for a mistake.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    expect.set_options(timeout=5000)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(autouse=True)
def _as_installed(settings: Any, tmp_path: Any) -> None:
    """Jobs are done while the page waits for them; files stay with the test."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def empty_shop(firm: Unit, person: Callable[..., User]) -> Shop:
    return open_shop(firm, person)


@pytest.fixture
def shop(empty_shop: Shop) -> Shop:
    fill(empty_shop)
    return empty_shop


@pytest.fixture
def context(browser: Browser, live_server: Any) -> Iterator[Callable[..., BrowserContext]]:
    """Make a browser profile, signed in as somebody or as nobody."""
    made: list[BrowserContext] = []

    def make(
        person: User | None = None, *, lang: str = "en", width: int = WIDE, theme: Any = "light"
    ) -> BrowserContext:
        profile = browser.new_context(
            base_url=live_server.url,
            locale="zh-CN" if lang.startswith("zh") else "en-GB",
            timezone_id=configured.TIME_ZONE,
            viewport={"width": width, "height": HEIGHTS[width]},
            color_scheme=theme,
            reduced_motion="reduce",
        )
        profile.set_default_timeout(10_000)
        cookies = {"django_language": lang}
        if person:
            client = Client()
            client.force_login(person)
            cookies["sessionid"] = client.cookies["sessionid"].value
        for name, value in cookies.items():
            profile.add_cookies([{"name": name, "value": value, "url": live_server.url}])
        made.append(profile)
        return profile

    yield make
    for profile in made:
        profile.close()


@pytest.fixture
def visit(context: Callable[..., BrowserContext]) -> Iterator[Visit]:
    """Open a page: `visit("/churn/", seller, lang="zh-hans")`. No page may say an error."""
    said: list[str] = []

    def open_page(path: str, person: User | None = None, **how: Any) -> Page:
        page = context(person, **how).new_page()
        listen(page, said)
        page.goto(path)
        return page

    yield open_page
    assert not said


def listen(page: Page, said: list[str]) -> None:
    """Collect what a page complains of: scripts that fail, files that miss, rules of the policy."""
    page.on("pageerror", lambda error: said.append(f"{page.url}: {error}"))
    page.on("console", lambda message: _hear(page, message, said))


def _hear(page: Page, message: ConsoleMessage, said: list[str]) -> None:
    if message.type not in {"error", "warning"}:
        return
    # A page that answers 403 or 422 is what some journeys are about; a missing file never is.
    of_page = "/static/" not in message.location["url"]
    if of_page and re.search(r"responded with a status of 4", message.text):
        return
    said.append(f"{page.url}: {message.text}")


def at(page: Page, path: str) -> None:
    """Wait until the page is at a path, given as a pattern."""
    expect(page).to_have_url(re.compile(rf"{path}$"))


def names(page: Page) -> list[str]:
    """The customers a list shows, from top to bottom."""
    return page.locator("[data-row-link]").all_inner_texts()
