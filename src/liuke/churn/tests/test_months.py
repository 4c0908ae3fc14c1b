"""The monthly table of requirements G2, by example and against counting day by day."""

import itertools
from dataclasses import asdict
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liuke.churn.rules.history import history
from liuke.churn.rules.kinds import DaysWithoutOrder, Rule, to_day
from liuke.churn.rules.months import Month, month_table
from liuke.churn.tests.drawing import as_arrays, as_versions, customer_lives, days, versions
from liuke.churn.tests.naive import live, month_rows

LONG_AGO = date(1900, 1, 1)
SIXTY = DaysWithoutOrder(60, 90)


def table(lives: list, today: date, rules: list[tuple[date, Rule]] | None = None) -> list[Month]:
    """The table of (purchase days, out of service on) of several subjects."""
    kept = [([day for day in bought if day <= (end or day)], end) for bought, end in lives]
    purchases, until = as_arrays(kept)
    chosen = as_versions(rules or [(LONG_AGO, SIXTY)])
    _clocks, crossings = history(purchases, chosen, to_day(today), until)
    return month_table(purchases, crossings, to_day(today))


def month(name: str, *lives: list[date], today: date) -> Month:
    (row,) = [row for row in table([(each, None) for each in lives], today) if row.month == name]
    return row


def test_a_purchase_on_the_very_day_of_loss_counts_as_newly_lost_and_recovered() -> None:
    april = month("2026-04", [date(2026, 1, 1), date(2026, 4, 1)], today=date(2026, 4, 30))
    assert (april.newly_lost, april.recovered, april.lost_end) == (1, 1, 0)
    assert april.recovery_rate == 1.0
    assert april.hazard == 1.0


def test_recovery_is_out_of_those_lost_before_and_those_lost_now() -> None:
    long_lost, lost_now = [date(2025, 10, 1)], [date(2026, 1, 2)]
    back = [date(2025, 10, 1), date(2026, 4, 20)]
    april = month("2026-04", long_lost, lost_now, back, today=date(2026, 4, 30))
    assert (april.lost_start, april.newly_lost, april.recovered) == (2, 1, 1)
    assert april.recovery_rate == pytest.approx(1 / 3)


def test_hazard_is_out_of_those_who_bought_before_and_were_not_lost() -> None:
    new, lost, loses = [date(2026, 4, 2)], [date(2025, 10, 1)], [date(2026, 1, 5)]
    april = month("2026-04", new, lost, loses, [date(2026, 3, 1)], today=date(2026, 4, 30))
    assert (april.exposed, april.newly_lost, april.hazard) == (2, 1, 0.5)


def test_rates_without_a_denominator_are_empty_not_zero() -> None:
    rows = table([([date(2026, 1, 10)], None)], date(2026, 2, 10))
    assert [(row.hazard, row.recovery_rate, row.workshop_churn_rate) for row in rows] == [
        (None, None, 0.0),
        (0.0, None, None),
    ]


def test_the_workshops_rate_is_a_stock_over_a_flow_and_may_pass_one() -> None:
    gone = [[date(2025, 1, day)] for day in (1, 2, 3)]
    january = month("2026-01", *gone, [date(2026, 1, 31)], today=date(2026, 1, 31))
    assert (january.absent_year, january.settled, january.workshop_churn_rate) == (3, 1, 3.0)


def test_twelve_calendar_months_ending_with_the_month_itself() -> None:
    bought = [date(2025, 2, 1)]
    assert month("2026-01", bought, today=date(2026, 1, 31)).absent_year == 0
    assert month("2026-02", bought, today=date(2026, 2, 28)).absent_year == 1


def test_two_visits_in_a_month_are_one_settled_customer() -> None:
    assert (
        month("2026-01", [date(2026, 1, 2), date(2026, 1, 9)], today=date(2026, 1, 9)).settled == 1
    )


def test_the_running_month_is_partial_and_counts_up_to_today() -> None:
    rows = table([([date(2026, 1, 1)], None)], date(2026, 3, 1))
    assert [(row.month, row.partial, row.newly_at_risk) for row in rows] == [
        ("2026-01", False, 0),
        ("2026-02", False, 0),
        ("2026-03", True, 0),
    ]
    assert table([([date(2026, 1, 1)], None)], date(2026, 3, 2))[-1].newly_at_risk == 1


def test_an_asset_out_of_service_leaves_the_base_and_the_stocks() -> None:
    sold = ([date(2025, 1, 1)], date(2026, 2, 10))
    january, february = table([sold], date(2026, 2, 28))[-2:]
    assert (january.customers, january.lost_end, january.absent_year) == (1, 1, 1)
    assert (february.customers, february.lost_end, february.absent_year) == (0, 0, 0)
    assert (february.exposed, february.lost_start) == (0, 1)


def test_nobody_ever_bought() -> None:
    assert table([], date(2026, 1, 1)) == []
    assert table([([date(2026, 1, 2)], None)], date(2026, 1, 1)) == []


def test_months_without_any_event_have_their_row() -> None:
    rows = table([([date(2025, 12, 31)], None)], date(2027, 1, 1))
    assert len(rows) == 14
    assert [row.month for row in rows][::13] == ["2025-12", "2027-01"]


def _agrees(lives: list, rules: list, today: date) -> None:
    walked = [live(bought, rules, today, end) for bought, end in lives]
    counted = month_rows([life for life in walked if life], today)
    assert [asdict(row) for row in table(lives, today, rules)] == counted


LIVES = st.lists(customer_lives(), max_size=4)


@settings(max_examples=100, deadline=None)
@given(LIVES, versions(), days())
def test_every_column_is_what_counting_day_by_day_gives(lives, rules, today) -> None:
    _agrees(lives, rules, today)


@pytest.mark.slow
@settings(max_examples=3000, deadline=None)
@given(LIVES, versions(4), days())
def test_every_column_is_what_counting_day_by_day_gives_many_times(lives, rules, today) -> None:
    _agrees(lives, rules, today)


@settings(max_examples=60, deadline=None)
@given(LIVES, versions(1), days())
def test_stocks_follow_from_flows_under_one_rule(lives, rules, today) -> None:
    """lost before + newly lost - recovered = lost after, as long as nothing leaves service."""
    rows = table([(bought, None) for bought, _end in lives], today, rules)
    for before, row in itertools.pairwise(rows):
        assert row.lost_start == before.lost_end
        assert row.lost_end == before.lost_end + row.newly_lost - row.recovered
        assert row.exposed == before.customers - before.lost_end
