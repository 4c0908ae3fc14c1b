"""A seller's morning: who is due and why, a contact in fifteen seconds, and the next one."""

import pytest
from playwright.sync_api import Page, expect

from liuke.agenda.models import AgendaItem
from liuke.core import ticks
from liuke.followups.models import Interaction
from liuke.site.ticks import TICKS
from tests.journeys.conftest import Visit
from tests.journeys.shop import Shop


@pytest.fixture
def morning(shop: Shop) -> Shop:
    assert ticks.run(TICKS)
    return shop


def line(page: Page, name: str):
    return page.locator(".lk-item, .lk-now").filter(has_text=name)


def test_a_contact_by_keyboard_and_the_next_customer(visit: Visit, morning: Shop) -> None:
    page = visit("/today/", morning.seller)
    first = page.locator(".lk-now .name").inner_text()
    page.keyboard.press("c")
    drawer = page.locator("#drawer")
    expect(drawer.get_by_role("heading")).to_contain_text(first)
    page.keyboard.press("1")
    page.keyboard.type("周六上午过来")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".lk-toast")).to_contain_text(first)
    expect(drawer.get_by_role("heading")).not_to_contain_text(first)
    expect(line(page, first)).to_have_count(0)
    made = Interaction.objects.get()
    assert (made.customer.name, made.outcome, made.said) == (first, "agreed", "周六上午过来")
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()


def test_a_mistake_keeps_what_was_typed(visit: Visit, morning: Shop) -> None:
    page = visit("/today/", morning.seller)
    page.locator(".lk-now .btn-primary").click()
    page.locator("#drawer [name=said]").fill("要问太太")
    page.locator("#drawer [name=next_step]").fill("回电")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#drawer .lk-error")).to_have_count(2)
    expect(page.locator("#drawer [name=said]")).to_have_value("要问太太")
    assert not Interaction.objects.exists()


def test_later_and_back_again(visit: Visit, morning: Shop) -> None:
    page = visit("/today/", morning.seller)
    first = page.locator(".lk-now .name").inner_text()
    page.keyboard.press("s")
    page.locator("#dialog .lk-chip").first.click()
    expect(page.locator("#dialog")).to_be_hidden()
    expect(line(page, first)).to_have_count(0)
    page.locator(".lk-toast [data-undo]").click()
    expect(line(page, first)).to_have_count(1)


def test_done_from_the_list(visit: Visit, morning: Shop) -> None:
    page = visit("/today/", morning.seller)
    item = page.locator(".lk-item").first
    name = item.locator(".name").inner_text()
    item.locator("[hx-post]").click()
    expect(line(page, name)).to_have_count(0)
    assert AgendaItem.objects.get(ending="done").customer.name == name


def test_a_contact_from_the_customer_s_page(visit: Visit, morning: Shop) -> None:
    page = visit(f"/customers/{morning['王海涛'].pk}/", morning.seller)
    page.keyboard.press("c")
    expect(page.locator("#drawer h2")).to_contain_text("王海涛")
    page.keyboard.press("2")
    page.locator("#drawer [name=said]").fill("一切都好")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#drawer")).to_be_hidden()
    expect(page.locator("#past")).to_contain_text("一切都好")
