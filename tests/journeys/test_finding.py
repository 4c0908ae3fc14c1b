"""From signing in to the customer somebody has in mind."""

import pytest
from playwright.sync_api import Route, expect

from conftest import PASSWORD
from tests.journeys.conftest import Visit, at, names
from tests.journeys.shop import Shop


def test_signing_in_leads_to_where_one_was_going(visit: Visit, shop: Shop) -> None:
    page = visit("/churn/", lang="zh-hans")
    page.locator("[name=login]").fill(shop.owner.username)
    page.locator("[name=password]").fill("wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    at(page, "/churn/")
    page.locator(".lk-rail a[href='/customers/']").last.click()
    expect(page.locator("[data-row]")).to_have_count(len(shop.customers))


@pytest.mark.parametrize(
    ("words", "found"),
    [("海涛", "王海涛"), ("ljg", "李建国"), ("5432", "郑文博"), ("hengda", "上海恒达物流有限公司")],
)
def test_search_while_typing_and_open_by_keyboard(
    visit: Visit, shop: Shop, words: str, found: str
) -> None:
    page = visit("/customers/", shop.owner, lang="zh-hans")
    page.keyboard.press("/")
    page.keyboard.type(words)
    expect(page.locator("[data-row-link]")).to_have_text([found])
    # Out of the field, j takes the first row and Enter opens it.
    page.locator("#list-q").blur()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(found)
    expect(page.locator(".lk-clock--big")).to_be_visible()


def test_one_hit_in_the_search_above_opens_the_customer(visit: Visit, shop: Shop) -> None:
    page = visit("/churn/", shop.owner)
    page.locator("[data-search-all]").fill("13612340455")
    page.keyboard.press("Enter")
    at(page, f"/customers/{shop['李建国'].pk}/")


def test_letters_go_to_screens_and_a_question_mark_explains(visit: Visit, shop: Shop) -> None:
    page = visit("/customers/", shop.owner)
    page.keyboard.press("g")
    page.keyboard.press("l")
    at(page, "/churn/")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.keyboard.type("import")
    page.keyboard.press("Enter")
    at(page, "/import/")


def test_a_seller_sees_own_customers_and_no_acts_of_others(visit: Visit, shop: Shop) -> None:
    page = visit("/customers/", shop.seller)
    assert set(names(page)) == shop.of_seller
    expect(page.locator("a[href^='/import/']")).to_have_count(0)
    expect(page.locator("a[href='/customers/new/']").first).to_be_attached()
    page.goto("/settings/churn/")
    expect(page.locator(".lk-panel")).to_have_count(1)
    expect(page.locator("a[href^='/settings/churn/rule']")).to_have_count(0)


def test_what_is_typed_while_an_answer_comes_is_kept(visit: Visit, shop: Shop) -> None:
    page = visit("/customers/", shop.owner, lang="zh-hans")
    page.keyboard.press("/")

    def while_it_comes(route: Route) -> None:
        # The list for "ljg" is on its way, and the person goes on.
        answer = route.fetch()
        page.locator("#list-q").evaluate("(field) => field.value = 'hengda'")
        route.fulfill(response=answer)

    page.route("**/customers/?*", while_it_comes, times=1)
    page.keyboard.type("ljg")
    expect(page.locator("#list-q")).to_have_value("hengda")
    expect(page.locator("[data-row-link]")).to_have_text(["上海恒达物流有限公司"])
