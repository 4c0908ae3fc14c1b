"""Where customers stand: counted for a small firm, kept for a large one, the same either way."""

from datetime import date, timedelta

import pytest

from liuke.accounts.models import Unit
from liuke.accounts.rules import Role
from liuke.churn import services as churn
from liuke.churn.rules.kinds import DaysWithoutOrder
from liuke.core import clock
from liuke.customers import queries, services
from liuke.customers.models import CustomerTally
from liuke.customers.queries import standing, tally, visible_to

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 1)


@pytest.fixture
def viewers(person, firm, owner, customer, buys, on_day):
    """The owner, a branch and a seller; customers of each stage and standing among them."""
    on_day(TODAY)
    churn.save_rule(actor=None, content=DaysWithoutOrder(60, 90))
    branch = Unit.objects.create(kind="branch", name="浦东店", parent=firm)
    manager, seller = person(Role.MANAGER, unit=branch), person(Role.SELLER, unit=branch)
    days = {"never": (), "safe": (10,), "risk": (70,), "lost": (200,), "back": (200, 5)}
    for actor in (owner, manager, seller):
        for name, ago in days.items():
            made = customer(name, actor=actor)
            buys(made, *(TODAY - timedelta(days=each) for each in ago))
    return owner, manager, seller


@pytest.fixture
def large(monkeypatch) -> None:
    monkeypatch.setattr(queries, "CAP", 3)


def one_by_one(viewer):
    found = {}
    for customer in visible_to(viewer).select_related("state"):
        mine = [
            name
            for name in queries.STANDINGS
            if visible_to(viewer).filter(standing(name, TODAY), pk=customer.pk).exists()
        ]
        assert len(mine) == 1
        key = customer.state.stage, mine[0]
        found[key] = found.get(key, 0) + 1
    return found


def test_counted(viewers) -> None:
    for viewer in viewers:
        assert dict(tally(viewer).counts) == one_by_one(viewer)
        assert tally(viewer).stake == 100 * tally(viewer).at(standing="at_risk") > 0


def test_kept(viewers, large) -> None:
    services.keep_tally(clock.now())
    for viewer in viewers:
        assert dict(tally(viewer).counts) == one_by_one(viewer)
        assert tally(viewer).stake == 100 * tally(viewer).at(standing="at_risk") > 0


def test_what_is_kept_costs_one_question(viewers, large, django_assert_num_queries) -> None:
    services.keep_tally(clock.now())
    with django_assert_num_queries(1):
        tally(viewers[0])


def test_kept_figures_last_some_minutes(viewers, large, customer) -> None:
    now = clock.now()
    services.keep_tally(now)
    before = tally(viewers[0]).at()
    customer("赵敏")
    services.keep_tally(now + timedelta(minutes=4))
    assert tally(viewers[0]).at() == before
    services.keep_tally(now + timedelta(minutes=6))
    assert tally(viewers[0]).at() == before + 1


def test_before_the_first_tick_everybody_is_counted(viewers, large) -> None:
    assert dict(tally(viewers[0]).counts) == one_by_one(viewers[0])


def test_a_small_firm_keeps_nothing(viewers, large, monkeypatch) -> None:
    services.keep_tally(clock.now())
    assert CustomerTally.objects.exists()
    monkeypatch.setattr(queries, "CAP", 10_000)
    services.keep_tally(clock.now())
    assert not CustomerTally.objects.exists()
