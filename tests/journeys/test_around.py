"""Reaching somebody when the first way fails, and knowing who stands around them."""

import pytest
from playwright.sync_api import Page, expect

from liuke.customers.models import Relation
from tests.journeys.conftest import PHONE, WIDE, Visit
from tests.journeys.shop import Shop


@pytest.mark.parametrize("width", [WIDE, PHONE])
def test_one_way_fails_and_the_next_is_offered(visit: Visit, shop: Shop, width: int) -> None:
    wang = shop["王海涛"]
    page = visit(f"/customers/{wang.pk}/", shop.seller, width=width)
    present = page.locator("#present")
    present.locator("[hx-get$='points/new/']").click()
    page.locator("#dialog [name=kind]").select_option("wechat")
    page.locator("#dialog [name=value]").fill("wanght80")
    _save(page)
    expect(present).to_contain_text("wanght80")

    _contact(page, "no_answer")
    expect(present.locator(".lk-note")).to_contain_text("Try next: WeChat wanght80")
    expect(present).to_contain_text("Not reached")
    page.locator("[data-hotkey=c]").first.click()
    drawer = page.locator("#drawer")
    expect(drawer.locator(".lk-note").nth(1)).to_contain_text("Try next: WeChat wanght80")
    expect(drawer.locator("[name=channel]:checked")).to_have_value("wechat")
    drawer.locator("label:has([value=talked])").click()
    drawer.locator("[data-main]").click()
    expect(drawer).to_be_hidden()
    expect(present).to_contain_text("WeChat · Reached")
    results = dict(wang.contact_points.values_list("kind", "last_result"))
    assert results == {"mobile": "not_reached", "wechat": "reached"}


def test_who_pays_who_uses_and_whom_they_know(visit: Visit, shop: Shop) -> None:
    firm = shop["上海恒达物流有限公司"]
    page = visit(f"/customers/{firm.pk}/", shop.owner)
    present = page.locator("#present")
    present.locator("[hx-get$='people/new/']").click()
    dialog = page.locator("#dialog")
    dialog.locator("[name=name]").fill("李秀英")
    dialog.get_by_text("Payer", exact=True).click()
    dialog.get_by_text("Gatekeeper", exact=True).click()
    dialog.locator("[name=mobile]").fill("138 1234 0001")
    _save(page)
    expect(present).to_contain_text("李秀英")
    expect(present).to_contain_text("Gatekeeper")

    present.locator("[hx-get$='relations/new/']").click()
    dialog.locator("#pick-other").fill("wht")
    dialog.get_by_text("王海涛").click()
    dialog.locator("[name=word]").select_option(label="Employee")
    _save(page)
    expect(present).to_contain_text("Employee")
    page.goto("/search/?q=13812340001")
    expect(page.get_by_role("heading", level=1)).to_have_text(firm.name)
    tie = Relation.objects.get()
    assert (tie.first, tie.second.name, tie.strength) == (firm, "王海涛", "general")


def test_a_consent_is_taken_back(visit: Visit, shop: Shop) -> None:
    page = visit(f"/customers/{shop['王海涛'].pk}/", shop.seller)
    page.locator("#present .lk-list__acts [hx-get*='/points/']").first.click()
    dialog = page.locator("#dialog")
    dialog.get_by_text("Consents").click()
    dialog.get_by_text("Does not want it").click()
    _save(page)
    expect(page.locator("#present")).to_contain_text("does not want: Offers and news")


def _save(page: Page) -> None:
    page.locator("#dialog .btn-primary").click()
    expect(page.locator("#dialog")).to_be_hidden()


def _contact(page: Page, result: str) -> None:
    page.locator("[data-hotkey=c]").first.click()
    page.locator(f"#drawer label:has([value={result}])").click()
    page.locator("#drawer [data-main]").click()
    expect(page.locator("#drawer")).to_be_hidden()
