"""One customer: past and present side by side."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from liuke.accounts.rules import Role
from liuke.customers.services import save_asset, update_customer
from liuke.desk.tests.conftest import TODAY
from liuke.sales.models import Order
from liuke.sales.services import void_order

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("watched")]


def show(client, customer, asked: str = ""):
    return client.get(f"{reverse('customer', args=[customer.pk])}?{asked}")


def titles(answer) -> list[str]:
    return [event.title for event in answer.context["past"].events]


def test_purchases_crossings_and_changes_in_one_past(signed_in, owner, bought_ago) -> None:
    wang = bought_ago("王海涛", 200, 20)
    update_customer(actor=owner, customer_id=wang.pk, version=1, values={"level": "B"})
    answer = show(signed_in, wang)
    assert titles(answer) == [
        "Details changed",
        "Added",
        "Order ¥100",
        "Won back",
        "Lost",
        "At risk",
        "Order ¥100",
    ]
    assert answer.context["past"].counts == {
        "": 7, "contacts": 0, "purchases": 2, "churn": 3, "changes": 2,
    }  # fmt: skip
    assert "Level: — → B" in answer.content.decode()


@pytest.mark.parametrize(("kind", "count"), [("purchases", 2), ("churn", 3), ("changes", 1)])
def test_the_past_by_kind(signed_in, bought_ago, kind, count) -> None:
    answer = show(signed_in, bought_ago("王海涛", 200, 20), f"past={kind}")
    assert len(titles(answer)) == count


def test_more_of_the_past_is_a_click_away(signed_in, bought_ago) -> None:
    wang = bought_ago("王海涛", *range(1, 46))
    first = show(signed_in, wang)
    assert (len(titles(first)), first.context["past"].more) == (40, True)
    assert "shown=80" in first.content.decode()
    assert len(titles(show(signed_in, wang, "shown=80"))) == 46
    assert not show(signed_in, wang, "shown=80").context["past"].more


def test_every_kind_of_event_has_a_title_and_a_mark(signed_in, owner, customer, buys) -> None:
    wang = customer("王海涛")
    values = {"name": "途观", "serial": "沪A1"}
    car = save_asset(actor=owner, customer_id=wang.pk, values=values)
    for kind, amount, ago in [("visit", 0, 200), ("sale", 50, 20), ("return", -20, 10)]:
        day = TODAY - timedelta(days=ago)
        buys(wang, day, kind=kind, amount=amount, asset_id=car.pk, number=f"N-{kind}")
    save_asset(actor=owner, customer_id=wang.pk, asset_id=car.pk, values={"retired_on": TODAY})
    shown = set(titles(show(signed_in, wang)))
    assert {"Visit ¥0", "Order ¥50", "Return −¥20", "At risk", "Lost", "Won back"} < shown
    assert {"Out of service", "Vehicle or asset added", "Vehicle or asset changed"} < shown


@pytest.mark.parametrize("asked", ["shown=x", "shown=-1", "shown=99999", "past=nonsense"])
def test_nonsense_in_the_address_shows_the_page(signed_in, bought_ago, asked) -> None:
    assert show(signed_in, bought_ago("王海涛", 20), asked).status_code == 200


def test_a_voided_order_stays_in_the_record_with_its_reason(signed_in, owner, bought_ago) -> None:
    wang = bought_ago("王海涛", 20)
    void_order(actor=owner, order_id=Order.objects.get().pk, reason="entered twice")
    answer = show(signed_in, wang)
    assert titles(answer) == ["Order voided", "Added"]
    assert "entered twice" in answer.content.decode()
    assert "No purchase yet, so no clock runs." in answer.content.decode()


def test_the_clock_says_where_it_stands_and_by_which_rule(signed_in, bought_ago) -> None:
    at_risk, lost, safe = (
        show(signed_in, bought_ago(name, *days)).content.decode()
        for name, days in (("甲", (70,)), ("乙", (100,)), ("丙", (40, 30, 20, 10)))
    )
    assert "At risk since 22 May; lost from 21 Jun unless they buy." in at_risk
    assert "Counts as lost since 22 May." in lost
    assert "Usually back every 10 days; last seen 10 days ago." in safe
    assert "At risk from 60 days without an order, lost from 90 days." in safe


def test_the_rhythm_holds_every_purchase_day_with_its_money(signed_in, buys, bought_ago) -> None:
    wang = bought_ago("王海涛", 200, 20)
    buys(wang, TODAY - timedelta(days=20), amount=50)
    rhythm = show(signed_in, wang).context["rhythm"]
    assert [(each["day"], each["amount"]) for each in rhythm["purchases"]] == [
        ("2025-11-13", 100.0),
        ("2026-05-12", 150.0),
    ]
    assert rhythm["risk"]["from"] == "2026-07-11"
    assert rhythm["lost"]["from"] == "2026-08-10"
    assert rhythm["today"]["day"] == "2026-06-01"


def test_what_somebody_may_not_do_is_not_offered(signed_in, person, bought_ago) -> None:
    wang = bought_ago("王海涛", 20)
    analyst, agent = Client(), Client()
    analyst.force_login(person(Role.ANALYST))
    agent.force_login(person(Role.AGENT, own_scope="all"))
    edit, record = (reverse(name, args=[wang.pk]) for name in ("customer-edit", "order-new"))

    def offered(client) -> tuple[bool, bool]:
        text = show(client, wang).content.decode()
        return edit in text, record in text

    assert offered(signed_in) == (True, True)
    assert offered(agent) == (True, False)
    assert offered(analyst) == (False, False)


def test_a_vehicle_out_of_service_is_marked(signed_in, owner, bought_ago) -> None:
    wang = bought_ago("王海涛", 20)
    save_asset(
        actor=owner,
        customer_id=wang.pk,
        values={"name": "途观", "serial": "沪A12345", "retired_on": TODAY},
    )
    text = show(signed_in, wang).content.decode()
    assert "沪A12345" in text
    assert "Out of service" in text


def test_what_was_typed_never_becomes_markup(signed_in, owner, bought_ago) -> None:
    evil = "<script>alert(1)</script>"
    wang = bought_ago(evil, 20, note=evil, source=evil)
    save_asset(actor=owner, customer_id=wang.pk, values={"name": evil})
    for url in (reverse("customer", args=[wang.pk]), reverse("customers"), reverse("churn")):
        assert evil not in signed_in.get(url).content.decode()


def test_the_search_opens_the_order_of_a_number_within_scope(
    signed_in, customer, buys, person
) -> None:
    buys(customer("王海涛"), TODAY, number="GD-260601-7")
    order = Order.objects.get()
    found = signed_in.get(reverse("search"), {"q": "GD-260601-7"})
    assert found.url == reverse("order", args=[order.pk])
    stranger = Client()
    stranger.force_login(person(Role.SELLER))
    assert "/orders/" not in stranger.get(reverse("search"), {"q": "GD-260601-7"}).url
