"""Rebuilding everything under unchanged rules gives what living through it day by day gave."""

import pytest
from hypothesis import HealthCheck, given, settings

from liuke.churn import services
from liuke.churn.models import Clock, Transition
from liuke.churn.rules.history import Cause, State
from liuke.churn.tests.drawing import RULES
from liuke.churn.tests.firm import deciding, lives, undone
from liuke.churn.tests.living import EVENTS, Firm, kept
from liuke.churn.tests.naive import Life, Move
from liuke.core import clock
from liuke.customers.models import CustomerState

pytestmark = pytest.mark.django_db
CHECKS = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]


def _lives_through(owner, rule, events) -> None:
    with undone():
        firm = Firm(owner, rule).live(events)
        firm.tick()
        lived = kept()
        with clock.set_to(firm.today):
            services.rebuild()
            assert kept() == lived
            _is_what_walking_gives(firm)


def _is_what_walking_gives(firm: Firm) -> None:
    walked = lives(firm.today)
    clocks = {(row.customer_id, row.asset_id): row for row in Clock.objects.all()}
    assert set(clocks) == set(walked)
    crossings: dict = {subject: [] for subject in walked}
    for row in Transition.objects.order_by("on", "cause").select_related("version", "customer"):
        place = _place(row)
        crossings[row.customer_id, row.asset_id].append(
            Move(row.on, State(row.before), State(row.after), Cause(row.cause), place)
        )
    for subject, life in walked.items():
        row = clocks[subject]
        dates = (row.expected_at, row.at_risk_at, row.lost_at)
        assert (row.first_day, row.last_day, row.purchase_days) == (
            life.bought[0],
            life.bought[-1],
            len(life.bought),
        )
        assert (dates, State(row.state), _place(row)) == (
            life.dates,
            life.state,
            life.version,
        )
        assert crossings[subject] == life.moves
    for customer in firm.customers:
        mine = [life for (who, _asset), life in walked.items() if who == customer.pk]
        _stands_as_the_best(CustomerState.objects.get(pk=customer.pk), mine)


def _stands_as_the_best(state: CustomerState, mine: list[Life]) -> None:
    watched = [life.dates for life in mine if life.state != State.RETIRED]
    back = [
        move.on
        for life in mine
        for move in life.moves
        if (move.before, move.cause) == (State.LOST, Cause.PURCHASE)
    ]
    assert state.clocks == len(watched)
    assert state.at_risk_at == max((at_risk for _e, at_risk, _l in watched), default=None)
    assert state.lost_at == max((lost for _e, _r, lost in watched), default=None)
    assert state.recovered_on == max(back, default=None)


def _place(row: Clock | Transition) -> int:
    return deciding(row.customer.kind).index(row.version)


@settings(max_examples=40, deadline=None, suppress_health_check=CHECKS)
@given(rule=RULES, events=EVENTS)
def test_rebuild_is_living_through_it(owner, rule, events) -> None:
    _lives_through(owner, rule, events)


@pytest.mark.slow
@settings(max_examples=100, deadline=None, suppress_health_check=CHECKS)
@given(rule=RULES, events=EVENTS)
def test_rebuild_is_living_through_it_many_times(owner, rule, events) -> None:
    _lives_through(owner, rule, events)
