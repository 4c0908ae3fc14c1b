"""Two people at the same customer: nobody's text is lost, nobody overwrites unseen."""

from playwright.sync_api import expect

from tests.journeys.conftest import Visit
from tests.journeys.shop import Shop


def test_the_second_sees_what_the_first_changed_and_keeps_the_own_text(
    visit: Visit, shop: Shop
) -> None:
    customer = shop["王海涛"]
    edit = f"/customers/{customer.pk}/edit/"
    first, second = visit(edit, shop.seller), visit(edit, shop.owner)
    first.locator("details:has([name=occupation]) > summary").first.click()
    first.locator("[name=occupation]").fill("司机")
    first.keyboard.press("Control+Enter")
    expect(first.get_by_role("heading", level=1)).to_have_text("王海涛")

    second.locator("[name=note]").fill("周末才有空")
    second.keyboard.press("Control+Enter")
    changed = second.locator(".lk-note li")
    expect(changed).to_contain_text("司机")
    expect(changed).to_contain_text("林晓雯")
    expect(second.locator("[name=note]")).to_have_value("周末才有空")
    customer.refresh_from_db()
    assert (customer.occupation, customer.note) == ("司机", "")

    second.locator("main form button.btn-primary").click()
    expect(second.get_by_role("heading", level=1)).to_have_text("王海涛")
    customer.refresh_from_db()
    assert customer.note == "周末才有空"
