"""Who is leaving: figures that open their customers, the rule behind them, the printed table."""

import json
import re
from contextlib import suppress
from datetime import date, timedelta

from django.db.models import QuerySet
from playwright.sync_api import Page, TimeoutError, expect

from liuke.churn import queries as churn
from liuke.core import clock
from liuke.customers.models import Customer
from liuke.desk.queries.listing import month_bounds
from tests.journeys.conftest import Visit, at, names
from tests.journeys.shop import Shop

FIGURE = re.compile(r"/customers/\?figure=(newly_lost|recovered):\d{4}-\d{2}$")


def test_a_figure_opens_exactly_its_customers(visit: Visit, shop: Shop) -> None:
    page = visit("/churn/", shop.owner)
    card = page.locator(f".lk-fig[href$='figure=newly_lost:{_month(clock.today())}']")
    expect(card.locator(".lk-fig__value")).to_have_text("2")
    card.click()
    expect(page.locator(".lk-chip--token")).to_be_visible()
    assert set(names(page)) == {"陈思琪", "周晓东"}


def test_every_figure_of_the_month_table_opens_as_many_customers(visit: Visit, shop: Shop) -> None:
    page = visit("/churn/", shop.owner)
    links = page.locator("#months-panel tbody tr:nth-child(-n+3) a").all()
    figures = {link.get_attribute("href") or "": int(link.inner_text()) for link in links}
    assert len(figures) == 27
    for href, count in figures.items():
        assert len(_behind(href)) == count, href
    page.goto(max(figures, key=lambda href: figures[href]))
    expect(page.locator("[data-row]")).to_have_count(max(figures.values()))


def test_a_point_of_the_chart_opens_its_customers(visit: Visit, shop: Shop) -> None:
    page = visit("/churn/", shop.owner)
    expect(page.locator("#months canvas")).to_be_visible()
    # In that month somebody was lost who had bought until 200 days ago.
    _click_down(page, _month(clock.today() - timedelta(days=110)))
    expect(page).to_have_url(FIGURE)
    assert set(names(page)) == _behind(page.url)


def test_a_rule_says_whom_it_moves_before_it_is_saved(visit: Visit, shop: Shop) -> None:
    page = visit("/settings/churn/", shop.owner)
    page.locator("a[href='/settings/churn/rule/']").click()
    page.locator("[name=days_at_risk]").fill("15")
    page.locator("[name=days_lost]").fill("100")
    expect(page.locator("[value=save]")).to_have_count(0)
    page.locator("[value=preview]").click()
    preview = page.locator("#preview")
    # Safe to at risk: who came 20 and 75 days ago; lost to at risk: the two of 90 days ago.
    expect(preview.locator("li")).to_have_count(2)
    expect(preview.get_by_role("link", name="王海涛")).to_be_visible()
    assert not _at_risk().filter(name="王海涛").exists()

    page.locator("[value=save]").click()
    at(page, "/settings/churn/")
    expect(page.locator(".lk-toast")).to_be_visible()
    expect(page.locator("main details")).to_be_visible()
    page.goto("/customers/?churn=at_risk")
    assert set(names(page)) == {"王海涛", "李建国", "陈思琪", "周晓东"}
    assert set(_at_risk().values_list("name", flat=True)) == set(names(page))


def test_an_impossible_rule_is_answered_at_its_field(visit: Visit, shop: Shop) -> None:
    page = visit("/settings/churn/rule/", shop.owner)
    page.locator("[name=days_lost]").fill("30")
    page.locator("[value=preview]").click()
    expect(page.locator("[name=days_lost].is-invalid")).to_be_visible()
    expect(page.locator("[name=days_lost]")).to_have_value("30")
    expect(page.locator("[value=save]")).to_have_count(0)


def test_the_month_table_prints(visit: Visit, shop: Shop) -> None:
    page = visit("/churn/", shop.owner)
    page.locator("main a[href='/churn/print/']").click()
    at(page, "/churn/print/")
    page.evaluate("window.print = () => (document.title = 'printed')")
    page.locator("[data-print]").click()
    expect(page).to_have_title("printed")
    page.emulate_media(media="print")
    expect(page.locator("[data-print]")).to_be_hidden()
    expect(page.get_by_role("table").first).to_be_visible()
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")


def _month(day: date) -> str:
    return f"{day:%Y-%m}"


def _at_risk() -> QuerySet[Customer]:
    today = clock.today()
    return Customer.objects.filter(state__at_risk_at__lte=today, state__lost_at__gt=today)


def _behind(url: str) -> set[str]:
    """The names that a figure's address stands for."""
    name, month = url.rpartition("figure=")[2].split(":")
    bounds = month_bounds(month)
    assert bounds
    found = Customer.objects.filter(churn.behind(name, *bounds))
    return set(found.values_list("name", flat=True))


def _click_down(page: Page, month: str) -> None:
    """Click in the column of a month, from above, until a point is close enough to answer."""
    series = json.loads(page.locator("#months-data").inner_text())["series"]
    urls = [(point or {}).get("url", "") for point in series[-1]["points"]]
    index = next(place for place, url in enumerate(urls) if url.endswith(month))
    box = page.locator("#months").bounding_box()
    assert box
    left, right = 40, 130
    x = left + index * (box["width"] - left - right) / (len(urls) - 1)
    for y in range(12, int(box["height"]) - 10, 16):
        page.mouse.click(box["x"] + x, box["y"] + y)
        with suppress(TimeoutError):
            page.wait_for_url(FIGURE, timeout=150)
            return
