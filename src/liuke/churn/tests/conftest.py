"""A workshop and its customers, as the tests of churn write them."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from liuke.accounts.models import User
from liuke.churn import services
from liuke.churn.models import RuleVersion
from liuke.churn.rules.kinds import DaysWithoutOrder, Rule
from liuke.core import clock, ticks
from liuke.customers.models import Asset, Customer
from liuke.customers.services import save_asset
from liuke.site.ticks import TICKS

SIXTY = DaysWithoutOrder(60, 90)


@pytest.fixture
def rule() -> Callable[..., RuleVersion]:
    """Let a rule decide from today on, clocks and all."""

    def save(content: Rule = SIXTY, **more: Any) -> RuleVersion:
        version = services.save_rule(actor=None, content=content, **more)
        services.apply_rules(now=clock.now())
        version.refresh_from_db()
        return version

    return save


@pytest.fixture
def tick() -> Callable[[], None]:
    def act() -> None:
        assert ticks.run(TICKS)

    return act


@pytest.fixture
def car(owner: User) -> Callable[..., Asset]:
    """Give a customer a car: `car(wang, "沪A12345")`."""

    def make(who: Customer, serial: str = "", retired_on: date | None = None) -> Asset:
        values = {"name": "途观", "serial": serial, "retired_on": retired_on}
        return save_asset(actor=owner, customer_id=who.pk, values=values)

    return make


@pytest.fixture
def retire(owner: User) -> Callable[[Asset, date], None]:
    def act(asset: Asset, day: date | None) -> None:
        save_asset(
            actor=owner,
            customer_id=asset.customer_id,
            asset_id=asset.pk,
            values={"retired_on": day},
        )

    return act
