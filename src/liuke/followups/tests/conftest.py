"""Contacts as the tests of follow-up write them."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from liuke.core import clock, ticks
from liuke.customers.models import Customer
from liuke.followups.services import NewInteraction, record_interactions
from liuke.site.ticks import TICKS

TODAY = date(2026, 6, 1)


@pytest.fixture(autouse=True)
def _june(on_day) -> None:
    on_day(TODAY)


@pytest.fixture
def contact(owner) -> Callable[..., int]:
    """Record a contact so many days ago: `contact(wang, 3, outcome="refused")`."""

    def make(who: Customer, ago: int = 0, **more: object) -> int:
        actor = more.pop("actor", owner)
        moment = clock.start_of(clock.today() - timedelta(days=ago)) + timedelta(hours=10)
        new = NewInteraction(who.pk, moment, **more)
        return record_interactions(actor=actor, interactions=[new])[0]

    return make


@pytest.fixture
def tick() -> Callable[[], None]:
    def act() -> None:
        assert ticks.run(TICKS)

    return act
