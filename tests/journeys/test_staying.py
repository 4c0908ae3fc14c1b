"""Language and light are chosen once and stay."""

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Visit
from tests.journeys.shop import Shop


def test_language_stays(visit: Visit, shop: Shop) -> None:
    page = visit("/customers/?stage=returning", shop.owner, lang="zh-hans")
    _own_menu(page)
    page.locator(".lk-topbar button[name=language][value=en]").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Customers")
    assert page.url.endswith("?stage=returning")
    page.locator(".lk-rail a[href='/churn/']").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_dark_stays_and_charts_follow(visit: Visit, shop: Shop) -> None:
    page = visit(f"/customers/{shop['王海涛'].pk}/", shop.owner)
    root = page.locator("html")
    expect(root).to_have_attribute("data-bs-theme", "light")
    canvas = page.locator("#rhythm canvas")
    light = canvas.screenshot()
    _own_menu(page)
    page.locator("label:has([data-theme-choice][value=dark])").click()
    expect(root).to_have_attribute("data-bs-theme", "dark")
    page.keyboard.press("Escape")
    assert canvas.screenshot() != light
    page.goto("/churn/")
    expect(root).to_have_attribute("data-bs-theme", "dark")
    page.reload()
    expect(root).to_have_attribute("data-bs-theme", "dark")


def _own_menu(page: Page) -> None:
    page.locator(".lk-topbar .lk-menu summary").last.click()
