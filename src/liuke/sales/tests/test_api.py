"""Orders over the API: a batch goes in once, and says about each order what became of it."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.test import Client

from liuke.accounts.services import create_token
from liuke.customers.models import Customer
from liuke.customers.services import save_asset
from liuke.sales.models import Order

pytestmark = pytest.mark.django_db
NOON = "2026-05-30T12:00:00"


@pytest.fixture(autouse=True)
def _today(on_day) -> None:
    on_day(date(2026, 6, 1))


@pytest.fixture
def program(owner) -> Client:
    key = create_token(actor=None, username=owner.username)
    return Client(headers={"Authorization": f"Bearer {key}"}, enforce_csrf_checks=True)


@pytest.fixture
def wang(customer) -> Customer:
    return customer("王海涛")


@pytest.fixture
def send(program, wang):
    """Send orders: `send({"total": 5}, {"lines": […]})`."""

    def post(*orders: dict):
        body = [{"customer_id": wang.pk, "occurred_at": NOON} | order for order in orders]
        return program.post("/api/orders", json.dumps(body), content_type="application/json")

    return post


def test_a_batch_is_recorded_once_however_often_it_is_sent(send) -> None:
    batch = [
        {"number": "A1", "lines": [{"quantity": 2, "price": "49.90", "text": "oil"}]},
        {"number": "A2", "kind": "visit", "total": "0"},
        {"number": "A1", "kind": "return", "total": "-49.90"},
    ]
    first = send(*batch)
    assert first.status_code == 200
    ids = list(Order.objects.order_by("pk").values_list("pk", flat=True))
    assert first.json() == {"created": [0, 1, 2], "unchanged": [], "conflicts": [], "ids": ids}
    assert send(*batch).json() == {
        "created": [], "unchanged": [0, 1, 2], "conflicts": [], "ids": [],
    }  # fmt: skip
    assert [order.total for order in Order.objects.order_by("pk")] == [
        Decimal("99.80"), 0, Decimal("-49.90"),
    ]  # fmt: skip
    assert set(Order.objects.values_list("origin", flat=True)) == {"api"}


def test_a_conflict_is_listed_and_the_rest_goes_in(send) -> None:
    send({"number": "A1", "total": 300})
    answer = send({"number": "A2", "total": 5}, {"number": "A1", "total": 310}).json()
    assert answer["created"] == [0]
    assert answer["conflicts"] == [
        {
            "index": 1,
            "message": "Number A1 is already recorded with 300.00 instead of 310.00. Void the "
            "recorded one first, or use another number.",
        }
    ]
    assert Order.objects.count() == 2


def test_unknown_customers_are_named_and_nothing_goes_in(send) -> None:
    answer = send({"total": 5}, {"customer_id": 998, "total": 5}, {"customer_id": 997, "total": 5})
    assert answer.status_code == 422
    assert answer.json() == {"detail": ["There is no customer 997, 998."]}
    assert not Order.objects.exists()


def test_a_thousand_at_once_and_no_more(send) -> None:
    order = {"number": "A1", "total": 5}
    assert send(*[order] * 1000).json()["unchanged"] == list(range(1, 1000))
    answer = send(*[order] * 1001)
    assert answer.status_code == 422
    assert answer.json() == {"detail": ["Send at most 1000 orders at once."]}


@pytest.mark.parametrize(
    ("given", "moment"),
    [
        ("2026-05-30T00:30:00", datetime(2026, 5, 29, 16, 30, tzinfo=UTC)),
        ("2026-05-30T00:30:00Z", datetime(2026, 5, 30, 0, 30, tzinfo=UTC)),
        ("2026-05-29T20:00:00-05:00", datetime(2026, 5, 30, 1, 0, tzinfo=UTC)),
    ],
)
def test_a_moment_without_a_zone_is_the_firms_wall_time(send, given, moment) -> None:
    assert send({"occurred_at": given, "total": 5}).status_code == 200
    order = Order.objects.get()
    assert (order.occurred_at, order.day) == (moment, date(2026, 5, 30))


@pytest.mark.parametrize(
    ("order", "said"),
    [
        ({}, "An order needs an amount or at least one line."),
        ({"total": 0}, "An order of zero is not a purchase."),
        ({"total": -5}, "A return has a negative amount"),
        ({"total": 5, "kind": "return"}, "A return has a negative amount"),
        ({"total": 5, "kind": "gift"}, "'sale', 'visit' or 'return'"),
        ({"total": 5, "asset_id": 0}, "The asset belongs to another customer."),
        ({"total": 5, "asset_id": 2**63}, "asset_id"),
        ({"total": 5, "customer_id": 2**63}, "customer_id"),
        ({"total": 5, "number": "1" * 61}, "number"),
        ({"total": 5, "occurred_at": "2026-06-02T00:00:00"}, "This is in the future."),
        ({"total": 5, "occurred_at": "9999-12-31T23:59:59Z"}, "This is in the future."),
        ({"total": 5, "occurred_at": "0001-01-01T00:00:00"}, "Enter a valid date/time."),
        ({"total": 5, "occurred_at": "soon"}, "occurred_at"),
        ({"total": "1e20"}, "total"),
        ({"total": "NaN"}, "total"),
        ({"lines": [{"price": "1e15"}]}, "price"),
        ({"lines": [{"price": 5, "text": "o" * 201}]}, "text"),
        ({"lines": [{"price": 5, "product_code": "o" * 61}]}, "product_code"),
        (
            {"lines": [{"price": 99_999_999, "quantity": 99_999_999}]},
            "no more than 12 digits in total",
        ),
        ({"lines": [{"text": "oil"}]}, "price"),
    ],
)
def test_an_impossible_order_is_refused_whole(send, order, said) -> None:
    answer = send({"total": 1}, order)
    assert answer.status_code == 422
    assert said in json.dumps(answer.json())
    assert not Order.objects.exists()


def test_an_order_may_name_the_customers_asset(send, owner, wang) -> None:
    car = save_asset(actor=owner, customer_id=wang.pk, values={"name": "途观"})
    assert send({"asset_id": car.pk, "total": 5}).status_code == 200
    assert Order.objects.get().asset == car


def test_a_customers_orders_latest_first(program, send, wang) -> None:
    send(
        {"number": "A1", "total": 5},
        {"number": "A2", "occurred_at": "2026-05-31T09:00:00", "lines": [{"price": 7}]},
    )
    url = f"/api/customers/{wang.pk}/orders"
    found = program.get(url).json()
    assert [row["number"] for row in found] == ["A2", "A1"]
    assert found[0]["lines"] == [
        {"position": 1, "text": "", "quantity": "1.000", "price": "7.0000", "amount": "7.00"}
    ]
    assert (found[0]["total"], found[0]["day"]) == ("7.00", "2026-05-31")
    assert len(program.get(url, {"limit": 1}).json()) == 1
    assert len(program.get(url, {"limit": -1}).json()) == 1


@pytest.mark.parametrize("pk", ["0", "9" * 20])
def test_orders_of_nobody_are_not_found(program, pk) -> None:
    assert program.get(f"/api/customers/{pk}/orders").status_code == 404


def test_an_empty_batch_changes_nothing(send) -> None:
    assert send().json() == {"created": [], "unchanged": [], "conflicts": [], "ids": []}
