"""Some customers with a past, as the mixed screens show them."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from liuke.churn import services
from liuke.churn.rules.kinds import DaysWithoutOrder
from liuke.core import clock
from liuke.customers.models import Customer

TODAY = date(2026, 6, 1)


@pytest.fixture
def watched(owner, on_day) -> None:
    """At risk from 60, lost from 90 days without an order, and it is June 2026."""
    on_day(TODAY)
    services.save_rule(actor=None, content=DaysWithoutOrder(60, 90))
    services.apply_rules(now=clock.now())


@pytest.fixture
def bought_ago(customer, buys) -> Callable[..., Customer]:
    """A customer who bought so many days ago: `bought_ago("王海涛", 200, 10)`."""

    def make(name: str, *days: int, amount: int = 100, **values: object) -> Customer:
        made = customer(name, **values)
        buys(made, *(TODAY - timedelta(days=ago) for ago in days), amount=amount)
        return made

    return make
