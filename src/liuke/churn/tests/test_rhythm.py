"""The own rhythm: the closed form of one customer's next gap, learned from all; else plain days."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from liuke.churn.rules.kinds import OwnRhythm, Purchases, RuleError, quantile, to_day
from liuke.churn.rules.rhythm import LONGEST
from liuke.churn.tests.drawing import as_arrays, rhythms
from liuke.churn.tests.naive import rhythm_spans

BEGIN = date(2026, 1, 1)
TODAY = to_day(date(2027, 1, 1))


def buying(*gaps: int) -> list[date]:
    return [BEGIN + timedelta(days=sum(gaps[:n])) for n in range(len(gaps) + 1)]


def spans(rule: OwnRhythm, *gaps: int) -> list[tuple[int, int, int]]:
    """The days from each purchase to its three dates."""
    purchases, _until = as_arrays([(buying(*gaps), None)])
    return [tuple(row) for row in (np.array(rule.dates(purchases)) - purchases.day).T.tolist()]


RULE = OwnRhythm(k=3, r=4.0, alpha=8.0, segment_gaps=500)


def drawn(customers: int = 300, k: int = 3, r: float = 4.0, alpha: float = 8.0) -> Purchases:
    """Two years of customers of a known rhythm, a tenth of whom leave after each purchase."""
    dice = np.random.default_rng(11)
    rows = []
    for customer, rate in enumerate(dice.gamma(r, 1 / alpha, customers)):
        day = float(TODAY) - dice.uniform(500, 730)
        while day <= TODAY:
            rows.append((customer, int(day)))
            if dice.random() < 0.1:
                break
            day += max(1.0, 7 * dice.gamma(k, 1 / rate))
    table = np.unique(np.array(rows, np.int64), axis=0)
    return Purchases(table[:, 0], table[:, 1])


def test_until_a_segment_shows_a_rhythm_its_days_hold() -> None:
    assert spans(OwnRhythm(), 7, 7, 14) == [(45, 90, 180)] * 4


def test_the_same_numbers_worked_out_by_hand() -> None:
    """k = 1: the chance of a gap over g after x repeats up to t is ((α + t) / (α + t + g))^(r + x),
    so with r = 1, α = 7 weeks the gap of q is (α + t)·((1 − q)^(−1/(1 + x)) − 1)."""
    rule = OwnRhythm(0.5, 0.75, 0.9375, k=1, r=1.0, alpha=7.0)
    assert spans(rule, 49)[0] == (49, 147, 735)
    # x = 1, t = 7 weeks: 98 days times √2 − 1, 1, 3.
    assert spans(rule, 49)[1] == (41, 98, 294)


def test_the_regular_are_missed_sooner_and_each_purchase_teaches() -> None:
    weekly, monthly = spans(RULE, *[7] * 12), spans(RULE, *[30] * 12)
    assert weekly[-1][1] < 25 < monthly[-1][0] < 35 < monthly[-1][1] < 70
    risks = [risk for _expected, risk, _lost in weekly]
    assert risks == sorted(risks, reverse=True)


def test_a_purchase_knows_only_the_purchases_before_it() -> None:
    assert spans(RULE, 5, 5, 5, 50)[:4] == spans(RULE, 5, 5, 5)


def test_one_customers_gaps_are_not_anothers() -> None:
    together, _until = as_arrays([(buying(5, 5, 5), None), (buying(90), None)])
    alone = [lost for gaps in ((5, 5, 5), (90,)) for _e, _r, lost in spans(RULE, *gaps)]
    assert (RULE.dates(together).lost - together.day).tolist() == alone


def test_without_any_purchase_there_is_no_date() -> None:
    nothing = np.array([], np.int64)
    for rule in (RULE, OwnRhythm()):
        assert [len(column) for column in rule.dates(Purchases(nothing, nothing))] == [0, 0, 0]


def test_dates_stay_apart_and_within_the_calendar() -> None:
    hasty = OwnRhythm(0.001, 0.002, 0.003, k=1, r=50.0, alpha=0.1)
    assert spans(hasty)[0] == (1, 2, 3)
    idle = OwnRhythm(k=1, r=0.01, alpha=500.0)
    assert spans(idle)[0] == (LONGEST, LONGEST + 1, LONGEST + 2)


@given(rhythms(), st.lists(st.integers(1, 60), max_size=12))
def test_spans_grow_and_are_those_of_the_purchases_so_far(rule: OwnRhythm, gaps: list[int]) -> None:
    bought = buying(*gaps)
    found = spans(rule, *gaps)
    assert found == [rhythm_spans(rule, bought[: n + 1]) for n in range(len(bought))]
    assert all(0 < expected < at_risk < lost for expected, at_risk, lost in found)


class TestLearning:
    def test_what_was_put_in_comes_out(self) -> None:
        found = OwnRhythm().fitted(drawn(), TODAY)
        assert found.k in (2, 3, 4)
        # Mean and spread of weeks between purchases, whatever k came out.
        assert found.k * found.alpha / (found.r - 1) == pytest.approx(3 * 8 / 3, rel=0.25)
        assert found.segment_gaps > 1000

    def test_nine_of_ten_gaps_of_those_who_come_back_are_within_the_limit(self) -> None:
        learned = OwnRhythm().fitted(drawn(), TODAY)
        later = drawn(400)
        limit = learned.dates(later).at_risk
        followed = np.flatnonzero(later.subject[1:] == later.subject[:-1])
        # Only gaps that had time to end: those that began in the first year.
        followed = followed[later.day[followed] < TODAY - 365]
        within = later.day[followed + 1] < limit[followed]
        assert within.mean() == pytest.approx(0.9, abs=0.03)

    def test_nothing_after_today_is_known(self) -> None:
        bought = drawn()
        half = TODAY - 300
        keep = bought.day <= half
        known = Purchases(bought.subject[keep], bought.day[keep])
        assert OwnRhythm().fitted(bought, half) == OwnRhythm().fitted(known, half)

    def test_the_order_of_customers_and_a_second_time_change_nothing(self) -> None:
        bought = drawn()
        flipped = Purchases(1000 - bought.subject[::-1], bought.day[::-1])
        order = np.lexsort((flipped.day, flipped.subject))
        again = Purchases(flipped.subject[order], flipped.day[order])
        assert OwnRhythm().fitted(bought, TODAY) == OwnRhythm().fitted(again, TODAY)

    def test_shares_are_kept(self) -> None:
        asked = OwnRhythm(0.4, 0.8, 0.95)
        found = asked.fitted(drawn(), TODAY)
        assert (found.expected_q, found.at_risk_q, found.lost_q) == (0.4, 0.8, 0.95)

    def test_too_few_for_a_rhythm_give_the_days_usual_among_all(self) -> None:
        purchases, _until = as_arrays([(buying(*[10, 20] * 3), None), (buying(*[30] * 4), None)])
        found = OwnRhythm(0.25, 0.5, 0.75).fitted(purchases, TODAY)
        assert found.learned is None
        assert (found.segment_expected, found.segment_at_risk, found.segment_lost) == (10, 21, 31)
        assert found.segment_gaps == 10

    def test_from_too_few_gaps_nothing_is_claimed(self) -> None:
        purchases, _until = as_arrays([(buying(10, 20, 30), None)])
        assert OwnRhythm().fitted(purchases, TODAY) == OwnRhythm()
        nothing = np.array([], np.int64)
        assert OwnRhythm().fitted(Purchases(nothing, nothing), TODAY) == OwnRhythm()

    def test_what_is_gone_is_unlearned(self) -> None:
        bought = drawn(5)
        assert replace(RULE).fitted(bought, TODAY).learned is None


@pytest.mark.parametrize(
    ("q", "gap"), [(0.01, 10), (0.2, 10), (0.21, 20), (0.5, 30), (0.6, 30), (0.98, 50)]
)
def test_a_quantile_is_the_smallest_gap_that_so_large_a_share_does_not_exceed(q, gap) -> None:
    assert quantile([10, 20, 30, 40, 50], q) == gap


def test_a_share_that_fits_exactly_is_not_spoilt_by_rounding() -> None:
    assert quantile(list(range(1, 101)), 0.07) == 7
    assert quantile(list(range(1, 11)), 0.3) == 3


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"expected_q": 0}, "expected_q"),
        ({"expected_q": 0.95}, "expected_q"),
        ({"at_risk_q": 0.98}, "at_risk_q"),
        ({"lost_q": 1}, "lost_q must be 0–1"),
        ({"lost_q": float("nan")}, "lost_q must be > at_risk_q"),
        ({"segment_at_risk": 45}, "segment_at_risk"),
        ({"segment_lost": 90}, "segment_at_risk"),
        ({"segment_expected": 0}, "segment_at_risk"),
        ({"k": -1}, "k must be"),
        ({"k": 2}, "r must be > 0"),
        ({"k": 2, "r": 1.0}, "alpha must be > 0"),
        ({"k": 2, "r": float("inf"), "alpha": 1.0}, "r must be > 0"),
        ({"r": 1.0}, "r must be > 0"),
    ],
)
def test_nonsense_is_refused_by_name(params: dict[str, float], field: str) -> None:
    with pytest.raises(RuleError, match=field):
        OwnRhythm(**params)
