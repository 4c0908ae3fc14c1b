"""Orders as tests write them."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from liuke.accounts.models import User
from liuke.customers.models import Customer
from liuke.sales.services import NewLine, NewOrder, Recorded, record_orders

NOON = datetime(2026, 3, 1, 4, tzinfo=UTC)


@pytest.fixture
def order() -> Callable[..., NewOrder]:
    """What somebody reports: `order(wang, 300, "SO-1")`, at noon of 1 March 2026."""

    def make(who: Customer, total: Any = 100, number: str = "", **more: Any) -> NewOrder:
        given = {"occurred_at": NOON, "number": number, **more}
        if not given.get("lines"):
            given["total"] = None if total is None else Decimal(str(total))
        return NewOrder(who.pk, **given)

    return make


@pytest.fixture
def record(owner: User) -> Callable[..., Recorded]:
    def act(*orders: NewOrder, actor: User | None = owner) -> Recorded:
        return record_orders(actor=actor, orders=orders)

    return act


def line(quantity: Any, price: Any, code: str = "", text: str = "") -> NewLine:
    return NewLine(Decimal(str(quantity)), Decimal(str(price)), code, text)
