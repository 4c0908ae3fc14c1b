"""The customers list as a tool: views, cells, and acts on many with a way back."""

import re

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Visit, at, names
from tests.journeys.shop import Shop


def test_filter_save_as_view_and_open_with_it(visit: Visit, shop: Shop) -> None:
    page = visit("/customers/", shop.owner)
    page.locator(".lk-bar summary").first.click()
    page.locator("#filter-level").select_option("A")
    # The list is narrowed at once, and the menu stays open for the next filter.
    expect(page.locator("[data-row]")).to_have_count(3)
    expect(page.locator("#filter-level")).to_be_visible()
    page.locator("[data-menu-close]").click()
    expect(page.locator("#filter-level")).to_be_hidden()
    page.locator(".lk-views summary").last.click()
    page.locator("#view-name").fill("大客户")
    page.get_by_label("Open the list with it").check()
    page.keyboard.press("Enter")
    expect(page.locator(".lk-tabs [aria-current]")).to_contain_text("大客户")
    page.goto("/customers/")
    at(page, r"\?level=A&view=\d+")
    expect(page.locator("[data-row]")).to_have_count(3)
    page.locator(".lk-tabs a").first.click()
    expect(page.locator("[data-row]")).to_have_count(len(shop.customers))


def test_select_by_keyboard_assign_and_undo(visit: Visit, shop: Shop) -> None:
    page = visit("/customers/?owner=nobody", shop.owner)
    expect(page.locator("[data-row]")).to_have_count(0)
    page.goto(f"/customers/?owner={shop.seller.pk}")
    expect(page.locator("[data-row]")).to_have_count(len(shop.of_seller))
    for key in "jxjx":
        page.keyboard.press(key)
    chosen = names(page)[:2]
    page.locator("#mass summary", has_text="Assign").click()
    page.locator("#mass").get_by_role("button", name=shop.other.name).click()
    toast = page.locator(".lk-toast", has_text="2 customers assigned")
    expect(toast).to_be_visible()
    # The filter stands as before, so the two have left the list; the selection is kept.
    expect(page.locator("[data-row]")).to_have_count(len(shop.of_seller) - 2)
    expect(page.locator("[data-mass-count]")).to_have_text("2 selected")
    toast.get_by_role("button", name="Undo").click()
    expect(page.locator("[data-row]")).to_have_count(len(shop.of_seller))
    assert set(chosen) <= set(names(page))


def test_a_selection_survives_filters_and_gets_a_tag(visit: Visit, shop: Shop) -> None:
    page = visit("/customers/", shop.owner)
    _pick(page, "王海涛")
    page.locator("#list-q").fill("吴桐")
    expect(page.locator("[data-row]")).to_have_count(1)
    _pick(page, "吴桐")
    expect(page.locator("[data-mass-count]")).to_have_text("2 selected")
    page.locator("#mass summary", has_text=re.compile("^Tag")).click()
    page.locator("#mass-tag").fill("VIP")
    page.keyboard.press("Enter")
    expect(page.locator(".lk-toast", has_text="2 customers tagged")).to_be_visible()
    page.locator(".lk-bar summary").first.click()
    page.locator("#list-q").fill("")
    expect(page.locator("[data-row]")).to_have_count(len(shop.customers))
    expect(page.locator(".lk-tag", has_text="VIP")).to_have_count(2)


def test_cells_change_where_they_stand(visit: Visit, shop: Shop) -> None:
    page = visit("/customers/?q=周晓东", shop.owner)
    level = page.locator("td.level")
    level.get_by_role("button").click()
    expect(level.get_by_role("combobox")).to_be_focused()
    page.keyboard.press("Escape")
    expect(level.get_by_role("combobox")).to_have_count(0)
    level.get_by_role("button").click()
    expect(level.get_by_role("combobox")).to_be_focused()
    level.get_by_role("combobox").select_option("B")
    expect(level.locator("[data-level=B]")).to_be_visible()
    expect(level.get_by_role("button")).to_be_focused()
    page.locator("td.tags").get_by_role("button").click()
    page.locator("#cell-editor").get_by_label("New tags").fill("车队, VIP")
    page.keyboard.press("Enter")
    expect(page.locator("#cell-editor")).to_be_hidden()
    expect(page.locator("td.tags")).to_contain_text(re.compile(r"VIP.*\+1.*车队"))
    page.reload()
    expect(page.locator("[data-level=B]")).to_be_visible()


def test_the_palette_finds_customers_and_commands(visit: Visit, shop: Shop) -> None:
    page = visit("/churn/", shop.owner)
    page.keyboard.press("Control+k")
    page.keyboard.type("ljg")
    expect(page.locator("#palette-found [data-focus]")).to_contain_text("李建国")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#palette [data-focus]")).to_have_text("Record a purchase of 李建国")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    at(page, f"/customers/{shop['李建国'].pk}/")
    page.keyboard.press("Control+k")
    page.keyboard.type("dark")
    page.locator("#palette [data-theme-set=dark]").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.keyboard.press("Control+k")
    page.locator("#palette-q").fill("中文")
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("lang", "zh-hans")


def _pick(page: Page, name: str) -> None:
    page.locator("[data-row]", has_text=name).locator("[data-pick]").check()
