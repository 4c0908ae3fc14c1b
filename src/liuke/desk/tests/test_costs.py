"""Questions asked of the database: as many for one row as for sixty."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from liuke.accounts.models import Unit
from liuke.accounts.rules import Role
from liuke.core import clock
from liuke.customers.models import Customer
from liuke.customers.services import (
    Help,
    NewContactPoint,
    create_customer,
    put_helper,
    save_asset,
)
from liuke.desk.tests.conftest import TODAY
from liuke.ownership.services import NewConflict, open_conflict
from liuke.sales.services import NewOrder, record_orders

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("watched")]


@pytest.fixture
def manager(person, firm) -> Client:
    branch = Unit.objects.create(kind="branch", name="浦东店", parent=firm)
    client = Client()
    client.force_login(person(Role.MANAGER, unit=branch))
    client.user = person(Role.SELLER, unit=branch)
    return client


def fill(seller, count: int) -> None:
    """So many customers of this branch with a phone, a car and a visit each."""
    orders = []
    begun = Customer.objects.count()
    for number in range(begun, begun + count):
        made = create_customer(
            actor=seller,
            values={"name": f"客户{number}", "level": "A"},
            contact_points=[NewContactPoint("mobile", f"1380000{number:04d}")],
        )
        asset = save_asset(actor=seller, customer_id=made.pk, values={"name": "途观"})
        when = clock.start_of(TODAY - timedelta(days=70 + number % 40))
        orders.append(NewOrder(made.pk, when, asset_id=asset.pk, total=Decimal(100)))
    record_orders(actor=seller, orders=orders)


def cost(client, url: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(url)
        assert answer.status_code == 200
        if answer.streaming:
            b"".join(answer)
    return len(asked)


def test_no_screen_asks_a_question_per_row(manager) -> None:
    screens = ("customers", "customers-export", "churn", "churn-print")
    counts = []
    for more in (1, 2, 57):
        fill(manager.user, more)
        counts.append([cost(manager, reverse(name)) for name in screens])
    assert Customer.objects.count() == 60
    # The list counts its rows only when there are more than it shows.
    # An export notes what was asked, how it went and who had it, each in a transaction.
    assert counts == [[24, 56, 17, 9], [24, 56, 17, 9], [25, 56, 17, 9]]


def test_one_customer_costs_the_same_with_thirty_purchases(signed_in, customer, buys) -> None:
    url = {}
    for name, days in (("一次", [500]), ("三十次", range(40, 40 + 30 * 95, 95))):
        made = customer(name)
        buys(made, *(TODAY - timedelta(days=ago) for ago in days), amount=10)
        url[name] = reverse("customer", args=[made.pk])
    shown = signed_in.get(url["三十次"]).context["past"].counts
    assert shown["purchases"] == 30
    assert shown["churn"] > 30
    assert cost(signed_in, url["一次"]) == cost(signed_in, url["三十次"]) == 33


def test_a_search_costs_the_same_for_one_and_for_many(manager) -> None:
    url = reverse("customers") + "?q=客户"
    fill(manager.user, 1)
    one = cost(manager, url)
    fill(manager.user, 30)
    assert cost(manager, url) == one


def test_one_customer_costs_the_same_with_ten_vehicles(signed_in, customer, owner) -> None:
    url = {}
    for count in (1, 10):
        made = customer(f"{count} 辆车")
        for number in range(count):
            car = {"name": "别克", "serial": f"沪A·{count:02d}{number:03d}"}
            asset = save_asset(actor=owner, customer_id=made.pk, values=car)
            when = clock.start_of(TODAY - timedelta(days=number + 1))
            order = NewOrder(made.pk, when, asset_id=asset.pk, total=Decimal(10))
            record_orders(actor=owner, orders=[order])
        url[count] = reverse("customer", args=[made.pk])
    assert cost(signed_in, url[1]) == cost(signed_in, url[10])


def test_cases_and_shares_cost_the_same_however_many(manager, person) -> None:
    fill(manager.user, 30)
    seller = person("seller", "钱玲", unit=manager.user.unit)
    owner = person("seller", "林晓雯", unit=manager.user.unit)
    costs = []
    for made in Customer.objects.order_by("pk")[:8]:
        Customer.objects.filter(pk=made.pk).update(owner=owner)
        put_helper(actor=None, help=Help(made.pk, seller.pk, "价格"))
        when = clock.start_of(TODAY)
        record_orders(actor=None, orders=[NewOrder(made.pk, when, total=Decimal(100))])
        new = NewConflict(made.pk, seller.pk, "我先", "page")
        open_conflict(actor=seller, new=new, facts={})
        screens = ("conflicts", "conflict-figures", "shares", "share-orders")
        costs.append([cost(manager, reverse(name)) for name in screens])
    assert costs[0] == costs[-1]
