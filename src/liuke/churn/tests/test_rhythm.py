"""The own rhythm: empirical quantiles of gaps, with a stated minimum, else the segment's."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from liuke.churn.rules.kinds import OwnRhythm, Purchases, RuleError, quantile
from liuke.churn.tests.drawing import as_arrays, rhythms
from liuke.churn.tests.naive import rhythm_spans, share

BEGIN = date(2026, 1, 1)


def buying(*gaps: int) -> list[date]:
    return [BEGIN + timedelta(days=sum(gaps[:n])) for n in range(len(gaps) + 1)]


def spans(rule: OwnRhythm, *gaps: int) -> list[tuple[int, int, int]]:
    """The days from each purchase to its three dates."""
    purchases, _until = as_arrays([(buying(*gaps), None)])
    return [tuple(row) for row in (np.array(rule.dates(purchases)) - purchases.day).T.tolist()]


RULE = OwnRhythm(
    0.5, 0.9, 0.98, min_gaps=3, segment_expected=45, segment_at_risk=90, segment_lost=180
)


def test_with_fewer_gaps_than_the_minimum_the_segments_spans_hold() -> None:
    assert spans(RULE, 7, 7) == [(45, 90, 180)] * 3


def test_from_the_minimum_on_the_own_gaps_decide() -> None:
    assert spans(RULE, 7, 7, 14) == [(45, 90, 180)] * 3 + [(7, 15, 16)]


def test_a_purchase_knows_only_the_gaps_before_it() -> None:
    assert spans(RULE, 5, 5, 5, 50)[3:] == [(5, 6, 7), (5, 51, 52)]


def test_even_gaps_still_give_three_dates_in_order() -> None:
    assert spans(RULE, 1, 1, 1)[-1] == (1, 2, 3)


def test_one_customers_gaps_are_not_anothers() -> None:
    purchases, _until = as_arrays([(buying(5, 5, 5), None), (buying(90), None)])
    assert (RULE.dates(purchases).lost - purchases.day).tolist() == [180] * 3 + [7, 180, 180]


def test_without_any_purchase_there_is_no_date() -> None:
    nothing = np.array([], np.int64)
    assert [len(column) for column in RULE.dates(Purchases(nothing, nothing))] == [0, 0, 0]


@pytest.mark.parametrize(
    ("q", "gap"), [(0.01, 10), (0.2, 10), (0.21, 20), (0.5, 30), (0.6, 30), (0.98, 50)]
)
def test_a_quantile_is_the_smallest_gap_that_so_large_a_share_does_not_exceed(q, gap) -> None:
    assert quantile([10, 20, 30, 40, 50], q) == gap


def test_a_share_that_fits_exactly_is_not_spoilt_by_rounding() -> None:
    assert quantile(list(range(1, 101)), 0.07) == 7
    assert quantile(list(range(1, 11)), 0.3) == 3


@given(
    st.lists(st.integers(1, 400), min_size=1, max_size=60),
    st.integers(1, 99).map(lambda percent: percent / 100),
)
def test_quantile_is_what_trying_each_gap_gives(gaps: list[int], q: float) -> None:
    assert quantile(sorted(gaps), q) == share(gaps, q)


@given(rhythms(), st.lists(st.integers(1, 60), max_size=12))
def test_spans_grow_and_are_those_of_the_gaps_so_far(rule: OwnRhythm, gaps: list[int]) -> None:
    bought = buying(*gaps)
    found = spans(rule, *gaps)
    assert found == [rhythm_spans(rule, bought[: n + 1]) for n in range(len(bought))]
    assert all(0 < expected < at_risk < lost for expected, at_risk, lost in found)


def test_fitting_takes_the_segments_spans_from_all_gaps() -> None:
    purchases, _until = as_arrays([(buying(10, 20), None), (buying(30, 40), None)])
    rule = OwnRhythm(0.25, 0.5, 0.75, min_gaps=4)
    fitted = rule.fitted(purchases)
    assert (fitted.segment_expected, fitted.segment_at_risk, fitted.segment_lost) == (10, 21, 31)
    assert fitted.segment_gaps == 4
    assert (fitted.expected_q, fitted.min_gaps) == (0.25, 4)


def test_fitting_from_too_few_gaps_claims_nothing() -> None:
    purchases, _until = as_arrays([(buying(10, 20, 30), None)])
    assert OwnRhythm(min_gaps=4).fitted(purchases) == OwnRhythm(min_gaps=4)
    nothing = np.array([], np.int64)
    assert OwnRhythm().fitted(Purchases(nothing, nothing)) == OwnRhythm()


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"expected_q": 0}, "expected_q"),
        ({"expected_q": 0.95}, "expected_q"),
        ({"at_risk_q": 0.98}, "at_risk_q"),
        ({"lost_q": 1}, "lost_q must be 0–1"),
        ({"lost_q": float("nan")}, "lost_q must be > at_risk_q"),
        ({"min_gaps": 2}, "min_gaps"),
        ({"min_gaps": 101}, "min_gaps"),
        ({"segment_at_risk": 45}, "segment_at_risk"),
        ({"segment_lost": 90}, "segment_at_risk"),
        ({"segment_expected": 0}, "segment_at_risk"),
    ],
)
def test_nonsense_is_refused_by_name(params: dict[str, float], field: str) -> None:
    with pytest.raises(RuleError, match=field):
        OwnRhythm(**params)
