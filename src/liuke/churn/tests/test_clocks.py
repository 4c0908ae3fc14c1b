"""Clocks are set when something happens: to the asset, or to the customer where there is none."""

from datetime import date

import pytest

from liuke.churn.models import Clock, Transition
from liuke.churn.queries import clocks_of, transitions_of, usual_gaps
from liuke.churn.rules.history import Cause, State
from liuke.customers.models import CustomerState
from liuke.sales.models import Order
from liuke.sales.services import void_order

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today(on_day, rule) -> None:
    on_day(date(2026, 6, 1))
    rule()


@pytest.fixture
def wang(customer):
    return customer("王海涛")


def state(who) -> CustomerState:
    return CustomerState.objects.get(pk=who.pk)


def clocks(who) -> list[tuple[int | None, date, State]]:
    rows = Clock.objects.filter(customer=who).order_by("asset")
    return [(row.asset_id, row.last_day, State(row.state)) for row in rows]


def crossings(who) -> list[tuple[date, State, State, Cause]]:
    rows = Transition.objects.filter(customer=who).order_by("asset", "on", "cause")
    return [(row.on, State(row.before), State(row.after), Cause(row.cause)) for row in rows]


def test_a_purchase_starts_the_clock(wang, buys) -> None:
    buys(wang, date(2026, 5, 20))
    (clock,) = Clock.objects.all()
    assert (clock.first_day, clock.last_day, clock.purchase_days) == (date(2026, 5, 20),) * 2 + (1,)
    assert (clock.expected_at, clock.at_risk_at, clock.lost_at) == (
        None,
        date(2026, 7, 19),
        date(2026, 8, 18),
    )
    assert clock.state == State.ACTIVE
    assert (state(wang).at_risk_at, state(wang).lost_at, state(wang).clocks) == (
        date(2026, 7, 19),
        date(2026, 8, 18),
        1,
    )


def test_who_never_bought_has_no_clock(wang, buys) -> None:
    buys(wang, date(2026, 5, 20), amount=-5, kind="return")
    assert clocks(wang) == []
    assert (state(wang).at_risk_at, state(wang).clocks) == (None, 0)


def test_an_old_purchase_brings_its_history_with_true_dates(wang, buys) -> None:
    buys(wang, date(2026, 1, 1))
    assert crossings(wang) == [
        (date(2026, 3, 2), State.ACTIVE, State.AT_RISK, Cause.TIME),
        (date(2026, 4, 1), State.AT_RISK, State.LOST, Cause.TIME),
    ]
    assert not Transition.objects.filter(alarm=True).exists()


def test_a_purchase_that_is_recorded_late_corrects_the_history(wang, buys) -> None:
    buys(wang, date(2026, 1, 1))
    buys(wang, date(2026, 2, 20))
    assert crossings(wang) == [
        (date(2026, 4, 21), State.ACTIVE, State.AT_RISK, Cause.TIME),
        (date(2026, 5, 21), State.AT_RISK, State.LOST, Cause.TIME),
    ]
    buys(wang, date(2026, 5, 25))
    assert crossings(wang)[-1] == (date(2026, 5, 25), State.LOST, State.ACTIVE, Cause.PURCHASE)
    assert state(wang).recovered_on == date(2026, 5, 25)


def test_who_came_back_before_being_lost_was_not_won_back(wang, buys) -> None:
    buys(wang, date(2026, 3, 1), date(2026, 5, 15))
    assert [row[2] for row in crossings(wang)] == [State.AT_RISK, State.ACTIVE]
    assert state(wang).recovered_on is None


def test_what_still_holds_keeps_its_row(wang, buys) -> None:
    buys(wang, date(2026, 1, 1))
    before = list(Transition.objects.values())
    buys(wang, date(2026, 5, 25))
    assert list(Transition.objects.order_by("pk").values())[:2] == before


def test_a_voided_purchase_never_happened(wang, buys, owner) -> None:
    buys(wang, date(2026, 1, 1), date(2026, 5, 25))
    last = Order.objects.latest("day")
    void_order(actor=owner, order_id=last.pk, reason="记错了")
    assert clocks(wang) == [(None, date(2026, 1, 1), State.LOST)]
    assert [row[2] for row in crossings(wang)] == [State.AT_RISK, State.LOST]
    assert state(wang).recovered_on is None
    void_order(actor=owner, order_id=Order.objects.get().pk, reason="也记错了")
    assert (clocks(wang), crossings(wang), state(wang).clocks) == ([], [], 0)


class TestAssets:
    def test_an_unnamed_purchase_counts_for_the_only_asset(self, wang, buys, car) -> None:
        tiguan = car(wang, "沪A12345")
        buys(wang, date(2026, 5, 20))
        buys(wang, date(2026, 5, 25), asset_id=tiguan.pk)
        assert clocks(wang) == [(tiguan.pk, date(2026, 5, 25), State.ACTIVE)]
        assert Clock.objects.get().purchase_days == 2

    def test_the_first_asset_takes_over_the_customers_clock(self, wang, buys, car) -> None:
        buys(wang, date(2026, 1, 1))
        tiguan = car(wang)
        assert clocks(wang) == [(tiguan.pk, date(2026, 1, 1), State.LOST)]
        assert set(Transition.objects.values_list("asset", flat=True)) == {tiguan.pk}

    def test_with_several_an_unnamed_purchase_stays_with_the_customer(
        self, wang, buys, car
    ) -> None:
        first, second = car(wang), car(wang)
        buys(wang, date(2026, 5, 1), asset_id=first.pk)
        buys(wang, date(2026, 5, 2), asset_id=second.pk)
        buys(wang, date(2026, 5, 3))
        assert sorted(clocks(wang), key=lambda row: row[1]) == [
            (first.pk, date(2026, 5, 1), State.ACTIVE),
            (second.pk, date(2026, 5, 2), State.ACTIVE),
            (None, date(2026, 5, 3), State.ACTIVE),
        ]
        assert state(wang).clocks == 3

    def test_an_asset_that_never_came_has_no_clock(self, wang, buys, car) -> None:
        first, _second = car(wang), car(wang)
        buys(wang, date(2026, 5, 1), asset_id=first.pk)
        assert [asset for asset, _day, _state in clocks(wang)] == [first.pk]

    def test_a_customer_stands_as_the_best_asset_stands(self, wang, buys, car) -> None:
        lost, safe = car(wang), car(wang)
        buys(wang, date(2026, 1, 1), asset_id=lost.pk)
        buys(wang, date(2026, 5, 20), asset_id=safe.pk)
        assert {asset: where for asset, _day, where in clocks(wang)} == {
            lost.pk: State.LOST,
            safe.pk: State.ACTIVE,
        }
        assert (state(wang).at_risk_at, state(wang).lost_at, state(wang).clocks) == (
            date(2026, 7, 19),
            date(2026, 8, 18),
            2,
        )
        assert [row.asset_id for row in clocks_of(wang.pk)] == [safe.pk, lost.pk]

    def test_out_of_service_ends_the_watch(self, wang, buys, car, retire) -> None:
        lost, sold = car(wang), car(wang)
        buys(wang, date(2026, 1, 1), asset_id=lost.pk)
        buys(wang, date(2026, 5, 20), asset_id=sold.pk)
        retire(sold, date(2026, 5, 30))
        assert crossings(wang)[-1] == (
            date(2026, 5, 30),
            State.ACTIVE,
            State.RETIRED,
            Cause.RETIREMENT,
        )
        assert (state(wang).lost_at, state(wang).clocks) == (date(2026, 4, 1), 1)
        retire(lost, date(2026, 5, 30))
        assert (state(wang).lost_at, state(wang).clocks) == (None, 0)

    def test_back_in_service_as_if_it_had_never_left(self, wang, buys, car, retire) -> None:
        tiguan = car(wang)
        buys(wang, date(2026, 5, 20))
        before = clocks(wang)
        retire(tiguan, date(2026, 5, 30))
        retire(tiguan, None)
        assert (clocks(wang), crossings(wang), state(wang).clocks) == (before, [], 1)

    def test_who_sold_the_car_and_still_buys_is_still_watched(self, wang, buys, car) -> None:
        sold = car(wang, retired_on=date(2026, 3, 1))
        buys(wang, date(2026, 2, 1))
        buys(wang, date(2026, 4, 20))
        assert sorted(clocks(wang), key=lambda row: row[1]) == [
            (sold.pk, date(2026, 2, 1), State.RETIRED),
            (None, date(2026, 4, 20), State.ACTIVE),
        ]
        assert (state(wang).clocks, state(wang).lost_at) == (1, date(2026, 7, 19))


def test_the_latest_crossing_is_told_first(wang, buys) -> None:
    buys(wang, date(2026, 1, 1), date(2026, 4, 1))
    told = [(row.on, row.cause) for row in transitions_of(wang.pk)]
    assert told == [
        (date(2026, 5, 31), Cause.TIME),
        (date(2026, 4, 1), Cause.PURCHASE),
        (date(2026, 4, 1), Cause.TIME),
        (date(2026, 3, 2), Cause.TIME),
    ]


def test_the_usual_gap_is_the_median_from_three_gaps_on(wang, buys) -> None:
    buys(wang, date(2026, 1, 1), date(2026, 1, 11), date(2026, 1, 31))
    assert usual_gaps([wang.pk]) == {}
    buys(wang, date(2026, 3, 2))
    assert usual_gaps([wang.pk]) == {(wang.pk, None): 20}
