"""What each kind of rule says: three dates for every purchase."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from liuke.churn.rules.kinds import (
    DaysWithoutOrder,
    FixedPeriod,
    MissedVisits,
    Purchases,
    Rule,
    RuleError,
    add_months,
    to_date,
    to_date_or_none,
    to_day,
)
from liuke.churn.tests.drawing import RULES
from liuke.churn.tests.naive import dates_after, later


def after(rule: Rule, *bought: date) -> tuple[date | None, ...]:
    """Expected, at risk and lost after the last of these purchases."""
    days = np.array([to_day(day) for day in bought], np.int64)
    dates = rule.dates(Purchases(np.zeros_like(days), days))
    return tuple(to_date_or_none(column[-1]) for column in dates)


class TestMissedVisits:
    def test_two_missed_are_a_risk_and_three_a_loss(self) -> None:
        assert after(MissedVisits(6, 2, 3), date(2026, 3, 15)) == (
            date(2026, 9, 15),
            date(2027, 3, 15),
            date(2027, 9, 15),
        )

    def test_the_workshop_starts_with_six_twelve_and_eighteen_months(self) -> None:
        assert after(MissedVisits(), date(2026, 1, 1))[1:] == (date(2027, 1, 1), date(2027, 7, 1))

    def test_a_month_after_31_january_is_the_last_of_february(self) -> None:
        assert after(MissedVisits(1, 2, 3), date(2026, 1, 31)) == (
            date(2026, 2, 28),
            date(2026, 3, 31),
            date(2026, 4, 30),
        )
        assert after(MissedVisits(1, 2, 3), date(2024, 1, 31))[0] == date(2024, 2, 29)

    def test_a_year_after_29_february_is_28_february(self) -> None:
        assert after(MissedVisits(12, 1, 4), date(2024, 2, 29))[1:] == (
            date(2025, 2, 28),
            date(2028, 2, 29),
        )

    def test_only_the_last_visit_counts(self) -> None:
        assert after(MissedVisits(), date(2020, 1, 1), date(2026, 1, 1)) == after(
            MissedVisits(), date(2026, 1, 1)
        )


class TestDaysWithoutOrder:
    def test_so_many_days_later(self) -> None:
        assert after(DaysWithoutOrder(60, 90), date(2026, 1, 1)) == (
            None,
            date(2026, 3, 2),
            date(2026, 4, 1),
        )

    def test_with_an_expected_date_when_the_rule_has_one(self) -> None:
        assert after(DaysWithoutOrder(60, 90, 30), date(2026, 1, 1))[0] == date(2026, 1, 31)


class TestFixedPeriod:
    def test_a_whole_quarter_without_a_purchase(self) -> None:
        assert after(FixedPeriod(3, 1, 2), date(2025, 11, 30)) == (
            date(2026, 1, 1),
            date(2026, 4, 1),
            date(2026, 7, 1),
        )

    @pytest.mark.parametrize("day", [date(2025, 7, 1), date(2025, 12, 31)])
    def test_any_day_of_a_half_year_gives_the_same_dates(self, day: date) -> None:
        assert after(FixedPeriod(6, 1, 2), day) == (
            date(2026, 1, 1),
            date(2026, 7, 1),
            date(2027, 1, 1),
        )

    def test_a_year_ends_with_the_calendar(self) -> None:
        assert after(FixedPeriod(12, 1, 2), date(2025, 12, 31))[1] == date(2027, 1, 1)
        assert after(FixedPeriod(12, 1, 2), date(2026, 1, 1))[1] == date(2028, 1, 1)

    def test_months_before_1970(self) -> None:
        assert after(FixedPeriod(3, 1, 2), date(1969, 12, 31))[0] == date(1970, 1, 1)


@given(RULES, st.lists(st.dates(date(1960, 1, 1), date(2090, 1, 1)), min_size=1, max_size=12))
def test_dates_are_those_of_the_calendar_and_in_order(rule: Rule, bought: list[date]) -> None:
    bought = sorted(set(bought))
    assert after(rule, *bought) == dates_after(rule, bought)
    expected, at_risk, lost = after(rule, *bought)
    assert (expected or bought[-1]) <= at_risk < lost
    assert bought[-1] < at_risk


@given(st.dates(date(1950, 1, 1), date(2100, 1, 1)), st.integers(0, 1440))
def test_adding_months_keeps_the_day_where_there_is_one(day: date, months: int) -> None:
    assert to_date(add_months(np.array([to_day(day)]), months)[0]) == later(day, months)


@pytest.mark.parametrize(
    ("kind", "params", "field"),
    [
        (MissedVisits, {"interval_months": 0}, "interval_months"),
        (MissedVisits, {"interval_months": 61}, "interval_months"),
        (MissedVisits, {"at_risk_after": 0}, "at_risk_after"),
        (MissedVisits, {"at_risk_after": 3, "lost_after": 3}, "lost_after"),
        (MissedVisits, {"lost_after": 25}, "lost_after"),
        (DaysWithoutOrder, {"at_risk": 0}, "at_risk"),
        (DaysWithoutOrder, {"at_risk": 90, "lost": 90}, "lost"),
        (DaysWithoutOrder, {"lost": 7301}, "lost"),
        (DaysWithoutOrder, {"at_risk": 60, "expected": 60}, "expected"),
        (DaysWithoutOrder, {"expected": 0}, "expected"),
        (FixedPeriod, {"months": 5}, "months"),
        (FixedPeriod, {"at_risk_after": 0}, "at_risk_after"),
        (FixedPeriod, {"at_risk_after": 2, "lost_after": 2}, "lost_after"),
    ],
)
def test_nonsense_is_refused_by_name(kind: type[Rule], params: dict, field: str) -> None:
    with pytest.raises(RuleError, match=field):
        kind(**params)
