"""One order costs as many questions as three and as three hundred, but for fixed chunks."""

import itertools
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from liuke.churn.rules.kinds import MissedVisits
from liuke.churn.services import save_rule
from liuke.customers.models import Customer
from liuke.customers.services import KnownCustomer, ensure_customers, save_asset
from liuke.sales.models import Order
from liuke.sales.services import CHUNK
from liuke.sales.tests.conftest import NOON, line

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)

# SQLite takes 999 values at once, so three hundred rows come in fixed chunks.
WRITE = re.compile(r"(\d+ times: )?(INSERT|COPY|UPDATE)\b")


def is_write(sql: str) -> bool:
    return WRITE.match(sql) is not None


@pytest.fixture
def cost(owner, order, record):
    """Questions asked for recording one order of each of so many customers, INSERTs apart."""
    save_rule(actor=None, content=MissedVisits())

    places = itertools.count()

    def measure(count: int, *, several_each: int = 1) -> tuple[int, int]:
        place = next(places)
        known = [KnownCustomer(f"{place}-{n}", f"客户{n}") for n in range(count)]
        ids = ensure_customers(actor=owner, known=known, origin="test").values()
        orders = [
            order(
                Customer(pk=pk),
                number=f"{place}-{pk}-{times}",
                lines=[line(1, 10, f"P-{times}"), line(2, 10, "Q")],
                occurred_at=NOON - times * DAY,
            )
            for pk in ids
            for times in range(several_each)
        ]
        with CaptureQueriesContext(connection) as asked:
            assert len(record(*orders).created) == len(orders)
        inserts = sum(is_write(query["sql"]) for query in asked)
        return len(asked) - inserts, inserts

    measure(2)
    return measure


def test_one_three_and_three_hundred(cost) -> None:
    one, three, many = cost(1), cost(3), cost(300)
    assert one == three == (37, 10)
    assert many[0] == 37
    assert many[1] == {"sqlite": 13, "postgresql": 10}[connection.vendor]


def test_many_orders_of_one_customer(cost) -> None:
    cost(1, several_each=30)  # makes the products
    assert cost(1, several_each=30)[0] == 37


def test_the_same_again_writes_nothing(cost, order, record, customer) -> None:
    wang = customer("王海涛")
    orders = [order(wang, 10, f"SO-{n}") for n in range(300)]
    record(*orders)
    with CaptureQueriesContext(connection) as asked:
        assert len(record(*orders).unchanged) == 300
    assert not [query for query in asked if is_write(query["sql"])]
    assert len(asked) <= 6


def test_a_batch_larger_than_a_chunk_is_whole(order, record, customer) -> None:
    wang = customer("王海涛")
    count = CHUNK * 2 + 1
    result = record(*[order(wang, 1, f"SO-{n}") for n in range(count)])
    assert (len(result.created), Order.objects.count()) == (count, count)
    assert len(result.ids) == count == len(set(result.ids))


def test_assets_of_a_batch_are_looked_up_once(
    order, record, customer, owner, django_assert_num_queries
) -> None:
    orders = []
    for number in range(3):
        who = customer(f"客户{number}")
        car = save_asset(actor=owner, customer_id=who.pk, values={"name": f"车{number}"})
        orders.append(order(who, 10, asset_id=car.pk))
    with CaptureQueriesContext(connection) as one:
        record(orders[0])
    with CaptureQueriesContext(connection) as two:
        record(*orders[1:])
    assert len(one) == len(two)
