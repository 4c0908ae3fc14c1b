"""The tick notes the crossings that time brought: true dates, however late, never twice."""

from datetime import date, timedelta

import pytest

from liuke.churn import services
from liuke.churn.models import Clock, Transition
from liuke.churn.queries import due
from liuke.churn.rules.history import Cause, State
from liuke.churn.rules.kinds import DaysWithoutOrder
from liuke.core import clock
from liuke.core.models import JournalEntry
from liuke.customers.models import CustomerState

pytestmark = pytest.mark.django_db
RISK, LOSS = date(2026, 3, 2), date(2026, 4, 1)


@pytest.fixture
def wang(customer, buys, rule, on_day):
    on_day(date(2026, 1, 1))
    rule()
    wang = customer("王海涛")
    buys(wang, date(2026, 1, 1))
    return wang


def noted() -> list[tuple[date, State, Cause, bool]]:
    rows = Transition.objects.order_by("on", "cause")
    return [(row.on, State(row.after), Cause(row.cause), row.alarm) for row in rows]


BOTH = [(RISK, State.AT_RISK, Cause.TIME, True), (LOSS, State.LOST, Cause.TIME, True)]


def test_on_the_eve_nothing_is_due(wang, tick, on_day) -> None:
    on_day(RISK - timedelta(days=1))
    assert due(clock.today()) == []
    tick()
    assert noted() == []


def test_on_the_day_the_crossing_is_noted_and_told(wang, tick, on_day) -> None:
    on_day(RISK)
    tick()
    assert noted() == BOTH[:1]
    on_day(LOSS)
    tick()
    assert noted() == BOTH
    assert Clock.objects.get().state == State.LOST


def test_a_late_tick_notes_both_under_their_true_dates(wang, tick, on_day) -> None:
    on_day(date(2026, 11, 11))
    tick()
    assert noted() == BOTH


def test_a_second_tick_changes_nothing(wang, tick, on_day) -> None:
    on_day(LOSS)
    tick()
    before = list(Transition.objects.values()), list(Clock.objects.values())
    tick()
    assert (list(Transition.objects.values()), list(Clock.objects.values())) == before
    assert due(clock.today()) == []


def test_a_tick_of_an_earlier_day_that_runs_later_does_no_harm(wang, tick, on_day) -> None:
    on_day(LOSS)
    tick()
    on_day(RISK)
    tick()
    on_day(LOSS)
    tick()
    assert noted() == BOTH


def test_every_day_or_once_comes_to_the_same(wang, tick, on_day) -> None:
    for later in range(100):
        on_day(date(2026, 1, 1) + timedelta(days=later))
        tick()
    assert noted() == BOTH


def test_who_buys_before_the_late_tick_crossed_all_the_same(wang, buys, tick, on_day) -> None:
    on_day(LOSS)
    buys(wang, LOSS)
    tick()
    assert [row[:3] for row in noted()] == [
        (RISK, State.AT_RISK, Cause.TIME),
        (LOSS, State.LOST, Cause.TIME),
        (LOSS, State.ACTIVE, Cause.PURCHASE),
    ]
    assert CustomerState.objects.get(pk=wang.pk).recovered_on == LOSS


def test_an_import_of_old_orders_makes_history_and_no_alarm(
    wang, customer, buys, tick, on_day
) -> None:
    on_day(date(2026, 2, 1))
    li = customer("李娜")
    buys(li, date(2025, 1, 1))
    tick()
    rows = Transition.objects.filter(customer=li)
    assert [(row.on, row.alarm) for row in rows.order_by("on")] == [
        (date(2025, 3, 2), False),
        (date(2025, 4, 1), False),
    ]


def test_what_a_tick_told_stays_told(wang, buys, tick, on_day) -> None:
    on_day(RISK)
    tick()
    buys(wang, date(2026, 3, 2))
    assert noted()[0] == BOTH[0]


def test_an_asset_whose_day_comes_leaves_service(wang, car, tick, on_day) -> None:
    car(wang, retired_on=date(2026, 2, 10))
    assert noted() == []
    on_day(date(2026, 2, 12))
    tick()
    assert noted() == [(date(2026, 2, 10), State.RETIRED, Cause.RETIREMENT, False)]
    assert CustomerState.objects.get(pk=wang.pk).clocks == 0
    assert due(clock.today()) == []


def test_a_tick_writes_no_journal_entry_of_its_own(wang, tick, on_day) -> None:
    """Crossings are dated rows themselves; the journal is of what people did."""
    entries = JournalEntry.objects.count()
    on_day(LOSS)
    tick()
    assert JournalEntry.objects.count() == entries


def test_a_rule_that_waits_is_applied_by_the_tick(wang, on_day, tick) -> None:
    on_day(date(2026, 1, 21))
    services.save_rule(actor=None, content=DaysWithoutOrder(10, 20))
    tick()
    assert noted() == [(date(2026, 1, 21), State.LOST, Cause.RULE, False)]
