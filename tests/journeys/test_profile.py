"""What a firm wants to know: a field of its own, the question on the page, and the list."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from liuke.customers.models import Customer, CustomerState
from liuke.customers.queries.fields import fields, values_of_fields
from tests.journeys.conftest import PHONE, WIDE, Visit
from tests.journeys.shop import Shop


def _said(customer: Customer) -> dict[str, Any]:
    return values_of_fields([customer.pk], fields())[customer.pk]


def _new_field(page: Page, name: str, kind: str, *entries: str) -> None:
    page.locator("main a[href='/settings/fields/new/']").click()
    page.locator("[name=name]").fill(name)
    page.locator("[name=type]").select_option(kind)
    for place, entry in enumerate(entries):
        page.locator(f"[name=entries-{place}-name]").fill(entry)
    page.keyboard.press("Control+Enter")
    expect(page.locator(".lk-list").first).to_contain_text(name)


def test_a_field_of_the_firms_own_from_settings_to_the_list(visit: Visit, shop: Shop) -> None:
    wang = shop["王海涛"]
    page = visit("/settings/fields/", shop.owner)
    _new_field(page, "车位", "choice", "固定车位", "路边")
    _new_field(page, "年保费", "money")
    parking, premium = (each.code for each in fields() if each.is_own)

    page.goto(f"/customers/{wang.pk}/edit/")
    page.locator(".lk-fold > summary", has_text="Own fields").click()
    page.locator(f"[name={parking}]").select_option(label="路边")
    page.locator(f"[name={premium}]").fill("4,200.5")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#present #profile")).to_contain_text("路边")
    expect(page.locator("#past")).to_contain_text("年保费")

    page.goto(f"/customers/?column={premium}&{parking}=路边&{premium}_from=4000")
    expect(page.locator(".lk-table tbody tr")).to_have_count(1)
    expect(page.locator(".lk-table tbody tr")).to_contain_text("¥4,200.50")


@pytest.mark.parametrize("width", [WIDE, PHONE])
def test_one_question_is_answered_where_it_is_asked(visit: Visit, shop: Shop, width: int) -> None:
    wang = shop["王海涛"]
    page = visit(f"/customers/{wang.pk}/", shop.owner)
    page.set_viewport_size({"width": width, "height": 844})
    known = CustomerState.objects.get(customer=wang).completeness
    page.locator("#ask-page-answer").fill("省油，接送孩子")
    page.locator("#ask-box-page [type=submit]").click()
    expect(page.locator("#present #profile dl").last).to_contain_text("省油，接送孩子")
    assert _said(wang) == {"motive": "省油，接送孩子"}
    now = CustomerState.objects.get(customer=wang).completeness
    assert now is not None
    assert known is not None
    assert now > known

    page.locator("#ask-box-page .btn-ghost").click()
    expect(page.locator("#ask-box-page label")).to_have_text("What they value")


def test_the_drawer_asks_without_losing_what_was_typed(visit: Visit, shop: Shop) -> None:
    wang = shop["王海涛"]
    page = visit(f"/customers/{wang.pk}/", shop.owner)
    page.keyboard.press("c")
    page.locator("#drawer [name=said]").fill("下周来")
    page.locator("#ask-drawer-answer").fill("怕等太久")
    page.locator("#ask-box-drawer [type=submit]").click()
    expect(page.locator("#ask-box-drawer [role=status]")).to_contain_text("Why they buy")
    expect(page.locator("#drawer [name=said]")).to_have_value("下周来")
    assert _said(wang) == {"motive": "怕等太久"}


def test_the_form_shows_the_fields_of_the_kind(visit: Visit, shop: Shop) -> None:
    page = visit("/customers/new/", shop.owner)
    person = page.locator(".lk-fold", has_text="About the person")
    invoice = page.locator(".lk-fold", has_text="Invoice data")
    expect(person).to_be_visible()
    expect(invoice).to_be_hidden()
    page.locator("[name=kind]").select_option("organization")
    expect(person).to_be_hidden()
    invoice.locator("summary").first.click()
    page.locator("[name=name]").fill("华通物流")
    page.locator("[name=invoice_title]").fill("华通物流有限公司")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#present #profile")).to_contain_text("华通物流有限公司")
