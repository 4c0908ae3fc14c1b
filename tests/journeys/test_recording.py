"""A new customer, the first purchase, and what a hasty hand must not spoil."""

from playwright.sync_api import Dialog, Page, expect

from liuke.customers.models import Customer
from liuke.sales.models import Order
from tests.journeys.conftest import Visit, at
from tests.journeys.shop import NOBODY_BOUGHT, Shop


def test_a_new_customer_and_the_first_purchase(visit: Visit, shop: Shop) -> None:
    page = visit("/customers/", shop.seller)
    page.locator("main a[href='/customers/new/']").click()
    page.locator("[name=name]").fill("许静")
    page.locator("[name$='-value']").first.fill("138 0013 8000")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("许静")
    expect(page.locator(".lk-clock--big, #rhythm")).to_have_count(0)
    assert Customer.objects.get(name="许静").contact_points.get().normalised == "+8613800138000"

    page.locator("main a[href$='/orders/new/']").click()
    page.locator("[name$='-text']").first.fill("四轮定位")
    page.locator("[name$='-quantity']").first.fill("2")
    page.locator("[name$='-price']").first.fill("640")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#past a[href^='/orders/']")).to_contain_text("¥1,280")
    expect(page.locator("#past")).to_contain_text("四轮定位")
    expect(page.locator(".lk-clock--big")).to_be_visible()
    expect(page.locator("#rhythm canvas")).to_be_visible()


def test_a_double_click_records_once(visit: Visit, shop: Shop) -> None:
    customer = shop[NOBODY_BOUGHT]
    page = visit(f"/customers/{customer.pk}/orders/new/", shop.seller)
    page.locator("[name=total]").fill("300")
    page.locator("main form button.btn-primary").dblclick()
    at(page, f"/customers/{customer.pk}/")
    expect(page.locator("#past a[href^='/orders/']")).to_have_count(1)
    assert Order.objects.filter(customer=customer).count() == 1


def test_unsaved_text_asks_before_it_is_left(visit: Visit, shop: Shop) -> None:
    edit = f"/customers/{shop['王海涛'].pk}/edit/"
    page = visit(edit, shop.seller)
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.once("dialog", stay)
    page.locator("[name=note]").fill("下次带发票")
    _leave(page)
    page.wait_for_timeout(200)
    at(page, edit)
    assert asked == ["beforeunload"]
    expect(page.locator("[name=note]")).to_have_value("下次带发票")
    page.once("dialog", lambda dialog: dialog.accept())
    _leave(page)
    at(page, "/churn/")


def test_nothing_typed_asks_nothing(visit: Visit, shop: Shop) -> None:
    page = visit(f"/customers/{shop['王海涛'].pk}/edit/", shop.seller)
    _leave(page)
    at(page, "/churn/")


def _leave(page: Page) -> None:
    page.locator(".lk-rail a[href='/churn/']").click(no_wait_after=True)
