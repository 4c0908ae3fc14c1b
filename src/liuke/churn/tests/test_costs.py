"""Questions asked of the database: as many for one customer as for three and three hundred."""

import sqlite3
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from liuke.accounts.rules import Role
from liuke.churn import services
from liuke.churn.models import Clock
from liuke.churn.queries import months_of, preview
from liuke.churn.rules.kinds import DaysWithoutOrder, OwnRhythm
from liuke.core import clock
from liuke.customers.models import Customer
from liuke.customers.services import KnownCustomer, ensure_customers
from liuke.sales.models import Order
from liuke.sales.rules import OrderKind

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 1)


@pytest.fixture(autouse=True)
def _today(on_day, rule) -> None:
    on_day(TODAY)
    rule()


@pytest.fixture
def many():
    """So many customers with two old purchases each, as an import would leave them unwatched."""

    def make(count: int, prefix: str = "C") -> list[int]:
        known = [KnownCustomer(f"{prefix}{n}") for n in range(count)]
        ids = list(ensure_customers(actor=None, known=known, origin="test").values())
        Order.objects.bulk_create(
            Order(
                customer_id=pk,
                kind=OrderKind.SALE,
                total=100,
                day=TODAY - timedelta(days=ago),
                occurred_at=clock.start_of(TODAY - timedelta(days=ago)),
            )
            for pk in ids
            for ago in (200, 10)
        )
        return ids

    return make


def cost(act) -> int:
    """How many statements the database was given."""
    with CaptureQueriesContext(connection) as asked:
        act()
    return len(asked)


def test_refreshing_one_three_and_three_hundred(many) -> None:
    costs = []
    for count in (1, 3, 300):
        ids = many(count, f"{count}-")
        costs.append(cost(lambda ids=ids: services.refresh_clocks(ids)))
    assert costs == [15, 15, 15]
    assert Clock.objects.count() == 304


def test_refreshing_again_writes_no_crossing(many) -> None:
    ids = many(3)
    services.refresh_clocks(ids)
    assert cost(lambda: services.refresh_clocks(ids)) == 14


def test_the_monthly_table_costs_the_same_for_any_firm(many, owner) -> None:
    costs = []
    for count in (1, 3, 300):
        services.refresh_clocks(many(count, f"{count}-"))
        costs.append(cost(lambda: months_of(owner, TODAY)))
    assert costs == [3, 3, 3]


class TestManyParameters:
    """A selection may be larger than the number of parameters that SQLite takes at once."""

    @pytest.fixture(autouse=True)
    def _few(self):
        if connection.vendor != "sqlite":
            yield
            return
        limit = sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER
        before = connection.connection.setlimit(limit, 999)
        yield
        connection.connection.setlimit(limit, before)

    def test_a_sellers_table(self, many, person) -> None:
        seller = person(Role.SELLER)
        services.refresh_clocks(many(1200))
        Customer.objects.update(owner=seller)
        assert months_of(seller, TODAY)[-1].customers == 1200

    def test_a_rule_for_a_segment(self, many, rule) -> None:
        many(1200)
        assert preview(DaysWithoutOrder(5, 7), "person", TODAY).watched == 1200
        rule(OwnRhythm(), applies_to="person")
        assert Clock.objects.count() == 1200
