"""Dated crossings, by example and against walking through every day."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liuke.churn.rules.history import Cause, State, history
from liuke.churn.rules.kinds import DaysWithoutOrder, MissedVisits, Rule, to_day
from liuke.churn.tests.drawing import (
    as_arrays,
    as_versions,
    clock_by_walking,
    clock_of,
    customer_lives,
    days,
    moves_of,
    versions,
)
from liuke.churn.tests.naive import Move, live

ACTIVE, AT_RISK, LOST, RETIRED = State
LONG_AGO = date(1900, 1, 1)
SIXTY = DaysWithoutOrder(60, 90)


def moves(
    *bought: date,
    today: date,
    rules: list[tuple[date, Rule]] | None = None,
    retired: date | None = None,
) -> list[Move]:
    purchases, until = as_arrays([(bought, retired)])
    chosen = as_versions(rules or [(LONG_AGO, SIXTY)])
    return moves_of(history(purchases, chosen, to_day(today), until)[1], 0)


def test_time_brings_first_the_risk_and_then_the_loss() -> None:
    assert moves(date(2026, 1, 1), today=date(2026, 12, 31)) == [
        Move(date(2026, 3, 2), ACTIVE, AT_RISK, Cause.TIME, 0),
        Move(date(2026, 4, 1), AT_RISK, LOST, Cause.TIME, 0),
    ]


def test_the_day_itself_counts_and_the_eve_does_not() -> None:
    assert moves(date(2026, 1, 1), today=date(2026, 3, 1)) == []
    assert len(moves(date(2026, 1, 1), today=date(2026, 3, 2))) == 1


def test_who_buys_on_the_very_day_of_the_loss_was_lost_and_recovered() -> None:
    assert moves(date(2026, 1, 1), date(2026, 4, 1), today=date(2026, 4, 1)) == [
        Move(date(2026, 3, 2), ACTIVE, AT_RISK, Cause.TIME, 0),
        Move(date(2026, 4, 1), AT_RISK, LOST, Cause.TIME, 0),
        Move(date(2026, 4, 1), LOST, ACTIVE, Cause.PURCHASE, 0),
    ]


def test_who_buys_while_at_risk_returned() -> None:
    assert moves(date(2026, 1, 1), date(2026, 3, 31), today=date(2026, 4, 30))[-1] == Move(
        date(2026, 3, 31), AT_RISK, ACTIVE, Cause.PURCHASE, 0
    )


def test_a_later_purchase_than_today_is_not_known_yet() -> None:
    assert moves(date(2026, 1, 1), date(2026, 5, 1), today=date(2026, 4, 2))[-1].after == LOST


def test_the_first_version_also_decides_what_was_before_it() -> None:
    rules = [(date(2026, 6, 1), SIXTY)]
    assert [move.on for move in moves(date(2026, 1, 1), today=date(2026, 5, 1), rules=rules)] == [
        date(2026, 3, 2),
        date(2026, 4, 1),
    ]


def test_a_new_version_moves_people_on_its_first_day_and_leaves_the_past() -> None:
    rules = [(LONG_AGO, SIXTY), (date(2026, 5, 1), DaysWithoutOrder(100, 200))]
    assert moves(date(2026, 1, 1), today=date(2026, 12, 31), rules=rules) == [
        Move(date(2026, 3, 2), ACTIVE, AT_RISK, Cause.TIME, 0),
        Move(date(2026, 4, 1), AT_RISK, LOST, Cause.TIME, 0),
        Move(date(2026, 5, 1), LOST, AT_RISK, Cause.RULE, 1),
        Move(date(2026, 7, 20), AT_RISK, LOST, Cause.TIME, 1),
    ]


def test_on_its_first_day_a_version_speaks_before_the_purchase() -> None:
    day = date(2026, 2, 1)
    rules = [(LONG_AGO, SIXTY), (day, DaysWithoutOrder(10, 20))]
    assert moves(date(2026, 1, 1), day, today=day, rules=rules) == [
        Move(day, ACTIVE, LOST, Cause.RULE, 1),
        Move(day, LOST, ACTIVE, Cause.PURCHASE, 1),
    ]


def test_on_the_first_day_of_a_version_the_old_dates_are_no_longer_reached() -> None:
    """A loss due that very day under the old version does not happen under a milder one."""
    rules = [(LONG_AGO, SIXTY), (date(2026, 3, 2), DaysWithoutOrder(61, 91))]
    assert moves(date(2026, 1, 1), today=date(2026, 3, 2), rules=rules) == []
    assert moves(date(2026, 1, 1), today=date(2026, 3, 3), rules=rules) == [
        Move(date(2026, 3, 3), ACTIVE, AT_RISK, Cause.TIME, 1)
    ]


def test_out_of_service_ends_the_watch_on_its_day() -> None:
    day = date(2026, 3, 15)
    assert moves(date(2026, 1, 1), today=date(2026, 12, 31), retired=day) == [
        Move(date(2026, 3, 2), ACTIVE, AT_RISK, Cause.TIME, 0),
        Move(day, AT_RISK, RETIRED, Cause.RETIREMENT, 0),
    ]


def test_a_last_visit_on_the_day_of_leaving_service_still_counts() -> None:
    day = date(2026, 4, 1)
    assert [move.cause for move in moves(date(2026, 1, 1), day, today=day, retired=day)] == [
        Cause.TIME,
        Cause.TIME,
        Cause.PURCHASE,
        Cause.RETIREMENT,
    ]


def test_leaving_service_tomorrow_is_no_news_today() -> None:
    assert moves(date(2026, 1, 1), today=date(2026, 2, 1), retired=date(2026, 2, 2)) == []


def test_what_never_bought_in_service_has_no_clock() -> None:
    purchases, until = as_arrays([([date(2026, 3, 1)], date(2026, 2, 1)), ([], None)])
    clocks, crossings = history(
        purchases, as_versions([(LONG_AGO, SIXTY)]), to_day(date(2026, 9, 1)), until
    )
    assert len(clocks.subject) == len(crossings.subject) == 0


def test_the_clock_tells_the_dates_of_the_last_purchase_under_the_rule_of_today() -> None:
    purchases, until = as_arrays([([date(2025, 8, 31), date(2026, 2, 28)], None)])
    rules = [(LONG_AGO, SIXTY), (date(2026, 3, 1), MissedVisits(6, 2, 3))]
    clocks, _crossings = history(purchases, as_versions(rules), to_day(date(2026, 9, 1)), until)
    assert clock_of(clocks, 0) == (
        date(2025, 8, 31),
        date(2026, 2, 28),
        2,
        (date(2026, 8, 28), date(2027, 2, 28), date(2027, 8, 28)),
        ACTIVE,
        1,
    )


def _agrees(lives: list, rules: list, today: date) -> None:
    purchases, until = as_arrays(lives)
    clocks, crossings = history(purchases, as_versions(rules), to_day(today), until)
    for subject, (bought, retired) in enumerate(lives):
        life = live(bought, rules, today, retired)
        assert moves_of(crossings, subject) == (life.moves if life else [])
        assert clock_of(clocks, subject) == clock_by_walking(life)
    order = list(
        zip(
            crossings.subject.tolist(),
            crossings.day.tolist(),
            crossings.cause.tolist(),
            strict=True,
        )
    )
    assert order == sorted(order)


LIVES = st.lists(customer_lives(), max_size=3)


@settings(max_examples=150, deadline=None)
@given(LIVES, versions(), days())
def test_history_is_what_walking_through_every_day_gives(lives, rules, today) -> None:
    _agrees(lives, rules, today)


@pytest.mark.slow
@settings(max_examples=4000, deadline=None)
@given(LIVES, versions(5), days())
def test_history_is_what_walking_through_every_day_gives_many_times(lives, rules, today) -> None:
    _agrees(lives, rules, today)
